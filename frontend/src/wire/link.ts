// Pure rules of the link: how long to wait before connecting again, and what the server's clock says.

import { CLOCK_SAMPLES, RECONNECT_FIRST_MS, RECONNECT_LONGEST_MS, STALE_AFTER_MS } from './limits';

/**
 * Wait before attempt `attempt` (0 is the first retry), in ms: doubling, bounded, and jittered
 * between half and whole so that a hundred boards do not come back in the same instant.
 */
export function backoffMs(attempt: number, random: number): number {
  const full = Math.min(RECONNECT_LONGEST_MS, RECONNECT_FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.max(RECONNECT_FIRST_MS, Math.round(full * (0.5 + random / 2)));
}

/** True when nothing has been heard for too long; `heardMs` and `nowMs` are monotonic. */
export function isStale(heardMs: number, nowMs: number): boolean {
  return nowMs - heardMs >= STALE_AFTER_MS;
}

/** Offsets of the server's clock against a local one, newest last; the largest is the truest. */
export function withOffset(offsets: readonly number[], offsetMs: number): number[] {
  return [...offsets, offsetMs].slice(-CLOCK_SAMPLES);
}

/** Delay only ever makes an offset smaller, so the largest one kept travelled fastest. */
export function bestOffset(offsets: readonly number[]): number {
  return Math.max(...offsets);
}
