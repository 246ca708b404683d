// How far units get, and where nobody does: isochrones (maps/coverage/isochrone.py), cells that no unit reaches
// in time, and the demand of an hour of the week, as layers over the ground. An isochrone by the straight line
// has a dashed edge and says so. Pure but for the two readings.

import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import { t } from '../i18n';
import { request, type Answer } from '../wire/request';
import { mix, type Theme } from './style_palette';
import { MARK_COLOURS } from './units_palette';

/** As `maps.coverage.isochrone.as_geojson`: the largest first. WAITS FOR THE LEAD: GET /api/coverage/isochrones. */
export type IsochronesAnswer = GeoJSON.FeatureCollection<
  GeoJSON.Polygon | GeoJSON.MultiPolygon,
  { limit_min: number; method: string; is_estimate: boolean }
>;
/**
 * Cells as `maps.coverage.cells.as_features`: `first_s` seconds of the quickest unit (null: nobody), `calls`
 * expected in the hour. WAITS FOR THE LEAD: GET /api/coverage/cells.
 */
export type CellsAnswer = GeoJSON.FeatureCollection<
  GeoJSON.Polygon | GeoJSON.MultiPolygon,
  { first_s: number | null; calls: number }
> & { standard_s: number; hour_of_week: number; is_estimate: boolean };

export const NO_FEATURES: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

export const coverageReading = {
  /** Around one unit, one station, or all idle units (`county`). */
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
        isEstimate: feature.properties.is_estimate,
        label:
          t('console.within_min', { n: feature.properties.limit_min }) +
          (feature.properties.is_estimate ? ` · ${t('reasons.straight_line_estimate')}` : ''),
      },
    })),
  };
}

/** Cells that no unit reaches within the standard; one that nobody reaches at all counts too. */
export function gapFeatures(answer: CellsAnswer): GeoJSON.FeatureCollection {
  const features = answer.features.filter(
    ({ properties: { first_s } }) => first_s === null || first_s > answer.standard_s,
  );
  return { type: 'FeatureCollection', features };
}

/** Cells with their share of the busiest one, 0 to 1; empty ones are left out. */
export function demandFeatures(answer: CellsAnswer): GeoJSON.FeatureCollection {
  const most = Math.max(0, ...answer.features.map(({ properties }) => properties.calls));
  return {
    type: 'FeatureCollection',
    features: answer.features
      .filter(({ properties }) => properties.calls > 0)
      .map((feature) => ({ ...feature, properties: { share: feature.properties.calls / most } })),
  };
}

/** All of it, under the roads' names and under everything that moves. */
export function coverageLayers(theme: Theme): LayerSpecification[] {
  const { states, closed, text, quiet } = MARK_COLOURS[theme];
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
      paint: { 'fill-pattern': 'hatch-gap', 'fill-opacity': 0.75 },
    },
    {
      id: 'gap-edges',
      type: 'line',
      source: 'gaps',
      paint: { 'line-color': closed, 'line-width': 0.5, 'line-opacity': 0.4 },
    },
  ]; // prettier-ignore
}
