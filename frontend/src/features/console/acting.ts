// What a dispatcher does, as commands. Every refusal ends in the desk's notice, in words; nothing is
// sent twice at once, and nothing is sent into a line that is known to be lost.

import { t, type Key, type Values } from '../../i18n';
import { clock } from '../../wire/clock.svelte';
import { connection } from '../../wire/connection.svelte';
import { session } from '../../wire/session.svelte';
import { documents } from '../../wire/store.svelte';
import { submit, type Accepted, type NewCommand } from '../../wire/submit.svelte';
import { isReadOnly } from '../roles';
import { callSign } from '../words';
import { advice } from './advice.svelte';
import { mostUrgentFirst, isNoted } from './alarms';
import { UNSEEN_MS, unitToSend } from './choices';
import type { Outcome } from './commandline';
import { desk } from './desk.svelte';
import { stageOf } from './queue';

/** A desk waits for an answer this long, then the telephone is quicker. */
const GIVES_UP_MS = 10_000;
const UNDO_MS = 10_000; // design, "Keys": Ctrl Z takes back within 10 s

/** Send a command; `key` names what it is about, so that a second press while it runs does nothing. */
export async function run(
  key: string,
  command: NewCommand,
  done?: [Key, Values],
): Promise<Accepted | null> {
  if (desk.busy[key]) return null;
  if (session.me && isReadOnly(session.me.role, 'console')) {
    desk.notice = { kind: 'refused', declined: { code: 'not_permitted', params: {} } };
    return null;
  }
  if (connection.isLost) {
    desk.stop('common.server_lost_act');
    return null;
  }
  desk.busy[key] = true;
  try {
    const outcome = await submit(command, { givesUpMs: GIVES_UP_MS });
    if (outcome.outcome !== 'accepted') {
      desk.notice = { kind: 'refused', declined: outcome };
      void advice.ask();
      return null;
    }
    desk.notice = done ? { kind: 'note', key: done[0], values: done[1] } : null;
    return outcome;
  } finally {
    delete desk.busy[key];
  }
}

/** Enter: the chosen unit, or the advice while nobody is on the way. */
export async function sendChosen(): Promise<void> {
  const incident = documents.get('incident', desk.selectedId);
  if (!incident || advice.incidentId !== incident.id) return;
  const unitId = unitToSend(advice.choices, desk.chosenUnitId, stageOf(incident) === 'unassigned');
  if (unitId === null) return;
  if (advice.isOld) {
    await advice.ask();
    return;
  }
  if (desk.chosenUnitId === null && isUnseen()) {
    desk.stop('console.advice_changed', { unit: callSign(unitId) });
    return;
  }
  await send(incident.id, unitId);
}

/** The advice became another unit a moment ago: Enter was meant for the one before. */
function isUnseen(): boolean {
  return advice.changedAt !== null && clock.now() - advice.changedAt < UNSEEN_MS;
}

/** Shift Enter: the closest idle unit as first on scene, beside the one that can treat. */
export async function addClosest(): Promise<void> {
  const incident = documents.get('incident', desk.selectedId);
  const closest = advice.choices.closest;
  if (!incident || !closest || advice.incidentId !== incident.id) return;
  if (stageOf(incident) === 'unassigned') {
    const first = advice.choices.numbered[0];
    if (!first || !(await send(incident.id, first.unit_id))) return;
  }
  await send(incident.id, closest.unit_id);
}

/** True when it is on its way; the first unit of an incident wants a reason unless it is the advised one. */
export async function send(incidentId: string, unitId: string, reason = ''): Promise<boolean> {
  const incident = documents.get('incident', incidentId);
  const isFirst = incident?.assignments.length === 0;
  const options = advice.incidentId === incidentId ? (advice.body?.options ?? []) : [];
  const advisedId = options[0]?.unit_id ?? null;
  if (isFirst && advisedId !== null && advisedId !== unitId && reason === '') {
    desk.asking = { kind: 'override', incidentId, unitId, advisedId };
    return false;
  }
  const made = await run(
    `send ${incidentId} ${unitId}`,
    { command: 'send_unit', incident_id: incidentId, unit_id: unitId, override_reason: reason },
    ['console.sent', { unit: callSign(unitId), incident: incidentId }],
  );
  if (made === null) {
    askReason(incidentId, unitId);
    return false;
  }
  const assignmentId = made.made.assignment_id;
  if (assignmentId) desk.undoable = { assignmentId, unitId, until: clock.now() + UNDO_MS };
  desk.choose(null);
  desk.isAdding = false;
  return true;
}

/** The server's advice may have moved on: its refusal then names the unit, and the reason is asked for. */
function askReason(incidentId: string, unitId: string): void {
  const notice = desk.notice;
  if (notice?.kind !== 'refused' || notice.declined.code !== 'reason_needed') return;
  const advised = notice.declined.params.recommended;
  const advisedId = typeof advised === 'string' ? advised : null;
  desk.asking = { kind: 'override', incidentId, unitId, advisedId };
}

export async function undo(): Promise<void> {
  const last = desk.undoable;
  if (!last || clock.now() > last.until) {
    desk.note('console.nothing_to_undo');
    return;
  }
  desk.undoable = null;
  await cancel(last.assignmentId, callSign(last.unitId), t('console.undo_reason'));
}

export async function cancel(assignmentId: string, unit: string, reason: string): Promise<boolean> {
  const made = await run(
    `cancel ${assignmentId}`,
    { command: 'cancel_assignment', assignment_id: assignmentId, reason },
    ['console.cancelled', { unit }],
  );
  return made !== null;
}

export async function close(incidentId: string, outcome: Outcome): Promise<boolean> {
  const made = await run(
    `close ${incidentId}`,
    { command: 'close_incident', incident_id: incidentId, outcome },
    ['console.closed', { incident: incidentId }],
  );
  return made !== null;
}

/** The command line's `cancel 07 …`: the work that unit has now. */
export async function cancelUnit(unitId: string, reason: string): Promise<boolean> {
  const unit = documents.get('unit', unitId);
  if (!unit?.assignment_id) {
    desk.stop('console.unit_has_no_job', { unit: callSign(unitId) });
    return false;
  }
  return cancel(unit.assignment_id, unit.call_sign, reason);
}

export async function setReadiness(
  unitId: string,
  isIn: boolean,
  reason: string,
): Promise<boolean> {
  const made = await run(
    `ready ${unitId}`,
    {
      command: 'set_unit_readiness',
      unit_id: unitId,
      readiness: isIn ? 'in_service' : 'out_of_service',
      reason,
    },
    [isIn ? 'console.is_in' : 'console.is_out', { unit: callSign(unitId) }],
  );
  return made !== null;
}

/** A: the most urgent alarm that nobody has noted yet. */
export async function acknowledge(alarmId?: string): Promise<void> {
  const first = mostUrgentFirst(documents.all('alarm')).find((alarm) => !isNoted(alarm));
  const id = alarmId ?? first?.id;
  if (id === undefined) return;
  await run(`alarm ${id}`, { command: 'acknowledge_alarm', alarm_id: id });
}

export async function chooseDestination(
  patientId: string,
  facilityId: string,
  reason: string,
): Promise<boolean> {
  const made = await run(`destination ${patientId}`, {
    command: 'choose_destination',
    patient_id: patientId,
    facility_id: facilityId,
    override_reason: reason,
  });
  return made !== null;
}

export async function sendPrealert(patientId: string): Promise<boolean> {
  const made = await run(`prealert ${patientId}`, {
    command: 'send_prealert',
    patient_id: patientId,
  });
  return made !== null;
}

export async function reprioritise(
  incidentId: string,
  priority: 'P1' | 'P2' | 'P3' | 'P4',
  centres: string[],
  reason: string,
): Promise<boolean> {
  const made = await run(`priority ${incidentId}`, {
    command: 'reprioritise_incident',
    incident_id: incidentId,
    priority,
    centres,
    reason,
  });
  return made !== null;
}
