// Which hospital stands in the frame and which two beside it, pure. The order is the server's; the
// crew's own choice, once made, is the one in the frame.

import type { FacilityDoc, PatientView, PreAlertDoc } from '../../wire/documents';
import type { DestinationAdvice, DestinationOption } from '../../wire/reading';

export interface Offered {
  main: DestinationOption | null;
  /** The hospital in the frame is the one in the log, not only recommended. */
  isChosen: boolean;
  alternatives: DestinationOption[];
}

const ALTERNATIVES = 2;

/** `refusedBy`: hospitals that refused this patient; they are not offered again by themselves. */
export function offered(
  advice: DestinationAdvice | null,
  patient: PatientView | undefined,
  refusedBy: ReadonlySet<string>,
): Offered {
  const options = advice?.options ?? [];
  const open = options.filter(({ facility_id, passes }) => passes && !refusedBy.has(facility_id));
  const chosenId = patient?.facility_id ?? null;
  const isRefused = chosenId !== null && refusedBy.has(chosenId);
  const chosen = isRefused ? undefined : options.find(({ facility_id }) => facility_id === chosenId);
  const main = chosen ?? open[0] ?? null;
  const rest = options.filter(({ facility_id }) => facility_id !== main?.facility_id && !refusedBy.has(facility_id));
  return { main, isChosen: chosen !== undefined, alternatives: rest.slice(0, ALTERNATIVES) };
}

/** Hospitals that refused the patient, from the pre-alerts this crew has sent. */
export function refusers(alerts: readonly PreAlertDoc[], patientId: string | undefined): Set<string> {
  return new Set(
    alerts
      .filter((alert) => alert.patient_id === patientId && alert.state === 'rejected')
      .map(({ facility_id }) => facility_id),
  );
}

/** Minutes slower (positive) or faster than the hospital in the frame, rounded; 0 is "the same". */
export function minutesApart(option: DestinationOption, main: DestinationOption): number {
  return Math.round((option.duration_s - main.duration_s) / 60);
}

/** The bed held for this patient, with its label and when the hold ends. */
export function heldBed(facility: FacilityDoc | undefined, patient: PatientView | undefined) {
  if (!patient?.hold_id) return undefined;
  return facility?.beds.find(({ hold_id }) => hold_id === patient.hold_id);
}

/** A reason is wanted by the server for a hospital that fails its gate, and by us for any but the first. */
export function wantsReason(option: DestinationOption, advice: DestinationAdvice | null): boolean {
  return !option.passes || advice?.options[0]?.facility_id !== option.facility_id;
}
