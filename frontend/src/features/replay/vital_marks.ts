// Alarms of vital signs in a replay, pure: where each began and who saw it when. How long it lasted is
// not in the history of an incident, so a mark that nobody answered has no length.

import type { Urgency } from '../../ui/pulses';
import { ms } from '../../wire/clock.svelte';
import type { IncidentDoc, TimelineEntry } from '../../wire/documents';

export interface VitalMark {
  patientId: string;
  key: string;
  priority: Urgency;
  /** What it was raised with, in the contract's unit; null for the device's own word. */
  value: number | null;
  atMs: number;
  seen: { by: string; atMs: number } | null;
}

/** In order of beginning; an escalation is a mark of its own, and the answer is that of the last one. */
export function vitalMarks(incident: IncidentDoc | undefined): VitalMark[] {
  const marks: VitalMark[] = [];
  for (const entry of incident?.timeline ?? []) {
    if (entry.type === 'vital_alarm_raised') marks.push(...raised(entry));
    if (entry.type !== 'vital_alarm_acknowledged') continue;
    const { patient_id, key } = entry.params;
    const mark = marks.findLast((one) => one.patientId === patient_id && one.key === key && one.seen === null);
    const atMs = ms(entry.at);
    if (mark && atMs !== null) mark.seen = { by: entry.by, atMs };
  }
  return marks;
}

const PRIORITIES: readonly unknown[] = ['high', 'medium', 'low'] satisfies Urgency[];

function raised({ at, params }: TimelineEntry): VitalMark[] {
  const { patient_id, key, value, priority } = params;
  const atMs = ms(at);
  if (typeof patient_id !== 'string' || typeof key !== 'string' || atMs === null || !PRIORITIES.includes(priority)) return [];
  const number = typeof value === 'number' ? value : null;
  return [{ patientId: patient_id, key, priority: priority as Urgency, value: number, atMs, seen: null }];
}
