// How far a job is and what comes next, pure: the document's state with the taps that are still on
// their way laid over it, so that the tablet goes on without a line.

import { ms } from '../../wire/clock.svelte';
import type { AssignmentView, Eta, JobDoc, PatientView } from '../../wire/documents';
import type { Queued } from './outbox';

export type Step = AssignmentView['state'];

const ORDER: readonly Step[] = [
  'notified', 'acknowledged', 'en_route', 'on_scene', 'at_patient', 'transporting',
  'at_destination', 'cleared',
]; // prettier-ignore

/** The six steps of the bar; the last is the handover, which ends with the unit clear. */
export const SHOWN_STEPS = [
  'en_route', 'on_scene', 'at_patient', 'transporting', 'at_destination', 'cleared',
] as const; // prettier-ignore

export interface Progress {
  state: Step;
  /** Epoch ms at which each step was reached. */
  at: Partial<Record<Step, number>>;
  /** The newest queued step that can be taken back on the device; null when there is none. */
  lastQueued: Queued | null;
  /** Steps that the server has not confirmed. */
  unconfirmed: ReadonlySet<Step>;
}

/** Where the crew itself is, whatever the server has heard. */
export function progress(job: JobDoc, queue: readonly Queued[]): Progress {
  const { state, step_at } = job.assignment;
  const at = Object.fromEntries(Object.entries(step_at).map(([step, when]) => [step, ms(when) ?? 0]));
  let made: Progress = { state, at, lastQueued: null, unconfirmed: new Set() };
  for (const item of queue) {
    const { command } = item;
    if (!('assignment_id' in command) || command.assignment_id !== job.id) continue;
    if (command.command === 'acknowledge_assignment') made = stepped(made, 'acknowledged', item);
    if (command.command === 'advance_assignment') made = stepped(made, command.step, item);
    if (command.command === 'undo_assignment_step') made = undone(made, command.step as Step);
  }
  return made;
}

function stepped(before: Progress, step: Step, item: Queued): Progress {
  if (ORDER.indexOf(step) <= ORDER.indexOf(before.state)) return before;
  const at = { ...before.at, [step]: item.occurredMs ?? item.tappedMs };
  return { state: step, at, lastQueued: item, unconfirmed: new Set([...before.unconfirmed, step]) };
}

function undone(before: Progress, step: Step): Progress {
  if (before.state !== step) return before;
  const at: Progress['at'] = { ...before.at };
  delete at[step];
  const earlier = ORDER.slice(0, ORDER.indexOf(step)).filter((one) => at[one] !== undefined);
  const back = earlier[earlier.length - 1] ?? before.state;
  return { ...before, state: back, at, lastQueued: null };
}

export type NextKey =
  | { kind: 'accept' | 'offer' | 'none' }
  | { kind: 'step'; step: Exclude<Step, 'notified' | 'acknowledged' | 'cancelled'>; isWaiting: boolean };

/** What the one large key does now; `isWaiting` while somebody else has to act first. */
export function nextKey(state: Step, patients: readonly PatientView[]): NextKey {
  if (state === 'notified') return { kind: 'accept' };
  if (state === 'cleared' || state === 'cancelled') return { kind: 'none' };
  if (state === 'at_destination') {
    if (toOffer(patients).length > 0) return { kind: 'offer' };
    const isWaiting = patients.some(({ handover }) => handover === 'offered');
    return { kind: 'step', step: 'cleared', isWaiting };
  }
  const step = ORDER[ORDER.indexOf(state) + 1];
  return { kind: 'step', step: step as Exclude<Step, 'notified' | 'acknowledged' | 'cancelled'>, isWaiting: false };
}

/** Patients at the hospital whose handover nobody has asked for. A queued arrival counts already. */
export function toOffer(patients: readonly PatientView[]): PatientView[] {
  return patients.filter(
    ({ state, handover }) => handover === 'none' && (state === 'aboard' || state === 'arrived'),
  );
}

export interface UndoKey {
  step: Step;
  /** Whole seconds left; null while the step has not left the device. */
  leftS: number | null;
  queued: Queued | null;
}

const UNDOABLE: ReadonlySet<Step> = new Set(['en_route', 'on_scene', 'at_patient', 'transporting', 'at_destination']);

/**
 * What Undo takes back now, or null. A step the server knows may be undone until its `undo_until`;
 * one still on the way as long after its tap (`undoS`); one that never left the device at any time.
 */
export function undoKey(job: JobDoc, made: Progress, nowMs: number, undoS: number): UndoKey | null {
  if (!UNDOABLE.has(made.state)) return null;
  const queued = made.lastQueued;
  if (queued && !queued.isTried) return { step: made.state, leftS: null, queued };
  const until = queued ? queued.tappedMs + undoS * 1000 : job.undo_step === made.state ? ms(job.undo_until) : null;
  if (until === null || nowMs >= until) return null;
  return { step: made.state, leftS: Math.ceil((until - nowMs) / 1000), queued: null };
}

export interface ShownStep {
  step: (typeof SHOWN_STEPS)[number];
  look: 'done' | 'current' | 'open';
  /** When it was reached, or is expected while open; null when nobody knows. */
  atMs: number | null;
  /** Tapped, but not yet known to the server. */
  isUnsent: boolean;
}

/** The six steps with their times; the ETA stands under the place that is driven to. */
export function shownSteps(made: Progress, eta: Eta | null | undefined): ShownStep[] {
  const reached = ORDER.indexOf(made.state);
  const target = eta?.target === 'hospital' ? 'at_destination' : 'on_scene';
  return SHOWN_STEPS.map((step) => {
    const place = ORDER.indexOf(step);
    const look = place < reached ? 'done' : place === reached ? 'current' : 'open';
    const expected = look === 'open' && eta && step === target ? ms(eta.arrive_at) : null;
    const isUnsent = look !== 'open' && made.unconfirmed.has(step);
    return { step, look, atMs: made.at[step] ?? expected, isUnsent };
  });
}

/** The crew may end without a patient aboard from these. */
export function mayLeaveEmpty(state: Step): boolean {
  return state === 'on_scene' || state === 'at_patient';
}

/** The patient to show: the one picked, else the one on the monitor, else the crew's first. */
export function patientOf(
  patients: readonly PatientView[],
  pickedId: string | null,
  monitoredId: string | null | undefined,
): PatientView | undefined {
  const find = (id: string | null | undefined) => patients.find(({ patient_id }) => patient_id === id);
  return find(pickedId) ?? find(monitoredId) ?? patients.find(({ unit_id }) => unit_id !== null) ?? patients[0];
}

const REACHED: Partial<Record<Step, PatientView['state']>> = {
  at_patient: 'attended',
  transporting: 'aboard',
  at_destination: 'arrived',
};
const STAGES: readonly PatientView['state'][] = ['reported', 'attended', 'aboard', 'arrived', 'handed_over'];

/** The patient as far as the crew's own steps have brought him or her, also those not yet sent. */
export function brought(patient: PatientView, made: Progress, unitId: string): PatientView {
  const state = REACHED[made.state];
  if (state === undefined || !made.unconfirmed.has(made.state)) return patient;
  if (STAGES.indexOf(patient.state) === -1 || STAGES.indexOf(state) <= STAGES.indexOf(patient.state)) return patient;
  return { ...patient, state, unit_id: patient.unit_id ?? unitId };
}

/** Has a patient left this crew's hands? Then nothing is announced or chosen any more. */
export function isTravelling(patient: PatientView): boolean {
  return patient.unit_id !== null && (patient.state === 'attended' || patient.state === 'aboard');
}
