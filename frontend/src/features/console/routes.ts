// Lines on the console's map: the proposed way of the chosen unit, and where every moving unit goes. A
// route is a straight line until roads are loaded, as its estimate says. Pure.

import type { DrawnRoute } from '../../map/routes';
import type { FacilityDoc, IncidentDoc, PositionDoc, UnitDoc } from '../../wire/documents';
import { isOnTheWay } from './queue';

export interface RouteParts {
  units: readonly UnitDoc[];
  position: (unitId: string) => PositionDoc | undefined;
  incidents: readonly IncidentDoc[];
  facilities: readonly FacilityDoc[];
  /** The unit that Enter would send, and to which incident. */
  proposed: { unitId: string; incident: IncidentDoc } | null;
}

type LonLat = [lon: number, lat: number];

function targetOf(unit: UnitDoc, position: PositionDoc, parts: RouteParts): LonLat | null {
  const eta = position.eta;
  if (!eta || !isOnTheWay(unit.status)) return null;
  const facility = parts.facilities.find(({ id }) => id === eta.target_id);
  if (eta.target === 'hospital') return facility ? [facility.lon, facility.lat] : null;
  const incident = parts.incidents.find(({ id }) => id === unit.incident_id);
  return incident ? [incident.place.lon, incident.place.lat] : null;
}

export function routesOf(parts: RouteParts): DrawnRoute[] {
  const moving = parts.units.flatMap((unit): DrawnRoute[] => {
    const position = parts.position(unit.id);
    const target = position ? targetOf(unit, position, parts) : null;
    if (!position || !target) return [];
    const path: LonLat[] = [[position.lon, position.lat], target];
    return [{ id: unit.id, kind: 'assigned', path, status: unit.status, method: 'straight_line' }];
  });
  const { proposed } = parts;
  const from = proposed ? parts.position(proposed.unitId) : undefined;
  if (!proposed || !from) return moving;
  const { place } = proposed.incident;
  const path: LonLat[] = [
    [from.lon, from.lat],
    [place.lon, place.lat],
  ];
  return [...moving, { id: 'proposed', kind: 'proposed', path, method: 'straight_line' }];
}
