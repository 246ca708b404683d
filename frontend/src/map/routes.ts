// Ways over the map and what is said of them: the rest of each moving unit's way, the proposed one, and the
// flag with the half-way time (P50) and the time that four of five drives keep (P80). A straight line is drawn
// dotted and called one: it is an estimate, not a way. Pure but for `readRoute`.

import type { LayerSpecification } from 'maplibre-gl';
import { distance, hourMinute, t, type Language } from '../i18n';
import { durationWords } from '../i18n/format';
import { ms } from '../wire/clock.svelte';
import type { Eta } from '../wire/documents';
import { request, type Answer } from '../wire/request';
import type { LonLat, MapRoute } from './geo';
import type { Theme } from './style_palette';
import { MARK_COLOURS } from './units_palette';

/** The way of one unit to what it drives to. WAITS FOR THE LEAD: GET /api/units/{id}/route. */
export interface RouteAnswer {
  unit_id: string;
  target_id: string;
  path: LonLat[];
  distance_m: number;
  method: string;
}

/** A way with how it was found; one that was driven has no method. */
export type DrawnRoute = MapRoute & { method?: string };

export const readRoute = (unitId: string): Promise<Answer<RouteAnswer>> =>
  request('GET', `/api/units/${encodeURIComponent(unitId)}/route`);

const METRES_PER_DEGREE = 111_320;
/** Farther than this from the way the unit has left it, and the old way would be a lie. Local policy. */
const OFF_WAY_M = 250;

/** Where on a leg a place is nearest, 0 to 1, and how far away, metres; flat at this scale. */
function nearestOn(from: LonLat, to: LonLat, place: LonLat): { share: number; metres: number } {
  const perLon = METRES_PER_DEGREE * Math.cos((place[1] * Math.PI) / 180);
  const [x, y] = [(to[0] - from[0]) * perLon, (to[1] - from[1]) * METRES_PER_DEGREE];
  const [px, py] = [(place[0] - from[0]) * perLon, (place[1] - from[1]) * METRES_PER_DEGREE];
  const length = x * x + y * y;
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, (px * x + py * y) / length));
  return { share, metres: Math.hypot(px - share * x, py - share * y) };
}

/**
 * The rest of a way from where the unit is now; null where it has left the way, so that it is asked anew.
 * Of a way that passes twice the earlier pass counts.
 */
export function restOf(path: readonly LonLat[], place: LonLat): LonLat[] | null {
  let best = { leg: -1, metres: Infinity };
  for (let leg = 0; leg + 1 < path.length; leg += 1) {
    const { metres } = nearestOn(path[leg] as LonLat, path[leg + 1] as LonLat, place);
    if (metres < best.metres) best = { leg, metres };
  }
  return best.metres > OFF_WAY_M ? null : [place, ...path.slice(best.leg + 1)];
}

export function isEstimate(method: string | undefined): boolean {
  return method === 'straight_line';
}

/** Ways as lines; colours are those of the unit's state, and of what is chosen for a proposal. */
export function routeFeatures(
  routes: readonly DrawnRoute[],
  theme: Theme,
): GeoJSON.FeatureCollection<GeoJSON.LineString> {
  const { states, act } = MARK_COLOURS[theme];
  return {
    type: 'FeatureCollection',
    features: routes
      .filter(({ path }) => path.length > 1)
      .map(({ id, kind, path, status, method }) => ({
        type: 'Feature',
        geometry: { type: 'LineString', coordinates: path },
        properties: { id, kind, colour: states[status ?? ''] ?? act, isEstimate: isEstimate(method) },
      })),
  };
}

const LOOKS: Record<MapRoute['kind'], { width: number; dashes?: number[]; opacity?: number }> = {
  assigned: { width: 4, opacity: 0.85 },
  driven: { width: 4 },
  ahead: { width: 3, dashes: [2, 1.5] },
  no_link: { width: 3, dashes: [0.6, 1.2] },
  proposed: { width: 4, dashes: [1.6, 1.2] },
};

/** One layer a kind, an edge under those that follow a road, and a thin dotted one for straight lines. */
export function routeLayers(theme: Theme): LayerSpecification[] {
  const line = { type: 'line', source: 'routes' } as const;
  const round = { 'line-join': 'round', 'line-cap': 'butt' } as const;
  const kinds = Object.entries(LOOKS).map(([kind, { width, dashes, opacity = 1 }]): LayerSpecification => ({
    ...line,
    id: `route-${kind}`,
    filter: ['all', ['==', ['get', 'kind'], kind], ['!', ['get', 'isEstimate']]],
    layout: round,
    paint: {
      'line-color': ['get', 'colour'],
      'line-width': width,
      'line-opacity': opacity,
      ...(dashes ? { 'line-dasharray': dashes } : {}),
    },
  }));
  return [
    {
      ...line,
      id: 'route-edge',
      filter: ['all', ['in', ['get', 'kind'], ['literal', ['assigned', 'proposed', 'driven']]], ['!', ['get', 'isEstimate']]],
      layout: round,
      paint: { 'line-color': MARK_COLOURS[theme].ground, 'line-width': 7, 'line-opacity': 0.8 },
    },
    ...kinds,
    {
      ...line,
      id: 'route-estimate',
      filter: ['get', 'isEstimate'],
      paint: { 'line-color': ['get', 'colour'], 'line-width': 2, 'line-dasharray': [1, 2.5] },
    },
  ];
}

/** "6 min 10 s → 14:41", "4 of 5 by 14:43", "8.2 km · straight-line estimate". */
export function etaLines(eta: Eta, look: { nowMs: number; language: Language; zone: string }): string[] {
  const arriveMs = ms(eta.arrive_at) ?? look.nowMs;
  const leftS = Math.max(0, (arriveMs - look.nowMs) / 1000);
  const lines = [
    t('console.eta_half', { wait: durationWords(leftS, look.language), at: hourMinute(arriveMs, look.zone) }),
  ];
  if (eta.duration_p80_s !== null) {
    const late = arriveMs + Math.max(0, eta.duration_p80_s - eta.duration_s) * 1000;
    lines.push(t('console.eta_most', { at: hourMinute(late, look.zone) }));
  }
  return [...lines, wayWords(eta.distance_m, eta.method)];
}

/** How far, and how that was found where it is no way by road. */
export function wayWords(distance_m: number, method: string): string {
  const way = distance(distance_m);
  if (method === 'straight_line') return `${way} · ${t('reasons.straight_line_estimate')}`;
  return method === 'road_and_straight_line' ? `${way} · ${t('reasons.partly_straight_line')}` : way;
}
