// Where a unit was at a moment of the replay, and the way it had driven by then. Pure.

import type { PositionDoc } from '../../wire/documents';
import type { ReplayBundle } from '../../wire/reading';
import { lastAt } from './film';

type Fix = ReplayBundle['tracks'][string][number];
type LonLat = [lon: number, lat: number];

export interface Track {
  unitId: string;
  timesMs: Float64Array;
  fixes: readonly Fix[];
}

export function trackOf(unitId: string, fixes: readonly Fix[]): Track {
  return { unitId, timesMs: Float64Array.from(fixes, ([at]) => Date.parse(at)), fixes };
}

const METRES_PER_DEGREE = 111_320;

/** Metres between two points a few kilometres apart: flat enough at this scale. */
export function metresBetween(a: LonLat, b: LonLat): number {
  const north = (b[1] - a[1]) * METRES_PER_DEGREE;
  const east = (b[0] - a[0]) * METRES_PER_DEGREE * Math.cos((a[1] * Math.PI) / 180);
  return Math.hypot(north, east);
}

/** Speed over the last two fixes, km/h; null with fewer. The track keeps no speed of its own. */
function speedKmh(track: Track, index: number): number | null {
  const [before, here] = [track.fixes[index - 1], track.fixes[index]];
  if (!before || !here) return null;
  const seconds = ((track.timesMs[index] as number) - (track.timesMs[index - 1] as number)) / 1000;
  if (seconds <= 0) return null;
  return (metresBetween([before[1], before[2]], [here[1], here[2]]) / seconds) * 3.6;
}

/** The unit's last fix at or before `ms`; undefined before the first. */
export function positionAt(track: Track | undefined, ms: number): PositionDoc | undefined {
  if (!track) return undefined;
  const index = lastAt(track.timesMs, ms);
  const fix = track.fixes[index];
  if (!fix) return undefined;
  const [at, lon, lat, heading_deg] = fix;
  return {
    kind: 'position', id: track.unitId, lon, lat, heading_deg, speed_kmh: speedKmh(track, index),
    fixed_at: at, received_at: at, doubtful: null, eta: null, arrival: null, wrong_datum: null,
  }; // prettier-ignore
}

export interface Leg {
  kind: 'driven' | 'no_link';
  path: LonLat[];
}

/** The way between two moments; a pause of the fixes longer than `freshS` is a leg without link. */
export function legsBetween(track: Track | undefined, fromMs: number, toMs: number, freshS: number): Leg[] {
  const legs: Leg[] = [];
  if (!track || toMs <= fromMs) return legs;
  const first = Math.max(0, lastAt(track.timesMs, fromMs));
  const last = lastAt(track.timesMs, toMs);
  for (let index = first; index < last; index += 1) {
    const [here, next] = [track.fixes[index] as Fix, track.fixes[index + 1] as Fix];
    const pauseMs = (track.timesMs[index + 1] as number) - (track.timesMs[index] as number);
    const kind = pauseMs > freshS * 1000 ? 'no_link' : 'driven';
    const open = legs[legs.length - 1];
    if (open?.kind === kind) open.path.push([next[1], next[2]]);
    else legs.push({ kind, path: [[here[1], here[2]], [next[1], next[2]]] }); // prettier-ignore
  }
  return legs;
}
