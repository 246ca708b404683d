// The WebSocket reducer: snapshot a + frames a→b = snapshot b, for any order of puts and removals.
import { describe, expect, it } from 'vitest';
import { keyOf, NOTHING, parseFrame, reduce, type DocKey, type Frame } from '../src/wire/frames';
import { DocumentStore } from '../src/wire/store.svelte';
import { eta, NOW, random } from './support';

const NOW_ISO = NOW.toISOString();
const viewer = { role: 'hospital', unit_id: null, facility_id: 'H1' };

type Truth = Map<string, ReturnType<typeof eta>>;

/** One frame that puts or removes three different documents of twelve. */
function step(seq: number, next: () => number, truth: Truth): Frame {
  const docs: ReturnType<typeof eta>[] = [];
  const gone: DocKey[] = [];
  const first = Math.floor(next() * 12);
  for (const id of [0, 1, 2].map((n) => `I-${(first + n * 5) % 12}`)) {
    if (next() < 0.3) {
      gone.push(['eta', id]);
      truth.delete(keyOf('eta', id));
      continue;
    }
    const doc = eta(id, Math.floor(next() * 900));
    docs.push(doc);
    truth.set(keyOf('eta', id), doc);
  }
  return { t: 'docs', seq, now: NOW_ISO, docs, gone };
}

/** A random walk of documents, as frames and as the truth they should lead to. */
function walk(seed: number): { frames: Frame[]; truth: Truth } {
  const next = random(seed);
  const truth: Truth = new Map();
  const frames: Frame[] = [{ t: 'snapshot', seq: 1, now: NOW_ISO, viewer, docs: [] }];
  for (let seq = 2; seq < 80; seq += 1) {
    frames.push(step(seq, next, truth));
    if (next() < 0.2) frames.push({ t: 'beat', seq, now: NOW_ISO });
  }
  return { frames, truth };
}

describe('reduce', () => {
  it.each([1, 2, 3, 20261123])('snapshot + frames = snapshot (seed %i)', (seed) => {
    const { frames, truth } = walk(seed);
    const held = frames.reduce(reduce, NOTHING);
    expect(new Map([...held.docs].sort())).toEqual(new Map([...truth].sort()));
    const fresh: Frame = { t: 'snapshot', seq: held.seq, now: NOW_ISO, viewer, docs: [...held.docs.values()] };
    expect(reduce(held, fresh)).toEqual(held);
  });

  it('never changes what it was given', () => {
    const first = reduce(NOTHING, { t: 'snapshot', seq: 1, now: NOW_ISO, viewer, docs: [eta('a', 1)] });
    reduce(first, { t: 'docs', seq: 2, now: NOW_ISO, docs: [], gone: [['eta', 'a']] });
    expect(first.docs.size).toBe(1);
  });

  it('a beat moves only the sequence number, and never back', () => {
    const held = reduce({ ...NOTHING, seq: 9 }, { t: 'beat', seq: 7, now: NOW_ISO });
    expect(held).toEqual({ ...NOTHING, seq: 9 });
  });
});

describe('the store', () => {
  it.each([4, 5])('does what the reducer does (seed %i)', (seed) => {
    const { frames } = walk(seed);
    const store = new DocumentStore();
    for (const frame of frames) store.apply(frame);
    const held = frames.reduce(reduce, NOTHING);
    expect(store.all('eta').sort((a, b) => a.id.localeCompare(b.id))).toEqual(
      [...held.docs.values()].sort((a, b) => a.id.localeCompare(b.id)),
    );
    expect(store.seq).toBe(held.seq);
  });

  it('a snapshot drops what it does not name', () => {
    const store = new DocumentStore();
    store.replace([eta('a', 1), eta('b', 1)]);
    store.replace([eta('b', 2)]);
    expect(store.ids('eta')).toEqual(['b']);
    expect(store.get('eta', 'a')).toBeUndefined();
    expect(store.get('eta', 'b')?.eta.duration_s).toBe(2);
  });

  it('keeps the list of ids when only contents change', () => {
    const store = new DocumentStore();
    store.replace([eta('a', 1)]);
    const ids = store.ids('eta');
    store.change([eta('a', 2)], []);
    expect(store.ids('eta')).toBe(ids);
  });
});

describe('parseFrame', () => {
  it.each([
    '', 'null', '[]', '{"t":"docs"}', '{"t":"beat","seq":"1","now":"x"}', '{"t":"bye"}', '{"t":"other"}', '{',
  ])('refuses %s', (text) => {
    expect(parseFrame(text)).toBeNull();
  });
  it('refuses what is not text', () => {
    expect(parseFrame(new ArrayBuffer(2))).toBeNull();
  });
  it('takes a beat', () => {
    expect(parseFrame(`{"t":"beat","seq":3,"now":"${NOW_ISO}"}`)).toEqual({ t: 'beat', seq: 3, now: NOW_ISO });
  });
});
