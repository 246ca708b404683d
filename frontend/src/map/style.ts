// The ground of the base map from vector tiles: land, water, buildings, roads, railways, borders, as layers
// for MapLibre, back to front. Words and marks are style_labels.ts; what a tile holds from which zoom on is
// decided on the server (maps/tiles/build.py, maps/osm/features.py). Pure: layers in, nothing fetched.

import type {
  ExpressionSpecification,
  FilterSpecification,
  LayerSpecification,
  LineLayerSpecification,
} from 'maplibre-gl';
import type { Language } from '../i18n';
import { BASE_COLOURS, type BaseColours, type Theme } from './style_palette';

export interface Look {
  theme: Theme;
  language: Language;
}

/** Ids of the sources: the tiles, and the county's own GeoJSON (`layers.addBase` names it so too). */
export const TILES = 'tiles';
export const COUNTY = 'base';

/** Width in px of a road at zooms 6, 10, 14 and 18, by class. Own choice: wide enough for a wall screen. */
const WIDTHS: [classes: string[], px: [number, number, number, number]][] = [
  [['motorway', 'trunk'], [1, 2.2, 7, 26]],
  [['primary'], [0.6, 1.7, 6, 24]],
  [['secondary'], [0.4, 1.3, 5, 22]],
  [['tertiary', 'motorway_link', 'trunk_link', 'primary_link', 'secondary_link'], [0.3, 0.9, 4, 18]],
  [['unclassified', 'residential', 'living_street', 'road', 'tertiary_link', 'busway'], [0.2, 0.6, 3, 16]],
  [['pedestrian', 'service', 'track'], [0.1, 0.3, 1.6, 9]],
]; // prettier-ignore
const WIDTH_OTHER: [number, number, number, number] = [0.1, 0.2, 1, 6];
const ZOOMS = [6, 10, 14, 18] as const;

const MOTORWAYS = ['motorway', 'trunk', 'motorway_link', 'trunk_link'];
const MAJORS = ['primary', 'secondary', 'tertiary', 'primary_link', 'secondary_link', 'tertiary_link'];
const PATHS = ['path', 'footway', 'cycleway', 'bridleway', 'steps'];
const DASHED = ['ferry', 'construction', ...PATHS];

const CLASS: ExpressionSpecification = ['get', 'class'];

export function oneOf(property: string, values: readonly string[]): ExpressionSpecification {
  return ['in', ['get', property], ['literal', [...values]]];
}

/** What MapLibre calls "all"; its types want each part named. */
function all(...parts: ExpressionSpecification[]): FilterSpecification {
  return ['all', ...parts] as FilterSpecification;
}

function atZoom(index: 0 | 1 | 2 | 3): ExpressionSpecification {
  const pairs = WIDTHS.flatMap(([classes, px]) => [classes, px[index]]);
  return ['match', CLASS, ...pairs, WIDTH_OTHER[index]] as unknown as ExpressionSpecification;
}

/** The width of a road by zoom and class; `edge` is added on both sides together, px. */
function roadWidth(edge = 0): ExpressionSpecification {
  const stops = ZOOMS.flatMap((zoom, index) => {
    const px = atZoom(index as 0 | 1 | 2 | 3);
    return [zoom, edge ? (['+', px, edge] as ExpressionSpecification) : px];
  });
  return ['interpolate', ['exponential', 1.5], ['zoom'], ...stops] as ExpressionSpecification;
}

function roadColour(colours: BaseColours): ExpressionSpecification {
  return [
    'case',
    oneOf('class', MOTORWAYS), colours.roadMotorway,
    oneOf('class', MAJORS), colours.roadMajor,
    colours.roadMinor,
  ]; // prettier-ignore
}

/** What is drawn last lies on top: a main road over the street that meets it. */
const RANK: ExpressionSpecification = [
  'case', oneOf('class', MOTORWAYS), 3, oneOf('class', MAJORS), 2, 1,
]; // prettier-ignore

const ROUND = { 'line-cap': 'round', 'line-join': 'round', 'line-sort-key': RANK } as const;

function areas(colours: BaseColours): LayerSpecification[] {
  const fill = { type: 'fill', source: TILES } as const;
  const isArea: ExpressionSpecification = ['==', ['geometry-type'], 'Polygon'];
  return [
    { id: 'tile-ground', type: 'background', paint: { 'background-color': colours.ground } },
    {
      id: 'tile-county',
      type: 'fill',
      source: COUNTY,
      filter: ['==', ['get', 'layer'], 'boundary'],
      paint: { 'fill-color': colours.land },
    },
    { ...fill, id: 'tile-green', 'source-layer': 'green', paint: { 'fill-color': colours.green } },
    {
      ...fill,
      id: 'tile-water',
      'source-layer': 'water',
      filter: isArea,
      paint: { 'fill-color': colours.water },
    },
    {
      id: 'tile-waterways',
      type: 'line',
      source: TILES,
      'source-layer': 'water',
      filter: all(['==', ['geometry-type'], 'LineString'], ['!=', ['get', 'tunnel'], true]),
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        'line-color': colours.water,
        'line-width': [
          'interpolate', ['exponential', 1.5], ['zoom'],
          8, ['match', CLASS, ['river', 'canal', 'coastline'], 1.2, 0.4],
          14, ['match', CLASS, ['river', 'canal'], 5, 'coastline', 2, 1.5],
          18, ['match', CLASS, ['river', 'canal'], 20, 'coastline', 3, 5],
        ],
      },
    },
    {
      ...fill,
      id: 'tile-buildings',
      'source-layer': 'buildings',
      minzoom: 13,
      paint: {
        'fill-color': colours.building,
        'fill-opacity': ['interpolate', ['linear'], ['zoom'], 13, 0.4, 15, 1],
        'fill-outline-color': colours.buildingEdge,
      },
    },
  ]; // prettier-ignore
}

/** Edge and surface of the roads that a filter lets through. */
function roads(
  name: 'roads' | 'tunnels' | 'bridges',
  filter: ExpressionSpecification,
  edge: string,
  colours: BaseColours,
): LayerSpecification[] {
  const isSolid: ExpressionSpecification = ['!', oneOf('class', DASHED)];
  const line = { type: 'line', source: TILES, 'source-layer': 'roads' } as const;
  const isTunnel = name === 'tunnels';
  return [
    {
      ...line,
      id: `tile-${name}-edge`,
      minzoom: name === 'bridges' ? 13 : 11,
      filter: all(isSolid, filter),
      layout: { ...ROUND, 'line-cap': name === 'roads' ? 'round' : 'butt' },
      paint: {
        'line-color': edge,
        'line-width': roadWidth(name === 'bridges' ? 3 : 2),
        ...(isTunnel ? { 'line-dasharray': [2, 1.5] } : {}),
      },
    },
    {
      ...line,
      id: `tile-${name}`,
      filter: all(isSolid, filter),
      layout: ROUND,
      paint: {
        'line-color': roadColour(colours),
        'line-width': roadWidth(),
        'line-opacity': isTunnel ? 0.5 : 1,
      },
    },
  ];
}

function dashed(
  id: string,
  classes: string[],
  width: number,
  dashes: number[],
  colour: string,
): LineLayerSpecification {
  return {
    id: `tile-${id}`,
    type: 'line',
    source: TILES,
    'source-layer': 'roads',
    filter: oneOf('class', classes),
    paint: { 'line-color': colour, 'line-width': width, 'line-dasharray': dashes },
  };
}

function railways(colours: BaseColours): LayerSpecification[] {
  const line = { type: 'line', source: TILES, 'source-layer': 'railways' } as const;
  const isAbove: ExpressionSpecification = ['!=', ['get', 'tunnel'], true];
  return [
    {
      ...line,
      id: 'tile-railways',
      filter: isAbove,
      paint: {
        'line-color': colours.rail,
        'line-width': ['interpolate', ['linear'], ['zoom'], 8, 0.5, 13, 0.9, 18, 3],
      },
    },
    {
      ...line,
      id: 'tile-sleepers',
      minzoom: 13,
      filter: isAbove,
      paint: {
        'line-color': colours.rail,
        'line-width': ['interpolate', ['linear'], ['zoom'], 13, 4, 18, 9],
        'line-dasharray': [0.3, 3],
      },
    },
    {
      ...line,
      id: 'tile-railways-below',
      minzoom: 12,
      filter: ['==', ['get', 'tunnel'], true],
      paint: { 'line-color': colours.rail, 'line-width': 1.2, 'line-dasharray': [3, 3], 'line-opacity': 0.6 },
    },
  ];
}

function borders(colours: BaseColours): LayerSpecification[] {
  const line = { type: 'line', source: TILES, 'source-layer': 'boundaries' } as const;
  const level: ExpressionSpecification = ['get', 'admin_level'];
  return [
    {
      ...line,
      id: 'tile-borders',
      filter: ['<=', level, 6],
      paint: { 'line-color': colours.border, 'line-width': 1.2, 'line-dasharray': [4, 2] },
    },
    {
      ...line,
      id: 'tile-borders-fine',
      minzoom: 10,
      filter: ['>', level, 6],
      paint: { 'line-color': colours.border, 'line-width': 0.8, 'line-dasharray': [2, 3], 'line-opacity': 0.7 },
    },
    {
      id: 'tile-county-border',
      type: 'line',
      source: COUNTY,
      filter: ['==', ['get', 'layer'], 'boundary'],
      paint: { 'line-color': colours.countyBorder, 'line-width': 1.5 },
    },
  ];
}

/** Every layer under the routes, back to front. */
export function groundLayers(look: Look): LayerSpecification[] {
  const colours = BASE_COLOURS[look.theme];
  const isTunnel: ExpressionSpecification = ['==', ['get', 'tunnel'], true];
  const isBridge: ExpressionSpecification = ['==', ['get', 'bridge'], true];
  const isPlain: ExpressionSpecification = ['all', ['!', isTunnel], ['!', isBridge]];
  return [
    ...areas(colours),
    dashed('ferries', ['ferry'], 1.2, [3, 3], colours.ferry),
    ...roads('tunnels', isTunnel, colours.path, colours),
    dashed('paths', PATHS, 1, [2, 1.5], colours.path),
    dashed('construction', ['construction'], 2, [1.5, 1.5], colours.path),
    ...roads('roads', isPlain, colours.roadEdge, colours),
    ...railways(colours),
    ...roads('bridges', isBridge, colours.bridgeEdge, colours),
    ...borders(colours),
  ];
}
