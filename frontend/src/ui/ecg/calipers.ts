// Two pairs of lines over an ECG: what lies between them in milliseconds and millivolts. Pure.
import { MM_PER_MV, MM_PER_S } from './layout';

/** Places on the paper in mm: two upright lines for time, two level ones for voltage. */
export interface Calipers {
  fromX: number;
  toX: number;
  fromY: number;
  toY: number;
}
export type Line = keyof Calipers;
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** One press of an arrow key is 10 ms or 0.05 mV; with Shift it is a small square of the paper. */
const STEP_MM = { fine: 0.25, square: 1 };
const FINE_Y_MM = 0.5;
/** A finger is 7 mm wide; on the glass, not on the paper, so it is given in pixels. */
export const GRIP_PX = 22;

export interface Reading {
  ms: number;
  mv: number;
  /** Beats a minute were the interval one RR; null where it is too short to be one. */
  perMinute: number | null;
}

/** Below 200 ms (300 a minute) an interval is no RR. */
const RR_MIN_MS = 200;

export function read(calipers: Calipers): Reading {
  const ms = Math.round((Math.abs(calipers.toX - calipers.fromX) / MM_PER_S) * 1000);
  const mv = Math.round(((calipers.fromY - calipers.toY) / MM_PER_MV) * 100) / 100;
  return { ms, mv: mv === 0 ? 0 : mv, perMinute: ms >= RR_MIN_MS ? Math.round(60_000 / ms) : null };
}

/** A quarter and a half into the box, one millivolt apart: where calipers stand when they are opened. */
export function opened(box: Box): Calipers {
  const middle = box.y + box.height / 2;
  return { fromX: box.x + box.width / 4, toX: box.x + box.width / 2, fromY: middle, toY: middle - MM_PER_MV };
}

/** The same with one line moved to a place, kept on the paper. */
export function moved(calipers: Calipers, line: Line, place: number, box: Box): Calipers {
  const isTime = line === 'fromX' || line === 'toX';
  const [low, size] = isTime ? [box.x, box.width] : [box.y, box.height];
  return { ...calipers, [line]: Math.min(Math.max(place, low), low + size) };
}

/** What an arrow key does to the line that has the focus; null where the key is none of its. */
export function stepped(calipers: Calipers, line: Line, key: string, isShift: boolean, box: Box): Calipers | null {
  const isTime = line === 'fromX' || line === 'toX';
  const way = { ArrowLeft: isTime ? -1 : 0, ArrowRight: isTime ? 1 : 0, ArrowUp: isTime ? 0 : -1, ArrowDown: isTime ? 0 : 1 }[key];
  if (!way) return null;
  const fine = isTime ? STEP_MM.fine : FINE_Y_MM;
  return moved(calipers, line, calipers[line] + way * (isShift ? STEP_MM.square : fine), box);
}

/** The line nearest to a point of the paper within `reachMm`, or null. */
export function nearest(calipers: Calipers, x: number, y: number, reachMm: number): Line | null {
  const lines: [Line, number][] = [
    ['fromX', Math.abs(calipers.fromX - x)],
    ['toX', Math.abs(calipers.toX - x)],
    ['fromY', Math.abs(calipers.fromY - y)],
    ['toY', Math.abs(calipers.toY - y)],
  ];
  const [line, distance] = lines.reduce((best, one) => (one[1] < best[1] ? one : best));
  return distance <= reachMm ? line : null;
}
