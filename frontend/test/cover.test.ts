// Ways by road and when they are asked for; cover, reach and demand, and what is said of their age; keys while a
// closure is drawn.
import { beforeEach, describe, expect, it } from 'vitest';
import { sketchAct } from '../src/features/console/closing_keys';
import { Reading } from '../src/features/console/coverage.svelte';
import { LAYERS_AT_START, MAP_LAYERS } from '../src/features/console/layers';
import { language } from '../src/i18n';
import { closuresKey } from '../src/map/closures';
import {
  demandFeatures, gapFeatures, isochroneFeatures, nearestWords, type CellsAnswer, type IsochronesAnswer,
} from '../src/map/coverage'; // prettier-ignore
import type { LonLat } from '../src/map/geo';
import { routeFeatures, type RouteAnswer } from '../src/map/routes';
import { AGAIN_MS, Ways, type Asked } from '../src/map/ways.svelte';
import type { Answer } from '../src/wire/request';
import type { ClosureDoc } from '../src/wire/documents';
import { ago, NOW } from './support';

const FAILED = { ok: false, status: 0, code: 'unreachable', params: {} } as const;
const ROAD: LonLat[] = [[112, 29], [112.01, 29], [112.01, 29.01]]; // prettier-ignore

/** Every promise that is settled by now has run its continuation. */
const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

describe('ways', () => {
  let now = 0;
  let questions: { asked: Asked; answer: (given: Answer<RouteAnswer>) => void }[] = [];
  beforeEach(() => {
    now = 0;
    questions = [];
  });
  const made = () =>
    new Ways((asked) => new Promise((answer) => questions.push({ asked, answer })), () => now); // prettier-ignore
  const at = (unitId: string, place: LonLat, key = 'I-1'): Asked => ({ unitId, key, place });
  const body = (path: LonLat[], method: string | null = 'road') =>
    ({ ok: true, status: 200, body: { path, method } as RouteAnswer }) as const;
  const say = async (answer: Answer<RouteAnswer>) => {
    questions.at(-1)?.answer(answer);
    await settled();
  };

  it('is asked for once, then cut as the unit drives', async () => {
    const ways = made();
    ways.follow([at('a', [112, 29])]);
    expect(ways.rest(at('a', [112, 29]))).toBeNull();
    await say(body(ROAD));
    for (const lon of [112.002, 112.004, 112.006]) {
      now += 60_000;
      ways.follow([at('a', [lon, 29])]);
      expect(ways.rest(at('a', [lon, 29]))).toEqual({ path: [[lon, 29], ...ROAD.slice(1)], method: 'road' });
    }
    expect(questions).toHaveLength(1);
  });
  it('is asked for anew when the unit leaves the line, though not on each fix', async () => {
    const ways = made();
    ways.follow([at('a', [112, 29])]);
    await say(body(ROAD));
    ways.follow([at('a', [112.2, 29.2])]);
    expect(questions).toHaveLength(1);
    now = AGAIN_MS;
    ways.follow([at('a', [112.2, 29.2])]);
    expect(questions).toHaveLength(2);
    await say(FAILED);
    ways.follow([at('a', [112.21, 29.2])]);
    expect(questions).toHaveLength(2);
    now = 2 * AGAIN_MS;
    ways.follow([at('a', [112.21, 29.2])]);
    expect(questions).toHaveLength(3);
  });
  it('is asked for at once when the target or a closure is another one; the old line is not drawn', async () => {
    const ways = made();
    ways.follow([at('a', [112, 29])]);
    await say(body(ROAD));
    ways.follow([at('a', [112, 29], 'H1')]);
    expect(ways.rest(at('a', [112, 29], 'H1'))).toBeNull();
    expect(questions.map(({ asked }) => asked.key)).toEqual(['I-1', 'H1']);
    await say(body(ROAD));
    expect(ways.rest(at('a', [112, 29], 'I-1'))).not.toBeNull();
  });
  it('one question at a time, the first one first', async () => {
    const ways = made();
    ways.follow([at('a', [112, 29]), at('b', [112, 29])]);
    expect(questions.map(({ asked }) => asked.unitId)).toEqual(['a']);
    ways.follow([at('c', [112, 29]), at('b', [112, 29])]);
    await say(body(ROAD));
    expect(questions.map(({ asked }) => asked.unitId)).toEqual(['a', 'c']);
  });
  it('a straight line is never left: there is no road to leave', async () => {
    const ways = made();
    ways.follow([at('a', [112, 29])]);
    await say(body([[112, 29], [113, 30]], 'straight_line')); // prettier-ignore
    now = AGAIN_MS;
    ways.follow([at('a', [112.1, 29.9])]);
    expect(ways.rest(at('a', [112.1, 29.9]))).toEqual({ path: [[112.1, 29.9], [113, 30]], method: 'straight_line' }); // prettier-ignore
    expect(questions).toHaveLength(1);
  });
  it('no way is no way, and whoever is no longer followed is forgotten', async () => {
    const ways = made();
    ways.follow([at('a', [112, 29])]);
    await say(body([], null));
    expect(ways.rest(at('a', [112, 29]))).toBeNull();
    now = AGAIN_MS;
    ways.follow([at('a', [112, 29])]);
    await say(body(ROAD));
    ways.follow([]);
    expect(ways.rest(at('a', [112, 29]))).toBeNull();
  });
  it('a way that ends off the road ends in a straight piece, and names it where it matters', () => {
    language.set('en');
    const route = { id: 'a', kind: 'assigned', path: ROAD, method: 'road_and_straight_line', isNamed: true } as const;
    const drawn = routeFeatures([{ ...route, path: [...ROAD] }], 'day').features;
    expect(drawn.map(({ geometry, properties }) => [geometry.coordinates.length, properties?.label as string])).toEqual(
      [[2, ''], [2, 'straight-line estimate']], // prettier-ignore
    );
    const near: LonLat[] = [...ROAD, [112.0101, 29.0101]];
    expect(routeFeatures([{ ...route, path: near }], 'day').features).toHaveLength(1);
  });
});

describe('cover', () => {
  const square: GeoJSON.Polygon = { type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] }; // prettier-ignore
  const cell = (first_s: number | null, calls_per_h: number) => ({
    type: 'Feature' as const, geometry: square,
    properties: { first_s, calls_per_h, is_uncovered: first_s === null || first_s > 1200 },
  }); // prettier-ignore
  const town = (name: string, first_s: number | null) => ({
    town_id: name, name, lon: 1, lat: 2, first_s, is_uncovered: first_s === null || first_s > 1200,
  }); // prettier-ignore
  const cells = (is_estimate: boolean): CellsAnswer => ({
    type: 'FeatureCollection',
    features: [cell(600, 2), cell(1200, 0), cell(1201, 4), cell(null, 1)],
    about: {
      computed_at: NOW.toISOString(), is_estimate, method: is_estimate ? 'straight_line' : 'road', units: 2, assumed_at_station: 1, standard_s: 1200,
      uncovered_cells: 2, uncovered_share: 0.7, without_road: 1, towns: [town('a', 600), town('b', 1601), town('c', null)],
      demand: { hour_of_week: 38, source: 'calls', is_few: true, calls: 7, observed_h: 20 },
    },
  }); // prettier-ignore
  const labels = (is_estimate: boolean) =>
    gapFeatures(cells(is_estimate)).features.map(({ geometry, properties }) => [geometry.type, properties?.label as string]);
  beforeEach(() => language.set('en'));

  it('a gap is what nobody reaches within the standard, its town says how far the nearest is', () =>
    expect(labels(false)).toEqual([
      ['Polygon', ''], ['Polygon', ''], ['Point', 'nearest 27 min'], ['Point', 'none within 1 h'],
    ])); // prettier-ignore
  it('an estimate is called one on the map', () => {
    expect(labels(true)[2]).toEqual(['Point', 'nearest about 27 min']);
    expect(nearestWords(null, true)).toBe('none within 1 h');
  });
  it('demand is a share of the busiest cell, and an empty county has none', () => {
    const shares = demandFeatures(cells(false)).features.map(({ properties }) => properties?.share as number);
    expect(shares).toEqual([0.5, 1, 0.25]);
    expect(demandFeatures({ ...cells(false), features: [] }).features).toEqual([]);
  });
  it('reach is drawn from the largest to the smallest and says when it is an estimate', () => {
    const one = (limit_min: number) => ({
      type: 'Feature' as const, geometry: square,
      properties: { limit_min, method: limit_min === 15 ? 'straight_line' : 'road', is_estimate: limit_min === 15 },
    }); // prettier-ignore
    const answer = { type: 'FeatureCollection', features: [5, 15, 10].map(one) } as IsochronesAnswer;
    const made = isochroneFeatures(answer).features;
    expect(made.map(({ properties }) => properties?.label as string)).toEqual([
      '15 min · straight-line estimate', '10 min', '5 min',
    ]); // prettier-ignore
    expect(made.map(({ properties }) => properties?.step as number)).toEqual([1, 0.5, 0]);
    expect(made.map(({ properties }) => properties?.isLeast as boolean)).toEqual([false, false, true]);
  });
  it('the keys are those of the design; closures and gaps are there without asking', () => {
    expect(MAP_LAYERS.slice(0, 5)).toEqual(['units', 'facilities', 'gaps', 'demand', 'closures']);
    const on = MAP_LAYERS.filter((name) => LAYERS_AT_START[name]);
    expect(on).toEqual(['units', 'facilities', 'gaps', 'closures', 'routes', 'stations']);
  });
});

describe('reading cover', () => {
  const HALF_MIN = 30_000;
  let now = 0;
  let answers: ((given: Answer<string>) => void)[] = [];
  const made = () => new Reading<string>(() => new Promise((answer) => answers.push(answer)), () => now); // prettier-ignore
  const say = async (given: Answer<string>) => {
    answers.at(-1)?.(given);
    await settled();
  };
  const good = (body: string) => ({ ok: true, status: 200, body }) as const;
  beforeEach(() => {
    now = 0;
    answers = [];
  });

  it('asks nothing while nobody looks, then once in half a minute, and soon after a change', async () => {
    const cover = made();
    cover.look(false, 'cells', '');
    expect(answers).toHaveLength(0);
    cover.look(true, 'cells', '');
    await say(good('one'));
    now = HALF_MIN - 1;
    cover.look(true, 'cells', '');
    expect(answers).toHaveLength(1);
    cover.look(true, 'cells', 'a unit left');
    expect(answers).toHaveLength(2);
    await say(good('two'));
    now += 1000;
    cover.look(true, 'cells', 'and came back');
    expect(answers).toHaveLength(2);
    now += HALF_MIN;
    cover.look(true, 'cells', 'and came back');
    expect(answers).toHaveLength(3);
  });
  it('says that it waits, that it failed, that it is old, and at last shows nothing', async () => {
    const cover = made();
    expect(cover.trouble(now)).toBe('waiting');
    cover.look(true, 'cells', '');
    await say(FAILED);
    expect([cover.trouble(now), cover.shown(now)]).toEqual(['failed', null]);
    now = 5000;
    cover.look(true, 'cells', '');
    await say(good('one'));
    expect([cover.trouble(now), cover.shown(now)]).toEqual(['none', 'one']);
    expect(cover.trouble(now + 90_001)).toBe('old');
    now += HALF_MIN;
    cover.look(true, 'cells', '');
    await say(FAILED);
    expect([cover.trouble(now), cover.shown(now)]).toEqual(['old', 'one']);
    const late = 5000 + 300_001;
    expect([cover.trouble(late), cover.shown(late)]).toEqual(['gone', null]);
  });
  it('another question forgets the answer to the one before, and the late answer to it', async () => {
    const cover = made();
    cover.look(true, 'county', '');
    const [first] = answers;
    cover.look(true, 'unit:N01', '');
    await say(good('of the unit'));
    first?.(good('of the county'));
    await settled();
    expect(cover.shown(now)).toBe('of the unit');
    cover.look(true, 'county', '');
    expect(cover.shown(now)).toBeNull();
  });
});

describe('while a closure is drawn', () => {
  it('Esc ends it, from a field too', () =>
    expect((['none', 'button', 'field'] as const).map((focus) => sketchAct('Escape', focus))).toEqual(['end', 'end', 'end']));
  it('Enter saves or does what has the focus; it never reaches the desk', () =>
    expect((['none', 'button', 'field'] as const).map((focus) => sketchAct('Enter', focus))).toEqual(['save', null, null]));
  it('Backspace takes a corner back, not out of a field', () =>
    expect([sketchAct('Backspace', 'none'), sketchAct('Backspace', 'field'), sketchAct('u', 'none')]).toEqual(['back', null, null]));
});

it('ways depend on the closures that hold, in whatever order they come', () => {
  const one = (id: string, until: string | null) => ({ id, from_at: ago(60), until_at: until }) as ClosureDoc;
  const all = [one('b', null), one('a', null), one('ended', ago(1))];
  expect(closuresKey(all, NOW.getTime())).toBe('a,b');
  expect(closuresKey([...all].reverse(), NOW.getTime())).toBe('a,b');
});
