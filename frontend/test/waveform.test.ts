// Live waveforms: bytes to values, blocks to a sweep with its gaps, who watches what, and frames of them.
import { describe, expect, it } from 'vitest';
import { computedOf, faultWords, leadsOf, stripOf } from '../src/features/ecg/drawn';
import { ERASED_S, gainOf, KEPT_S, scaleOf, shown, Trace } from '../src/ui/waveform/trace';
import type { EcgDrawn } from '../src/wire/ecg';
import { NOTHING, parseFrame, reduce } from '../src/wire/frames';
import { valuesOf, WaveWatch, type WaveBlock } from '../src/wire/waves';

const T0 = Date.parse('2026-11-23T08:00:00Z');

function base64(samples: readonly number[]): string {
  const bytes = new Uint8Array(new Int16Array(samples).buffer);
  return btoa(String.fromCharCode(...bytes));
}
function block(second: number, samples: readonly number[], more: Partial<WaveBlock> = {}): WaveBlock {
  const at = new Date(T0 + second * 1000).toISOString();
  return {
    unit_id: 'N01', patient_id: 'P1', channel: 'ecg_ii', at, observed_at: at, hz: samples.length, unit: 'uV',
    per_lsb: 2, zero: 100, samples: base64(samples), source: 'device', ...more,
  }; // prettier-ignore
}
const ramp = (from: number) => Array.from({ length: 10 }, (_, n) => from + n);
const after = (second: number) => T0 + second * 1000;

describe('a block', () => {
  it('is its integers with their scale, and what was not measured is no value', () => {
    expect([...valuesOf(block(0, [0, -1, 32767, -32768]))]).toEqual([100, 98, 65634, NaN]);
  });
  it('of broken text is empty and changes nothing', () => {
    const trace = new Trace('ecg_ii');
    trace.put(block(0, [1], { samples: '*' }), after(1));
    trace.put(block(0, [1], { hz: 0 }), after(1));
    expect(trace.newestAt).toBeNull();
    expect(trace.lines(0, 4)).toEqual([]);
  });
});

describe('a trace', () => {
  it('joins blocks sample to sample and leaves a lost one open', () => {
    const trace = new Trace('ecg_ii');
    for (const second of [0, 1, 3]) trace.put(block(second, ramp(10 * second)), after(second + 1));
    const lines = trace.lines(trace.endS, 8).sort((one, other) => (one[0]?.[1] ?? 0) - (other[0]?.[1] ?? 0));
    expect(lines.map((line) => line.length)).toEqual([20, 10]);
    expect(lines[0]?.map(([, value]) => value)).toEqual([...ramp(0), ...ramp(10)].map((one) => 100 + 2 * one));
  });
  it('breaks where nothing was measured, at the edge of the paper, and before the pen', () => {
    const trace = new Trace('ecg_ii');
    for (let second = 0; second < 6; second += 1) trace.put(block(second, ramp(0)), after(second + 1));
    trace.put(block(6, [0, 1, 2, 3, -32768, 5, 6, 7, 8, 9]), after(7));
    const widthS = 4;
    const lines = trace.lines(trace.endS, widthS);
    const points = lines.flat();
    expect(points.length).toBe(Math.floor((widthS - ERASED_S) * 10) - 1);
    for (const line of lines) for (const [x] of line) expect(x).toBeGreaterThanOrEqual(0);
    for (const line of lines) {
      line.slice(1).forEach(([x], place) => {
        expect(x - (line[place]?.[0] ?? 0)).toBeCloseTo(0.1, 6);
      });
    }
  });
  it('takes a start a little beside the last end for the same moment, and no more than a little', () => {
    const joined = new Trace('ecg_ii');
    for (const second of [0, 1.15, 1.9]) joined.put(block(second, ramp(0)), after(second + 1));
    expect(joined.lines(joined.endS, 1000).map((line) => line.length)).toEqual([30]);
    const apart = new Trace('ecg_ii');
    for (const second of [0, 1.3]) apart.put(block(second, ramp(0)), after(second + 1));
    expect(apart.lines(apart.endS, 1000).map((line) => line.length)).toEqual([10, 10]);
  });
  it('moves its pen evenly behind the newest, and stands where nothing more came', () => {
    const trace = new Trace('ecg_ii');
    for (const second of [0, 1, 2, 3]) trace.put(block(second, ramp(0)), after(second + 1.2));
    const pen = trace.penS(after(4.2));
    expect(pen - T0 / 1000).toBeCloseTo(2.5, 6);
    expect(trace.penS(after(4.7)) - pen).toBeCloseTo(0.5, 6);
    expect(trace.penS(after(60))).toBe(trace.endS);
  });
  it('is old after three seconds, takes a block once and forgets what has left the paper', () => {
    const trace = new Trace('ecg_ii');
    expect(trace.isStale(after(0))).toBe(true);
    for (let second = 0; second < 100; second += 1) {
      trace.put(block(second, ramp(second)), after(second + 1));
      trace.put(block(second, ramp(7)), after(second + 1));
    }
    expect(trace.ageMs(after(101))).toBe(1000);
    expect([trace.isStale(after(102.9)), trace.isStale(after(103.1))]).toEqual([false, true]);
    const held = trace.lines(trace.endS, 1000).flat();
    expect(held.length).toBeLessThanOrEqual((KEPT_S + 1) * 10);
    expect(held.at(-1)?.[1]).toBe(100 + 2 * 108);
  });
  it('halves its gain, and says so, before it would leave its row', () => {
    const trace = new Trace('ecg_ii');
    trace.put(block(0, [0, 500], { zero: 0 }), after(1));
    expect(gainOf(trace, 100, 6)).toBe(10);
    trace.put(block(1, [0, 800], { zero: 0 }), after(2));
    expect(gainOf(trace, 100, 6)).toBe(5);
    expect(scaleOf(trace, 100, 6)(1000) - scaleOf(trace, 100, 6)(0)).toBeCloseTo(30, 6);
    trace.put(block(2, [0, -32000], { zero: 0 }), after(3));
    expect(gainOf(trace, 100, 6)).toBe(2.5);
  });
  it('draws a millivolt ten millimetres high and fills the row with what has no scale', () => {
    const ecg = new Trace('ecg_ii');
    const y = scaleOf(ecg, 100, 5);
    expect(y(1000) - y(0)).toBe(50);
    const pleth = new Trace('pleth');
    pleth.put(block(0, [0, 1000], { channel: 'pleth', unit: '1' }), after(1));
    const fill = scaleOf(pleth, 100, 5);
    expect([fill(100), fill(2100)]).toEqual([8, 92]);
    expect(shown([pleth, new Trace('ecg_v5'), ecg], 2)).toEqual([ecg, pleth]);
  });
});

describe('watching', () => {
  it('asks for the channels of all watchers, hears its own, and ends with the last', () => {
    const asked: [string, readonly string[]][] = [];
    const heard: number[] = [];
    const watch = new WaveWatch((unit, channels) => asked.push([unit, channels]));
    const first = watch.watch('N01', ['ecg_ii'], () => heard.push(1));
    const second = watch.watch('N01', ['ecg_ii', 'pleth'], () => heard.push(2));
    watch.hear([block(0, [1]), block(0, [1], { channel: 'pleth' }), block(0, [1], { unit_id: 'N02' })]);
    watch.again();
    second();
    first();
    expect(heard).toEqual([1, 2, 2]);
    expect(asked).toEqual([
      ['N01', ['ecg_ii']], ['N01', ['ecg_ii', 'pleth']], ['N01', ['ecg_ii', 'pleth']], ['N01', ['ecg_ii']], ['N01', []],
    ]); // prettier-ignore
  });
  it('comes in frames that are part of no state', () => {
    const frame = parseFrame(JSON.stringify({ t: 'waves', now: '2026-11-23T08:00:00Z', blocks: [block(0, [1])] }));
    expect(frame?.t).toBe('waves');
    expect(frame && reduce(NOTHING, frame)).toBe(NOTHING);
    expect(parseFrame('{"t":"waves","now":"x"}')).toBeNull();
  });
});

describe("an ECG's drawing", () => {
  const none = { high_pass_hz: null, low_pass_hz: null, notch_hz: null, words: [] };
  const lead = (name: string, samples: number[], is_derived = false) => ({
    name, hz: 2, start_s: 0, uv_per_lsb: 2.5, uv_per_lsb_exact: '5/2', offset_uv: 0, is_derived, filters: none, samples,
  }); // prettier-ignore
  const drawn: EcgDrawn = {
    id: 7, at: '2026-11-23T08:00:00Z', sha256: '', source: 'device', recording: null, fault: null,
    leads: [lead('I', [400, 400]), lead('II', [400, -2147483648, 800, 1]), lead('III', [0], true), lead('II', [9])],
  }; // prettier-ignore
  it('keeps integers with their scale, and the first lead of a name', () => {
    expect(leadsOf(drawn).II).toEqual({ samples: [400, -2147483648, 800, 1], hz: 2, uvPerLsb: 2.5, offsetUv: 0, startS: 0 });
    expect(computedOf(drawn)).toEqual(['III']);
  });
  it('gives the rhythm lead in millivolts with its gap', () => {
    expect(stripOf(drawn, 1.5)).toEqual({ lead: 'II', rateHz: 2, samplesMv: [1, null, 2] });
    expect(stripOf({ ...drawn, leads: [] }, 1)).toBeNull();
  });
  it('says why one cannot be read, also for a reason nobody foresaw', () => {
    expect(faultWords('ecg_format')).not.toContain('ecg_format');
    expect(faultWords('ecg_huffman')).toContain('huffman');
  });
});
