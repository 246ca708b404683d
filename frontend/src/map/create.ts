// Makes the MapLibre map of the county: the base map, and over it empty sources for everything that moves. No
// glyphs, sprite or foreign tile address: nothing outside is asked.

import * as maplibregl from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { loadWords } from '../ui/fonts';
import { addGround, addGroundLabels, credits, restyle, type Base } from './basemap';
import { boundsOf, wordsOf } from './geo';
import type { Look } from './style';
import { BASE_COLOURS } from './style_palette';
import {
  addLayers, drawInto, lowerLayers, prepareOverlay, rethemeOverlay, upperLayers, type SourceName,
} from './units_overlay'; // prettier-ignore

// Without its own worker address the production build draws an empty map (maplibre-gl 6 is ESM only).
maplibregl.setWorkerUrl(workerUrl);

export type Bounds = [west: number, south: number, east: number, north: number];

export interface MapOptions {
  base: Base;
  look: Look;
  bounds?: Bounds;
  isInteractive: boolean;
  paddingPx: number;
}

/** Resolves when all layers stand; rejects where the browser has no WebGL. */
export async function createMap(
  container: HTMLElement,
  options: MapOptions,
): Promise<maplibregl.Map> {
  const { base, look } = options;
  await loadWords(wordsOf(base.county));
  const bounds = options.bounds ?? boundsOf(base.county);
  const ground = BASE_COLOURS[look.theme].ground;
  const map = new maplibregl.Map({
    container,
    style: {
      version: 8,
      sources: {},
      layers: [{ id: 'ground', type: 'background', paint: { 'background-color': ground } }],
    },
    localIdeographFontFamily: false,
    attributionControl: false,
    interactive: options.isInteractive,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 0,
    minZoom: 6,
    maxZoom: base.tiles ? 18 : 16,
    ...(bounds ? { bounds, fitBoundsOptions: { padding: options.paddingPx } } : {}),
  });
  map.keyboard.disable(); // the arrow keys choose incidents, they never move the map
  await map.once('load');
  await prepareOverlay(map, look.theme);
  addGround(map, base, look);
  addLayers(map, lowerLayers(look.theme));
  addGroundLabels(map, base, look);
  addLayers(map, upperLayers(look.theme));
  if (options.isInteractive) {
    map.addControl(credits(base), 'bottom-right');
    map.addControl(new maplibregl.ScaleControl({ maxWidth: 150, unit: 'metric' }), 'bottom-right');
  }
  return map;
}

/** Turn the whole map to another theme or language, in place. */
export async function turn(map: maplibregl.Map, from: Look, to: Look): Promise<void> {
  if (map.getLayer('ground')) map.setPaintProperty('ground', 'background-color', BASE_COLOURS[to.theme].ground);
  restyle(map, from, to);
  if (from.theme !== to.theme) await rethemeOverlay(map, to.theme);
}

/** Draw data once the font of its words is there (a canvas does not wait by itself), and until it stands. */
export async function setData(
  map: maplibregl.Map,
  id: SourceName,
  data: GeoJSON.FeatureCollection,
): Promise<void> {
  await loadWords(wordsOf(data));
  await drawInto(map, id, data);
}
