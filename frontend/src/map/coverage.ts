// How far units get, and where nobody does: isochrones (maps/coverage/isochrone.py), cells that no unit reaches
// in time, and the demand of an hour of the week, as layers over the ground. An isochrone by the straight line
// has a dashed edge and says so. Pure but for the two readings.

import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import { t } from '../i18n';
import { request, type Answer } from '../wire/request';
import { halo, REGULAR } from './incidents';
import { isEstimate } from './routes';
import { mix, type Theme } from './style_palette';
import { MARK_COLOURS } from './units_palette';

/** What was counted: units, and how many of them are only taken to be at their station. */
interface Counted {
  computed_at: string;
  /** As of one journey; null where there is no unit. */
  method: string | null;
  is_estimate: boolean;
  units: number;
  assumed_at_station: number;
}
/** `GET /api/coverage/isochrones`: the largest first. */
export type IsochronesAnswer = GeoJSON.FeatureCollection<
  GeoJSON.Polygon | GeoJSON.MultiPolygon,
  { limit_min: number; method: string; is_estimate: boolean }
> & { about: Counted & { around: string } };
export interface TownCover {
  town_id: string;
  name: string;
  lon: number;
  lat: number;
  /** Seconds of the nearest idle unit; null: none within the hour. */
  first_s: number | null;
  is_uncovered: boolean;
}
/** What the demand was made from. */
export interface DemandAbout {
  /** 0 is Monday 00:00 to 01:00, local time. */
  hour_of_week: number;
  source: 'prior' | 'calls';
  is_few: boolean;
  calls: number;
  observed_h: number;
}
/** `GET /api/coverage/cells`: `first_s` seconds of the nearest idle unit (null: nobody), rates in calls an hour. */
export type CellsAnswer = GeoJSON.FeatureCollection<
  GeoJSON.Polygon | GeoJSON.MultiPolygon,
  { first_s: number | null; is_uncovered: boolean; calls_per_h: number }
> & {
  about: Counted & {
    standard_s: number;
    uncovered_cells: number;
    uncovered_share: number;
    without_road: number;
    towns: TownCover[];
    demand: DemandAbout;
  };
};

export const NO_FEATURES: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

export const coverageReading = {
  /** Around `unit:ID`, `station:ID`, or all idle units (`county`). */
  isochrones: (around: string): Promise<Answer<IsochronesAnswer>> =>
    request('GET', `/api/coverage/isochrones?around=${encodeURIComponent(around)}`),
  cells: (): Promise<Answer<CellsAnswer>> => request('GET', '/api/coverage/cells'),
};

/** Isochrones with their limit in words, the largest first whatever came. */
export function isochroneFeatures(answer: IsochronesAnswer): GeoJSON.FeatureCollection {
  const ordered = [...answer.features].sort((one, other) => other.properties.limit_min - one.properties.limit_min);
  const least = Math.min(...ordered.map(({ properties }) => properties.limit_min));
  return {
    type: 'FeatureCollection',
    features: ordered.map((feature, index) => ({
      ...feature,
      properties: {
        // 0 the smallest, 1 the largest: how strong the fill is.
        step: ordered.length < 2 ? 0 : 1 - index / (ordered.length - 1),
        isLeast: feature.properties.limit_min === least,
        // A unit that begins a few steps off the road does not make a guess of the whole; the legend says it.
        isEstimate: isEstimate(feature.properties.method),
        label:
          t('console.within_min', { n: feature.properties.limit_min }) +
          (isEstimate(feature.properties.method) ? ` · ${t('reasons.straight_line_estimate')}` : ''),
      },
    })),
  };
}

/** "nearest 27 min", "nearest about 27 min" where it is an estimate, "none within 1 h". */
export function nearestWords(first_s: number | null, isGuess: boolean): string {
  if (first_s === null) return t('console.gap_nobody');
  return t(isGuess ? 'console.gap_about' : 'console.gap_nearest', { n: Math.ceil(first_s / 60) });
}

/** Cells that no unit reaches within the standard, and the towns among them with their nearest one. */
export function gapFeatures(answer: CellsAnswer): GeoJSON.FeatureCollection {
  const cells = answer.features
    .filter(({ properties }) => properties.is_uncovered)
    .map((feature) => ({ ...feature, properties: { label: '' } }));
  const towns = answer.about.towns
    .filter(({ is_uncovered }) => is_uncovered)
    .map(
      ({ lon, lat, first_s }): GeoJSON.Feature => ({
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [lon, lat] },
        properties: { label: nearestWords(first_s, isEstimate(answer.about.method ?? undefined)) },
      }),
    );
  return { type: 'FeatureCollection', features: [...cells, ...towns] };
}

/** Cells with their share of the busiest one, 0 to 1; empty ones are left out. */
export function demandFeatures(answer: CellsAnswer): GeoJSON.FeatureCollection {
  const most = Math.max(0, ...answer.features.map(({ properties }) => properties.calls_per_h));
  return {
    type: 'FeatureCollection',
    features: answer.features
      .filter(({ properties }) => properties.calls_per_h > 0)
      .map((feature) => ({ ...feature, properties: { share: feature.properties.calls_per_h / most } })),
  };
}

const IS_LAND: ExpressionSpecification = ['!=', ['geometry-type'], 'Point'];

/** All of it, under the roads' names and under everything that moves. */
export function coverageLayers(theme: Theme): LayerSpecification[] {
  const { states, text, quiet } = MARK_COLOURS[theme];
  const reach = states.idle ?? text;
  const strong: ExpressionSpecification = ['-', 1, ['get', 'step']];
  const edge = { 'line-color': reach, 'line-width': ['case', ['get', 'isLeast'], 2, 1.5] } as const;
  return [
    {
      id: 'demand',
      type: 'fill',
      source: 'demand',
      paint: {
        'fill-color': ['interpolate', ['linear'], ['get', 'share'], 0, mix(quiet, states.on_scene ?? text, 0.5), 1, states.on_scene ?? text],
        'fill-opacity': ['interpolate', ['linear'], ['get', 'share'], 0, 0.06, 1, 0.6],
        'fill-antialias': false, // cells that meet must not look like a grid
      },
    },
    {
      id: 'isochrones',
      type: 'fill',
      source: 'isochrones',
      paint: { 'fill-color': reach, 'fill-opacity': ['+', 0.06, ['*', 0.12, strong]] },
    },
    {
      id: 'isochrone-edges',
      type: 'line',
      source: 'isochrones',
      filter: ['!', ['get', 'isEstimate']],
      paint: { ...edge, 'line-width': ['case', ['get', 'isLeast'], 2, 1.5] },
    },
    {
      id: 'isochrone-guesses',
      type: 'line',
      source: 'isochrones',
      filter: ['get', 'isEstimate'],
      paint: { ...edge, 'line-width': 1.5, 'line-dasharray': [3, 3] },
    },
    {
      id: 'gaps',
      type: 'fill',
      source: 'gaps',
      filter: IS_LAND,
      paint: { 'fill-pattern': 'hatch-gap', 'fill-opacity': 0.75 },
    },
  ]; // prettier-ignore
}

/** How far each edge is, and the words of uncovered towns below the name that the ground has for them. */
export function coverNameLayers(theme: Theme): LayerSpecification[] {
  return [
    {
      id: 'isochrone-names',
      type: 'symbol',
      source: 'isochrones',
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 400,
        'text-field': ['get', 'label'],
        'text-font': REGULAR,
        'text-size': 12,
        'text-max-angle': 60,
      },
      paint: { 'text-color': MARK_COLOURS[theme].states.idle ?? MARK_COLOURS[theme].text, ...halo(theme) },
    },
    {
      id: 'gap-names',
      type: 'symbol',
      source: 'gaps',
      filter: ['==', ['geometry-type'], 'Point'],
      layout: {
        'text-field': ['get', 'label'],
        'text-font': REGULAR,
        'text-size': 13,
        'text-variable-anchor': ['top', 'left', 'right'],
        'text-radial-offset': 0.6,
      },
      paint: { 'text-color': MARK_COLOURS[theme].closed, ...halo(theme) },
    },
  ];
}
