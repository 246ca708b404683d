// Which time a component lives in: the server's clock on a live screen, the playhead in a replay.
// Screens call `provideTime` once at their top; components call `useTime`.

import { getContext, setContext } from 'svelte';
import { clock } from '../wire/clock.svelte';
import { connection } from '../wire/connection.svelte';

export interface TimeSource {
  /** Epoch ms at whole seconds; read inside a template or $derived. */
  now: () => number;
  /** Epoch ms, finer where there is such a thing. */
  fine: () => number;
  /** True while nothing true can be said about the present. */
  isLost: () => boolean;
  /** Epoch ms of the last true moment; null while not lost. */
  lostSince: () => number | null;
}

const KEY = Symbol('time');

export const LIVE: TimeSource = {
  now: () => clock.second,
  fine: () => clock.quarter,
  isLost: () => connection.isLost,
  lostSince: () => connection.lostSince,
};

/** A replay's time: one playhead, never lost. */
export function playheadTime(at: () => number): TimeSource {
  return { now: at, fine: at, isLost: () => false, lostSince: () => null };
}

export function provideTime(source: TimeSource): void {
  setContext(KEY, source);
}

export function useTime(): TimeSource {
  return getContext<TimeSource | undefined>(KEY) ?? LIVE;
}

/** `now`, standing still at the last true moment while the line is lost. */
export function standing(time: TimeSource): number {
  return time.lostSince() ?? time.now();
}
