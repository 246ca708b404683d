// What lies under everything that moves: vector tiles of the imported map, or the county's schematic GeoJSON
// where none is imported. The county's boundary is drawn on both. Put on the map in two steps, ground and
// labels, because routes lie between them.

import {
  addProtocol,
  type IControl,
  type LayerSpecification,
  type Map as MapLibre,
  type VectorTileSource,
} from 'maplibre-gl';
import { loadWords } from '../ui/fonts';
import { marks, MARK_RATIO } from './basemap_marks';
import { addBase, addBaseLabels, schematicGround, schematicNames } from './layers';
import { COUNTY, groundLayers, TILES, type Look } from './style';
import { HOSPITALS, hospitalsBut, labelLayers } from './style_labels';
import { addresses, readTiles, SCHEME, sourceOf, tileLoader, tilesOf, waitFor, type TileSet } from './tiles';

/** The county's own GeoJSON (GET /api/basemap) and the tiles, if there are any. */
export interface Base {
  county: GeoJSON.FeatureCollection & { attribution?: string };
  tiles: TileSet | null;
}

const RENEW_AFTER_MS = 2000;
const maps = new Set<MapLibre>();
let renewing: ReturnType<typeof setTimeout> | undefined;

/** Another map was imported while pages were open: all maps of this page turn to it. */
async function renew(): Promise<void> {
  renewing = undefined;
  const answer = await readTiles();
  const tiles = answer.ok ? tilesOf(answer.body) : null;
  if (!tiles) return;
  for (const map of maps) map.getSource<VectorTileSource>(TILES)?.setTiles(addresses(tiles));
}

addProtocol(
  SCHEME,
  tileLoader({
    fetch: (path, init) => fetch(path, { ...init, credentials: 'same-origin' }),
    loadWords,
    gone: () => (renewing ??= setTimeout(() => void renew(), RENEW_AFTER_MS)),
    wait: waitFor,
  }),
);

/** Everything under the routes. */
export function addGround(map: MapLibre, base: Base, look: Look): void {
  if (!base.tiles) {
    addBase(map, base.county, look.theme);
    return;
  }
  for (const [name, mark] of Object.entries(marks())) {
    if (!map.hasImage(name)) map.addImage(name, mark, { pixelRatio: MARK_RATIO, sdf: true });
  }
  map.addSource(COUNTY, { type: 'geojson', data: base.county });
  map.addSource(TILES, sourceOf(base.tiles));
  for (const layer of groundLayers(look)) map.addLayer(layer);
  maps.add(map);
  map.once('remove', () => maps.delete(map));
}

/** Names and marks of the ground; over routes, under everything that moves. */
export function addGroundLabels(map: MapLibre, base: Base, look: Look): void {
  if (base.tiles) for (const layer of labelLayers(look)) map.addLayer(layer);
  else addBaseLabels(map, look.theme);
}

/** Leave out the map's hospitals that the county marks itself, by the name on their signs. */
export function hideKnownHospitals(map: MapLibre, names: readonly string[]): void {
  if (map.getLayer(HOSPITALS)) map.setFilter(HOSPITALS, hospitalsBut(names));
}

function changed(before: object | undefined, after: object | undefined): [string, unknown][] {
  const known = new Map(Object.entries(before ?? {}));
  return Object.entries(after ?? {}).filter(
    ([key, value]) => JSON.stringify(known.get(key)) !== JSON.stringify(value),
  );
}

const sections = (layer: LayerSpecification) => ({
  paint: 'paint' in layer ? layer.paint : undefined,
  layout: 'layout' in layer ? layer.layout : undefined,
});

/** Change day and night, or the language, in place; the view and the tiles stay. */
export function restyle(map: MapLibre, from: Look, to: Look): void {
  const all = (look: Look): LayerSpecification[] => [
    ...groundLayers(look), ...labelLayers(look), ...schematicGround(look.theme), ...schematicNames(look.theme),
  ]; // prettier-ignore
  const before = new Map(all(from).map((one) => [one.id, one]));
  for (const layer of all(to)) {
    const old = before.get(layer.id);
    if (!old || !map.getLayer(layer.id)) continue;
    const [was, is] = [sections(old), sections(layer)];
    // Keys and values come from a layer of the same kind, which their types cannot say.
    for (const [key, value] of changed(was.paint, is.paint))
      map.setPaintProperty(layer.id, key as never, value as never);
    for (const [key, value] of changed(was.layout, is.layout))
      map.setLayoutProperty(layer.id, key as never, value as never);
  }
}

/** Whom the map is owed to, in words; always in sight, and text only. */
export function creditsOf(base: Base): string {
  return [base.tiles?.attribution, base.county.attribution].filter(Boolean).join(' · ');
}

/** A control that shows the credits and cannot be folded away. */
export function credits(base: Base): IControl {
  const line = document.createElement('p');
  line.className = 'maplibregl-ctrl map-credits';
  line.textContent = creditsOf(base);
  Object.assign(line.style, {
    margin: '0',
    padding: '1px 6px',
    background: 'var(--panel)',
    color: 'var(--quiet)',
    font: '12px/1.35 var(--font)',
    pointerEvents: 'none',
  });
  return { onAdd: () => line, onRemove: () => line.remove() };
}
