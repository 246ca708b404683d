// The map layers that a dispatcher switches, in the order of their keys (Shift 1, 2 …). Incidents are not
// among them: an unassigned P1 cannot be hidden. Pure.

import type { OverlayName } from '../../map/units_overlay';

export const MAP_LAYERS = [
  'units', 'facilities', 'closures', 'routes', 'stations',
] as const satisfies readonly OverlayName[]; // prettier-ignore

/** A closure is for everybody to see; nothing asks for coverage yet. */
export const LAYERS_AT_START: Record<OverlayName, boolean> = {
  units: true, incidents: true, facilities: true, stations: true, routes: true, closures: true,
  gaps: false, demand: false, isochrones: false,
}; // prettier-ignore
