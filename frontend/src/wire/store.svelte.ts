// The documents a screen holds, reactive one by one: a new pulse of one patient redraws that patient
// only. `get` follows one document, `ids` the list of a kind, `all` both. Replay keeps its own store.

import type { AnyDoc, AnyDocTag } from './documents';
import type { DocKey, DocOf, Frame } from './frames';

class Cell {
  doc = $state.raw() as AnyDoc;
  constructor(doc: AnyDoc) {
    this.doc = doc;
  }
}

class Shelf {
  ids = $state.raw<readonly string[]>([]);
  readonly cells = new Map<string, Cell>();

  /** Puts and removes in one go; the list of ids changes at most once. */
  change(docs: readonly AnyDoc[], gone: readonly string[]): void {
    let hasMoved = false;
    for (const doc of docs) {
      const cell = this.cells.get(doc.id);
      if (cell) cell.doc = doc;
      else this.cells.set(doc.id, new Cell(doc));
      hasMoved ||= cell === undefined;
    }
    for (const id of gone) hasMoved = this.cells.delete(id) || hasMoved;
    if (hasMoved) this.ids = [...this.cells.keys()];
  }
}

const KINDS: readonly AnyDocTag[] = [
  'county', 'call', 'incident', 'unit', 'facility', 'job', 'prealert', 'inbound', 'alarm', 'closure',
  'position', 'eta', 'vitals',
]; // prettier-ignore

export class DocumentStore {
  /** Sequence number of the log that these documents are true for. Reactive. */
  seq = $state(0);
  /** True once a snapshot has come: before it, emptiness means nothing. Reactive. */
  isLoaded = $state(false);
  readonly #shelves = new Map<string, Shelf>(KINDS.map((kind) => [kind, new Shelf()]));

  /** One document, or undefined when it is not (or no more) in this viewer's sight. Reactive. */
  get<K extends AnyDocTag>(kind: K, id: string | null | undefined): DocOf<K> | undefined {
    const shelf = this.#shelf(kind);
    if (id === null || id === undefined) return undefined;
    const cell = shelf.cells.get(id);
    if (!cell) void shelf.ids.length; // follow the list, so that its arrival is noticed
    return cell && shelf.ids ? (cell.doc as DocOf<K>) : undefined;
  }

  /** Ids of a kind in order of arrival; changes only when one comes or goes. Reactive. */
  ids(kind: AnyDocTag): readonly string[] {
    return this.#shelf(kind).ids;
  }

  /** All documents of a kind; changes with any of them. Reactive. */
  all<K extends AnyDocTag>(kind: K): DocOf<K>[] {
    const shelf = this.#shelf(kind);
    return shelf.ids.flatMap((id) => {
      const cell = shelf.cells.get(id);
      return cell ? [cell.doc as DocOf<K>] : [];
    });
  }

  /** The one county document. Reactive. */
  get county(): DocOf<'county'> | undefined {
    const id = this.ids('county')[0];
    return this.get('county', id);
  }

  /** How many documents are held. Reactive. */
  get count(): number {
    return KINDS.reduce((sum, kind) => sum + this.#shelf(kind).ids.length, 0);
  }

  /** Apply a frame of the wire; the same meaning as `frames.reduce`. */
  apply(frame: Frame): void {
    if (frame.t === 'bye' || frame.t === 'waves') return;
    if (frame.t === 'beat') {
      this.seq = Math.max(this.seq, frame.seq);
      return;
    }
    if (frame.t === 'snapshot') this.replace(frame.docs);
    else this.change(frame.docs, frame.gone ?? []);
    this.seq = frame.seq;
  }

  /** Hold exactly these; documents that stay keep their place and their followers. */
  replace(docs: readonly AnyDoc[]): void {
    const next = new Map(KINDS.map((kind) => [kind as string, new Map<string, AnyDoc>()]));
    for (const doc of docs) next.get(doc.kind)?.set(doc.id, doc);
    for (const [kind, wanted] of next) {
      const shelf = this.#shelf(kind);
      const gone = [...shelf.cells.keys()].filter((id) => !wanted.has(id));
      shelf.change([...wanted.values()], gone);
    }
    this.isLoaded = true;
  }

  /** Put the newest versions and drop those that left the view. */
  change(docs: readonly AnyDoc[], gone: readonly DocKey[]): void {
    const kinds = new Set([...docs.map((doc) => doc.kind as string), ...gone.map(([kind]) => kind)]);
    for (const kind of kinds) {
      this.#shelves.get(kind)?.change(
        docs.filter((doc) => doc.kind === kind),
        gone.filter(([of]) => of === kind).map(([, id]) => id),
      );
    }
  }

  #shelf(kind: string): Shelf {
    const shelf = this.#shelves.get(kind);
    if (!shelf) throw new TypeError(`no documents of kind ${kind}`);
    return shelf;
  }
}

/** What the server says now, for this page. */
export const documents = new DocumentStore();
