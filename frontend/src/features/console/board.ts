// The unit board: stations in columns of a fixed number of lines, and how many units are in which state. Pure.

import type { NamedPoint, UnitDoc } from '../../wire/documents';

export interface StationUnits {
  station: NamedPoint;
  units: UnitDoc[];
}

/** Units by station in the county's order, by call sign; stations without units are left out. */
export function byStation(
  stations: readonly NamedPoint[],
  units: readonly UnitDoc[],
): StationUnits[] {
  return stations
    .map((station) => ({
      station,
      units: units
        .filter(({ station_id }) => station_id === station.id)
        .sort((one, other) =>
          one.call_sign.localeCompare(other.call_sign, 'en', { numeric: true }),
        ),
    }))
    .filter((one) => one.units.length > 0);
}

/**
 * Stations into columns without splitting one: the next station that fits closes a column. More
 * than fits goes on in the shortest column, which then scrolls.
 */
export function inColumns(
  stations: readonly StationUnits[],
  columns: number,
  lines: number,
): StationUnits[][] {
  const made: StationUnits[][] = Array.from({ length: columns }, () => []);
  const height = (column: readonly StationUnits[]) =>
    column.reduce((sum, { units }) => sum + units.length + 1, 0);
  let at = 0;
  for (const one of stations) {
    while (
      at < columns &&
      height(made[at] ?? []) + one.units.length + 1 > lines &&
      (made[at] ?? []).length > 0
    )
      at += 1;
    const shortest = made.reduce((best, column) => (height(column) < height(best) ? column : best));
    (made[at] ?? shortest).push(one);
  }
  return made;
}

export const STATES = [
  'idle', 'assigned', 'en_route', 'on_scene', 'transporting', 'at_hospital', 'out_of_service',
] as const; // prettier-ignore

/** Every unit once, by state. */
export function totals(units: readonly UnitDoc[]): { status: string; count: number }[] {
  return STATES.map((status) => ({
    status,
    count: units.filter((unit) => unit.status === status).length,
  }));
}

/** A satellite fix between houses and the yard of a station together: this far off is still there. */
const AT_STATION_M = 250;
const METRES_PER_DEGREE = 111_320;

interface Place {
  lon: number;
  lat: number;
}

/** Whether a unit's fix is at a place. */
export function isAt(place: Place, fix: Place): boolean {
  const perLon = METRES_PER_DEGREE * Math.cos((place.lat * Math.PI) / 180);
  const metres = Math.hypot(
    (place.lon - fix.lon) * perLon,
    (place.lat - fix.lat) * METRES_PER_DEGREE,
  );
  return metres <= AT_STATION_M;
}
