// Units on the map: one GeoJSON source, made anew at most once a drawing (units_pace.ts), however many there
// are. No clustering: a dispatcher must see each call sign. Features and layers are pure; what the discs look
// like is units_images.ts.
//
// Which unit's label is crowded is asked of its neighbours only: the plane is cut into boxes of the label's
// size, so 500 units cost 500 times nine boxes instead of 500 times 500.

import type { LayerSpecification } from 'maplibre-gl';
import { ageWords, said, t, type Language } from '../i18n';
import { ms } from '../wire/clock.svelte';
import type { PositionDoc, UnitDoc } from '../wire/documents';
import type { MapUnit, UnitLook } from './geo';
import { spread } from './spread';
import { BOLD, REGULAR, ANCHORS, halo } from './incidents';
import type { Theme } from './style_palette';
import { MARK_COLOURS } from './units_palette';

type Points = GeoJSON.FeatureCollection<GeoJSON.Point>;

export const CAP_PX = 52;
/** A unit that was standing may have started since: a walking pace is the least it can have gone. */
const LEAST_KMH = 5;
/** Under this a heading is noise of the receiver, so the nose is left off. */
const MOVING_KMH = 3;
/** A label with its age, px: how near two may be before the age is dropped. */
const LABEL_PX = { width: 120, height: 18 };
const METRES_PER_DEGREE = 111_320;

/** Radius in px within which a lost unit can be: last speed times age, capped. */
export function reachPx(speedKmh: number | null, ageS: number, metresPerPx: number): number {
  const metres = (Math.max(speedKmh ?? 0, LEAST_KMH) / 3.6) * ageS;
  return Math.min(CAP_PX, metres / metresPerPx);
}

/** Ids of the units over whose label another one's would lie. */
export function crowded(positions: readonly PositionDoc[], metresPerPx: number): Set<string> {
  const boxes = new Map<string, { id: string; x: number; y: number }[]>();
  const first = positions[0];
  const perLon = METRES_PER_DEGREE * Math.cos(((first?.lat ?? 0) * Math.PI) / 180);
  const places = positions.map(({ id, lon, lat }) => {
    const x = (lon * perLon) / metresPerPx;
    const y = (lat * METRES_PER_DEGREE) / metresPerPx;
    return { id, x, y, column: Math.floor(x / LABEL_PX.width), row: Math.floor(y / LABEL_PX.height) };
  });
  for (const place of places) {
    const key = `${place.column}/${place.row}`;
    const box = boxes.get(key);
    if (box) box.push(place);
    else boxes.set(key, [place]);
  }
  const isNear = (one: { id: string; x: number; y: number }, other: { id: string; x: number; y: number }) =>
    one.id !== other.id &&
    Math.abs(one.x - other.x) < LABEL_PX.width &&
    Math.abs(one.y - other.y) < LABEL_PX.height;
  const found = new Set<string>();
  for (const place of places) {
    const around = [-1, 0, 1].flatMap((right) =>
      [-1, 0, 1].flatMap((up) => boxes.get(`${place.column + right}/${place.row + up}`) ?? []),
    );
    if (around.some((other) => isNear(place, other))) found.add(place.id);
  }
  return found;
}

/** "Idle · 4 s", "4 min", "position in doubt": what stands behind a call sign. */
function detailOf(unit: UnitDoc, position: PositionDoc, ageS: number, isLost: boolean, language: Language): string {
  const age = ageWords(ageS, language);
  if (position.doubtful !== null) return `${t('console.fix_doubtful')} ${age}`;
  return unit.status === 'idle' && !isLost ? `${said('states', 'unit_idle')} ${age}` : age;
}

/** Units with a fix; state and position are two facts, so a lost fix greys the mark and keeps the state. */
export function unitFeatures(units: readonly MapUnit[], look: UnitLook): Points {
  const known = units.flatMap(({ position }) => (position ? [position] : []));
  const drawn = spread(known, look.metresPerPx, look.marks);
  const tight = look.hasAges ? crowded(known, look.metresPerPx) : new Set<string>();
  const features = units.flatMap(({ unit, position }) => {
    if (!position) return [];
    const ageS = Math.max(0, (look.nowMs - (ms(position.fixed_at) ?? look.nowMs)) / 1000);
    const isLost = ageS > look.freshS;
    const isGrey = isLost || position.doubtful !== null;
    const isMoving = (position.speed_kmh ?? 0) >= MOVING_KMH && position.heading_deg !== null;
    const isChosen = unit.id === look.chosenUnitId;
    const hasDetail = look.hasAges && (isGrey || isChosen || !tight.has(unit.id));
    const properties = {
      id: unit.id,
      image: isGrey ? 'unit-lost' : `unit-${unit.status}`,
      nose: !isGrey && isMoving ? `nose-${unit.status}` : '',
      heading: position.heading_deg ?? 0,
      call_sign: unit.call_sign,
      detail: hasDetail ? detailOf(unit, position, ageS, isLost, look.language) : '',
      isLost: isGrey,
      reach: isLost ? reachPx(position.speed_kmh, ageS, look.metresPerPx) / CAP_PX : 0,
      ring: isChosen ? 'unit-ring' : '',
      key: look.keys[unit.id] ? `key-${look.keys[unit.id]}` : '',
      rank: isChosen ? 0 : unit.status === 'idle' ? 2 : 1,
    };
    const coordinates = drawn.get(unit.id) ?? [position.lon, position.lat];
    return [{ type: 'Feature' as const, geometry: { type: 'Point' as const, coordinates }, properties }];
  });
  return { type: 'FeatureCollection', features };
}

const SYMBOL = { type: 'symbol', source: 'units' } as const;
const ALWAYS = { 'icon-allow-overlap': true, 'icon-ignore-placement': true } as const;

/** Circle of a lost unit, nose, ring, disc with its call sign, digit: in this order. */
export function unitLayers(theme: Theme): LayerSpecification[] {
  const colours = MARK_COLOURS[theme];
  return [
    {
      ...SYMBOL,
      id: 'unit-reach',
      filter: ['>', ['get', 'reach'], 0],
      layout: { ...ALWAYS, 'icon-image': 'unit-reach', 'icon-size': ['get', 'reach'] },
    },
    {
      ...SYMBOL,
      id: 'unit-noses',
      filter: ['!=', ['get', 'nose'], ''],
      layout: {
        ...ALWAYS,
        'icon-image': ['get', 'nose'],
        'icon-rotate': ['get', 'heading'],
        'icon-rotation-alignment': 'map',
      },
    },
    {
      ...SYMBOL,
      id: 'unit-rings',
      filter: ['!=', ['get', 'ring'], ''],
      layout: { ...ALWAYS, 'icon-image': ['get', 'ring'] },
    },
    {
      ...SYMBOL,
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
          { 'text-color': colours.quiet },
        ],
        'text-font': REGULAR,
        'text-size': 13,
        'text-variable-anchor': ANCHORS,
        'text-radial-offset': 1.2,
        'text-overlap': 'always',
        'text-max-width': 30,
      },
      paint: { 'text-color': ['case', ['get', 'isLost'], colours.quiet, colours.text], ...halo(theme) },
    },
    {
      ...SYMBOL,
      id: 'unit-keys',
      filter: ['!=', ['get', 'key'], ''],
      layout: { ...ALWAYS, 'icon-image': ['get', 'key'], 'icon-offset': [-18, -14] },
    },
  ];
}
