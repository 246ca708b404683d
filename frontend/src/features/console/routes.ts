// Lines on the console's map: the proposed way of the chosen unit, and where every moving unit goes. By road where
// the way is known; until then, and where no road is, a straight line that says it is one. Pure.

import type { LonLat } from '../../map/geo';
import type { DrawnRoute } from '../../map/routes';
import type { Asked, Way } from '../../map/ways.svelte';
import type { FacilityDoc, IncidentDoc, PositionDoc, UnitDoc } from '../../wire/documents';
import { isOnTheWay } from './queue';

export interface RouteParts {
  units: readonly UnitDoc[];
  position: (unitId: string) => PositionDoc | undefined;
  incidents: readonly IncidentDoc[];
  facilities: readonly FacilityDoc[];
  /** The unit that Enter would send, and to which incident. */
  proposed: { unitId: string; incident: IncidentDoc } | null;
  /** The incident that is looked at: its units come first. */
  selectedId: string | null;
  /** As `closuresKey`: another one makes every way another one. */
  closures: string;
}

export interface WantedWay extends Asked {
  to: LonLat;
  status?: string;
  isChosen: boolean;
  /** Set for a proposal: nobody drives there yet. */
  incidentId?: string;
}

/** More ways than these are not asked for: no desk looks at more at once. Local policy. */
export const WAYS_MAX = 40;

function targetOf(unit: UnitDoc, position: PositionDoc, parts: RouteParts): LonLat | null {
  const eta = position.eta;
  if (!eta || !isOnTheWay(unit.status)) return null;
  const facility = parts.facilities.find(({ id }) => id === eta.target_id);
  if (eta.target === 'hospital') return facility ? [facility.lon, facility.lat] : null;
  const incident = parts.incidents.find(({ id }) => id === unit.incident_id);
  return incident ? [incident.place.lon, incident.place.lat] : null;
}

/** Every way that could be drawn: the proposal, then those of the chosen incident, then the others. */
export function waysWanted(parts: RouteParts): WantedWay[] {
  const moving = parts.units.flatMap((unit): WantedWay[] => {
    const position = parts.position(unit.id);
    const to = position ? targetOf(unit, position, parts) : null;
    if (!position || !to) return [];
    const key = `${position.eta?.target_id ?? ''} ${to.join()} ${parts.closures}`;
    const isChosen = unit.incident_id !== null && unit.incident_id === parts.selectedId;
    return [{ unitId: unit.id, key, place: [position.lon, position.lat], to, status: unit.status, isChosen }];
  });
  const { proposed } = parts;
  const from = proposed ? parts.position(proposed.unitId) : undefined;
  const ordered = [...moving.filter(({ isChosen }) => isChosen), ...moving.filter(({ isChosen }) => !isChosen)];
  if (!proposed || !from) return ordered;
  const { id, place } = proposed.incident;
  const proposal: WantedWay = {
    unitId: proposed.unitId,
    key: `to ${id} ${place.lon},${place.lat} ${parts.closures}`,
    place: [from.lon, from.lat],
    to: [place.lon, place.lat],
    isChosen: true,
    incidentId: id,
  };
  return [proposal, ...ordered.filter(({ unitId }) => unitId !== proposed.unitId)];
}

/** Ways as they are drawn; `rest` is what is known of each (`Ways.rest`). */
export function routesOf(wanted: readonly WantedWay[], rest: (one: WantedWay) => Way | null): DrawnRoute[] {
  return wanted.map((one): DrawnRoute => {
    const { path, method } = rest(one) ?? { path: [one.place, one.to], method: 'straight_line' };
    const drawn = { path, method, isNamed: one.isChosen };
    if (one.incidentId !== undefined) return { ...drawn, id: 'proposed', kind: 'proposed' };
    return { ...drawn, id: one.unitId, kind: 'assigned', status: one.status };
  });
}
