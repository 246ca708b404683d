// What a person at the board can do. Each act is one command; while it is under way its button is off,
// and a refusal is kept in words until it is read or something succeeds.

import { SvelteSet } from 'svelte/reactivity';
import { alarmId } from '../../ui/alarms';
import type { EtaDoc, FacilityDoc, InboundDoc, VitalAlarm } from '../../wire/documents';
import { submit, type Declined, type NewCommand } from '../../wire/submit.svelte';
import { noted } from './noted.svelte';

export class Acts {
  /** The last refusal; null when there is none. Reactive. */
  declined = $state.raw<Declined | null>(null);
  readonly #busy = new SvelteSet<string>();
  /** Alarms the server has taken our acknowledgement of; their document may still be on its way. */
  readonly #answered = new SvelteSet<string>();

  /** Something about this patient, bed or hospital is being sent. Reactive. */
  isBusy(about: string): boolean {
    return this.#busy.has(about);
  }

  acknowledge(prealertId: string): Promise<boolean> {
    return this.#send(prealertId, { command: 'acknowledge_prealert', prealert_id: prealertId });
  }

  reject(prealertId: string, reason: string): Promise<boolean> {
    return this.#send(prealertId, { command: 'reject_prealert', prealert_id: prealertId, reason });
  }

  hold(inbound: InboundDoc, bedId: string, eta: EtaDoc | undefined): Promise<boolean> {
    return this.#send(inbound.id, {
      command: 'hold_bed',
      patient_id: inbound.id,
      facility_id: inbound.facility_id,
      bed_id: bedId,
      eta_at: eta?.eta.arrive_at ?? null,
    });
  }

  release(about: string, holdId: string): Promise<boolean> {
    return this.#send(about, { command: 'release_bed_hold', hold_id: holdId });
  }

  sign(patientId: string): Promise<boolean> {
    return this.#send(patientId, { command: 'accept_handover', patient_id: patientId });
  }

  seen(inbound: InboundDoc): Promise<boolean> {
    const { id, facility_id } = inbound;
    return this.#send(id, { command: 'mark_diversion_seen', patient_id: id, facility_id });
  }

  report(facilityId: string, traffic: FacilityDoc['traffic'], reason: string): Promise<boolean> {
    return this.#send(facilityId, { command: 'report_facility', facility_id: facilityId, traffic, reason });
  }

  bed(facilityId: string, bedId: string, state: 'blocked' | 'cleaning' | 'free' | 'occupied'): Promise<boolean> {
    return this.#send(bedId, { command: 'report_bed', facility_id: facilityId, bed_id: bedId, state });
  }

  /** Somebody here has seen this very alarm of the patient's vital signs. */
  async answerAlarm(patientId: string, alarm: VitalAlarm): Promise<boolean> {
    const { key, raised_at } = alarm;
    const id = alarmId(patientId, alarm);
    const isDone = await this.#send(id, { command: 'acknowledge_vital_alarm', patient_id: patientId, key, raised_at });
    if (isDone) this.#answered.add(id);
    return isDone;
  }

  /** It was acknowledged here a moment ago. Reactive. */
  hasAnswered(patientId: string, alarm: VitalAlarm): boolean {
    return this.#answered.has(alarmId(patientId, alarm));
  }

  /** Stop the sound of a silent feed or a worsening here; the mark stays. */
  note(key: string): void {
    noted.add(key);
  }

  /** True when it was done; an act under way for the same thing is not sent twice. */
  async #send(about: string, command: NewCommand): Promise<boolean> {
    if (this.#busy.has(about)) return false;
    this.#busy.add(about);
    const outcome = await submit(command);
    this.#busy.delete(about);
    this.declined = outcome.outcome === 'accepted' ? null : outcome;
    return outcome.outcome === 'accepted';
  }
}
