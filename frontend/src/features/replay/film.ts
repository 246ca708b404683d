// A replay's documents as a film, pure: frames in order of time, with a whole picture every few frames,
// so that any moment is found by a binary search and a handful of changes.

import type { AnyDoc, AnyDocTag } from '../../wire/documents';
import { keyOf, type DocOf } from '../../wire/frames';
import type { ReplayBundle, ReplayFrame } from '../../wire/reading';

/** A whole picture each so many frames: scrubbing never folds more than this, memory stays small. */
export const PICTURE_EVERY = 32;

export type Picture = ReadonlyMap<string, AnyDoc>;

export interface Film {
  fromMs: number;
  toMs: number;
  /** Epoch ms at which each frame became true on the screens; never runs backwards. */
  timesMs: readonly number[];
  frames: readonly ReplayFrame[];
  pictures: readonly Picture[];
}

function applied(held: Map<string, AnyDoc>, frame: ReplayFrame): void {
  for (const doc of frame.docs) held.set(keyOf(doc.kind, doc.id), doc);
  for (const [kind, id] of frame.gone) held.delete(keyOf(kind, id));
}

/** Lay out the frames of a bundle; the first one holds everything that was true before the window. */
export function filmOf(bundle: Pick<ReplayBundle, 'from' | 'to' | 'frames'>): Film {
  const fromMs = Date.parse(bundle.from);
  const timesMs: number[] = [];
  const pictures: Picture[] = [];
  const held = new Map<string, AnyDoc>();
  let last = fromMs;
  for (const [index, frame] of bundle.frames.entries()) {
    last = index === 0 ? fromMs : Math.max(last, Date.parse(frame.at));
    timesMs.push(last);
    applied(held, frame);
    if (index % PICTURE_EVERY === 0) pictures.push(new Map(held));
  }
  return { fromMs, toMs: Math.max(Date.parse(bundle.to), last), timesMs, frames: bundle.frames, pictures };
}

/** How many of the sorted `times` are at or before `ms`, minus one; -1 when none is. */
export function lastAt(times: ArrayLike<number>, ms: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) <= ms) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The frame that the screens showed at `ms`; before the first one that is the first. */
export function frameAt(film: Film, ms: number): number {
  return Math.max(0, lastAt(film.timesMs, ms));
}

/** Everything the screens held after frame `index`. */
export function pictureAt(film: Film, index: number): Picture {
  const start = Math.floor(index / PICTURE_EVERY);
  const held = new Map(film.pictures[start] ?? []);
  for (let next = start * PICTURE_EVERY + 1; next <= index; next += 1) {
    const frame = film.frames[next];
    if (frame) applied(held, frame);
  }
  return held;
}

/** One state of a document and when it began to show; null from the moment it left the screens. */
export interface Version<K extends AnyDocTag> {
  atMs: number;
  doc: DocOf<K> | null;
}

/** Every version of every document of a kind, in order. */
export function versionsOf<K extends AnyDocTag>(film: Film, kind: K): Map<string, Version<K>[]> {
  const found = new Map<string, Version<K>[]>();
  const note = (id: string, version: Version<K>) => {
    const held = found.get(id);
    if (held) held.push(version);
    else found.set(id, [version]);
  };
  for (const [index, frame] of film.frames.entries()) {
    const atMs = film.timesMs[index] as number;
    for (const doc of frame.docs) if (doc.kind === kind) note(doc.id, { atMs, doc: doc as DocOf<K> });
    for (const [of, id] of frame.gone) if (of === kind) note(id, { atMs, doc: null });
  }
  return found;
}

/** The newest true version among `versions`: what was known in the end, even if it has left since. */
export function finalOf<K extends AnyDocTag>(versions: readonly Version<K>[] = []): DocOf<K> | undefined {
  return versions.findLast((version) => version.doc !== null)?.doc ?? undefined;
}
