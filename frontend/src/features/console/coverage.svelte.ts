// Cover, reach and demand as this desk looks at them: read while a layer that needs them is on, again every half
// minute and when units or closures changed. What could not be read again is told, and is gone when it is old.

import {
  coverageReading, demandFeatures, gapFeatures, isochroneFeatures, NO_FEATURES, type CellsAnswer,
  type IsochronesAnswer,
} from '../../map/coverage'; // prettier-ignore
import type { Answer } from '../../wire/request';
import { clock } from '../../wire/clock.svelte';

const AGAIN_MS = 30_000;
/** After a change, and after a failure: units report all the time. */
const SOON_MS = 5_000;
/** Older than this the picture is said to be old; older than the second it is not shown. Local policy. */
const OLD_MS = 90_000;
const GONE_MS = 300_000;

/** The newest answer of one question, with its age and whether the last try failed. */
export class Reading<T> {
  body = $state.raw<T | null>(null);
  /** Epoch ms of the server's clock. */
  readAt = $state<number | null>(null);
  hasFailed = $state(false);
  #askedAt = -Infinity;
  #key = '';
  #number = 0;
  readonly #read: () => Promise<Answer<T>>;
  readonly #now: () => number;

  constructor(read: () => Promise<Answer<T>>, now: () => number = () => clock.now()) {
    this.#read = read;
    this.#now = now;
  }

  /** Called each second and at every change; `question` is what is asked, `state` what its answer depends on. */
  look(isWanted: boolean, question: string, state: string): void {
    if (!isWanted) return;
    const [now, key] = [this.#now(), `${question}\n${state}`];
    const isOther = !this.#key.startsWith(`${question}\n`);
    if (isOther) {
      this.body = this.readAt = null;
      this.hasFailed = false;
    }
    const rest = key !== this.#key || this.hasFailed ? SOON_MS : AGAIN_MS;
    if (!isOther && now - this.#askedAt < rest) return;
    this.#key = key;
    this.#askedAt = now;
    void this.#ask();
  }

  async #ask(): Promise<void> {
    const number = (this.#number += 1);
    const answer = await this.#read();
    if (number !== this.#number) return;
    this.hasFailed = !answer.ok;
    if (!answer.ok) return;
    this.body = answer.body;
    this.readAt = this.#now();
  }

  /** What is to be said of the answer's age at `nowMs`; `gone`: it must not be shown any more. */
  trouble(nowMs: number): 'none' | 'waiting' | 'failed' | 'old' | 'gone' {
    if (this.readAt === null) return this.hasFailed ? 'failed' : 'waiting';
    const ageMs = nowMs - this.readAt;
    if (ageMs > GONE_MS) return 'gone';
    return this.hasFailed || ageMs > OLD_MS ? 'old' : 'none';
  }

  /** The answer, while it may be shown. */
  shown(nowMs: number): T | null {
    return this.trouble(nowMs) === 'gone' ? null : this.body;
  }
}

export type CoverageLayer = 'gaps' | 'demand' | 'isochrones';

class Coverage {
  /** `county`, `station:ID` or `unit:ID`. */
  around = $state('county');
  readonly cells = new Reading<CellsAnswer>(() => coverageReading.cells());
  readonly reach = new Reading<IsochronesAnswer>(() => coverageReading.isochrones(this.around));

  /** `state`: who is idle, and which closures hold. */
  look(on: Record<CoverageLayer, boolean>, state: string): void {
    this.cells.look(on.gaps || on.demand, 'cells', state);
    this.reach.look(on.isochrones, this.around, state);
  }

  readonly #cells = $derived(this.cells.shown(clock.second));
  readonly #reach = $derived(this.reach.shown(clock.second));
  readonly drawn = $derived({
    gaps: this.#cells ? gapFeatures(this.#cells) : NO_FEATURES,
    demand: this.#cells ? demandFeatures(this.#cells) : NO_FEATURES,
    isochrones: this.#reach ? isochroneFeatures(this.#reach) : NO_FEATURES,
  });
}

export const coverage = new Coverage();
