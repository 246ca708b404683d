// What the tablet shows now: this crew's job as it left it, the patient, the open tab, and what a person
// has to read. Everything is derived from the documents and the outbox; only choices of the hand are kept.

import { clock } from '../../wire/clock.svelte';
import { connection } from '../../wire/connection.svelte';
import type { JobDoc, PatientView, PreAlertDoc, UnitDoc, VitalsDoc } from '../../wire/documents';
import { session } from '../../wire/session.svelte';
import { documents } from '../../wire/store.svelte';
import { pending, projectPatient, queuedPreAlert, type Queued } from './outbox';
import { outbox } from './outbox.svelte';
import { brought, patientOf, progress, undoKey, type Progress, type UndoKey } from './work';

export type Tab = 'job' | 'patient' | 'overview' | 'hospital';
/** A question that takes the middle panel; the bottom bar stays free. */
export type Sheet = 'quick_entry' | 'alarms' | null;

/** Something happened to the job that the crew did not do itself. */
export interface Notice {
  kind: 'destination' | 'place' | 'gone';
  incidentId: string;
  facilityId?: string | null;
}

/** Until the county is known: the UX budget for taking a step back. */
const UNDO_S = 10;

class Tablet {
  tab = $state<Tab>('job');
  sheet = $state<Sheet>(null);
  /** Hospital opened in the Hospital tab. */
  openFacilityId = $state<string | null>(null);
  pickedPatientId = $state<string | null>(null);
  notices = $state.raw<Notice[]>([]);

  readonly unitId = $derived(connection.viewer?.unit_id ?? session.me?.unit_id ?? null);
  readonly unit: UnitDoc | undefined = $derived(documents.get('unit', this.unitId));
  readonly vitals: VitalsDoc | undefined = $derived(documents.get('vitals', this.unitId));
  readonly position = $derived(documents.get('position', this.unitId));
  readonly queue: Queued[] = $derived(pending(outbox.items, documents.seq));
  readonly #held: JobDoc | undefined = $derived(
    documents.all('job').find(({ assignment }) => assignment.unit_id === this.unitId),
  );
  readonly progress: Progress | null = $derived(this.#held ? progress(this.#held, this.queue) : null);
  /** A job that this crew has ended is over here, even while nobody else knows. */
  readonly job: JobDoc | undefined = $derived(this.progress?.state === 'cleared' ? undefined : this.#held);
  readonly patients: PatientView[] = $derived(
    (this.job?.patients ?? []).map((patient) => {
      const entered = projectPatient(patient, this.queue);
      return this.progress && this.unitId ? brought(entered, this.progress, this.unitId) : entered;
    }),
  );
  readonly patient: PatientView | undefined = $derived(
    patientOf(this.patients, this.pickedPatientId, this.vitals?.patient_id),
  );
  readonly alerts: PreAlertDoc[] = $derived(
    documents.all('prealert').filter(({ patient_id }) => patient_id === this.patient?.patient_id),
  );
  readonly queuedAlert: Queued | undefined = $derived(
    this.patient ? queuedPreAlert(this.patient.patient_id, this.queue) : undefined,
  );
  readonly undo: UndoKey | null = $derived.by(() => {
    const { job, progress: made } = this;
    const undoS = documents.county?.standards.undo_s ?? UNDO_S;
    return job && made ? undoKey(job, made, clock.quarter, undoS) : null;
  });

  open(tab: Tab): void {
    this.tab = tab;
    this.sheet = null;
  }

  openHospital(facilityId: string | null): void {
    this.openFacilityId = facilityId;
    this.open('hospital');
  }

  tell(notice: Notice): void {
    this.notices = [...this.notices.filter(({ kind }) => kind !== notice.kind), notice];
  }

  dismiss(notice: Notice): void {
    this.notices = this.notices.filter((one) => one !== notice);
  }

  /** The vital signs on the monitor are those of the patient shown. */
  readonly isMonitored = $derived(
    this.vitals !== undefined &&
      (this.patient === undefined || this.vitals.patient_id === this.patient.patient_id),
  );
}

export const tablet = new Tablet();
