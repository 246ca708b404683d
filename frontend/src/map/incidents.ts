// Incidents, hospitals and stations over the base map, as layers of a theme. What is in their sources is made
// by geo.ts. Labels never hide a call sign; an incident's and a hospital's give way to each other. Pure.

import type { LayerSpecification } from 'maplibre-gl';
import type { Theme } from './style_palette';
import { MARK_COLOURS } from './units_palette';

/** "Bold" names no family: MapLibre reads the weight from the first name and the shape from the next. */
export const BOLD = ['Bold', 'Noto Sans SC'];
export const REGULAR = ['Noto Sans SC'];
export const ANCHORS: ('left' | 'right' | 'bottom' | 'top')[] = ['left', 'right', 'bottom', 'top'];

export function halo(theme: Theme): { 'text-halo-color': string; 'text-halo-width': number } {
  return { 'text-halo-color': MARK_COLOURS[theme].ground, 'text-halo-width': 2 };
}

export function stationLayers(theme: Theme): LayerSpecification[] {
  return [
    {
      id: 'stations',
      type: 'circle',
      source: 'stations',
      paint: {
        'circle-radius': 5,
        'circle-color': 'transparent',
        'circle-stroke-color': MARK_COLOURS[theme].quiet,
        'circle-stroke-width': 1,
      },
    },
  ];
}

/** Hospitals with their traffic status in words, in amber unless they take everybody. */
export function facilityLayers(theme: Theme): LayerSpecification[] {
  const { quiet, late, text } = MARK_COLOURS[theme];
  return [
    {
      id: 'facilities',
      type: 'symbol',
      source: 'facilities',
      layout: {
        'icon-image': ['case', ['get', 'isOpen'], 'facility', 'facility-limited'],
        'icon-allow-overlap': true,
        'text-field': [
          'format',
          ['get', 'name'],
          { 'text-font': ['literal', BOLD] },
          '\n',
          {},
          ['get', 'traffic'],
          { 'text-color': ['case', ['get', 'isOpen'], quiet, late] },
        ],
        'text-font': REGULAR,
        'text-size': 13,
        'text-justify': 'auto',
        'text-variable-anchor': ANCHORS,
        'text-radial-offset': 1,
        'text-optional': true,
        'text-max-width': 16,
      },
      paint: { 'text-color': text, ...halo(theme) },
    },
  ];
}

export function incidentLayers(theme: Theme): LayerSpecification[] {
  return [
    {
      id: 'incidents',
      type: 'symbol',
      source: 'incidents',
      layout: {
        'icon-image': ['get', 'image'],
        'icon-allow-overlap': true,
        // What is drawn last lies on top: the most urgent, and the chosen one over all.
        'symbol-sort-key': ['-', 0, ['get', 'rank']],
      },
    },
    {
      id: 'incident-names',
      type: 'symbol',
      source: 'incidents',
      layout: {
        // What is placed first gets its room: here the most urgent comes first.
        'symbol-sort-key': ['get', 'rank'],
        'text-field': ['format', ['get', 'priority'], { 'text-font': ['literal', BOLD] }, ' ', {}, ['get', 'label'], {}],
        'text-font': REGULAR,
        'text-size': 13,
        'text-variable-anchor': ANCHORS,
        'text-radial-offset': 1.1,
      },
      paint: { 'text-color': MARK_COLOURS[theme].text, ...halo(theme) },
    },
  ];
}
