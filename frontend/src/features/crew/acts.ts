// What the crew's taps do: each one command (or two that belong together) through the outbox.

import { ms } from '../../wire/clock.svelte';
import type { Arrival, VitalAlarm } from '../../wire/documents';
import { outbox } from './outbox.svelte';
import { tablet } from './tablet.svelte';
import { toOffer, type NextKey, type UndoKey } from './work';

/** The large key. */
export function pressNext(key: NextKey): void {
  const { job } = tablet;
  if (!job || key.kind === 'none') return;
  if (key.kind === 'accept') outbox.add({ command: 'acknowledge_assignment', assignment_id: job.id });
  if (key.kind === 'step') {
    outbox.add({ command: 'advance_assignment', assignment_id: job.id, step: key.step });
  }
  if (key.kind === 'offer') {
    for (const { patient_id } of toOffer(tablet.patients)) {
      outbox.add({ command: 'offer_handover', patient_id });
    }
  }
}

/** The crew says yes to a proposed arrival: its status, true since the unit stood there. */
export function confirmArrival({ assignment_id, step, since }: Arrival): void {
  outbox.add({ command: 'advance_assignment', assignment_id, step }, ms(since));
}

export function pressUndo(undo: UndoKey): void {
  const { job } = tablet;
  if (!job) return;
  if (undo.queued && outbox.takeBack(undo.queued.command_id)) return;
  outbox.add({ command: 'undo_assignment_step', assignment_id: job.id, step: undo.step });
}

/** End on the scene with nobody aboard. */
export function leaveEmpty(): void {
  if (tablet.job) outbox.add({ command: 'advance_assignment', assignment_id: tablet.job.id, step: 'cleared' });
}

/** Make `facilityId` the destination; nothing is sent when it already is. */
export function choose(patientId: string, facilityId: string, reason = ''): void {
  const known = tablet.patients.find(({ patient_id }) => patient_id === patientId)?.facility_id;
  if (known === facilityId) return;
  outbox.add({
    command: 'choose_destination',
    patient_id: patientId,
    facility_id: facilityId,
    override_reason: reason,
  });
}

/** Announce the patient there; `etaAt` only when the vehicle is already driving to it. */
export function announce(patientId: string, facilityId: string, etaAt: string | null): void {
  choose(patientId, facilityId);
  outbox.add({ command: 'send_prealert', patient_id: patientId, eta_at: etaAt });
}

type Findings = Omit<
  Extract<Parameters<typeof outbox.add>[0], { command: 'assess_patient' }>,
  'command' | 'patient_id' | 'occurred_at'
>;

/** What was found; fields left out stay as they are. */
export function assess(patientId: string, findings: Findings): void {
  outbox.add({ command: 'assess_patient', patient_id: patientId, ...findings });
}

/** Somebody here has seen this very alarm; raised again it is another one. */
export function acknowledgeAlarm(patientId: string, { key, raised_at }: VitalAlarm): void {
  outbox.add({ command: 'acknowledge_vital_alarm', patient_id: patientId, key, raised_at });
}

type OwnLimit = Pick<Extract<Parameters<typeof outbox.add>[0], { command: 'set_alarm_limit' }>, 'quantity' | 'side' | 'value'>;

/** A limit for this patient alone; `value` null switches that side off. */
export function setAlarmLimit(patientId: string, limit: OwnLimit): void {
  outbox.add({ command: 'set_alarm_limit', patient_id: patientId, ...limit });
}

export function setReadiness(readiness: 'in_service' | 'out_of_service', reason = ''): void {
  const { unitId } = tablet;
  if (unitId) outbox.add({ command: 'set_unit_readiness', unit_id: unitId, readiness, reason });
}
