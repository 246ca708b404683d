// What lies over the base map: units and their pace, ways, closures and their drawing. Cover is cover.test.ts.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { language } from '../src/i18n';
import { closureFeatures, closureState, closureWords, middleOf, shapeOf } from '../src/map/closures';
import {
  CORNERS_MAX, crossesItself, emptySketch, missing, sketchFeatures, withCorner, withoutLast, type Sketch,
} from '../src/map/closures_sketch';
import type { LonLat, UnitLook } from '../src/map/geo';
import { etaLines, restOf, routeFeatures } from '../src/map/routes';
import { contrast } from '../src/map/style_palette';
import { crowded, unitFeatures } from '../src/map/units';
import { drawings } from '../src/map/units_images';
import { lowerLayers, OVERLAYS, SOURCES, upperLayers } from '../src/map/units_overlay';
import { pace, SHARE, type PacePorts } from '../src/map/units_pace';
import { MARK_COLOURS, TOKEN_OF } from '../src/map/units_palette';
import type { ClosureDoc, Eta, PositionDoc, UnitDoc } from '../src/wire/documents';
import { ago, NOW, random } from './support';

const position = (id: string, lon: number, lat: number, more: Partial<PositionDoc> = {}): PositionDoc => ({
  kind: 'position', id, lon, lat, heading_deg: 90, speed_kmh: 40, fixed_at: ago(4), received_at: ago(4),
  doubtful: null, eta: null, arrival: null, wrong_datum: null, ...more,
}); // prettier-ignore
const unit = (id: string, status: UnitDoc['status'] = 'en_route') =>
  ({ kind: 'unit', id, call_sign: `A${id}`, status }) as UnitDoc;
const look: UnitLook = {
  nowMs: NOW.getTime(), language: 'en', freshS: 30, metresPerPx: 50, chosenUnitId: null, keys: {}, hasAges: true,
}; // prettier-ignore
const closure = (more: Partial<ClosureDoc> = {}): ClosureDoc => ({
  kind: 'closure', id: 'C1', closure_kind: 'closed', factor: 1, outline: [[1, 1], [2, 1], [2, 2]], reason: 'flooded',
  from_at: ago(60), until_at: null, drawn_at: ago(60), drawn_by: 'D1', ...more,
}); // prettier-ignore

describe('colours', () => {
  const css = readFileSync('src/ui/tokens.css', 'utf8');
  const [night = '', day = ''] = css.split("[data-theme='day']");
  const token = (text: string, name: string) => new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(text)?.[1];
  it.each([['night', night], ['day', day]] as const)('%s are those of the design system', (theme, text) => {
    const { states, priorities, ...plain } = MARK_COLOURS[theme];
    for (const [name, colour] of Object.entries(plain)) {
      expect(colour).toBe(token(text, TOKEN_OF[name as keyof typeof TOKEN_OF]));
    }
    for (const [name, colour] of Object.entries(states)) expect(colour).toBe(token(text, name));
    for (const [name, colour] of Object.entries(priorities)) expect(colour).toBe(token(text, name.toLowerCase()));
  });
  it.each(['night', 'day'] as const)('%s words and marks are seen on their ground', (theme) => {
    const colours = MARK_COLOURS[theme];
    for (const words of [colours.text, colours.quiet, colours.late]) {
      expect(contrast(words, colours.ground)).toBeGreaterThan(4.5);
    }
    for (const colour of Object.values(colours.states)) expect(contrast(colour, colours.ink)).toBeGreaterThan(4.5);
  });
});

describe('overlay', () => {
  it.each(['night', 'day'] as const)('%s: each layer has a source and, but for the sketch, a name', (theme) => {
    const layers = [...lowerLayers(theme), ...upperLayers(theme)];
    const ids = layers.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const layer of layers) expect(SOURCES).toContain('source' in layer ? layer.source : undefined);
    const named = Object.values(OVERLAYS).flat();
    expect(ids.filter((id) => !id.startsWith('sketch-')).sort()).toEqual(named.sort());
  });
  it('has every image that its features name, in both themes', () => {
    const names = Object.keys(drawings(MARK_COLOURS.night));
    expect(Object.keys(drawings(MARK_COLOURS.day))).toEqual(names);
    for (const kind of ['closed', 'slow']) expect(names).toContain(`closure-${kind}-off`);
    for (const status of Object.keys(MARK_COLOURS.night.states)) expect(names).toContain(`nose-${status}`);
  });
  it('draws units over incidents, and no cluster of them', () => {
    const ids = upperLayers('night').map(({ id }) => id);
    expect(ids.indexOf('units')).toBeGreaterThan(ids.indexOf('incidents'));
    expect(JSON.stringify(upperLayers('night'))).not.toContain('cluster');
  });
});

describe('units', () => {
  const near = (one: PositionDoc, other: PositionDoc) => {
    const perLon = 111_320 * Math.cos((29.3 * Math.PI) / 180);
    const x = (Math.abs(one.lon - other.lon) * perLon) / 50;
    return x < 120 && (Math.abs(one.lat - other.lat) * 111_320) / 50 < 18;
  };
  it('finds the same crowded labels as asking each of each', () => {
    const next = random(3);
    for (let round = 0; round < 20; round += 1) {
      const all = Array.from({ length: 60 }, (_, n) => position(`${n}`, 112 + next() * 0.8, 29.3 + next() * 1e-9 + next() * 0.3));
      const first = all[0] as PositionDoc;
      first.lat = 29.3;
      const slow = all.filter((one) => all.some((other) => other !== one && near(one, other))).map(({ id }) => id);
      expect([...crowded(all, 50)].sort()).toEqual(slow.sort());
    }
  });
  it('a stale or doubtful fix is grey and keeps its age; its state is not lost', () => {
    language.set('en');
    const shown = unitFeatures(
      [
        { unit: unit('1'), position: position('1', 112, 29) },
        { unit: unit('2'), position: position('2', 113, 29, { fixed_at: ago(31) }) },
        { unit: unit('3'), position: position('3', 114, 29, { doubtful: 'jump' }) },
        { unit: unit('4'), position: undefined },
      ],
      look,
    ).features.map(({ properties }) => properties ?? {});
    expect(shown.map(({ image }) => image as string)).toEqual(['unit-en_route', 'unit-lost', 'unit-lost']);
    expect(shown.map(({ detail }) => detail as string)).toEqual(['4 s', '31 s', 'in doubt 4 s']);
    expect(shown.map(({ nose }) => nose as string)).toEqual(['nose-en_route', '', '']);
    expect(shown[1]?.reach).toBeGreaterThan(0);
    expect(shown[2]?.reach).toBe(0);
  });
  it('a crowded label loses its age, never its call sign; the chosen one keeps both', () => {
    const two = ['1', '2'].map((id) => ({ unit: unit(id), position: position(id, 112, 29) }));
    const [first, second] = unitFeatures(two, { ...look, chosenUnitId: '2' }).features;
    expect(first?.properties).toMatchObject({ call_sign: 'A1', detail: '' });
    expect(second?.properties).toMatchObject({ call_sign: 'A2', detail: '4 s', ring: 'unit-ring' });
  });
});

describe('pace', () => {
  function world() {
    let now = 0;
    let waiting: { at: number; run: () => void }[] = [];
    const at = (run: () => void, ms: number) => {
      const one = { at: now + ms, run };
      waiting.push(one);
      return () => (waiting = waiting.filter((other) => other !== one));
    };
    const errors: unknown[] = [];
    const ports: PacePorts = {
      now: () => now, frame: (run) => at(run, 16), later: at, failed: (error) => errors.push(error),
    }; // prettier-ignore
    const pass = async (ms: number): Promise<void> => {
      for (const end = now + ms; now < end; now += 1) {
        for (const one of waiting.filter((due) => due.at <= now)) {
          waiting = waiting.filter((other) => other !== one);
          one.run();
        }
        for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
      }
    };
    const taking = (ms: number) => new Promise<void>((done) => at(done, ms));
    return { ports, pass, taking, errors };
  }
  it('draws the newest of many, once in its time', async () => {
    const { ports, pass } = world();
    const drawn: number[] = [];
    const own = pace(250, ports);
    for (let ms = 0; ms < 1000; ms += 10) {
      own.put(() => void drawn.push(ms));
      await pass(10);
    }
    expect(drawn.length).toBeGreaterThanOrEqual(3);
    expect(drawn.length).toBeLessThanOrEqual(4);
    expect(drawn).toEqual([...drawn].sort((a, b) => a - b));
  });
  it('rests in proportion after a slow picture, and not for what is urgent', async () => {
    const { ports, pass, taking } = world();
    const drawn: string[] = [];
    const own = pace(250, ports);
    own.put(() => taking(200));
    await pass(300);
    own.put(() => void drawn.push('moved'));
    await pass(200 / SHARE - 400);
    expect(drawn).toEqual([]);
    own.put(() => void drawn.push('chosen'), true);
    await pass(20);
    expect(drawn).toEqual(['chosen']);
  });
  it('never has two at once, keeps what came meanwhile, and stops', async () => {
    const { ports, pass, taking } = world();
    let running = 0;
    let most = 0;
    const drawn: number[] = [];
    const own = pace(0, ports);
    const slow = (n: number) => async (): Promise<void> => {
      most = Math.max(most, (running += 1));
      await taking(50);
      running -= 1;
      drawn.push(n);
    };
    own.put(slow(1));
    await pass(30);
    own.put(slow(2), true);
    own.put(slow(3), true);
    await pass(1000);
    expect([most, drawn]).toEqual([1, [1, 3]]);
    own.put(slow(4));
    own.stop();
    own.put(slow(5));
    await pass(1000);
    expect(drawn).toEqual([1, 3]);
  });
  it('goes on after a drawing that failed', async () => {
    const { ports, pass, errors } = world();
    const own = pace(0, ports);
    let isDrawn = false;
    own.put(() => Promise.reject(new Error('lost context')));
    await pass(50);
    own.put(() => void (isDrawn = true));
    await pass(50);
    expect([isDrawn, errors.length]).toEqual([true, 1]);
  });
});

describe('ways', () => {
  const path: LonLat[] = [[112, 29], [112.01, 29], [112.01, 29.01]]; // prettier-ignore
  it('the rest begins where the unit is', () => {
    expect(restOf(path, [112.005, 29.0001])).toEqual([[112.005, 29.0001], [112.01, 29], [112.01, 29.01]]);
    expect(restOf(path, [112.0101, 29.005])).toEqual([[112.0101, 29.005], [112.01, 29.01]]);
  });
  it('a unit that left the way has no rest of it', () => expect(restOf(path, [112.1, 29.1])).toBeNull());
  it('a straight line says that it is one; a point is no way', () => {
    const made = routeFeatures(
      [
        { id: 'a', kind: 'assigned', path, status: 'en_route', method: 'straight_line' },
        { id: 'b', kind: 'proposed', path, method: 'road' },
        { id: 'c', kind: 'driven', path: path.slice(0, 1) },
      ],
      'day',
    ).features.map(({ properties }) => properties);
    expect(made).toEqual([
      { id: 'a', kind: 'assigned', colour: MARK_COLOURS.day.states.en_route, isEstimate: true, label: '' },
      { id: 'b', kind: 'proposed', colour: MARK_COLOURS.day.act, isEstimate: false, label: '' },
    ]);
  });
  it('says half, four of five, and how it was found', () => {
    language.set('en');
    const eta: Eta = {
      target: 'scene', target_id: 'I-1', arrive_at: ago(-370), duration_s: 370, distance_m: 8200, method: 'road',
      from_fix_at: ago(0), computed_at: ago(0), duration_p80_s: 490,
    }; // prettier-ignore
    const say = (more: Partial<Eta>) =>
      etaLines({ ...eta, ...more }, { nowMs: NOW.getTime(), language: 'en', zone: 'Asia/Shanghai' });
    expect(say({})).toEqual(['half of drives 6 min 10 s → 21:53', '4 of 5 by 21:55', '8.2 km']);
    expect(say({ duration_p80_s: null, method: 'straight_line' })).toEqual([
      'half of drives 6 min 10 s → 21:53', '8.2 km · straight-line estimate',
    ]);
  });
});

describe('closures', () => {
  const now = NOW.getTime();
  it('hold from their first moment and not at their last', () => {
    expect(closureState({ from_at: ago(0), until_at: null }, now)).toBe('holding');
    expect(closureState({ from_at: ago(-1), until_at: null }, now)).toBe('planned');
    expect(closureState({ from_at: ago(9), until_at: ago(0) }, now)).toBe('ended');
  });
  it('say what and until when', () => {
    language.set('en');
    const say = (more: Partial<ClosureDoc>) => closureWords(closure(more), now, 'Asia/Shanghai');
    expect(say({})).toBe('Closed, no end set');
    expect(say({ until_at: ago(-3600) })).toBe('Closed to 22:47');
    expect(say({ closure_kind: 'slow', factor: 3, from_at: ago(-3600) })).toBe('×3 slower from 22:47');
    expect(say({ until_at: ago(1) })).toBe('Closed, ended 21:47');
  });
  it('two corners are a line, more an area that closes itself', () => {
    expect(shapeOf([[1, 1], [2, 2]]).type).toBe('LineString');
    expect(shapeOf([[1, 1], [2, 1], [2, 2]])).toEqual({ type: 'Polygon', coordinates: [[[1, 1], [2, 1], [2, 2], [1, 1]]] });
    expect(middleOf([[1, 1], [3, 5]])).toEqual([2, 3]);
  });
  it('one that has ended is drawn hollow', () => {
    const made = closureFeatures([closure({ until_at: ago(1) }), closure()], { nowMs: now, zone: 'UTC' }).features;
    expect(made.map(({ properties }) => properties?.image as string)).toEqual([
      'closure-closed-off', 'closure-closed-off', 'closure-closed', 'closure-closed',
    ]);
  });
});

describe('drawing a closure', () => {
  const drawn = (shape: Sketch['shape'], corners: LonLat[]) => corners.reduce(withCorner, emptySketch(shape));
  it('a piece of road has two ends, and the second one moves', () => {
    const sketch = drawn('line', [[1, 1], [2, 2], [3, 3]]);
    expect(sketch.corners).toEqual([[1, 1], [3, 3]]);
    expect(missing(sketch)).toBeNull();
    expect(missing(withoutLast(sketch))).toBe('corners');
  });
  it('a double click is one corner, and there is an end to them', () => {
    expect(drawn('area', [[1, 1], [1, 1], [2, 2]]).corners).toHaveLength(2);
    const many = Array.from({ length: CORNERS_MAX + 9 }, (_, n): LonLat => [n, n % 7]);
    expect(drawn('area', many).corners).toHaveLength(CORNERS_MAX);
  });
  it('an area must not cross itself', () => {
    const bow: LonLat[] = [[0, 0], [1, 1], [1, 0], [0, 1]]; // prettier-ignore
    const square: LonLat[] = [[0, 0], [1, 0], [1, 1], [0, 1]]; // prettier-ignore
    expect([crossesItself(bow), crossesItself(square)]).toEqual([true, false]);
    expect(missing(drawn('area', bow))).toBe('crossing');
    expect(missing(drawn('area', square))).toBeNull();
    expect(missing(drawn('area', square.slice(0, 2)))).toBe('corners');
  });
  it('shows the shape as it would be with the pointer', () => {
    const made = sketchFeatures(drawn('area', [[0, 0], [1, 0]]), [1, 1]).features;
    expect(made.map(({ geometry }) => geometry.type)).toEqual(['Polygon', 'Point', 'Point']);
    expect(sketchFeatures(null).features).toEqual([]);
  });
});
