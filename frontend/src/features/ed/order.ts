// Where a card stands and which key it has, pure. Cards stand in order of arrival, but two that come
// together do not change places with every new position; a key belongs to its patient until he or she goes.

import { CARDS_AT_MOST, FULL_CARDS, FULL_CARDS_BESIDE_TABLE, KEYS, RAIL_ENTRIES, SWAP_AFTER_MS } from './limits';

export interface Coming {
  id: string;
  /** Epoch ms; null sorts last. */
  at: number | null;
}

function moment(one: Coming): number {
  return one.at ?? Number.MAX_SAFE_INTEGER;
}

/** Ids in order of arrival; neighbours of `before` swap only when they differ by over 30 s. */
export function arrivalOrder(before: readonly string[], coming: readonly Coming[]): string[] {
  const byId = new Map(coming.map((one) => [one.id, one]));
  const held = before.flatMap((id) => byId.get(id) ?? []);
  const known = new Set(before);
  for (const fresh of coming.filter((one) => !known.has(one.id))) {
    const place = held.findIndex((one) => moment(one) > moment(fresh));
    held.splice(place === -1 ? held.length : place, 0, fresh);
  }
  for (let from = 1; from < held.length; from += 1) settle(held, from);
  return held.map((one) => one.id);
}

/** One step of an insertion sort that tolerates small differences. */
function settle(held: Coming[], from: number): void {
  for (let here = from; here > 0; here -= 1) {
    const [left, right] = [held[here - 1], held[here]];
    if (!left || !right || moment(left) - moment(right) <= SWAP_AFTER_MS) return;
    held[here - 1] = right;
    held[here] = left;
  }
}

/**
 * A digit for each id, kept from before; the first free ones go to `ids` in their order. When all are
 * given away, one who needs an answer takes that of the last one who does not.
 */
export function keysOf(
  before: ReadonlyMap<string, number> | null,
  ids: readonly string[],
  isNeeding: (id: string) => boolean,
): Map<string, number> {
  const keys = new Map<string, number>();
  for (const id of ids) {
    const key = before?.get(id);
    if (key !== undefined) keys.set(id, key);
  }
  const taken = new Set(keys.values());
  const free = Array.from({ length: KEYS }, (_, index) => index + 1).filter((key) => !taken.has(key));
  const without = ids.filter((id) => !keys.has(id));
  for (const id of [...without.filter(isNeeding), ...without.filter((id) => !isNeeding(id))]) {
    const key = free.shift() ?? (isNeeding(id) ? givenUp(keys, isNeeding) : undefined);
    if (key !== undefined) keys.set(id, key);
  }
  return keys;
}

/** Take a digit back from the last one who needs no answer. */
function givenUp(keys: Map<string, number>, isNeeding: (id: string) => boolean): number | undefined {
  const last = [...keys.keys()].filter((id) => !isNeeding(id)).at(-1);
  if (last === undefined) return undefined;
  const key = keys.get(last);
  keys.delete(last);
  return key;
}

export interface Layout {
  kind: 'empty' | 'cards' | 'table';
  /** Full cards, left. */
  full: string[];
  /** In the rail, or in the table. */
  rest: string[];
  /** One entry in the rail has half of it, several are compact. */
  rail: 'none' | 'half' | 'compact';
}

/** How the board is divided for `ids` in order of arrival and this many diverted cards. */
export function layoutOf(ids: readonly string[], diverted: number): Layout {
  const entries = Math.max(0, ids.length - FULL_CARDS) + diverted;
  if (ids.length === 0 && diverted === 0) return { kind: 'empty', full: [], rest: [], rail: 'none' };
  if (ids.length > CARDS_AT_MOST || entries > RAIL_ENTRIES) {
    const full = ids.slice(0, FULL_CARDS_BESIDE_TABLE);
    return { kind: 'table', full, rest: ids.slice(full.length), rail: 'none' };
  }
  const rail = entries === 0 ? 'none' : entries === 1 ? 'half' : 'compact';
  return { kind: 'cards', full: ids.slice(0, FULL_CARDS), rest: ids.slice(FULL_CARDS), rail };
}

export interface Page {
  /** Always seen. */
  pinned: string[];
  /** The rows of this page. */
  rows: string[];
  page: number;
  pages: number;
}

/**
 * Rows of the table at `turn`: pinned ones first and always. When even they do not fit, they take all
 * rows and turn themselves; the count in the top bar and the sound never leave.
 */
export function pageOf(ids: readonly string[], isPinned: (id: string) => boolean, room: number, turn: number): Page {
  const pinned = ids.filter(isPinned);
  const others = ids.filter((id) => !isPinned(id));
  const isCrowded = pinned.length >= room;
  const turning = isCrowded ? pinned : others;
  const size = Math.max(1, isCrowded ? room : room - pinned.length);
  const pages = Math.max(1, Math.ceil((isCrowded ? ids.length : turning.length) / size));
  const page = turn % pages;
  const source = isCrowded ? [...pinned, ...others] : turning;
  return { pinned: isCrowded ? [] : pinned, rows: source.slice(page * size, (page + 1) * size), page, pages };
}
