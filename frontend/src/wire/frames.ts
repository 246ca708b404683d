// The WebSocket protocol as pure functions: what a frame is, and what it does to what is held.
// Snapshot + frames = snapshot is proved in test/frames.test.ts. Sockets live in connection.svelte.ts.

import { FRAME_LONGEST_CHARS } from './limits';
import type { AnyDoc, AnyDocTag, Instant } from './documents';
import type { WaveBlock } from './waves';

export type DocOf<K extends AnyDocTag> = Extract<AnyDoc, { kind: K }>;
export type DocKey = [kind: string, id: string];

export interface Viewer {
  role: string;
  unit_id: string | null;
  facility_id: string | null;
}
export interface SnapshotFrame {
  t: 'snapshot';
  seq: number;
  now: Instant;
  viewer: Viewer;
  docs: AnyDoc[];
}
export interface DocsFrame {
  t: 'docs';
  seq: number;
  now: Instant;
  docs: AnyDoc[];
  gone?: DocKey[];
}
export interface BeatFrame {
  t: 'beat';
  seq: number;
  now: Instant;
}
export interface ByeFrame {
  t: 'bye';
  code: string;
}
/** Blocks of the waveforms this page watches; they are part of no state. */
export interface WavesFrame {
  t: 'waves';
  now: Instant;
  blocks: WaveBlock[];
}
export type Frame = SnapshotFrame | DocsFrame | BeatFrame | ByeFrame | WavesFrame;

/** What a screen holds: documents by `kind/id`, and the sequence number they are true for. */
export interface Held {
  seq: number;
  docs: ReadonlyMap<string, AnyDoc>;
}

export const NOTHING: Held = { seq: 0, docs: new Map() };

export function keyOf(kind: string, id: string): string {
  return `${kind}/${id}`;
}

/** What `frame` does to `held`; beats move only the sequence number, a bye and waveforms nothing. */
export function reduce(held: Held, frame: Frame): Held {
  if (frame.t === 'bye' || frame.t === 'waves') return held;
  if (frame.t === 'beat') return { ...held, seq: Math.max(held.seq, frame.seq) };
  const docs = frame.t === 'snapshot' ? new Map<string, AnyDoc>() : new Map(held.docs);
  for (const doc of frame.docs) docs.set(keyOf(doc.kind, doc.id), doc);
  if (frame.t === 'docs') for (const [kind, id] of frame.gone ?? []) docs.delete(keyOf(kind, id));
  return { seq: frame.seq, docs };
}

/** A frame from the wire, or null for what is not one (the socket is then closed and opened again). */
export function parseFrame(text: unknown): Frame | null {
  if (typeof text !== 'string' || text.length > FRAME_LONGEST_CHARS) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return isFrame(value) ? value : null;
}

function isFrame(value: unknown): value is Frame {
  if (typeof value !== 'object' || value === null) return false;
  const frame = value as Record<string, unknown>;
  if (frame.t === 'bye') return typeof frame.code === 'string';
  if (frame.t === 'waves') return typeof frame.now === 'string' && Array.isArray(frame.blocks);
  const isTimed = typeof frame.seq === 'number' && typeof frame.now === 'string';
  if (frame.t === 'beat') return isTimed;
  return (frame.t === 'snapshot' || frame.t === 'docs') && isTimed && Array.isArray(frame.docs);
}
