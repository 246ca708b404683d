// The map layers that a dispatcher switches, in the order of their keys (Shift 1, 2 …). Incidents are not
// among them: an unassigned P1 cannot be hidden. Pure.

import type { OverlayName } from '../../map/units_overlay';

export const MAP_LAYERS = [
  'units', 'facilities', 'gaps', 'demand', 'closures', 'isochrones', 'routes', 'stations',
] as const satisfies readonly OverlayName[]; // prettier-ignore

/** Cover gaps and closures are for everybody to see; reach and demand for whoever asks. */
export const LAYERS_AT_START: Record<OverlayName, boolean> = {
  units: true, incidents: true, facilities: true, stations: true, routes: true, closures: true,
  gaps: true, demand: false, isochrones: false,
}; // prettier-ignore
