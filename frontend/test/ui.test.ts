// What tiles, clocks, scores, sounds and map marks say; the drawing itself is looked at in a browser.
import { describe, expect, it, vi } from 'vitest';
import { countdown, urgency } from '../src/ui/clocks';
import { burst, loudest, REPEAT_S } from '../src/ui/pulses';
import { readScore } from '../src/ui/scores';
import { trendPath } from '../src/ui/trend';
import { direction, readVital } from '../src/ui/vitals';
import { boundsOf, incidentFeatures, wordsOf } from '../src/map/geo';
import { reachPx, unitFeatures } from '../src/map/units';
import { throttle } from '../src/map/throttle';
import { maySee, screensOf } from '../src/features/roles';
import type { IncidentDoc, ScoreView, PositionDoc, UnitDoc, VitalAlarm } from '../src/wire/documents';
import { ago, NOW, numeric, vitalAlarm, vitals } from './support';

const now = NOW.getTime();
const score = (more: Partial<ScoreView>): ScoreView => ({
  total: 9, lower_bound: 9, missing: [], parts: {}, is_any_red: false, not_applicable: '', ...more,
}); // prettier-ignore

describe('readVital', () => {
  it('is fresh up to its limit, then grey', () => {
    const doc = (age: number) => vitals({ heart_rate: numeric(54, age) });
    expect(readVital(doc(10), 'heart_rate', now)).toMatchObject({ value: '54', state: 'fresh' });
    expect(readVital(doc(11), 'heart_rate', now)).toMatchObject({ value: '54', state: 'old', ageS: 11 });
  });
  it('keeps a cuff pressure ten minutes and shows both numbers', () => {
    const doc = vitals({ nibp_systolic: numeric(86, 590), nibp_diastolic: numeric(54, 590) });
    expect(readVital(doc, 'nibp', now)).toMatchObject({ value: '86', second: '54', state: 'fresh' });
    expect(readVital(doc, 'nibp', now + 11_000).state).toBe('old');
  });
  it('is a block only while the alarm stands and the value is fresh', () => {
    const made = (age: number, more: Partial<VitalAlarm> = {}) =>
      readVital(vitals({ spo2: numeric(84, age) }, { alarms: [vitalAlarm(more)] }), 'spo2', now).alarm;
    expect(made(1)).toEqual({ priority: 'medium', shape: 'block', isNew: true });
    expect(made(1, { acknowledged_by: '李' })).toEqual({ priority: 'medium', shape: 'block', isNew: false });
    expect(made(30)?.shape).toBe('frame');
    expect(made(1, { is_held: true })?.shape).toBe('frame');
    expect(made(1, { ended_at: ago(5) })?.shape).toBe('frame');
    expect(readVital(vitals({ heart_rate: numeric(60, 1) }, { alarms: [vitalAlarm()] }), 'heart_rate', now).alarm).toBeNull();
  });
  it('takes no alarm from the score: 3 in NEWS2 is the limit, the delay and the words are the engine’s', () => {
    const doc = vitals({ spo2: numeric(84, 1) }, { score: score({ parts: { spo2: 3 } }) });
    expect(readVital(doc, 'spo2', now).alarm).toBeNull();
  });
  it('frames a figure that was never measured while its alarm is held', () => {
    expect(readVital(vitals({}, { alarms: [vitalAlarm({ is_held: true })] }), 'spo2', now)).toMatchObject({
      value: '–', alarm: { shape: 'frame' },
    }); // prettier-ignore
  });
  it('says what was never taken, what is not true, what fell silent', () => {
    expect(readVital(undefined, 'etco2', now)).toMatchObject({ value: '–', state: 'never', note: 'not_taken' });
    const odd = vitals({ spo2: numeric(12, 1, 'invalid') });
    expect(readVital(odd, 'spo2', now)).toMatchObject({ state: 'implausible', note: 'check' });
    expect(readVital(odd, 'spo2', now + 60_000)).toMatchObject({ state: 'old', isStruck: true });
    const off = vitals({ heart_rate: numeric(null, 1, 'leads_off') });
    expect(readVital(off, 'heart_rate', now)).toMatchObject({ value: '–', note: 'leads_off' });
    const silent = vitals({ heart_rate: numeric(80, 1) }, { feed: 'lost' });
    expect(readVital(silent, 'heart_rate', now).state).toBe('lost');
    expect(readVital(vitals({ heart_rate: numeric(80, 1) }), 'heart_rate', now, undefined, true).state).toBe('lost');
  });
  it('takes the pulse of the probe when the electrodes have been silent', () => {
    const doc = vitals({ heart_rate: numeric(70, 60), pulse_rate: numeric(72, 1) });
    expect(readVital(doc, 'heart_rate', now).value).toBe('72');
  });
});

describe('readScore', () => {
  it('a missing part makes it at least', () => {
    const reading = readScore(score({ total: null, lower_bound: 9, missing: ['temp'] }), 'emergency', 6, true);
    expect(reading).toMatchObject({ text: '≥9', direction: 'up', missing: ['temp'] });
  });
  it('is a question while the feed is lost, and a dash where NEWS2 is not for', () => {
    expect(readScore(score({}), 'emergency', null, false)).toMatchObject({ text: '?', level: 'unknown' });
    expect(readScore(null, 'unscored', null, true)).toMatchObject({ text: '–', level: 'unscored' });
    const child = readScore(score({ not_applicable: 'child' }), 'low', null, true);
    expect(child).toMatchObject({ text: '–', level: 'unscored', why: 'child' });
  });
});

describe('clocks', () => {
  it.each([
    [95, 120, false, 'calm'], [96, 120, false, 'near'], [120, 120, false, 'over'],
    [119, 120, true, 'done'], [121, 120, true, 'over'], [999, null, false, 'calm'],
  ] as const)('%i s of %s s, stopped %s: %s', (elapsed, standard, isDone, expected) => {
    expect(urgency(elapsed, standard, isDone)).toBe(expected);
  }); // prettier-ignore
  it('a countdown is exact, about, due or unknown', () => {
    const basis = { atMs: now - 5000, limitS: 30, lostMs: null };
    expect(countdown(now, now + 372_000, basis)).toEqual({ kind: 'exact', value: 372 });
    expect(countdown(now, now - 5000, basis)).toEqual({ kind: 'due', value: 5 });
    expect(countdown(now, now + 600_000, { ...basis, atMs: now - 31_000 })).toEqual({ kind: 'about', value: 10 });
    expect(countdown(now, now + 600_000, { ...basis, lostMs: now - 10_000 }).kind).toBe('about');
    expect(countdown(now, now + 600_000, { ...basis, lostMs: now - 301_000 }).kind).toBe('unknown');
  });
});

describe('sound', () => {
  it('has three patterns that cannot be mistaken', () => {
    expect([burst('high').length, burst('medium').length, burst('low').length]).toEqual([10, 3, 1]);
    for (const urgency of ['high', 'medium', 'low'] as const) {
      const pulses = burst(urgency);
      const end = Math.max(...pulses.map(({ at_s, length_s }) => at_s + length_s));
      expect(end).toBeLessThan(REPEAT_S[urgency]);
      pulses.forEach(({ at_s }, index) => expect(at_s).toBeGreaterThanOrEqual(pulses[index - 1]?.at_s ?? 0));
    }
  });
  it('the most urgent is heard', () => {
    expect(loudest(['low', 'high', 'medium'])).toBe('high');
    expect(loudest([])).toBeNull();
  });
});

describe('trends', () => {
  it('leaves a gap open and stays in its box', () => {
    const points = [0, 1, 2, 9, 10].map((minute) => ({ at: now - (10 - minute) * 60_000, value: 80 + minute }));
    const { path, last } = trendPath(points, { width: 72, height: 48, toMs: now, spanMs: 1_800_000 });
    expect(path.match(/M/g)).toHaveLength(2);
    expect(last?.[0]).toBeCloseTo(68);
  });
  it('has a direction only when there is enough to say', () => {
    expect(direction([80, null])).toBeNull();
    expect(direction([80, 80, 81, 80])).toBe('flat');
    expect(direction([80, 85, 90, 95])).toBe('up');
    expect(direction([95, 90, 85, 80])).toBe('down');
  });
});

describe('the map', () => {
  const unit = { id: 'N07', call_sign: '南急07', status: 'en_route' } as UnitDoc;
  const position = (age: number): PositionDoc => ({
    kind: 'position', id: 'N07', lon: 112.4, lat: 29.3, heading_deg: 90, speed_kmh: 60,
    fixed_at: ago(age), received_at: ago(age), doubtful: null, eta: null, arrival: null, wrong_datum: null,
  }); // prettier-ignore
  const look = {
    nowMs: now, language: 'en', freshS: 30, metresPerPx: 60, chosenUnitId: null, keys: { N07: 1 }, hasAges: true,
  } as const; // prettier-ignore
  const only = (age: number) => unitFeatures([{ unit, position: position(age) }], look).features[0]?.properties;

  it('a fresh unit has its state and a nose, a lost one its reach', () => {
    expect(only(4)).toMatchObject({ image: 'unit-en_route', nose: 'nose-en_route', detail: '4 s', key: 'key-1' });
    expect(only(252)).toMatchObject({ image: 'unit-lost', nose: '', isLost: true, reach: 1 });
  });
  it('a unit without a fix is not drawn anywhere', () => {
    expect(unitFeatures([{ unit, position: undefined }], look).features).toEqual([]);
  });
  it('reach grows with time and is capped', () => {
    expect(reachPx(36, 60, 60)).toBeCloseTo(10);
    expect(reachPx(null, 100_000, 60)).toBe(52);
  });
  it('closed incidents leave the map', () => {
    const place = { lon: 112, lat: 29 };
    const made = [
      { id: 'I-1', state: 'waiting', priority: 'P1', place }, { id: 'I-2', state: 'closed', priority: 'P2', place },
    ] as IncidentDoc[]; // prettier-ignore
    const { features } = incidentFeatures(made, 'I-1');
    expect(features.map(({ properties }) => properties?.image)).toEqual(['incident-P1-selected']);
  });
  it('knows its bounds and its letters', () => {
    const data: GeoJSON.FeatureCollection = {
      type: 'FeatureCollection',
      features: [
        { type: 'Feature', geometry: { type: 'LineString', coordinates: [[1, 2], [3, -4]] }, properties: { a: '南县', b: 2 } },
      ],
    };
    expect(boundsOf(data)).toEqual([1, -4, 3, 2]);
    expect(wordsOf(data)).toBe('南县');
    expect(boundsOf({ type: 'FeatureCollection', features: [] })).toBeNull();
  });
  it('moves at most four times a second, the newest last', () => {
    vi.useFakeTimers();
    const seen: number[] = [];
    const updates = throttle<number>((_key, value) => seen.push(value));
    for (let n = 1; n <= 100; n += 1) updates.put('units', n);
    vi.advanceTimersByTime(1000);
    expect(seen).toEqual([1, 100]);
    updates.stop();
    vi.useRealTimers();
  });
});

describe('roles', () => {
  it('open their own screens only', () => {
    expect(screensOf('crew')).toEqual(['crew']);
    expect(maySee('hospital', 'console')).toBe(false);
    expect(maySee('admin', 'replay')).toBe(true);
  });
});
