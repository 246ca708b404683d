// Makes the MapLibre map of the county. No glyphs, no sprite, tiles of this server: nothing outside is asked.

import * as maplibregl from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { addGround, addGroundLabels, credits, type Base } from './basemap';
import { boundsOf, wordsOf } from './geo';
import { addImages } from './images';
import * as layers from './layers';
import { NIGHT } from './palette';
import type { Look } from './style';
import { loadWords } from '../ui/fonts';

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
  await loadWords(wordsOf(options.base.county));
  const bounds = options.bounds ?? boundsOf(options.base.county);
  const map = new maplibregl.Map({
    container,
    style: {
      version: 8,
      sources: {},
      layers: [{ id: 'ground', type: 'background', paint: { 'background-color': NIGHT.ground } }],
    },
    localIdeographFontFamily: false,
    attributionControl: false,
    interactive: options.isInteractive,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 0,
    minZoom: 6,
    maxZoom: options.base.tiles ? 18 : 16,
    ...(bounds ? { bounds, fitBoundsOptions: { padding: options.paddingPx } } : {}),
  });
  map.keyboard.disable(); // the arrow keys choose incidents, they never move the map
  await Promise.all([map.once('load'), addImages(map)]);
  addGround(map, options.base, options.look);
  layers.addRoutes(map);
  layers.addStations(map);
  addGroundLabels(map, options.base, options.look);
  layers.addFacilities(map);
  layers.addIncidents(map);
  layers.addUnits(map);
  if (options.isInteractive) {
    map.addControl(credits(options.base), 'bottom-right');
    map.addControl(new maplibregl.ScaleControl({ maxWidth: 150, unit: 'metric' }), 'bottom-right');
  }
  return map;
}

/** Put data into a source once the font of its words is there; a canvas does not wait by itself. */
export async function setData(
  map: maplibregl.Map,
  id: string,
  data: GeoJSON.FeatureCollection,
): Promise<void> {
  await loadWords(wordsOf(data));
  map.getSource<maplibregl.GeoJSONSource>(id)?.setData(data);
}
