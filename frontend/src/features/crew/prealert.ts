// What the pre-alert block says, pure: how far it has come and whose turn it is.

import { ms } from '../../wire/clock.svelte';
import type { PatientView, PreAlertDoc } from '../../wire/documents';
import { isTravelling } from './work';

export type AlertLook = 'not_yet' | 'ready' | 'queued' | 'waiting' | 'acknowledged' | 'rejected' | 'over';

/**
 * `not_yet` before the patient is reached, `ready` to send, `queued` on this device, `waiting` for an
 * answer, then the answer; `over` once the patient is at the hospital.
 */
export function alertLook(
  patient: PatientView,
  alert: PreAlertDoc | undefined,
  isQueued: boolean,
): AlertLook {
  if (isQueued) return 'queued';
  if (alert?.state === 'acknowledged') return 'acknowledged';
  if (patient.state === 'arrived' || patient.state === 'handed_over') return 'over';
  if (alert?.state === 'rejected') return 'rejected';
  if (alert && alert.state !== 'stood_down') return 'waiting';
  return isTravelling(patient) ? 'ready' : 'not_yet';
}

export interface AlertStep {
  state: 'sent' | 'delivered' | 'displayed' | 'acknowledged';
  atMs: number | null;
}

export function alertSteps(alert: PreAlertDoc | undefined): AlertStep[] {
  const at = (when: string | null | undefined) => ms(when);
  return [
    { state: 'sent', atMs: at(alert?.sent_at) },
    { state: 'delivered', atMs: at(alert?.delivered_at) },
    { state: 'displayed', atMs: at(alert?.displayed_at) },
    { state: 'acknowledged', atMs: at(alert?.acknowledged_at) },
  ];
}

/** The pre-alert that stands for this patient now; earlier ones belong to former destinations. */
export function currentAlert(
  patient: PatientView,
  alerts: readonly PreAlertDoc[],
): PreAlertDoc | undefined {
  return alerts.find(({ id }) => id === patient.prealert_id);
}
