// The replay's pure parts: films, samples, tracks, lanes, clocks, keys. What is drawn is looked at in a browser.
import { describe, expect, it } from 'vitest';
import { alarmBars, callBars, preAlertBars, scoreMarks, stacked, unitLanes } from '../src/features/replay/bars';
import { caseOf, firstPatient, firstUnit } from '../src/features/replay/case';
import { gapMs, gapsOf, linePath, merged, rangeOf, spotsOf, yOf } from '../src/features/replay/chart';
import { readClock, type ReviewClock } from '../src/features/replay/clocks';
import { etaAt, etaFor, etasOf, pathAhead } from '../src/features/replay/etas';
import { filmOf, frameAt, lastAt, pictureAt, PICTURE_EVERY } from '../src/features/replay/film';
import { neighbour, passed } from '../src/features/replay/jumps';
import { actionOf, speedAfter } from '../src/features/replay/keys';
import { matching } from '../src/features/replay/list';
import { Player } from '../src/features/replay/player.svelte';
import { blindsOf, tableOf, vitalsAt } from '../src/features/replay/samples';
import { msAt, sidesOf, ticksOf, xOf } from '../src/features/replay/scale';
import { legsBetween, metresBetween, positionAt, trackOf } from '../src/features/replay/tracks';
import { NOTHING, reduce, type DocsFrame } from '../src/wire/frames';
import type { AnyDoc } from '../src/wire/documents';
import type { ReplayBundle } from '../src/wire/reading';
import { readVital } from '../src/ui/vitals';
import { alarm, at, bundle, ID, incident, PATIENT, samples, T0, unit } from './replaySupport';
import { random } from './support';

const key = (name: string, more = {}) =>
  actionOf({ key: name, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...more });

describe('film', () => {
  it('shows at every moment what the frames so far add up to', () => {
    const seed = 20_261_123;
    const next = random(seed);
    const frames: ReplayBundle['frames'] = [];
    for (let index = 0; index < 5 * PICTURE_EVERY; index += 1) {
      const id = `U${Math.floor(next() * 6)}`;
      const isGone = index > 0 && next() < 0.3;
      frames.push({ seq: index, at: at(index), docs: isGone ? [] : [unit(id, 'idle', index)], gone: isGone ? [['unit', id]] : [] });
    }
    const film = filmOf({ from: at(0), to: at(500), frames });
    let held = NOTHING;
    for (const [index, { docs, gone, seq }] of frames.entries()) {
      const frame: DocsFrame = { t: 'docs', seq, now: at(index), docs, gone };
      held = reduce(held, frame);
      const here = frameAt(film, T0 + index * 1000 + 400);
      expect(here, `seed ${seed}`).toBe(index);
      expect(new Map(pictureAt(film, here)), `seed ${seed}, frame ${index}`).toEqual(held.docs);
    }
  });
  it('begins with its first frame and never runs backwards', () => {
    const film = filmOf(bundle({ frames: [
      { seq: 1, at: at(30), docs: [], gone: [] },
      { seq: 2, at: at(40), docs: [], gone: [] },
      { seq: 3, at: at(35), docs: [], gone: [] },
    ] })); // prettier-ignore
    expect(film.timesMs).toEqual([T0, T0 + 40_000, T0 + 40_000]);
    expect([frameAt(film, T0 - 1), frameAt(film, T0 + 39_999), frameAt(film, T0 + 40_000)]).toEqual([0, 0, 2]);
  });
  it('finds the last one at or before', () => {
    expect([0, 1, 2, 9].map((ms) => lastAt([1, 2, 2, 5], ms))).toEqual([-1, 0, 2, 3]);
  });
});

describe('samples', () => {
  const table = tableOf(samples([0, 1, 2, 30, 31], { heart_rate: [80, 81, null, 90, 91], nibp_systolic: [120, null, null, null, null] }));
  it('never shows a value from after the playhead', () => {
    const doc = vitalsAt(table, 'N01', T0 + 1500);
    expect(doc?.values.heart_rate).toMatchObject({ value: 81, at: at(1) });
    expect(vitalsAt(table, 'N01', T0 - 1)).toBeUndefined();
  });
  it('keeps the true time of the last value, so that its age grows', () => {
    const doc = vitalsAt(table, 'N01', T0 + 20_000);
    expect(readVital(doc, 'heart_rate', T0 + 20_000)).toMatchObject({ value: '81', state: 'old', ageS: 19 });
    expect(readVital(doc, 'nibp', T0 + 20_000)).toMatchObject({ value: '120', state: 'fresh' });
  });
  it('shows nothing that was stored while the feed was lost, until it came back', () => {
    const blinds = [{ patientId: PATIENT, sinceMs: T0 + 1000, saidMs: T0 + 11_000, untilMs: T0 + 40_000 }];
    const during = vitalsAt(table, 'N01', T0 + 32_000, blinds);
    expect(during).toMatchObject({ feed: 'lost', feed_since: at(1), last_sample_at: at(1) });
    expect(during?.values.heart_rate?.value).toBe(81);
    expect(vitalsAt(table, 'N01', T0 + 5000, blinds)?.feed).toBe('live');
    expect(vitalsAt(table, 'N01', T0 + 40_000, blinds)?.values.heart_rate?.value).toBe(91);
  });
  it('says where its samples came from', () => {
    const played = tableOf({ ...samples([0], { spo2: [97] }), source: 'recording', recording: 's00001' });
    expect(vitalsAt(played, 'N01', T0)).toMatchObject({ source: 'recording', recording: 's00001' });
    expect(vitalsAt(table, 'N01', T0)).toMatchObject({ source: 'device', recording: '' });
  });
  it('reads lost feeds from the alarms, each standing by itself', () => {
    const film = filmOf(bundle({ frames: [
      { seq: 1, at: at(0), docs: [], gone: [] },
      { seq: 2, at: at(20), docs: [alarm('feed_lost', 10)], gone: [] },
      { seq: 3, at: at(30), docs: [], gone: [['alarm', `feed_lost:${PATIENT}`]] },
      { seq: 4, at: at(50), docs: [alarm('feed_lost', 40)], gone: [] },
    ] })); // prettier-ignore
    const blind = { patientId: PATIENT };
    expect(blindsOf(alarmBars(film))).toEqual([
      { ...blind, sinceMs: T0 + 10_000, saidMs: T0 + 20_000, untilMs: T0 + 30_000 },
      { ...blind, sinceMs: T0 + 40_000, saidMs: T0 + 50_000, untilMs: null },
    ]);
  });
});

describe('tracks', () => {
  const track = trackOf('N01', [[at(0), 112, 29, 90], [at(5), 112.001, 29, 90], [at(60), 112.002, 29, 90]]); // prettier-ignore
  it('is where the last fix was, with the speed of the last step', () => {
    expect(positionAt(track, T0 - 1)).toBeUndefined();
    expect(positionAt(track, T0)?.speed_kmh).toBeNull();
    const here = positionAt(track, T0 + 30_000);
    expect(here).toMatchObject({ lon: 112.001, fixed_at: at(5) });
    expect(here?.speed_kmh).toBeCloseTo((metresBetween([112, 29], [112.001, 29]) / 5) * 3.6, 6);
  });
  it('draws the way so far, dotted where there was no link', () => {
    expect(legsBetween(track, T0, T0 + 59_000, 30)).toEqual([{ kind: 'driven', path: [[112, 29], [112.001, 29]] }]); // prettier-ignore
    expect(legsBetween(track, T0, T0 + 60_000, 30).map(({ kind }) => kind)).toEqual(['driven', 'no_link']);
    expect(legsBetween(undefined, T0, T0 + 1, 30)).toEqual([]);
  });
});

describe('ETAs', () => {
  const etas = etasOf([
    [at(20), 'scene', ID, at(200), at(19)],
    [at(210), 'hospital', 'H1', at(700), at(210)],
    [at(300), 'hospital', 'H2', at(800), at(240)],
    [at(750), null, null, null, null],
  ]);
  it('are the newest of then, and end where the way ends', () => {
    expect(etaAt(etas, T0 + 19_999)).toBeUndefined();
    expect(etaAt(etas, T0 + 20_000)).toEqual({ target: 'scene', targetId: ID, arriveAt: at(200), fixAt: at(19) });
    expect(etaAt(etas, T0 + 749_999)).toMatchObject({ targetId: 'H2', fixAt: at(240) });
    expect(etaAt(etas, T0 + 750_000)).toBeUndefined();
    expect(etaAt(undefined, T0)).toBeUndefined();
  });
  it('are a hospital\'s only while the unit drives there', () => {
    expect(etaFor(etas, 'H1', T0 + 100_000)).toBeUndefined();
    expect(etaFor(etas, 'H1', T0 + 250_000)?.arriveAt).toBe(at(700));
    expect(etaFor(etas, 'H1', T0 + 300_000)).toBeUndefined();
    expect(etaFor(etas, 'H2', T0 + 300_000)?.arriveAt).toBe(at(800));
  });
  it('draw the way ahead from the position to the target, if both are known', () => {
    const position = positionAt(trackOf('N01', [[at(20), 112.5, 29.5, null]]), T0 + 300_000);
    const hospitals = [{ id: 'H2', lon: 112.4, lat: 29.3 }];
    expect(pathAhead(etaAt(etas, T0 + 30_000), position, incident(), hospitals)).toEqual([[112.5, 29.5], [112, 29]]);
    expect(pathAhead(etaAt(etas, T0 + 300_000), position, incident(), hospitals)).toEqual([[112.5, 29.5], [112.4, 29.3]]);
    expect(pathAhead(etaAt(etas, T0 + 250_000), position, incident(), hospitals)).toBeNull();
    expect(pathAhead(etaAt(etas, T0 + 30_000), undefined, incident(), hospitals)).toBeNull();
  });
});

describe('lanes', () => {
  it('draws the states of a unit from its assignment to what it did next', () => {
    const film = filmOf(bundle());
    const [lane] = unitLanes(film, incident());
    expect(lane?.bars.map(({ status, fromMs, toMs }) => [status, (fromMs - T0) / 1000, (toMs - T0) / 1000])).toEqual([
      ['assigned', 20, 40], ['en_route', 40, 200], ['on_scene', 200, 500], ['idle', 500, 600],
    ]); // prettier-ignore
  });
  it('lets a call last until it was hung up', () => {
    expect(callBars(filmOf(bundle()))).toMatchObject([{ rangMs: T0, answeredMs: T0 + 5000, endMs: T0 + 90_000, isEnded: true, by: '陈' }]);
  });
  it('ends a pre-alert with its answer', () => {
    expect(preAlertBars(filmOf(bundle()))).toMatchObject([
      { facilityId: 'H1', sentMs: T0 + 300_000, endMs: T0 + 409_000, end: 'acknowledged' },
    ]);
  });
  it('marks a score only when it changed, and never takes a missing part for 0', () => {
    expect(scoreMarks(filmOf(bundle()), ID).map(({ text, atMs }) => [text, (atMs - T0) / 1000])).toEqual([['≥4', 210], ['7', 260]]);
  });
  it('stacks bars that overlap', () => {
    const bar = (fromMs: number, toMs: number) => ({ fromMs, toMs });
    expect(stacked([bar(0, 10), bar(5, 8), bar(8, 12), bar(10, 11)])).toEqual([0, 1, 1, 0]);
  });
});

describe('case', () => {
  const shown = caseOf(bundle());
  it('chooses the patient with vital signs and the unit that was there', () => {
    expect([firstPatient(shown), firstUnit(shown)]).toEqual([PATIENT, 'N01']);
  });
  it('starts every clock the log knows, with the standards of that day', () => {
    const clocks = Object.fromEntries(shown.clocks.map((clock) => [clock.key, clock]));
    expect(clocks.ring_answer).toMatchObject({ standardS: 10 });
    expect(clocks.ring_sent).toMatchObject({ fromMs: T0, toMs: T0 + 20_000, standardS: 120 });
    expect(clocks.alert_ack).toMatchObject({ standardS: 30 });
    expect(clocks.scene_door).toBeUndefined();
  });
  it('says who saw what, and how late', () => {
    const board = shown.seen.rows.find((row) => row.id === 'H1');
    expect(shown.seen.items).toEqual([{ key: 'job:N01', kind: 'job', forId: 'N01' }, { key: 'A1', kind: 'prealert', forId: 'H1' }]);
    expect(board?.marks.map(({ action, sinceMs }) => [action, sinceMs])).toEqual([
      ['opened', null], ['displayed', T0 + 300_000], ['acknowledged', T0 + 300_000],
    ]); // prettier-ignore
    expect(shown.seen.rows.flatMap((row) => row.marks)).toHaveLength(4); // a stranger's screen is left out
  });
  it('lists ring and answer before the history, in order', () => {
    expect(shown.jumps.map(({ type }) => type)).toEqual(['call_rang', 'call_answered', 'incident_opened', 'unit_assigned']);
  });
});

describe('clocks', () => {
  const clock: ReviewClock = { key: 'alert_ack', fromMs: 10_000, toMs: 120_000, standardS: 60 };
  it('runs, stops, and says by how much it was missed', () => {
    expect(readClock(clock, 9000, 200_000).nowS).toBeNull();
    expect(readClock(clock, 40_000, 200_000)).toMatchObject({ nowS: 30, isStopped: false, endS: 110, result: 'missed', overS: 50 });
    expect(readClock(clock, 190_000, 200_000)).toMatchObject({ nowS: 110, isStopped: true });
  });
  it('is met, unjudged or still running', () => {
    expect(readClock({ ...clock, toMs: 50_000 }, 0, 200_000).result).toBe('met');
    expect(readClock({ ...clock, standardS: null }, 0, 200_000).result).toBe('stopped');
    expect(readClock({ ...clock, toMs: null }, 0, 60_000).result).toBe('running');
    expect(readClock({ ...clock, toMs: null }, 0, 200_000)).toMatchObject({ result: 'missed', overS: 130 });
  });
});

describe('scale', () => {
  const scale = { fromMs: T0, toMs: T0 + 600_000, widthPx: 1200 };
  it('goes there and back', () => {
    expect(xOf(scale, T0 + 300_000)).toBe(600);
    expect(msAt(scale, 600)).toBe(T0 + 300_000);
    expect([msAt(scale, -5), xOf(scale, T0 - 5)]).toEqual([T0, 0]);
  });
  it('labels round times, far enough apart', () => {
    const labelled = ticksOf(scale).filter(({ hasLabel }) => hasLabel);
    expect(labelled.every(({ ms }) => ms % 60_000 === 0)).toBe(true);
    expect(labelled.length).toBeLessThanOrEqual(11);
    expect(ticksOf({ ...scale, widthPx: 0 })).toEqual([]);
  });
  it('never puts a label over another one', () => {
    expect(sidesOf([{ x: 0, width: 60 }, { x: 30, width: 60 }, { x: 200, width: 60 }, { x: 395, width: 60 }], 400, 6)).toEqual(['none', 'right', 'right', 'left']); // prettier-ignore
  });
});

describe('chart', () => {
  const scale = { fromMs: T0, toMs: T0 + 100_000, widthPx: 100 };
  const box = { scale, topPx: 0, heightPx: 100, low: 0, high: 100 };
  const seconds = [...Array(21).keys(), 60, 61, 62];
  const table = tableOf(samples(seconds, { heart_rate: seconds.map(() => 50), nibp_systolic: seconds.map((s) => (s < 10 ? 120 : 130)) }));
  it('breaks the line at a gap and hatches it', () => {
    expect(gapMs(table, 10)).toBe(10_000);
    expect(linePath(table, 'heart_rate', box, 10_000).match(/M/g)).toHaveLength(2);
    expect(gapsOf(table, ['heart_rate'], 10_000)).toEqual([{ fromMs: T0 + 20_000, toMs: T0 + 60_000 }]);
  });
  it('takes a recording with a number a minute as whole', () => {
    const slow = tableOf(samples([0, 60, 120, 180], { heart_rate: [1, 2, 3, 4] }));
    expect(gapsOf(slow, ['heart_rate'], gapMs(slow, 10))).toEqual([]);
  });
  it('marks a cuff pressure once, not each second that repeats it', () => {
    expect(spotsOf(table, 'nibp_systolic', box).map(({ value }) => value)).toEqual([120, 130]);
  });
  it('keeps the peaks of many points in one pixel', () => {
    const many = tableOf(samples([0, 0.1, 0.2, 0.3], { spo2: [90, 99, 70, 90] }));
    const path = linePath(many, 'spo2', box, 10_000);
    expect(path).toContain(yOf(box, 99).toFixed(1));
    expect(path).toContain(yOf(box, 70).toFixed(1));
  });
  it('joins overlapping spans and finds a range', () => {
    expect(merged([{ fromMs: 5, toMs: 9 }, { fromMs: 0, toMs: 6 }, { fromMs: 20, toMs: 21 }])).toEqual([{ fromMs: 0, toMs: 9 }, { fromMs: 20, toMs: 21 }]); // prettier-ignore
    expect(rangeOf(table, ['heart_rate', 'nibp_systolic'], 40)).toEqual({ low: 50, high: 130 });
    expect(rangeOf(table, ['etco2'], 40)).toBeNull();
  });
});

describe('moving the playhead', () => {
  it('reads the keys of the design and leaves the browser its own', () => {
    expect(key(' ')).toEqual({ kind: 'toggle' });
    expect(key('ArrowLeft')).toEqual({ kind: 'move', seconds: -10 });
    expect(key('ArrowRight', { shiftKey: true })).toEqual({ kind: 'move', seconds: 60 });
    expect(key('[')).toEqual({ kind: 'event', step: -1 });
    expect(key('7')).toEqual({ kind: 'tenth', tenth: 7 });
    expect(key('J')).toEqual({ kind: 'list' });
    expect([key('Tab'), key('r', { ctrlKey: true }), key('0')]).toEqual([null, null, null]);
    expect([speedAfter(8, 1), speedAfter(120, 1), speedAfter(1, -1)]).toEqual([16, 120, 1]);
  });
  it('steps over events, not between two of the same moment', () => {
    const jumps = [{ atMs: 1000 }, { atMs: 1200 }, { atMs: 9000 }];
    expect([neighbour(jumps, 1000, 1), neighbour(jumps, 9000, 1), neighbour(jumps, 9000, -1)]).toEqual([9000, null, 1200]);
    expect([passed(jumps, 999), passed(jumps, 1200)]).toEqual([0, 2]);
  });
  it('holds the documents of its moment, forwards and back', () => {
    const player = new Player(filmOf(bundle()));
    expect(player.store.get('unit', 'N01')?.status).toBe('idle');
    player.seek(T0 + 250_000);
    expect(player.store.get('unit', 'N01')?.status).toBe('on_scene');
    expect(player.store.get('prealert', 'A1')).toBeUndefined();
    player.seek(T0 + 45_900);
    expect([player.store.get('unit', 'N01')?.status, player.second]).toEqual(['en_route', T0 + 45_000]);
    player.seek(T0 + 9_000_000);
    expect(player.atMs).toBe(player.film.toMs);
  });
  it('bounds the work of one step, however long the incident', () => {
    const frames = Array.from({ length: 5000 }, (_, index) => ({
      seq: index, at: at(index * 1.44), gone: [], docs: index === 0 ? crowd() : [unit(`U${index % 200}`, 'idle', index)],
    })); // prettier-ignore
    const film = filmOf({ from: at(0), to: at(7200), frames });
    const folded = (index: number) => pictureAt(film, index).size;
    expect(folded(4999)).toBe(200);
    expect(film.pictures).toHaveLength(Math.ceil(5000 / PICTURE_EVERY)); // what bounds the work of one step
  });
});

function crowd(): AnyDoc[] {
  return Array.from({ length: 200 }, (_, index) => unit(`U${index}`, 'idle', 0));
}

describe('the list', () => {
  it('finds by every word', () => {
    const one = { incident_id: 'I-1004', priority: 'P1', complaint: '胸痛', centres: [], town: '华阁镇', opened_at: at(0), closed_at: null };
    expect(matching([one], '华阁 胸')).toHaveLength(1);
    expect(matching([one], '1004 p1')).toHaveLength(1);
    expect(matching([one], '南洲')).toHaveLength(0);
  });
});
