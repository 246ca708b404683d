// When a way by road is asked for: once for a unit and what it drives to, and again only when the unit has left
// the line or something its way depends on has changed (the target, a closure). Never on each fix, and one
// question at a time. How a way is drawn is routes.ts.

import type { Answer } from '../wire/request';
import type { LonLat } from './geo';
import { isEstimate, restOf, type RouteAnswer } from './routes';

export interface Asked {
  unitId: string;
  /** Whatever the way depends on beside the place: another key is another way. */
  key: string;
  place: LonLat;
}
export interface Way {
  path: LonLat[];
  method: string;
}
type Found = Way & { key: string };

/** A unit is not asked for more often than this, ms: one that drives where no road is drawn leaves every line. */
export const AGAIN_MS = 5000;
/** Ways kept of each unit: a replay goes back and forth between them. */
const KEPT = 8;

export class Ways<A extends Asked = Asked> {
  #found = $state.raw<Record<string, readonly Found[]>>({});
  #wanted: readonly A[] = [];
  #isAsking = false;
  #askedAt: Record<string, { key: string; ms: number }> = {};
  readonly #read: (asked: A) => Promise<Answer<RouteAnswer>>;
  readonly #now: () => number;

  constructor(read: (asked: A) => Promise<Answer<RouteAnswer>>, now: () => number = () => performance.now()) {
    this.#read = read;
    this.#now = now;
  }

  /** The rest of the way from where the unit is; null while none is known. */
  rest(asked: Asked): Way | null {
    for (const { key, path, method } of this.#found[asked.unitId] ?? []) {
      if (key !== asked.key) continue;
      const rest = isEstimate(method) ? [asked.place, ...path.slice(-1)] : restOf(path, asked.place);
      if (rest) return { path: rest, method };
    }
    return null;
  }

  /** From now on these ways are wanted, the first one first; called with every fix, asks only for what is missing. */
  follow(wanted: readonly A[]): void {
    this.#wanted = wanted;
    const isWanted = ([id]: [string, unknown]): boolean => wanted.some(({ unitId }) => unitId === id);
    const held = Object.entries(this.#found);
    if (!held.every(isWanted)) {
      this.#found = Object.fromEntries(held.filter(isWanted));
      this.#askedAt = Object.fromEntries(Object.entries(this.#askedAt).filter(isWanted));
    }
    void this.#ask();
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      for (let next = this.#next(); next; next = this.#next()) {
        this.#askedAt[next.unitId] = { key: next.key, ms: this.#now() };
        const answer = await this.#read(next);
        if (answer.ok) this.#keep(next, answer.body);
      }
    } finally {
      this.#isAsking = false;
    }
  }

  #next(): A | undefined {
    return this.#wanted.find((one) => {
      const last = this.#askedAt[one.unitId];
      const isResting = last?.key === one.key && this.#now() - last.ms < AGAIN_MS;
      return !isResting && this.rest(one) === null;
    });
  }

  #keep({ unitId, key }: A, { path, method }: RouteAnswer): void {
    if (path.length < 2 || method === null) return;
    const held = this.#found[unitId] ?? [];
    this.#found = { ...this.#found, [unitId]: [{ key, path, method }, ...held].slice(0, KEPT) };
  }
}
