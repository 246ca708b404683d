// Drawing a closure by hand: corners set one by one, the last taken back, the shape shown as it will be. The
// sketch itself is a plain value; `sketchOn` listens to a map and hands it on.

import type { LayerSpecification, Map as MapLibre, MapMouseEvent } from 'maplibre-gl';
import { shapeOf } from './closures';
import type { LonLat } from './geo';
import type { Theme } from './style_palette';
import { MARK_COLOURS } from './units_palette';

export type SketchShape = 'line' | 'area';
export interface Sketch {
  shape: SketchShape;
  corners: readonly LonLat[];
}

/** As the server's limit (dispatch/limits.py, CLOSURE_CORNERS_MAX). */
export const CORNERS_MAX = 200;
const LINE_CORNERS = 2;
const AREA_CORNERS_MIN = 3;

export function emptySketch(shape: SketchShape): Sketch {
  return { shape, corners: [] };
}

/** One corner more; a piece of road has two, then the second one moves. The same place twice is once. */
export function withCorner(sketch: Sketch, at: LonLat): Sketch {
  const last = sketch.corners.at(-1);
  if (last && last[0] === at[0] && last[1] === at[1]) return sketch;
  if (sketch.corners.length >= CORNERS_MAX) return sketch;
  const kept = sketch.shape === 'line' ? sketch.corners.slice(0, LINE_CORNERS - 1) : sketch.corners;
  return { ...sketch, corners: [...kept, at] };
}

export function withoutLast(sketch: Sketch): Sketch {
  return { ...sketch, corners: sketch.corners.slice(0, -1) };
}

function side(a: LonLat, b: LonLat, c: LonLat): number {
  return Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
}

/** True where two edges of the area cross: it would then close another land than is seen. */
export function crossesItself(corners: readonly LonLat[]): boolean {
  const edges = corners.map((from, index) => [from, corners[(index + 1) % corners.length] as LonLat] as const);
  return edges.some(([a, b], index) =>
    edges.some(([c, d], other) => {
      const isNeighbour = Math.abs(index - other) < 2 || Math.abs(index - other) === edges.length - 1;
      if (other <= index || isNeighbour) return false;
      return side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b);
    }),
  );
}

/** What is still missing; null when it can be closed. */
export function missing(sketch: Sketch): 'corners' | 'crossing' | null {
  const least = sketch.shape === 'line' ? LINE_CORNERS : AREA_CORNERS_MIN;
  if (sketch.corners.length < least) return 'corners';
  return sketch.shape === 'area' && crossesItself(sketch.corners) ? 'crossing' : null;
}

/** The shape so far with its corners; `pointer` is where the mouse is. */
export function sketchFeatures(sketch: Sketch | null, pointer: LonLat | null = null): GeoJSON.FeatureCollection {
  if (!sketch) return { type: 'FeatureCollection', features: [] };
  const shown = pointer ? withCorner(sketch, pointer).corners : sketch.corners;
  const corners = sketch.corners.map(
    (at): GeoJSON.Feature => ({ type: 'Feature', geometry: { type: 'Point', coordinates: at }, properties: {} }),
  );
  if (shown.length < 2) return { type: 'FeatureCollection', features: corners };
  const shape: GeoJSON.Feature = { type: 'Feature', geometry: shapeOf(shown), properties: {} };
  return { type: 'FeatureCollection', features: [shape, ...corners] };
}

export function sketchLayers(theme: Theme): LayerSpecification[] {
  const { closed, act } = MARK_COLOURS[theme];
  return [
    {
      id: 'sketch-area',
      type: 'fill',
      source: 'sketch',
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': closed, 'fill-opacity': 0.25 },
    },
    {
      id: 'sketch-line',
      type: 'line',
      source: 'sketch',
      filter: ['!=', ['geometry-type'], 'Point'],
      paint: { 'line-color': closed, 'line-width': 3, 'line-dasharray': [2, 1] },
    },
    {
      id: 'sketch-corners',
      type: 'circle',
      source: 'sketch',
      filter: ['==', ['geometry-type'], 'Point'],
      paint: { 'circle-radius': 5, 'circle-color': act, 'circle-stroke-color': closed, 'circle-stroke-width': 2 },
    },
  ];
}

/** Six decimals of a degree, 0.1 m: no hand is more exact, and the log stays short. */
function rounded(at: { lng: number; lat: number }): LonLat {
  return [Number(at.lng.toFixed(6)), Number(at.lat.toFixed(6))];
}

export interface SketchHands {
  corner: (at: LonLat) => void;
  pointer: (at: LonLat | null) => void;
}

/** Listen to a map until the returned function is called; the map's own double click rests meanwhile. */
export function sketchOn(map: MapLibre, hands: SketchHands): () => void {
  const clicked = (event: MapMouseEvent): void => hands.corner(rounded(event.lngLat));
  const moved = (event: MapMouseEvent): void => hands.pointer(rounded(event.lngLat));
  const left = (): void => hands.pointer(null);
  map.doubleClickZoom.disable();
  map.on('click', clicked);
  map.on('mousemove', moved);
  map.on('mouseout', left);
  return () => {
    map.doubleClickZoom.enable();
    map.off('click', clicked);
    map.off('mousemove', moved);
    map.off('mouseout', left);
  };
}
