// The tablet's outbox: every command of the crew goes through it, one after the other, and stays on the
// device until the server has answered. The same id goes with every attempt, so nothing happens twice.

import { clock } from '../../wire/clock.svelte';
import { connection } from '../../wire/connection.svelte';
import { newId, submit, type Declined, type NewCommand } from '../../wire/submit.svelte';
import { documents } from '../../wire/store.svelte';
import { ATTEMPT_MS, RETRY_MS } from './limits';
import * as queue from './outbox';
import type { Queued } from './outbox';

export interface Refusal {
  item: Queued;
  why: Pick<Declined, 'code' | 'params'>;
  /** Commands that depended on it and were not sent. */
  fell: Queued[];
}

/** Neither answer says anything about the command itself: it stays and is sent again. */
const KEEP = new Set(['not_signed_in', 'too_many_attempts']);

class Outbox {
  /** Everything not yet visible in the documents, oldest first. Reactive. */
  items = $state.raw<Queued[]>([]);
  /** What the server refused and nobody has read yet. Reactive. */
  refusals = $state.raw<Refusal[]>([]);
  /** The list is full: the last tap was not kept. Reactive. */
  isFull = $state(false);

  #unitId: string | null = null;
  #isSending = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Take up what this unit left on the device; calling it again changes nothing. */
  open(unitId: string): void {
    if (this.#unitId === unitId) return;
    this.#unitId = unitId;
    this.items = queue.read(stored(keyOf(unitId)));
    this.#timer ??= setInterval(() => void this.send(), RETRY_MS);
    void this.send();
  }

  /** Keep a command and send it as soon as the line allows; `occurredMs` is when it was true, else now. */
  add(command: NewCommand, occurredMs: number | null = null): void {
    const item = queue.tapped(newId(), clock.now(), command, occurredMs);
    const next = queue.added(this.items, item);
    this.isFull = next === null;
    if (next) this.#keep(next);
    void this.send();
  }

  /** Take back a command that has never left the device; false when it may already be out. */
  takeBack(commandId: string): boolean {
    const item = this.items.find((one) => one.command_id === commandId);
    if (!item || item.isTried) return false;
    this.#keep(queue.without(this.items, commandId));
    return true;
  }

  dismiss(refusal: Refusal): void {
    this.refusals = this.refusals.filter((one) => one !== refusal);
  }

  /** Send what waits, in order, until it is done or the line fails. Never throws. */
  async send(): Promise<void> {
    this.#forgetKnown();
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      while (!connection.isLost && (await this.#sendFirst()));
    } finally {
      this.#isSending = false;
    }
  }

  /** True when the first one is settled and the next may go. */
  async #sendFirst(): Promise<boolean> {
    const item = queue.unsent(this.items)[0];
    if (!item) return false;
    this.#keep(queue.marked(this.items, item.command_id, { isTried: true }));
    const answer = await submit(item.command, { commandId: item.command_id, givesUpMs: ATTEMPT_MS });
    if (answer.outcome === 'unknown') return false;
    if (answer.outcome === 'accepted') {
      this.#keep(queue.marked(this.items, item.command_id, { seq: answer.seq }));
      this.#forgetKnown();
      return true;
    }
    if (KEEP.has(answer.code)) return false;
    const fell = queue.fallsWith(item, this.items);
    const gone = new Set([item, ...fell].map(({ command_id }) => command_id));
    this.#keep(this.items.filter(({ command_id }) => !gone.has(command_id)));
    this.refusals = [...this.refusals, { item, why: answer, fell }];
    return true;
  }

  #forgetKnown(): void {
    const next = queue.pending(this.items, documents.seq);
    if (next.length !== this.items.length) this.#keep(next);
  }


  #keep(next: Queued[]): void {
    this.items = next;
    if (this.#unitId === null) return;
    try {
      localStorage.setItem(keyOf(this.#unitId), queue.written(next));
    } catch {
      // storage may be closed to the page; the queue then lasts as long as the page
    }
  }
}

function keyOf(unitId: string): string {
  return `greenlane.crew.outbox.${unitId}`;
}

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export const outbox = new Outbox();
