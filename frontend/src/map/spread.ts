// Units that stand on one spot are drawn as a column, so that each call sign can be read. Their place on
// the map is then off by some pixels, never by more than the column; a moving unit is never shifted. Pure.

import type { PositionDoc } from '../wire/documents';

/** Closer than this, px, two discs hide each other. */
const TOUCHING_PX = 18;
/** From disc to disc in the column, px: a label's height and a little. */
const PITCH_PX = 22;
const METRES_PER_DEGREE = 111_320;
/** Under this a unit stands; the same as the rule for its nose. */
const STANDING_KMH = 3;

type LonLat = [lon: number, lat: number];

function apartPx(one: PositionDoc, other: PositionDoc, metresPerPx: number): number {
  const perLon = METRES_PER_DEGREE * Math.cos((one.lat * Math.PI) / 180);
  const x = (one.lon - other.lon) * perLon;
  const y = (one.lat - other.lat) * METRES_PER_DEGREE;
  return Math.hypot(x, y) / metresPerPx;
}

/** Where each unit is drawn, by unit id; units that stand alone stay where they are. */
export function spread(positions: readonly PositionDoc[], metresPerPx: number): Map<string, LonLat> {
  const drawn = new Map<string, LonLat>(positions.map(({ id, lon, lat }) => [id, [lon, lat]]));
  const standing = positions
    .filter((one) => (one.speed_kmh ?? 0) < STANDING_KMH)
    .sort((one, other) => (one.id < other.id ? -1 : 1));
  const placed = new Set<string>();
  for (const first of standing) {
    if (placed.has(first.id)) continue;
    const group = standing.filter(
      (one) => !placed.has(one.id) && apartPx(first, one, metresPerPx) < TOUCHING_PX,
    );
    group.forEach((one, index) => {
      placed.add(one.id);
      const rowsPx = (index - (group.length - 1) / 2) * PITCH_PX;
      if (group.length > 1) drawn.set(one.id, [first.lon, first.lat - (rowsPx * metresPerPx) / METRES_PER_DEGREE]);
    });
  }
  return drawn;
}
