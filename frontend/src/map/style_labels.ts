// Names and marks of the base map from vector tiles. Words are drawn by the browser from the page's own
// typeface, so no glyph server is asked. What moves on the map is placed before these and wins its room. Pure.

import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from 'maplibre-gl';
import type { Language } from '../i18n';
import { oneOf, TILES, type Look } from './style';
import { BASE_COLOURS, type BaseColours } from './style_palette';

/** "Bold" names no family: MapLibre reads the weight from the first name and the shape from the next. */
const BOLD = ['Bold', 'Noto Sans SC'];
const REGULAR = ['Noto Sans SC'];

/** Kinds that a dispatcher steers by are named one zoom before the rest. */
const LANDMARKS = ['police', 'fire_station', 'station', 'bus_station', 'ferry_terminal', 'airport',
  'helipad', 'government', 'university', 'school', 'bridge', 'kilometre_post', 'junction']; // prettier-ignore
export const HOSPITALS = 'tile-hospitals';
const CLINICS = ['clinic', 'doctors', 'health'];
const ONE_WAY_FROM = 15.9; // "at zoom 16", where a view that was fitted may stop just short of it

/** The name in the language of the page where the map has it, else as it stands on the signs. */
export function nameIn(language: Language): ExpressionSpecification {
  return ['coalesce', ['get', `name_${language}`], ['get', 'name'], ''];
}

function halo(colours: BaseColours, colour: string) {
  return { 'text-color': colour, 'text-halo-color': colours.halo, 'text-halo-width': 1.5 } as const;
}

function waterNames(look: Look, colours: BaseColours): LayerSpecification[] {
  const water = { type: 'symbol', source: TILES, 'source-layer': 'water' } as const;
  const words = { 'text-field': nameIn(look.language), 'text-font': REGULAR, 'text-size': 12 } as const;
  return [
    {
      ...water,
      id: 'tile-water-names',
      minzoom: 9,
      filter: ['==', ['geometry-type'], 'LineString'],
      layout: { ...words, 'symbol-placement': 'line', 'text-letter-spacing': 0.15, 'symbol-spacing': 500 },
      paint: halo(colours, colours.waterName),
    },
    {
      ...water,
      id: 'tile-lake-names',
      minzoom: 11,
      filter: ['==', ['geometry-type'], 'Polygon'],
      layout: { ...words, 'text-max-width': 6 },
      paint: halo(colours, colours.waterName),
    },
  ];
}

function roadNames(look: Look, colours: BaseColours): LayerSpecification[] {
  const road = { type: 'symbol', source: TILES, 'source-layer': 'roads' } as const;
  return [
    {
      ...road,
      id: 'tile-one-way',
      minzoom: ONE_WAY_FROM,
      filter: ['has', 'oneway'],
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 110,
        'icon-image': 'tile-arrow',
        'icon-rotate': ['match', ['get', 'oneway'], -1, 180, 0],
        'icon-padding': 1,
      },
      paint: { 'icon-color': colours.arrow },
    },
    {
      ...road,
      id: 'tile-road-names',
      minzoom: 12,
      layout: {
        'symbol-placement': 'line',
        'text-field': nameIn(look.language),
        'text-font': REGULAR,
        'text-size': ['interpolate', ['linear'], ['zoom'], 12, 11, 16, 13],
        'symbol-spacing': 350,
        'text-max-angle': 35,
        'symbol-sort-key': ['match', ['get', 'class'], ['motorway', 'trunk'], 1, 'primary', 2, 'secondary', 3, 4],
      },
      paint: halo(colours, colours.name),
    },
    {
      ...road,
      id: 'tile-road-refs',
      minzoom: 8,
      filter: ['all', ['has', 'ref'], oneOf('class', ['motorway', 'trunk', 'primary', 'secondary', 'tertiary'])],
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 450,
        'text-field': ['get', 'ref'],
        'text-font': BOLD,
        'text-size': 11,
        'text-rotation-alignment': 'viewport',
      },
      paint: { ...halo(colours, colours.nameStrong), 'text-halo-width': 2.5 },
    },
  ];
}

/** How a name stands beside its mark. */
function beside(look: Look) {
  return {
    'text-field': nameIn(look.language),
    'text-font': REGULAR,
    'text-size': 12,
    'text-variable-anchor': ['left', 'right', 'bottom', 'top'] as ('left' | 'right' | 'bottom' | 'top')[],
    'text-radial-offset': 0.9,
    'text-justify': 'auto',
    'text-max-width': 9,
    'text-optional': true,
  } as const;
}

/** Hospitals of the map but those of these names, which the county has marked itself. */
export function hospitalsBut(names: readonly string[]): FilterSpecification {
  const isKnown = oneOf('name', names);
  return ['all', ['==', ['get', 'kind'], 'hospital'], ['!', isKnown]] as FilterSpecification;
}

function spots(look: Look, colours: BaseColours): LayerSpecification[] {
  const spot = { type: 'symbol', source: TILES, 'source-layer': 'pois' } as const;
  const paint = { ...halo(colours, colours.name), 'icon-color': colours.mark };
  const isLandmark = oneOf('kind', LANDMARKS);
  const isHealth = oneOf('kind', ['hospital', ...CLINICS]);
  const dot = { ...beside(look), 'icon-image': 'tile-dot' } as const;
  return [
    { ...spot, id: 'tile-pois', minzoom: 15, filter: ['all', ['!', isLandmark], ['!', isHealth]], layout: dot, paint },
    { ...spot, id: 'tile-landmarks', minzoom: 14, filter: isLandmark, layout: dot, paint },
    {
      ...spot,
      id: 'tile-clinics',
      minzoom: 13,
      filter: oneOf('kind', CLINICS),
      layout: { ...beside(look), 'icon-image': 'tile-clinic' },
      paint,
    },
  ];
}

function hospitals(look: Look, colours: BaseColours): LayerSpecification {
  return {
    id: HOSPITALS,
    type: 'symbol',
    source: TILES,
    'source-layer': 'pois',
    filter: hospitalsBut([]),
    layout: {
      ...beside(look),
      'icon-image': 'tile-hospital',
      // In an overview of a city the marks would lie in heaps; nearer, none is left out.
      'icon-overlap': ['step', ['zoom'], 'never', 12, 'always'],
      'icon-padding': 0,
      'text-field': ['step', ['zoom'], '', 11, nameIn(look.language)],
    },
    paint: { ...halo(colours, colours.nameStrong), 'icon-color': colours.mark },
  };
}

/** Cities first, then by people; the rank is also the order in which room is given. */
const PLACE_RANK: ExpressionSpecification = [
  'match', ['get', 'class'],
  'city', 1, ['town', 'county'], 2, ['district', 'township'], 3, ['suburb', 'borough'], 4, 'village', 5, 6,
]; // prettier-ignore

function places(look: Look, colours: BaseColours): LayerSpecification {
  const size = (city: number, town: number, village: number, other: number): ExpressionSpecification => [
    'match', ['get', 'class'],
    'city', city, ['town', 'county', 'district'], town, ['township', 'suburb', 'borough', 'village'], village, other,
  ]; // prettier-ignore
  return {
    id: 'tile-places',
    type: 'symbol',
    source: TILES,
    'source-layer': 'places',
    layout: {
      'text-field': nameIn(look.language),
      'text-font': ['case', oneOf('class', ['city', 'town', 'county']), ['literal', BOLD], ['literal', REGULAR]],
      'text-size': ['interpolate', ['linear'], ['zoom'], 6, size(14, 12, 11, 10), 14, size(22, 18, 14, 12)],
      'text-max-width': 8,
      'symbol-sort-key': ['-', PLACE_RANK, ['min', 0.9, ['/', ['coalesce', ['get', 'population'], 0], 10_000_000]]],
    },
    paint: halo(colours, colours.nameStrong),
  };
}

/** Every layer of words and marks, in the order of drawing; the last is placed first. */
export function labelLayers(look: Look): LayerSpecification[] {
  const colours = BASE_COLOURS[look.theme];
  return [
    {
      id: 'tile-building-names',
      type: 'symbol',
      source: TILES,
      'source-layer': 'buildings',
      minzoom: 16,
      layout: { 'text-field': nameIn(look.language), 'text-font': REGULAR, 'text-size': 11, 'text-max-width': 7 },
      paint: halo(colours, colours.name),
    },
    ...waterNames(look, colours),
    ...roadNames(look, colours),
    ...spots(look, colours),
    places(look, colours),
    hospitals(look, colours),
  ];
}
