// The report, read again each ten seconds. What is held stays when a reading fails: the screen says since when.

import { clock } from '../../wire/clock.svelte';
import type { Failure } from '../../wire/request';
import { deviceCare, type DeviceReport } from './reading';
import { STALE_AFTER_S } from './words';

const EVERY_MS = 10_000;

export class DevicePoll {
  report = $state.raw<DeviceReport | null>(null);
  failure = $state.raw<Failure | null>(null);
  #readAt = $state<number | null>(null);
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Epoch ms since when what is shown is old; null while it is fresh or nothing was ever read. */
  get staleSince(): number | null {
    if (this.#readAt === null) return null;
    return clock.second - this.#readAt > STALE_AFTER_S * 1000 ? this.#readAt : null;
  }

  async read(): Promise<void> {
    const answer = await deviceCare.report();
    this.failure = answer.ok ? null : answer;
    if (!answer.ok) return;
    this.report = answer.body;
    this.#readAt = clock.now();
  }

  /** Begin; the returned function ends it. */
  start(): () => void {
    void this.read();
    this.#timer = setInterval(() => void this.read(), EVERY_MS);
    return () => clearInterval(this.#timer);
  }
}
