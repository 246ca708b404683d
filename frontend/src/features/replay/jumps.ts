// The list of events one can jump to, pure.

import { ms } from '../../wire/clock.svelte';
import type { IncidentDoc, TimelineEntry } from '../../wire/documents';
import type { CallBar } from './bars';

export interface Jump {
  key: string;
  atMs: number;
  type: string;
  by: string;
  params: TimelineEntry['params'];
}

/** The incident's history, with the ring and the answer that came before it was opened. */
export function jumpsOf(incident: IncidentDoc | undefined, calls: readonly CallBar[]): Jump[] {
  const told = (incident?.timeline ?? []).flatMap((entry): Jump[] => {
    const atMs = ms(entry.at);
    if (atMs === null) return [];
    return [{ key: `e${entry.seq}`, atMs, type: entry.type, by: entry.by, params: entry.params }];
  });
  const before = calls.flatMap((call): Jump[] => {
    const made = { params: {}, by: '' };
    const ring = { ...made, key: `r${call.id}`, atMs: call.rangMs, type: 'call_rang' };
    if (call.answeredMs === null) return [ring];
    return [ring, { ...made, key: `a${call.id}`, atMs: call.answeredMs, type: 'call_answered', by: call.by }];
  });
  const isTold = new Set(told.map(({ type, atMs }) => `${type}|${atMs}`));
  const fresh = before.filter(({ type, atMs }) => !isTold.has(`${type}|${atMs}`));
  return [...fresh, ...told].sort((a, b) => a.atMs - b.atMs);
}

/** Two events this close are one place to stop at: a key that seems to do nothing is misread. */
const SAME_MS = 500;

/** Where `]` (1) or `[` (-1) goes from `nowMs`; null at the ends. */
export function neighbour(jumps: readonly { atMs: number }[], nowMs: number, step: 1 | -1): number | null {
  if (step === 1) return jumps.find(({ atMs }) => atMs > nowMs + SAME_MS)?.atMs ?? null;
  return jumps.findLast(({ atMs }) => atMs < nowMs - SAME_MS)?.atMs ?? null;
}

/** How many events lie at or before `nowMs`: "you are here" stands after them. */
export function passed(jumps: readonly { atMs: number }[], nowMs: number): number {
  return jumps.filter(({ atMs }) => atMs <= nowMs).length;
}
