// Each function adds one source with its layers; order of calls is order of drawing. Labels never hide
// a call sign: it is drawn even where it overlaps, only its place is chosen (right, left, top, bottom).

import type { ExpressionSpecification, FilterSpecification, Map as MapLibre } from 'maplibre-gl';
import { NIGHT } from './palette';

export type LayerName = 'units' | 'incidents' | 'facilities' | 'stations' | 'routes';

/** Ids of the MapLibre layers behind each name, for switching on and off. */
export const LAYERS: Record<LayerName, string[]> = {
  routes: ['route-proposed', 'route-assigned', 'route-driven', 'route-ahead', 'route-no_link'],
  stations: ['stations'],
  facilities: ['facilities'],
  incidents: ['incidents', 'incident-names'],
  units: ['unit-reach', 'unit-noses', 'unit-rings', 'units', 'unit-keys'],
};

/** "Bold" names no family: MapLibre reads the weight from the first name and the shape from the next. */
const BOLD = ['Bold', 'Noto Sans SC'];
const REGULAR = ['Noto Sans SC'];
const ANCHORS: ('left' | 'right' | 'bottom' | 'top')[] = ['left', 'right', 'bottom', 'top'];
const HALO = { 'text-halo-color': NIGHT.ground, 'text-halo-width': 2 } as const;

const EMPTY: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

function source(map: MapLibre, id: string, data: GeoJSON.FeatureCollection = EMPTY): void {
  map.addSource(id, { type: 'geojson', data });
}

function ofLayer(name: string): FilterSpecification {
  return ['==', ['get', 'layer'], name];
}

/** The county itself: boundary, rivers, roads, towns; drawn by hand where it is schematic. */
export function addBase(map: MapLibre, data: GeoJSON.FeatureCollection): void {
  source(map, 'base', data);
  const line = { type: 'line', source: 'base' } as const;
  map.addLayer({
    id: 'land',
    type: 'fill',
    source: 'base',
    filter: ofLayer('boundary'),
    paint: { 'fill-color': NIGHT.land },
  });
  map.addLayer({
    ...line,
    id: 'rivers',
    filter: ofLayer('river'),
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: { 'line-color': NIGHT.river, 'line-width': ['interpolate', ['linear'], ['zoom'], 8, 3, 13, 14] },
  });
  const isMain: ExpressionSpecification = ['in', ['get', 'kind'], ['literal', ['expressway', 'main_road']]];
  map.addLayer({
    ...line,
    id: 'roads',
    filter: ofLayer('road'),
    paint: {
      'line-color': ['case', isMain, NIGHT.roadMain, NIGHT.road],
      'line-width': ['interpolate', ['linear'], ['zoom'], 8, ['case', isMain, 2, 1], 13, ['case', isMain, 6, 4]],
    },
  });
  map.addLayer({
    ...line,
    id: 'boundary',
    filter: ofLayer('boundary'),
    paint: { 'line-color': NIGHT.boundary, 'line-width': 1.5 },
  });
}

/** Names of rivers and towns; a town's name gives way to anything that matters more. */
export function addBaseLabels(map: MapLibre): void {
  const name: ExpressionSpecification = ['coalesce', ['get', 'name_zh'], ''];
  map.addLayer({
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
    paint: { 'text-color': NIGHT.riverLabel },
  });
  map.addLayer({
    id: 'towns',
    type: 'circle',
    source: 'base',
    filter: ofLayer('town'),
    paint: {
      'circle-radius': 3,
      'circle-color': NIGHT.ground,
      'circle-stroke-color': NIGHT.town,
      'circle-stroke-width': 1.5,
    },
  });
  map.addLayer({
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
    paint: { 'text-color': NIGHT.town, ...HALO },
  });
}

export function addRoutes(map: MapLibre): void {
  source(map, 'routes');
  const looks: Record<string, { width: number; dashes?: number[]; opacity?: number }> = {
    assigned: { width: 2, opacity: 0.7 },
    driven: { width: 4 },
    ahead: { width: 3, dashes: [2, 1.5] },
    no_link: { width: 3, dashes: [0.6, 1.2] },
    proposed: { width: 4, dashes: [1.6, 1.2] },
  };
  for (const [kind, { width, dashes, opacity = 1 }] of Object.entries(looks)) {
    map.addLayer({
      id: `route-${kind}`,
      type: 'line',
      source: 'routes',
      filter: ['==', ['get', 'kind'], kind],
      paint: {
        'line-color': ['get', 'colour'],
        'line-width': width,
        'line-opacity': opacity,
        ...(dashes ? { 'line-dasharray': dashes } : {}),
      },
    });
  }
}

export function addStations(map: MapLibre): void {
  source(map, 'stations');
  map.addLayer({
    id: 'stations',
    type: 'circle',
    source: 'stations',
    paint: {
      'circle-radius': 5,
      'circle-color': 'transparent',
      'circle-stroke-color': NIGHT.quiet,
      'circle-stroke-width': 1,
    },
  });
}

export function addFacilities(map: MapLibre): void {
  source(map, 'facilities');
  map.addLayer({
    id: 'facilities',
    type: 'symbol',
    source: 'facilities',
    layout: {
      'icon-image': 'facility',
      'icon-allow-overlap': true,
      'text-field': [
        'format',
        ['get', 'name'],
        { 'text-font': ['literal', BOLD] },
        '\n',
        {},
        ['get', 'traffic'],
        { 'text-color': ['case', ['get', 'isOpen'], NIGHT.quiet, NIGHT.late] },
      ],
      'text-font': REGULAR,
      'text-size': 13,
      'text-justify': 'auto',
      'text-variable-anchor': ANCHORS,
      'text-radial-offset': 1,
      'text-optional': true,
      'text-max-width': 16,
    },
    paint: { 'text-color': NIGHT.text, ...HALO },
  });
}

export function addIncidents(map: MapLibre): void {
  source(map, 'incidents');
  map.addLayer({
    id: 'incidents',
    type: 'symbol',
    source: 'incidents',
    layout: {
      'icon-image': ['get', 'image'],
      'icon-allow-overlap': true,
      // What is drawn last lies on top: the most urgent, and the chosen one over all.
      'symbol-sort-key': ['-', 0, ['get', 'rank']],
    },
  });
  map.addLayer({
    id: 'incident-names',
    type: 'symbol',
    source: 'incidents',
    layout: {
      // What is placed first gets its room: here the most urgent comes first.
      'symbol-sort-key': ['get', 'rank'],
      'text-field': [
        'format',
        ['get', 'priority'],
        { 'text-font': ['literal', BOLD] },
        ' ',
        {},
        ['get', 'label'],
        {},
      ],
      'text-font': REGULAR,
      'text-size': 13,
      'text-variable-anchor': ANCHORS,
      'text-radial-offset': 1.1,
    },
    paint: { 'text-color': NIGHT.text, ...HALO },
  });
}

export function addUnits(map: MapLibre): void {
  source(map, 'units');
  const symbol = { type: 'symbol', source: 'units' } as const;
  const always = { 'icon-allow-overlap': true, 'icon-ignore-placement': true } as const;
  map.addLayer({
    ...symbol,
    id: 'unit-reach',
    filter: ['get', 'isLost'],
    layout: { ...always, 'icon-image': 'unit-reach', 'icon-size': ['get', 'reach'] },
  });
  map.addLayer({
    ...symbol,
    id: 'unit-noses',
    filter: ['!=', ['get', 'nose'], ''],
    layout: {
      ...always,
      'icon-image': ['get', 'nose'],
      'icon-rotate': ['get', 'heading'],
      'icon-rotation-alignment': 'map',
    },
  });
  map.addLayer({
    ...symbol,
    id: 'unit-rings',
    filter: ['!=', ['get', 'ring'], ''],
    layout: { ...always, 'icon-image': ['get', 'ring'] },
  });
  map.addLayer({
    ...symbol,
    id: 'units',
    layout: {
      'icon-image': ['get', 'image'],
      'icon-allow-overlap': true,
      'symbol-sort-key': ['get', 'rank'],
      'text-field': [
        'format',
        ['get', 'call_sign'],
        { 'text-font': ['literal', BOLD] },
        ' ',
        {},
        ['get', 'detail'],
        { 'text-color': NIGHT.quiet },
      ],
      'text-font': REGULAR,
      'text-size': 13,
      'text-variable-anchor': ANCHORS,
      'text-radial-offset': 1.2,
      'text-overlap': 'always',
      'text-max-width': 30,
    },
    paint: { 'text-color': ['case', ['get', 'isLost'], NIGHT.quiet, NIGHT.text], ...HALO },
  });
  map.addLayer({
    ...symbol,
    id: 'unit-keys',
    filter: ['!=', ['get', 'key'], ''],
    layout: { ...always, 'icon-image': ['get', 'key'], 'icon-offset': [-18, -14] },
  });
}

/** Show or hide what one name stands for. */
export function setVisible(map: MapLibre, name: LayerName, isVisible: boolean): void {
  for (const id of LAYERS[name]) {
    if (map.getLayer(id)) map.setLayoutProperty(id, 'visibility', isVisible ? 'visible' : 'none');
  }
}
