// The county's own schematic base map, where no real one is imported: boundary, rivers, roads, towns. What lies
// over it is units_overlay.ts. Pure but for the two functions that put it on a map.

import type {
  ExpressionSpecification,
  FilterSpecification,
  LayerSpecification,
  Map as MapLibre,
} from 'maplibre-gl';
import { halo, REGULAR } from './incidents';
import { BASE_COLOURS, type Theme } from './style_palette';

function ofLayer(name: string): FilterSpecification {
  return ['==', ['get', 'layer'], name];
}

const IS_MAIN: ExpressionSpecification = ['in', ['get', 'kind'], ['literal', ['expressway', 'main_road']]];

export function schematicGround(theme: Theme): LayerSpecification[] {
  const colours = BASE_COLOURS[theme];
  const line = { type: 'line', source: 'base' } as const;
  return [
    {
      id: 'land',
      type: 'fill',
      source: 'base',
      filter: ofLayer('boundary'),
      paint: { 'fill-color': colours.land },
    },
    {
      ...line,
      id: 'rivers',
      filter: ofLayer('river'),
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': colours.water, 'line-width': ['interpolate', ['linear'], ['zoom'], 8, 3, 13, 14] },
    },
    {
      ...line,
      id: 'roads',
      filter: ofLayer('road'),
      paint: {
        'line-color': ['case', IS_MAIN, colours.roadMotorway, colours.roadMajor],
        'line-width': ['interpolate', ['linear'], ['zoom'], 8, ['case', IS_MAIN, 2, 1], 13, ['case', IS_MAIN, 6, 4]],
      },
    },
    {
      ...line,
      id: 'boundary',
      filter: ofLayer('boundary'),
      paint: { 'line-color': colours.countyBorder, 'line-width': 1.5 },
    },
  ];
}

/** Names of rivers and towns; a town's name gives way to anything that matters more. */
export function schematicNames(theme: Theme): LayerSpecification[] {
  const colours = BASE_COLOURS[theme];
  const name: ExpressionSpecification = ['coalesce', ['get', 'name_zh'], ''];
  return [
    {
      id: 'river-names',
      type: 'symbol',
      source: 'base',
      filter: ofLayer('river'),
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 500,
        'text-field': name,
        'text-font': REGULAR,
        'text-size': 12,
        'text-letter-spacing': 0.15,
      },
      paint: { 'text-color': colours.waterName },
    },
    {
      id: 'towns',
      type: 'circle',
      source: 'base',
      filter: ofLayer('town'),
      paint: {
        'circle-radius': 3,
        'circle-color': colours.land,
        'circle-stroke-color': colours.name,
        'circle-stroke-width': 1.5,
      },
    },
    {
      id: 'town-names',
      type: 'symbol',
      source: 'base',
      filter: ofLayer('town'),
      layout: {
        'text-field': name,
        'text-font': REGULAR,
        'text-size': 14,
        'text-variable-anchor': ['bottom', 'top', 'left', 'right'],
        'text-radial-offset': 0.6,
      },
      paint: { 'text-color': colours.name, ...halo(theme) },
    },
  ];
}

export function addBase(map: MapLibre, data: GeoJSON.FeatureCollection, theme: Theme): void {
  map.addSource('base', { type: 'geojson', data });
  for (const layer of schematicGround(theme)) map.addLayer(layer);
}

export function addBaseLabels(map: MapLibre, theme: Theme): void {
  for (const layer of schematicNames(theme)) map.addLayer(layer);
}
