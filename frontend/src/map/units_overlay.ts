// Everything that lies over the base map, in its order, with one source for each kind; put on a map once, and
// turned from night to day in place. What is in the sources is made elsewhere in this folder.

import type { GeoJSONSource, LayerSpecification, Map as MapLibre, MapSourceDataEvent } from 'maplibre-gl';
import { closureLayers, closureMarkLayers } from './closures';
import { sketchLayers } from './closures_sketch';
import { coverageLayers, coverNameLayers, NO_FEATURES } from './coverage';
import { facilityLayers, incidentLayers, stationLayers } from './incidents';
import { routeLayers } from './routes';
import type { Theme } from './style_palette';
import { unitLayers } from './units';
import { putImages } from './units_images';

export type OverlayName =
  | 'units' | 'incidents' | 'facilities' | 'stations' | 'routes' | 'closures' | 'gaps' | 'isochrones' | 'demand'; // prettier-ignore

/** Ids of the sources. */
export const SOURCES = [
  'demand', 'isochrones', 'gaps', 'closures', 'routes', 'stations', 'facilities', 'incidents', 'units', 'sketch',
] as const; // prettier-ignore
export type SourceName = (typeof SOURCES)[number];

/** Ids of the MapLibre layers behind each name, for switching on and off. */
export const OVERLAYS: Record<OverlayName, string[]> = {
  demand: ['demand'],
  isochrones: ['isochrones', 'isochrone-edges', 'isochrone-guesses', 'isochrone-names'],
  gaps: ['gaps', 'gap-names'],
  closures: ['closure-areas', 'closure-lines', 'closure-marks'],
  routes: [
    'route-edge', 'route-assigned', 'route-driven', 'route-ahead', 'route-no_link', 'route-proposed',
    'route-estimate', 'route-estimate-names',
  ],
  stations: ['stations'],
  facilities: ['facilities'],
  incidents: ['incidents', 'incident-names'],
  units: ['unit-reach', 'unit-noses', 'unit-rings', 'units', 'unit-keys'],
}; // prettier-ignore

/** Under the names of the base map. */
export function lowerLayers(theme: Theme): LayerSpecification[] {
  return [...coverageLayers(theme), ...closureLayers(theme), ...routeLayers(theme), ...stationLayers(theme)];
}

/** Over them. */
export function upperLayers(theme: Theme): LayerSpecification[] {
  return [
    ...closureMarkLayers(theme),
    ...coverNameLayers(theme),
    ...facilityLayers(theme),
    ...incidentLayers(theme),
    ...unitLayers(theme),
    ...sketchLayers(theme),
  ];
}

/** Images and sources first; then the caller adds the lower layers, the names of its ground, the upper ones. */
export async function prepareOverlay(map: MapLibre, theme: Theme): Promise<void> {
  await putImages(map, theme);
  for (const id of SOURCES) map.addSource(id, { type: 'geojson', data: NO_FEATURES });
}

export function addLayers(map: MapLibre, layers: readonly LayerSpecification[]): void {
  for (const layer of layers) map.addLayer(layer);
}

export function showOverlay(map: MapLibre, name: OverlayName, isVisible: boolean): void {
  for (const id of OVERLAYS[name]) {
    if (map.getLayer(id)) map.setLayoutProperty(id, 'visibility', isVisible ? 'visible' : 'none');
  }
}

/** Night to day or back, in place: marks, lines and words; what is in the sources stays. */
export async function rethemeOverlay(map: MapLibre, theme: Theme): Promise<void> {
  await putImages(map, theme);
  for (const layer of [...lowerLayers(theme), ...upperLayers(theme)]) {
    if (!map.getLayer(layer.id)) continue;
    const { paint = {}, layout = {} } = layer as { paint?: object; layout?: object };
    for (const [key, value] of Object.entries(paint)) map.setPaintProperty(layer.id, key as never, value as never);
    for (const [key, value] of Object.entries(layout)) map.setLayoutProperty(layer.id, key as never, value as never);
  }
}

/** A page in the background draws nothing: then nobody waits longer than this, ms. */
const LATEST_MS = 2000;

const held = new WeakMap<GeoJSONSource, string>();

/** Put data into a source; resolves when the map has drawn them, at once where nothing has changed. */
export function drawInto(map: MapLibre, id: SourceName, data: GeoJSON.FeatureCollection): Promise<void> {
  const source = map.getSource<GeoJSONSource>(id);
  if (!source) return Promise.resolve();
  const text = JSON.stringify(data.features);
  if (held.get(source) === text) return Promise.resolve();
  held.set(source, text);
  return new Promise((resolve) => {
    let isTaken = false;
    const taken = (event: MapSourceDataEvent): void => {
      if (event.sourceId === id && event.sourceDataType === 'content') isTaken = true;
    };
    // Idle, because one change costs several pictures: taken, laid out, labels placed.
    const drawn = (): void => {
      if (isTaken && map.isSourceLoaded(id)) end();
    };
    const end = (): void => {
      clearTimeout(timer);
      map.off('sourcedata', taken);
      map.off('idle', drawn);
      resolve();
    };
    const timer = setTimeout(end, LATEST_MS);
    map.on('sourcedata', taken);
    map.on('idle', drawn);
    source.setData(data);
  });
}
