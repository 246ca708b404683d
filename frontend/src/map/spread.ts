// Units that stand on one spot are drawn as a column, so that each call sign can be read. Their place on
// the map is then off by some pixels, never by more than the column; a moving unit is never shifted. Pure.

import type { PositionDoc } from '../wire/documents';

/** Closer than this, px, two discs hide each other. */
const TOUCHING_PX = 18;
/** From disc to disc in the column, px: a label's height and a little. */
const PITCH_PX = 22;
/** The column stands beside a hospital's mark, not on it. */
const BESIDE_PX = 22;
const METRES_PER_DEGREE = 111_320;
/** Under this a unit stands; the same as the rule for its nose. */
const STANDING_KMH = 3;

type LonLat = [lon: number, lat: number];

interface Place {
  lon: number;
  lat: number;
}

function apartPx(one: Place, other: Place, metresPerPx: number): number {
  const perLon = METRES_PER_DEGREE * Math.cos((one.lat * Math.PI) / 180);
  const x = (one.lon - other.lon) * perLon;
  const y = (one.lat - other.lat) * METRES_PER_DEGREE;
  return Math.hypot(x, y) / metresPerPx;
}

function shifted(from: Place, rightPx: number, upPx: number, metresPerPx: number): LonLat {
  const perLon = METRES_PER_DEGREE * Math.cos((from.lat * Math.PI) / 180);
  return [
    from.lon + (rightPx * metresPerPx) / perLon,
    from.lat + (upPx * metresPerPx) / METRES_PER_DEGREE,
  ];
}

/**
 * Where each unit is drawn, by unit id. Standing units that touch form a column upwards; beside the
 * `marks` (hospitals) they step aside. A unit that stands alone in the open stays where it is.
 */
export function spread(
  positions: readonly PositionDoc[],
  metresPerPx: number,
  marks: readonly Place[] = [],
): Map<string, LonLat> {
  const drawn = new Map<string, LonLat>(positions.map(({ id, lon, lat }) => [id, [lon, lat]]));
  const standing = positions
    .filter((one) => (one.speed_kmh ?? 0) < STANDING_KMH)
    .sort((one, other) => (one.id < other.id ? 1 : -1));
  const placed = new Set<string>();
  for (const first of standing) {
    if (placed.has(first.id)) continue;
    const isNear = (one: Place) => apartPx(first, one, metresPerPx) < TOUCHING_PX;
    const group = standing.filter((one) => !placed.has(one.id) && isNear(one));
    const mark = marks.find(isNear);
    const rightPx = mark ? BESIDE_PX : 0;
    group.forEach((one, index) => {
      placed.add(one.id);
      if (group.length === 1 && !mark) return;
      drawn.set(one.id, shifted(mark ?? first, rightPx, index * PITCH_PX, metresPerPx));
    });
  }
  return drawn;
}
