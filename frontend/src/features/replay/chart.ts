// Geometry of the vital signs lane, pure: computed once for an incident, only the playhead moves.

import type { SampleTable } from './samples';
import { xOf, type Scale } from './scale';

export interface Box {
  scale: Scale;
  topPx: number;
  heightPx: number;
  low: number;
  high: number;
}
export interface Span {
  fromMs: number;
  toMs: number;
}

export function yOf(box: Box, value: number): number {
  const share = (value - box.low) / Math.max(1, box.high - box.low);
  return box.topPx + box.heightPx * (1 - Math.min(1, Math.max(0, share)));
}

/** Recordings with a number a minute are whole, not full of holes: three usual steps make a gap. */
const STEPS_TO_GAP = 3;

/** Milliseconds without a value after which a line breaks: the freshness limit, or three usual steps. */
export function gapMs(table: SampleTable, freshS: number): number {
  const steps: number[] = [];
  for (let row = 1; row < table.timesMs.length; row += 1) {
    const step = (table.timesMs[row] as number) - (table.timesMs[row - 1] as number);
    if (step > 0) steps.push(step);
  }
  steps.sort((a, b) => a - b);
  const usual = steps[steps.length >> 1] ?? 0;
  return Math.max(freshS * 1000, usual * STEPS_TO_GAP);
}

interface Seen {
  ms: number;
  value: number;
}

function seenOf(table: SampleTable, code: string): Seen[] {
  const column = table.values[code] ?? [];
  const found: Seen[] = [];
  for (const [row, value] of column.entries()) {
    if (value !== null) found.push({ ms: table.timesMs[row] as number, value });
  }
  return found;
}

/** At most two points a pixel: the lowest and the highest, so that no peak is lost. */
function thinned(points: readonly Seen[], scale: Scale): Seen[] {
  const kept: Seen[] = [];
  let bucket: Seen[] = [];
  let pixel = -1;
  const close = () => {
    if (bucket.length <= 2) return kept.push(...bucket);
    const low = bucket.reduce((a, b) => (b.value < a.value ? b : a));
    const high = bucket.reduce((a, b) => (b.value > a.value ? b : a));
    return kept.push(...(low === high ? [low] : low.ms < high.ms ? [low, high] : [high, low]));
  };
  for (const point of points) {
    const here = Math.floor(xOf(scale, point.ms));
    if (here !== pixel) {
      close();
      bucket = [];
      pixel = here;
    }
    bucket.push(point);
  }
  close();
  return kept;
}

/** One number as an SVG path; a gap in the data is a gap in the line. */
export function linePath(table: SampleTable, code: string, box: Box, breakMs: number): string {
  let path = '';
  let before = Number.NEGATIVE_INFINITY;
  let start = '';
  const points = seenOf(table, code);
  const gaps = new Set(points.filter((point, i) => i > 0 && point.ms - (points[i - 1] as Seen).ms > breakMs).map(({ ms }) => ms));
  for (const point of thinned(points, box.scale)) {
    const isBreak = [...gaps].some((gap) => gap > before && gap <= point.ms);
    start = before === Number.NEGATIVE_INFINITY || isBreak ? 'M' : 'L';
    path += `${start}${xOf(box.scale, point.ms).toFixed(1)} ${yOf(box, point.value).toFixed(1)}`;
    before = point.ms;
  }
  return path;
}

/** A cuff repeats its last number until the next measurement; only a new one is a mark. */
const REPEAT_MS = 60_000;

/** Measurements taken now and then, as marks. */
export function spotsOf(table: SampleTable, code: string, box: Box): { x: number; y: number; value: number }[] {
  let last: Seen | null = null;
  return seenOf(table, code).flatMap((point) => {
    const isRepeat: boolean = last !== null && last.value === point.value && point.ms - last.ms < REPEAT_MS;
    last = point;
    return isRepeat ? [] : [{ x: xOf(box.scale, point.ms), y: yOf(box, point.value), value: point.value }];
  });
}

/** When none of `codes` had a value for longer than `breakMs`, between the first and the last sample. */
export function gapsOf(table: SampleTable, codes: readonly string[], breakMs: number): Span[] {
  const gaps: Span[] = [];
  let before: number | null = null;
  for (let row = 0; row < table.timesMs.length; row += 1) {
    if (!codes.some((code) => typeof table.values[code]?.[row] === 'number')) continue;
    const here = table.timesMs[row] as number;
    if (before !== null && here - before > breakMs) gaps.push({ fromMs: before, toMs: here });
    before = here;
  }
  return gaps;
}

/** Overlapping spans as one, so that a hatch is drawn once and its length is said once. */
export function merged(spans: readonly Span[]): Span[] {
  const sorted = [...spans].sort((a, b) => a.fromMs - b.fromMs);
  const made: Span[] = [];
  for (const span of sorted) {
    const open = made[made.length - 1];
    if (open && span.fromMs <= open.toMs) open.toMs = Math.max(open.toMs, span.toMs);
    else made.push({ ...span });
  }
  return made;
}

/** Tens around the values of some columns, at least `least` apart; null when there are none. */
export function rangeOf(
  table: SampleTable,
  codes: readonly string[],
  least: number,
): { low: number; high: number } | null {
  let [low, high] = [Infinity, -Infinity];
  for (const code of codes) {
    for (const { value } of seenOf(table, code)) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (!Number.isFinite(low)) return null;
  low = Math.floor(low / 10) * 10;
  high = Math.ceil(high / 10) * 10;
  return high - low >= least ? { low, high } : { low, high: low + least };
}
