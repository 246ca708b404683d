// The clocks of the review column and the milestones lane, pure: only what the log knows. Standards are
// the county's own of that day; the one of the pre-alert is the first rung of its ladder.

import { ms } from '../../wire/clock.svelte';
import type { AssignmentView, IncidentDoc, Standards } from '../../wire/documents';
import type { CallBar, PreAlertBar } from './bars';

export type ClockKey =
  | 'ring_answer' | 'ring_sent' | 'sent_rolling' | 'ring_scene' | 'scene_time'
  | 'alert_ack' | 'scene_door' | 'door_handover' | 'ring_door'; // prettier-ignore

export interface ReviewClock {
  key: ClockKey;
  fromMs: number;
  /** Null while it has not stopped by the end of the window. */
  toMs: number | null;
  standardS: number | null;
}
export interface Known {
  incident: IncidentDoc;
  calls: readonly CallBar[];
  alerts: readonly PreAlertBar[];
  arrivedMs: number | null;
  handedOverMs: number | null;
  standards: Standards | undefined;
}

/** The assignment that carried a patient, else the first on scene, else the first sent. */
export function leadAssignment(incident: IncidentDoc): AssignmentView | undefined {
  const has = (step: string) => incident.assignments.find((one) => one.step_at[step]);
  return has('transporting') ?? has('at_patient') ?? has('on_scene') ?? incident.assignments[0];
}

type Row = [key: ClockKey, from: number | null, to: number | null, standard: number | null | undefined];

/** Every clock that was started, in the order in which they start in the field. */
export function reviewClocks(known: Known): ReviewClock[] {
  const { incident, standards } = known;
  const rang = ms(incident.rang_at);
  const sent = [...incident.assignments].sort((a, b) => at(a, 'notified') - at(b, 'notified'))[0];
  const lead = leadAssignment(incident);
  const answered = known.calls.find(({ rangMs }) => rangMs === rang) ?? known.calls[0];
  const alert = known.alerts[known.alerts.length - 1];
  const door = known.arrivedMs ?? step(lead, 'at_destination');
  const left = step(lead, 'transporting');
  const answer = alert?.end === 'acknowledged' || alert?.end === 'rejected' ? alert.endMs : null;
  const rows: Row[] = [
    ['ring_answer', answered?.rangMs ?? null, answered?.answeredMs ?? null, standards?.answer_s],
    ['ring_sent', rang, ms(incident.first_sent_at), standards?.send_s[incident.priority]],
    ['sent_rolling', step(sent, 'notified'), step(sent, 'en_route'), standards?.turnout_s],
    ['ring_scene', rang, ms(incident.first_on_scene_at), standards?.arrive_s[incident.priority]],
    ['scene_time', step(lead, 'on_scene'), left, null],
    ['alert_ack', alert && alert.end !== 'stood_down' ? alert.sentMs : null, answer, standards?.acknowledge_s],
    ['scene_door', left, door, null],
    ['door_handover', door, known.handedOverMs, standards?.offload_s],
    ['ring_door', rang, door, null],
  ];
  return rows.flatMap(([key, fromMs, toMs, standardS]) =>
    fromMs === null ? [] : [{ key, fromMs, toMs, standardS: standardS ?? null }],
  );
}

function step(assignment: AssignmentView | undefined, name: string): number | null {
  return ms(assignment?.step_at[name]);
}

function at(assignment: AssignmentView, name: string): number {
  return step(assignment, name) ?? Number.POSITIVE_INFINITY;
}

export interface ClockReading {
  /** Seconds at the playhead; null before it started. */
  nowS: number | null;
  isStopped: boolean;
  /** Seconds in the end; null when it never stopped. */
  endS: number | null;
  result: 'met' | 'missed' | 'stopped' | 'running';
  /** Seconds over the standard; 0 when met or without one. */
  overS: number;
}

/** A clock at `nowMs`, and what became of it; `lastMs` is how far the log goes. */
export function readClock(clock: ReviewClock, nowMs: number, lastMs: number): ClockReading {
  const { fromMs, toMs, standardS } = clock;
  const isStopped = toMs !== null && toMs <= nowMs;
  const nowS = nowMs < fromMs ? null : ((isStopped ? toMs : nowMs) - fromMs) / 1000;
  const endS = toMs === null ? null : (toMs - fromMs) / 1000;
  const spentS = endS ?? Math.max(0, (lastMs - fromMs) / 1000);
  const overS = standardS === null ? 0 : Math.max(0, spentS - standardS);
  const word = endS === null ? 'running' : standardS === null ? 'stopped' : 'met';
  return { nowS, isStopped, endS, result: overS > 0 ? 'missed' : word, overS };
}

export type MilestoneKey =
  | 'ring' | 'sent' | 'rolling' | 'on_scene' | 'at_patient' | 'left' | 'door' | 'handover'; // prettier-ignore

export interface Milestone {
  key: MilestoneKey;
  atMs: number;
}

/** The turning points of the run; the pre-alert has a lane of its own. */
export function milestones(known: Known): Milestone[] {
  const lead = leadAssignment(known.incident);
  const rows: [MilestoneKey, number | null][] = [
    ['ring', ms(known.incident.rang_at)],
    ['sent', ms(known.incident.first_sent_at)],
    ['rolling', step(lead, 'en_route')],
    ['on_scene', ms(known.incident.first_on_scene_at)],
    ['at_patient', step(lead, 'at_patient')],
    ['left', step(lead, 'transporting')],
    ['door', known.arrivedMs ?? step(lead, 'at_destination')],
    ['handover', known.handedOverMs],
  ];
  return rows
    .flatMap(([key, atMs]) => (atMs === null ? [] : [{ key, atMs }]))
    .sort((a, b) => a.atMs - b.atMs);
}
