// What the screens said about arrivals at a moment of the replay. Pure. The server recomputes each row
// from the fixes it had by then; a row without a target ends what was said before it.

import type { FacilityDoc, IncidentDoc, PositionDoc } from '../../wire/documents';
import type { ReplayBundle } from '../../wire/reading';
import { lastAt } from './film';

type Row = ReplayBundle['etas'][string][number];

export interface Etas {
  timesMs: Float64Array;
  rows: readonly Row[];
}
export interface EtaThen {
  target: 'scene' | 'hospital';
  targetId: string;
  arriveAt: string;
  /** When the fix behind it was true. */
  fixAt: string;
}

export function etasOf(rows: readonly Row[]): Etas {
  return { timesMs: Float64Array.from(rows, ([at]) => Date.parse(at)), rows };
}

/** The newest one at or before `ms`; undefined while the unit drove nowhere or had no fix. */
export function etaAt(etas: Etas | undefined, ms: number): EtaThen | undefined {
  const row = etas?.rows[lastAt(etas.timesMs, ms)];
  if (!row) return undefined;
  const [, target, targetId, arriveAt, fixAt] = row;
  if (target === null || targetId === null || arriveAt === null || fixAt === null) return undefined;
  return { target, targetId, arriveAt, fixAt };
}

/** The one that a hospital's board had; a unit that drives elsewhere by then has none for it. */
export function etaFor(etas: Etas | undefined, facilityId: string, ms: number): EtaThen | undefined {
  const eta = etaAt(etas, ms);
  return eta?.target === 'hospital' && eta.targetId === facilityId ? eta : undefined;
}

/** From where the unit then was to what it drove to: straight, as its estimate is. */
export function pathAhead(
  eta: EtaThen | undefined,
  position: PositionDoc | undefined,
  incident: Pick<IncidentDoc, 'id' | 'place'> | undefined,
  facilities: readonly Pick<FacilityDoc, 'id' | 'lon' | 'lat'>[],
): [lon: number, lat: number][] | null {
  if (!eta || !position) return null;
  const scene = incident?.id === eta.targetId ? incident.place : undefined;
  const place = eta.target === 'scene' ? scene : facilities.find(({ id }) => id === eta.targetId);
  return place ? [[position.lon, position.lat], [place.lon, place.lat]] : null; // prettier-ignore
}
