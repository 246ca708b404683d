// What one dispatcher has before him or her: the chosen incident and unit, the open question, the last
// answer of the server. What is true for everybody is in the documents, never here.

import type { Key, Values } from '../../i18n';
import { documents } from '../../wire/store.svelte';
import type { Declined } from '../../wire/submit.svelte';
import type { OverlayName } from '../../map/units_overlay';
import { LAYERS_AT_START } from './layers';
import { inOrder, moved, nextUnassigned } from './queue';

export type Asking =
  | { kind: 'help' | 'seat' | 'timeline' | 'destination' | 'priority' | 'close' }
  | { kind: 'unit'; unitId: string }
  | { kind: 'cancel'; assignmentId: string; callSign: string }
  | { kind: 'override'; incidentId: string; unitId: string; advisedId: string | null }
  | { kind: 'gate'; patientId: string; facilityId: string };

/** A refusal stays until it is read away; a note says what was done. */
export type Notice =
  | { kind: 'refused'; declined: Pick<Declined, 'code' | 'params'> }
  | { kind: 'stop' | 'note'; key: Key; values: Values };

class Desk {
  selectedId = $state<string | null>(null);
  /** Chosen by a person; null means the advice stands. */
  chosenUnitId = $state<string | null>(null);
  /** More units are looked for although somebody is on the way. */
  isAdding = $state(false);
  asking = $state.raw<Asking | null>(null);
  notice = $state.raw<Notice | null>(null);
  /** Two of the same at once are one: keys of what is being sent. */
  readonly busy = $state<Record<string, boolean>>({});
  visible = $state<Partial<Record<OverlayName, boolean>>>({});
  /** What Ctrl Z takes back, and until when (epoch ms of the server). */
  undoable = $state.raw<{ assignmentId: string; unitId: string; until: number } | null>(null);

  /** Every layer, on or off; coverage is computed only for whoever asks. */
  readonly shown = $derived({ ...LAYERS_AT_START, ...this.visible });

  readonly ordered = $derived(inOrder(documents.all('incident')));

  select(incidentId: string | null): void {
    if (incidentId === this.selectedId) return;
    this.selectedId = incidentId;
    this.chosenUnitId = null;
    this.isAdding = false;
  }

  move(step: 1 | -1): void {
    const ids = this.ordered.map(({ id }) => id);
    this.select(moved(ids, this.selectedId, step));
  }

  /** To the next unassigned one; says so when there is none. */
  nextUnassigned(): void {
    const id = nextUnassigned(this.ordered, this.selectedId);
    if (id === null) this.note('console.none_unassigned');
    else this.select(id);
  }

  choose(unitId: string | null): void {
    this.chosenUnitId = unitId;
  }

  toggleLayer(name: OverlayName): void {
    this.visible = { ...this.visible, [name]: !this.shown[name] };
  }

  note(key: Key, values: Values = {}): void {
    this.notice = { kind: 'note', key, values };
  }

  stop(key: Key, values: Values = {}): void {
    this.notice = { kind: 'stop', key, values };
  }

  /** Esc: first the answer is read away, then the choice, then the search for more units. */
  rest(): void {
    if (this.notice) this.notice = null;
    else if (this.chosenUnitId !== null) this.chosenUnitId = null;
    else this.isAdding = false;
  }
}

export const desk = new Desk();
