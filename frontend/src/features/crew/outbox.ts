// What was tapped and is not yet with the server, as pure functions over a list: order, projection onto
// the documents, what falls with a refused command, and the form in which it is kept on the device.

import type { PatientView } from '../../wire/documents';
import type { NewCommand } from '../../wire/submit.svelte';
import { QUEUE_MAX } from './limits';

export type Command<T extends NewCommand['command']> = Extract<NewCommand, { command: T }>;

export interface Queued {
  command_id: string;
  /** When it was tapped, epoch ms of the server's clock; `occurred_at` of the command unless said below. */
  tappedMs: number;
  /** When it was true, where that was before the tap: an arrival that the crew confirms. */
  occurredMs?: number;
  command: NewCommand;
  /** It has been on the way at least once, so it may have arrived although nobody answered. */
  isTried?: boolean;
  /** Accepted under this number of the log; kept until the documents have come that far. */
  seq?: number;
}

/** A command as it is kept; what was true earlier is never said of the future. */
export function tapped(command_id: string, tappedMs: number, command: NewCommand, occurredMs: number | null): Queued {
  const trueMs = Math.min(occurredMs ?? tappedMs, tappedMs);
  const kept = { ...command, occurred_at: new Date(trueMs).toISOString() };
  return { command_id, tappedMs, command: kept, ...(trueMs < tappedMs ? { occurredMs: trueMs } : {}) };
}

/** Null when the list is full: then the person is told, nothing is dropped silently. */
export function added(queue: readonly Queued[], item: Queued): Queued[] | null {
  return queue.length >= QUEUE_MAX ? null : [...queue, item];
}

export function without(queue: readonly Queued[], commandId: string): Queued[] {
  return queue.filter((item) => item.command_id !== commandId);
}

export function marked(queue: readonly Queued[], commandId: string, mark: Partial<Queued>): Queued[] {
  return queue.map((item) => (item.command_id === commandId ? { ...item, ...mark } : item));
}

/** What still has to go. */
export function unsent(queue: readonly Queued[]): Queued[] {
  return queue.filter((item) => item.seq === undefined);
}

/** What the documents at `seq` do not know yet. */
export function pending(queue: readonly Queued[], seq: number): Queued[] {
  return queue.filter((item) => item.seq === undefined || item.seq > seq);
}

/** A pre-alert goes to the destination chosen just before it; if that is refused it must not go. */
export function fallsWith(refused: Queued, queue: readonly Queued[]): Queued[] {
  if (refused.command.command !== 'choose_destination') return [];
  const { patient_id } = refused.command;
  const later = queue.slice(queue.findIndex((item) => item.command_id === refused.command_id) + 1);
  const again = later.findIndex(
    ({ command }) => command.command === 'choose_destination' && command.patient_id === patient_id,
  );
  return later
    .slice(0, again === -1 ? undefined : again)
    .filter(({ command }) => command.command === 'send_prealert' && command.patient_id === patient_id);
}

const ASSESSED = ['centres', 'age_years', 'sex', 'is_pregnant', 'acvpu', 'on_oxygen'] as const;
const ATMIST = ['onset_at', 'mechanism', 'injuries', 'signs', 'treatment', 'caution'] as const;

/** The patient as the crew left it: what was entered and is still on its way lies over the document. */
export function projectPatient(patient: PatientView, queue: readonly Queued[]): PatientView {
  let seen = patient;
  for (const { command } of queue) {
    if (!('patient_id' in command) || command.patient_id !== patient.patient_id) continue;
    if (command.command === 'assess_patient') seen = assessed(seen, command);
    if (command.command === 'choose_destination') {
      seen = { ...seen, facility_id: command.facility_id, prealert_id: null };
    }
    if (command.command === 'offer_handover') seen = { ...seen, handover: 'offered' };
  }
  return seen;
}

function assessed(patient: PatientView, command: Command<'assess_patient'>): PatientView {
  const plain = ASSESSED.filter((name) => isSaid(command[name])).map((name) => [name, command[name]]);
  const lines = ATMIST.filter((name) => isSaid(command[name])).map((name) => [name, command[name]]);
  return {
    ...patient,
    ...(Object.fromEntries(plain) as Partial<PatientView>),
    atmist: { ...patient.atmist, ...Object.fromEntries(lines) },
  };
}

function isSaid(value: unknown): boolean {
  return value !== null && value !== undefined;
}

/** A pre-alert of this patient that has not yet reached the server, if there is one. */
export function queuedPreAlert(patientId: string, queue: readonly Queued[]): Queued | undefined {
  return queue.find(
    ({ command }) => command.command === 'send_prealert' && command.patient_id === patientId,
  );
}

export function written(queue: readonly Queued[]): string {
  return JSON.stringify(queue);
}

/** What was kept on the device; anything that is not a queue is nothing. */
export function read(text: string | null): Queued[] {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '[]');
  } catch {
    return [];
  }
  return Array.isArray(value) ? value.filter(isQueued).slice(0, QUEUE_MAX) : [];
}

function isQueued(value: unknown): value is Queued {
  if (typeof value !== 'object' || value === null) return false;
  const { command_id, tappedMs, command } = value as Partial<Queued>;
  return (
    typeof command_id === 'string' &&
    typeof tappedMs === 'number' &&
    typeof (command as { command?: unknown } | undefined)?.command === 'string'
  );
}
