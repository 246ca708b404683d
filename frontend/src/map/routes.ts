// Ways over the map and what is said of them: the rest of each moving unit's way, the proposed one, and the
// flag with the half-way time (P50) and the time that four of five drives keep (P80). A straight line is drawn
// dotted and called one: it is an estimate, not a way. When a way is asked for is ways.svelte.ts. Pure but for
// the two readings.

import type { LayerSpecification } from 'maplibre-gl';
import { distance, hourMinute, t, type Language } from '../i18n';
import { durationWords } from '../i18n/format';
import { ms } from '../wire/clock.svelte';
import type { Eta } from '../wire/documents';
import { request, type Answer } from '../wire/request';
import type { LonLat, MapRoute } from './geo';
import { halo, REGULAR } from './incidents';
import type { Theme } from './style_palette';
import { MARK_COLOURS } from './units_palette';

/** The way of one unit to what it drives to; without a target or a fix `target` is null and the path empty. */
export interface RouteAnswer {
  unit_id: string;
  computed_at: string;
  target: 'scene' | 'hospital' | null;
  target_id: string | null;
  path: LonLat[];
  method: string | null;
  is_estimate: boolean | null;
  duration_s: number | null;
  duration_p80_s: number | null;
  distance_m: number | null;
}

/** A way with how it was found; one that was driven has no method. */
export type DrawnRoute = MapRoute & {
  method?: string;
  /** An estimate says so along its line: for the few that somebody decides by. */
  isNamed?: boolean;
};

/** To what the unit drives to now, or to an incident as a proposal. */
export const readRoute = (unitId: string, incidentId?: string): Promise<Answer<RouteAnswer>> => {
  const proposal = incidentId === undefined ? '' : `?incident=${encodeURIComponent(incidentId)}`;
  return request('GET', `/api/units/${encodeURIComponent(unitId)}/route${proposal}`);
};

/** From a place of its track to what the unit drove to after event `seq`, past the closures of that time. */
export const readRouteThen = (
  unitId: string,
  then: { seq: number; at: string; place: LonLat },
): Promise<Answer<RouteAnswer>> => {
  const asked = new URLSearchParams({ seq: `${then.seq}`, at: then.at, lon: `${then.place[0]}`, lat: `${then.place[1]}` });
  return request('GET', `/api/replay/units/${encodeURIComponent(unitId)}/route?${asked.toString()}`);
};

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

/** The last leg of a way that ends off the road is a straight line; nearer than this it is on it. As RoadPolicy. */
const ON_ROAD_M = 60;

/** A way cut where the road ends: what is driven on it, and the straight rest, empty for most. */
function pieces({ path, method }: DrawnRoute): { road: LonLat[]; straight: LonLat[] } {
  if (isEstimate(method)) return { road: [], straight: path };
  const [last, end] = path.slice(-2);
  if (method !== 'road_and_straight_line' || !last || !end) return { road: path, straight: [] };
  const isOff = nearestOn(last, last, end).metres > ON_ROAD_M;
  return isOff ? { road: path.slice(0, -1), straight: [last, end] } : { road: path, straight: [] };
}

/** Ways as lines; colours are those of the unit's state, and of what is chosen for a proposal. */
export function routeFeatures(
  routes: readonly DrawnRoute[],
  theme: Theme,
): GeoJSON.FeatureCollection<GeoJSON.LineString> {
  const { states, act } = MARK_COLOURS[theme];
  const line = (route: DrawnRoute, path: LonLat[], isGuess: boolean): GeoJSON.Feature<GeoJSON.LineString>[] => {
    if (path.length < 2) return [];
    const { id, kind, status, isNamed } = route;
    const label = isGuess && isNamed ? t('reasons.straight_line_estimate') : '';
    const colour = states[status ?? ''] ?? act;
    const properties = { id, kind, colour, isEstimate: isGuess, label };
    return [{ type: 'Feature', geometry: { type: 'LineString', coordinates: path }, properties }];
  };
  return {
    type: 'FeatureCollection',
    features: routes.flatMap((route) => {
      const { road, straight } = pieces(route);
      return [...line(route, road, false), ...line(route, straight, true)];
    }),
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
    {
      id: 'route-estimate-names',
      type: 'symbol',
      source: 'routes',
      filter: ['!=', ['get', 'label'], ''],
      layout: {
        'symbol-placement': 'line-center',
        'text-rotation-alignment': 'viewport',
        'text-field': ['get', 'label'],
        'text-font': REGULAR,
        'text-size': 12,
        'text-offset': [0, -0.9],
      },
      paint: { 'text-color': MARK_COLOURS[theme].text, ...halo(theme) },
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
