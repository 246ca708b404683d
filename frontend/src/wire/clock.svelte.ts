// The server's clock on this screen, and two shared tickers. Screens never read the local clock.
// Monotonic local time is used underneath, so that a corrected system clock moves nothing here.

import { bestOffset, withOffset } from './link';

/** Monotonic milliseconds in the local epoch; it never jumps while the page lives. */
export function localMs(): number {
  return performance.timeOrigin + performance.now();
}

class ServerClock {
  /** Server time in epoch ms, at whole seconds: for ages and clocks. Reactive. */
  second = $state(localMs());
  /** Server time in epoch ms, four times a second: for what must not lag. Reactive. */
  quarter = $state(localMs());
  /** Server minus the person's own computer clock, in ms; null before the first frame. Reactive. */
  skewMs = $state<number | null>(null);

  #offsets: number[] = [];
  #offsetMs = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Server time now, epoch ms; not reactive. */
  now(): number {
    return localMs() + this.#offsetMs;
  }

  /** Learn from a frame's `now`; `isFresh` forgets older offsets (a new connection). */
  learn(serverNowMs: number, isFresh: boolean): void {
    const offset = serverNowMs - localMs();
    this.#offsets = withOffset(isFresh ? [] : this.#offsets, offset);
    this.#offsetMs = bestOffset(this.#offsets);
    this.skewMs = Math.round(serverNowMs - Date.now());
    if (isFresh) this.#tick();
  }

  /** Start the shared ticker; calling it again changes nothing. */
  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), 250);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    const now = this.now();
    this.quarter = now;
    const whole = Math.floor(now / 1000) * 1000;
    if (whole !== this.second) this.second = whole;
  }
}

export const clock = new ServerClock();

/** Epoch ms of a moment from the wire; null stays null, and NaN never gets out. */
export function ms(at: string | null | undefined): number | null {
  if (at === null || at === undefined) return null;
  const value = Date.parse(at);
  return Number.isNaN(value) ? null : value;
}
