// Closures and slow zones over the map: hatched areas, thick lines, a mark with their end. Whether one holds
// is asked of the clock, never of its place in a list: one that has ended or not begun is drawn hollow and grey.
// Drawing a new one is closures_sketch.ts, the list is features/console/Closures.svelte. Pure.

import type { LayerSpecification } from 'maplibre-gl';
import { hourMinute, t } from '../i18n';
import { ms } from '../wire/clock.svelte';
import type { ClosureDoc } from '../wire/documents';
import { ANCHORS, halo, REGULAR } from './incidents';
import type { LonLat } from './geo';
import type { Theme } from './style_palette';
import { MARK_COLOURS } from './units_palette';

export type ClosureState = 'holding' | 'planned' | 'ended';

/** As the server counts: from the first moment, and not at the last. */
export function closureState(closure: Pick<ClosureDoc, 'from_at' | 'until_at'>, nowMs: number): ClosureState {
  const untilMs = ms(closure.until_at);
  if (untilMs !== null && nowMs >= untilMs) return 'ended';
  return nowMs < (ms(closure.from_at) ?? -Infinity) ? 'planned' : 'holding';
}

/** The closures that hold now, by their ids: while they are the same, ways and times are. */
export function closuresKey(closures: readonly ClosureDoc[], nowMs: number): string {
  const holding = closures.filter((one) => closureState(one, nowMs) === 'holding');
  return holding.map(({ id }) => id).sort().join(); // prettier-ignore
}

/** "Closed to 18:00", "×3 slower from 14:00", "Closed, ended 12:00". */
export function closureWords(
  closure: Pick<ClosureDoc, 'closure_kind' | 'factor' | 'from_at' | 'until_at'>,
  nowMs: number,
  zone: string,
): string {
  const what = closure.closure_kind === 'closed' ? t('console.closed') : t('console.slow_by', { n: closure.factor });
  const time = (at: string | null): string => (at === null ? '' : hourMinute(ms(at) ?? nowMs, zone));
  const state = closureState(closure, nowMs);
  if (state === 'ended') return t('console.closure_ended', { what, at: time(closure.until_at) });
  if (state === 'planned') return t('console.closure_from', { what, at: time(closure.from_at) });
  return closure.until_at === null ? t('console.closure_open', { what }) : t('console.closure_to', { what, at: time(closure.until_at) });
}

/** The middle of a line by its length, of an area by its corners: where the mark stands. */
export function middleOf(outline: readonly LonLat[]): LonLat {
  const sum = outline.reduce<LonLat>(([x, y], [lon, lat]) => [x + lon, y + lat], [0, 0]);
  return [sum[0] / outline.length, sum[1] / outline.length];
}

/** Two corners are a line, more an area that closes itself. */
export function shapeOf(outline: readonly LonLat[]): GeoJSON.LineString | GeoJSON.Polygon {
  const corners = outline.map(([lon, lat]) => [lon, lat]);
  if (corners.length < 3) return { type: 'LineString', coordinates: corners };
  return { type: 'Polygon', coordinates: [[...corners, corners[0] as number[]]] };
}

export function closureFeatures(
  closures: readonly ClosureDoc[],
  look: { nowMs: number; zone: string; chosenId?: string | null },
): GeoJSON.FeatureCollection {
  const features = closures.flatMap((closure): GeoJSON.Feature[] => {
    const isHolding = closureState(closure, look.nowMs) === 'holding';
    const properties = {
      id: closure.id,
      kind: closure.closure_kind,
      isHolding,
      isChosen: closure.id === look.chosenId,
      label: closureWords(closure, look.nowMs, look.zone),
      image: `closure-${closure.closure_kind}${isHolding ? '' : '-off'}`,
    };
    return [
      { type: 'Feature', geometry: shapeOf(closure.outline), properties },
      { type: 'Feature', geometry: { type: 'Point', coordinates: middleOf(closure.outline) }, properties },
    ];
  });
  return { type: 'FeatureCollection', features };
}

/** Areas and lines, under the routes. */
export function closureLayers(theme: Theme): LayerSpecification[] {
  const { closed, slow, quiet } = MARK_COLOURS[theme];
  const of = { source: 'closures' } as const;
  return [
    {
      ...of,
      id: 'closure-areas',
      type: 'fill',
      filter: ['all', ['==', ['geometry-type'], 'Polygon'], ['get', 'isHolding']],
      paint: { 'fill-pattern': ['match', ['get', 'kind'], 'slow', 'hatch-slow', 'hatch-closed'], 'fill-opacity': 0.7 },
    },
    {
      ...of,
      id: 'closure-lines',
      type: 'line',
      filter: ['!=', ['geometry-type'], 'Point'],
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        'line-color': ['case', ['!', ['get', 'isHolding']], quiet, ['==', ['get', 'kind'], 'slow'], slow, closed],
        'line-width': [
          'case', ['get', 'isChosen'], 5, ['==', ['geometry-type'], 'LineString'], 5, 2,
        ],
        'line-opacity': ['case', ['get', 'isHolding'], 1, 0.6],
      },
    },
  ]; // prettier-ignore
}

/** Cross or hourglass with the end in words, over the routes. */
export function closureMarkLayers(theme: Theme): LayerSpecification[] {
  const { late, quiet } = MARK_COLOURS[theme];
  return [
    {
      id: 'closure-marks',
      type: 'symbol',
      source: 'closures',
      filter: ['==', ['geometry-type'], 'Point'],
      layout: {
        'icon-image': ['get', 'image'],
        'icon-allow-overlap': true,
        'text-field': ['get', 'label'],
        'text-font': REGULAR,
        'text-size': 13,
        'text-variable-anchor': ANCHORS,
        'text-radial-offset': 1.1,
        'text-optional': true,
      },
      paint: { 'text-color': ['case', ['get', 'isHolding'], late, quiet], ...halo(theme) },
    },
  ];
}
