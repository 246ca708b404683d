// Half an hour of one number in steps of 10 s, pure: stored samples first, then what the screen hears.

import { ms } from '../../wire/clock.svelte';
import type { VitalsDoc } from '../../wire/documents';
import type { Samples } from '../../wire/reading';
import { TREND_GAP_MS, TREND_MINUTES, TREND_STEP_MS } from './limits';

export interface Point {
  at: number;
  value: number;
}
/** Points by the code of the value, oldest first. */
export type History = Readonly<Record<string, readonly Point[]>>;

/** States of a value that may be drawn; the server stores no others. */
const TRUE_STATES = new Set(['ok', 'suspect', 'asystole']);

function put(points: Point[], point: Point): void {
  const last = points[points.length - 1];
  if (last && point.at < last.at) return;
  if (last && Math.floor(last.at / TREND_STEP_MS) === Math.floor(point.at / TREND_STEP_MS)) points.pop();
  points.push(point);
}

export function fromSamples(samples: Samples): History {
  const times = samples.at.map((at) => ms(at) ?? 0);
  const made: Record<string, Point[]> = {};
  for (const [code, values] of Object.entries(samples.values)) {
    const points: Point[] = [];
    for (const [index, value] of values.entries()) {
      if (value !== null) put(points, { at: times[index] ?? 0, value });
    }
    made[code] = points;
  }
  return made;
}

/** The history with what the newest document says; the same object when it says nothing new. */
export function withLive(history: History, doc: VitalsDoc): History {
  let made: Record<string, readonly Point[]> | null = null;
  for (const [code, numeric] of Object.entries(doc.values)) {
    const at = ms(numeric.at);
    if (numeric.value === null || at === null || !TRUE_STATES.has(numeric.state)) continue;
    const before = history[code] ?? [];
    if ((before[before.length - 1]?.at ?? 0) >= at) continue;
    const since = at - (TREND_MINUTES + 1) * 60_000;
    const points = before.filter((point) => point.at > since);
    put(points, { at, value: numeric.value });
    made = { ...(made ?? history), [code]: points };
  }
  return made ?? history;
}

/** The first of these codes that has ever been measured. */
export function codeOf(history: History, codes: readonly string[]): string | undefined {
  return codes.find((code) => (history[code]?.length ?? 0) > 0);
}

/** Columns for a chart: seconds and values, with a null wherever nothing came for three minutes. */
export function line(points: readonly Point[]): [number[], (number | null)[]] {
  const xs: number[] = [];
  const ys: (number | null)[] = [];
  for (const [index, { at, value }] of points.entries()) {
    const before = points[index - 1];
    if (before && at - before.at > TREND_GAP_MS) {
      xs.push((before.at + 1) / 1000);
      ys.push(null);
    }
    xs.push(at / 1000);
    ys.push(value);
  }
  return [xs, ys];
}

export interface Pressure {
  at: number;
  systolic: number;
  diastolic: number;
}

/** Pairs of pressures, the last one in each `everyMs`: a bar for each, never a line between cuffs. */
export function pressures(history: History, everyMs: number): Pressure[] {
  const method = codeOf(history, ['abp_systolic', 'nibp_systolic'])?.split('_')[0];
  if (!method) return [];
  const lower = new Map((history[`${method}_diastolic`] ?? []).map(({ at, value }) => [at, value]));
  const kept = new Map<number, Pressure>();
  for (const { at, value } of history[`${method}_systolic`] ?? []) {
    const diastolic = lower.get(at);
    if (diastolic !== undefined) kept.set(Math.floor(at / everyMs), { at, systolic: value, diastolic });
  }
  return [...kept.values()];
}
