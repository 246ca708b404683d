// The map layers that a dispatcher switches, in the order of their keys (Shift 1, 2 …). Incidents are not
// among them: an unassigned P1 cannot be hidden. Pure.

import type { LayerName } from '../../map/layers';

export const MAP_LAYERS: readonly LayerName[] = ['units', 'facilities', 'routes', 'stations'];
