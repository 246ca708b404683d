// One channel of a live waveform: the last seconds as blocks, and what of them a sweep shows. Pure.
//
// Time is the device's own: blocks of a second join sample to sample there, whatever the network did.
// The pen runs LAG_S behind the newest that should be here, so that it moves evenly although blocks come
// each second; where nothing came it stands still, and a hole in the samples stays a hole.

import { valuesOf, type WaveBlock } from '../../wire/waves';

export const MM_PER_S = 25;
/** Gains a monitor offers; the first with which the trace stays inside its row is taken, and said. */
const GAINS_MM_PER_MV = [10, 5, 2.5] as const;
/** Where an ECG's zero line is, of the row's height from below: an R wave wants more room than an S. */
const ZERO = 0.35;
/** A block is a second long and some tenths under way. */
const LAG_S = 1.5;
/** Kept of each channel: what the widest screen shows, and what waits for the pen. */
export const KEPT_S = 16;
/** Blank paper before the pen, as on a monitor. */
export const ERASED_S = 0.25;
/** Nothing for so long: the trace is old and grey. */
export const STALE_MS = 3000;

/** A device stamps its blocks by hand: what begins this near the end of the last one goes on from there. */
const JOINT_S = 0.2;

interface Piece {
  /** As the device said it; `fromS` is where it is drawn. */
  saidS: number;
  fromS: number;
  hz: number;
  values: Float64Array;
}
export type Point = readonly [x: number, value: number];

export class Trace {
  readonly channel: string;
  unit = '';
  source: WaveBlock['source'] = 'device';
  /** Server time, epoch ms, at which the newest sample was true; null before the first block. */
  newestAt: number | null = null;
  #pieces: Piece[] = [];
  /** Seconds by which the server's clock at arrival was ahead of the device's newest sample, at least. */
  #behindS = Infinity;

  constructor(channel: string) {
    this.channel = channel;
  }

  /** Take a block that came at `nowMs` of the server's clock; one heard before changes nothing. */
  put(block: WaveBlock, nowMs: number): void {
    const values = valuesOf(block);
    const saidS = Date.parse(block.observed_at) / 1000;
    if (!Number.isFinite(saidS) || values.length === 0 || !(block.hz > 0)) return;
    if (this.#pieces.some((piece) => piece.saidS === saidS)) return;
    const fromS = this.#pieces.length > 0 && Math.abs(saidS - this.endS) < JOINT_S ? this.endS : saidS;
    const lengthS = values.length / block.hz;
    this.unit = block.unit;
    this.source = block.source;
    this.#pieces.push({ saidS, fromS, hz: block.hz, values });
    this.#pieces.sort((one, other) => one.fromS - other.fromS);
    this.#behindS = Math.min(this.#behindS, nowMs / 1000 - (fromS + lengthS));
    this.newestAt = Math.max(this.newestAt ?? 0, Date.parse(block.at) + lengthS * 1000);
    const oldestS = this.endS - KEPT_S;
    this.#pieces = this.#pieces.filter((piece) => piece.fromS + piece.values.length / piece.hz > oldestS);
  }

  /** Device seconds after the newest sample. */
  get endS(): number {
    const last = this.#pieces.at(-1);
    return last ? last.fromS + last.values.length / last.hz : 0;
  }

  /** Where the pen is, in device seconds. */
  penS(nowMs: number): number {
    return Math.min(nowMs / 1000 - this.#behindS - LAG_S, this.endS);
  }

  ageMs(nowMs: number): number | null {
    return this.newestAt === null ? null : Math.max(0, nowMs - this.newestAt);
  }

  isStale(nowMs: number): boolean {
    const age = this.ageMs(nowMs);
    return age === null || age > STALE_MS;
  }

  /** What stands on a paper of `widthS` seconds: lines of [second from its left edge, value]. */
  lines(penS: number, widthS: number): Point[][] {
    const oldestS = penS - widthS + ERASED_S;
    const lines: Point[][] = [];
    let line: Point[] = [];
    let [lastS, lastX] = [-Infinity, Infinity];
    const close = () => {
      if (line.length > 0) lines.push(line);
      line = [];
    };
    for (const { fromS, hz, values } of this.#pieces) {
      const first = Math.max(0, Math.ceil((oldestS - fromS) * hz));
      for (let place = first; place < values.length; place += 1) {
        const second = fromS + place / hz;
        if (second > penS) break;
        if (second <= lastS) continue;
        const value = values[place] ?? NaN;
        const x = modulo(second, widthS);
        if (Number.isNaN(value) || second - lastS > 1.5 / hz || x < lastX) close();
        if (!Number.isNaN(value)) line.push([x, value]);
        [lastS, lastX] = [second, x];
      }
    }
    close();
    return lines;
  }

  /** Lowest and highest value held; null where nothing was measured. */
  range(): [low: number, high: number] | null {
    let [low, high] = [Infinity, -Infinity];
    for (const { values } of this.#pieces) {
      for (const value of values) {
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    return low <= high ? [low, high] : null;
  }
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}

export const isEcg = (channel: string): boolean => channel.startsWith('ecg_');

/** The order in which a screen with few rows takes channels: rhythm first. */
export const ORDER = [
  'ecg_ii', 'pleth', 'co2', 'abp', 'resp', 'ecg_i', 'ecg_v1', 'ecg_v5', 'ecg_iii', 'fetal_heart_rate', 'uterine_activity',
] as const; // prettier-ignore

export function shown(traces: Iterable<Trace>, rows: number): Trace[] {
  const rank = (trace: Trace) => (ORDER as readonly string[]).indexOf(trace.channel);
  return [...traces].sort((one, other) => rank(one) - rank(other)).slice(0, rows);
}

/** Millimetres a millivolt, so that the highest and lowest of what is held stay in the row. */
export function gainOf(trace: Trace, heightPx: number, pxPerMm: number): number {
  const [low, high] = trace.range() ?? [0, 0];
  const fits = (gain: number) => {
    const pxPerUv = (gain * pxPerMm) / 1000;
    return high * pxPerUv <= heightPx * (1 - ZERO) && -low * pxPerUv <= heightPx * ZERO;
  };
  return GAINS_MM_PER_MV.find(fits) ?? 2.5;
}

/** From a value to pixels above the bottom of a row; an ECG is true to its gain, others fill the row. */
export function scaleOf(trace: Trace, heightPx: number, pxPerMm: number): (value: number) => number {
  if (isEcg(trace.channel)) {
    const pxPerMv = gainOf(trace, heightPx, pxPerMm) * pxPerMm;
    return (uv) => heightPx * ZERO + (uv / 1000) * pxPerMv;
  }
  const [low, high] = rangeOf(trace);
  return (value) => heightPx * (0.08 + 0.84 * ((value - low) / (high - low)));
}

/** Fixed where a clinician compares heights (CO2, pressures, CTG paper), else as wide as the signal. */
function rangeOf(trace: Trace): [number, number] {
  const found = trace.range() ?? [0, 1];
  const fixed: Record<string, [number, number]> = {
    co2: [0, Math.max(50, found[1])],
    abp: [0, Math.max(160, found[1])],
    fetal_heart_rate: [50, 210],
    uterine_activity: [0, Math.max(100, found[1])],
  };
  return fixed[trace.channel] ?? (found[0] === found[1] ? [found[0] - 1, found[1] + 1] : found);
}
