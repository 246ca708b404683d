// What became different while the server was lost: counted in the band on return, marked in the rows.

import { clock } from '../../wire/clock.svelte';
import { documents } from '../../wire/store.svelte';
import { differences } from './differences';

const MARKED_MS = 10_000; // design, "When the server is lost"
const KINDS = ['incident', 'unit', 'call', 'alarm'] as const;

/** Everything that a person had seen, as one comparable text for each document. */
function seen(): Map<string, string> {
  return new Map(
    KINDS.flatMap((kind) =>
      documents.all(kind).map((doc) => [`${kind} ${doc.id}`, JSON.stringify(doc)]),
    ),
  );
}

class Changes {
  keys = $state.raw<readonly string[]>([]);
  at = $state<number | null>(null);

  #before: Map<string, string> | null = null;
  #seenBack: number | null = null;

  /** True for ten seconds after the line came back. Reactive. */
  readonly isFresh = $derived(this.at !== null && clock.second - this.at < MARKED_MS);

  isMarked(kind: (typeof KINDS)[number], id: string): boolean {
    return this.isFresh && this.keys.includes(`${kind} ${id}`);
  }

  /** Called when the line is lost and when it comes back. */
  follow(isLost: boolean, backSince: number | null): void {
    if (isLost) {
      this.#before ??= seen();
      return;
    }
    if (backSince === null || backSince === this.#seenBack || !this.#before) return;
    this.#seenBack = backSince;
    this.keys = differences(this.#before, seen());
    this.at = backSince;
    this.#before = null;
  }
}

export const changes = new Changes();
