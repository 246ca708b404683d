// What the tablet does by itself: sounds and shaking, telling of changes others made, fetching advice and
// the last half hour. Called once by the screen; everything ends with it.

import { shake, sound } from '../../ui/sound.svelte';
import { readVital, VITAL_KINDS, type VitalKind } from '../../ui/vitals';
import type { Urgency } from '../../ui/pulses';
import { clock } from '../../wire/clock.svelte';
import { connection } from '../../wire/connection.svelte';
import { documents } from '../../wire/store.svelte';
import type { DestinationAdvice } from '../../wire/reading';
import { reading } from '../../wire/reading';
import { untrack } from 'svelte';
import { ADVICE_EVERY_MS, HISTORY_EVERY_MS, SHAKE_EVERY_S, TREND_MINUTES } from './limits';
import { outbox } from './outbox.svelte';
import { tablet } from './tablet.svelte';
import { fromSamples, withLive, type History } from './trends';

class Fetched {
  /** The newest advice and whose it is. Reactive. */
  advice = $state.raw<{ patientId: string; body: DestinationAdvice } | null>(null);
  /** The last half hour of the patient shown. Reactive. */
  history = $state.raw<History>({});
  /** Alarms of this patient that the crew has noted. Reactive. */
  noted = $state.raw<ReadonlySet<string>>(new Set());

  note(keys: readonly string[]): void {
    this.noted = new Set([...this.noted, ...keys]);
  }
}
export const fetched = new Fetched();

export interface VitalAlarm {
  key: string;
  urgency: Urgency;
  what: 'feed' | 'level' | 'vital';
  kinds: VitalKind[];
}

/** What is wrong with the patient on the monitor and not yet noted by the crew. Reactive. */
export function vitalAlarms(): VitalAlarm[] {
  const { vitals, patient } = tablet;
  if (!patient || !vitals || !tablet.isMonitored || connection.isLost) return [];
  const id = patient.patient_id;
  const made: VitalAlarm[] = [];
  if (vitals.feed === 'lost') {
    made.push({ key: `feed:${id}:${vitals.feed_since}`, urgency: 'medium', what: 'feed', kinds: [] });
  }
  if (patient.level === 'emergency') {
    made.push({ key: `level:${id}`, urgency: 'high', what: 'level', kinds: [] });
  }
  const limits = documents.county?.standards;
  const kinds = VITAL_KINDS.filter((kind) => readVital(vitals, kind, clock.second, limits).isAlarm);
  for (const kind of kinds) made.push({ key: `vital:${id}:${kind}`, urgency: 'high', what: 'vital', kinds: [kind] });
  return made.filter(({ key }) => !fetched.noted.has(key));
}

/** The new job sounds until it is accepted, the patient's alarms until they are noted. */
function watchSound(): void {
  const isNew = $derived(tablet.progress?.state === 'notified');
  const jobId = $derived(tablet.job?.id);
  const wanted = $derived([
    ...(isNew && jobId ? [[`job:${jobId}`, 'high'] as const] : []),
    ...vitalAlarms().map(({ key, urgency }) => [key, urgency] as const),
  ]);
  const spoken = $derived(wanted.map(([key]) => key).join());
  $effect(() => {
    void spoken;
    sound.want(untrack(() => wanted));
  });
  $effect(() => {
    if (isNew && Math.floor(clock.second / 1000) % SHAKE_EVERY_S === 0) shake('high');
  });
  $effect(() => {
    if (!isNew) return;
    shake('high');
    untrack(() => tablet.open('job'));
  });
}

/** An emergency that has passed and comes back is new. */
function watchLevel(): void {
  const level = $derived(tablet.patient?.level);
  $effect(() => {
    if (level === 'emergency') return;
    fetched.noted = new Set([...untrack(() => fetched.noted)].filter((key) => key.startsWith('feed:')));
  });
}

interface Seen {
  jobId: string;
  incidentId: string;
  /** Destination by patient. */
  facilities: ReadonlyMap<string, string | null>;
  place: string;
}

/** Has this crew itself ended the job, or chosen that hospital? Then nobody needs to tell it. */
class Own {
  readonly #ended: string[] = [];
  readonly #chosen: string[] = [];

  learn(): void {
    for (const { command } of outbox.items) {
      if (command.command === 'advance_assignment' && command.step === 'cleared') {
        this.#ended.push(command.assignment_id);
      }
      if (command.command === 'choose_destination') {
        this.#chosen.push(`${command.patient_id}>${command.facility_id}`);
      }
    }
    this.#ended.splice(0, this.#ended.length - 100);
    this.#chosen.splice(0, this.#chosen.length - 100);
  }
  hasEnded(jobId: string): boolean {
    return this.#ended.includes(jobId);
  }
  hasChosen(patientId: string, facilityId: string | null): boolean {
    return this.#chosen.includes(`${patientId}>${facilityId}`);
  }
}

function announceChange(kind: 'destination' | 'place' | 'gone', seen: Seen, facilityId?: string | null): void {
  tablet.tell({ kind, incidentId: seen.incidentId, facilityId });
  sound.once('medium');
  shake('medium');
}

/** Destination or address changed, or the job taken away, by somebody else. */
function watchChanges(): void {
  const own = new Own();
  let before: Seen | null = null;
  const now = $derived.by((): Seen | null => {
    const job = documents.all('job').find(({ assignment }) => assignment.unit_id === tablet.unitId);
    if (!job) return null;
    const { lon, lat, address } = job.place;
    const place = `${lon} ${lat} ${address}`;
    const facilities = new Map(job.patients.map((one) => [one.patient_id, one.facility_id]));
    return { jobId: job.id, incidentId: job.incident_id, facilities, place };
  });
  $effect(() => {
    void outbox.items;
    own.learn();
  });
  $effect(() => {
    const [was, is] = [before, now];
    if (!documents.isLoaded) return;
    before = is;
    untrack(() => compare(was, is, own));
  });
}

function compare(was: Seen | null, is: Seen | null, own: Own): void {
  if (!was) return;
  if (is?.jobId !== was.jobId) {
    if (!own.hasEnded(was.jobId)) announceChange('gone', was);
    tablet.pickedPatientId = null;
    tablet.sheet = null;
    return;
  }
  if (is.place !== was.place) announceChange('place', is);
  for (const [patientId, facilityId] of is.facilities) {
    const before = was.facilities.get(patientId);
    if (before === undefined || before === facilityId || own.hasChosen(patientId, facilityId)) continue;
    announceChange('destination', is, facilityId);
  }
}

/** A page that asks again by itself, whenever `key` changes and every `everyMs`. */
function every(everyMs: number, key: () => string | null, ask: (key: string) => Promise<void>): void {
  const tick = $derived(Math.floor(clock.second / everyMs));
  const wanted = $derived(connection.isLost ? null : key());
  $effect(() => {
    void tick;
    if (wanted !== null) void ask(wanted);
  });
}

function watchAdvice(): void {
  every(
    ADVICE_EVERY_MS,
    () => {
      const { patient, progress, alerts } = tablet;
      if (!patient) return null;
      const refused = alerts.map(({ state }) => state).join();
      return [patient.patient_id, patient.centres.join(), patient.level, patient.facility_id, progress?.state, refused].join('|');
    },
    async (key) => {
      const patientId = key.split('|')[0] ?? '';
      const answer = await reading.destinations(patientId);
      if (answer.ok) fetched.advice = { patientId, body: answer.body };
    },
  );
}

function watchHistory(): void {
  const patientId = $derived(tablet.patient?.patient_id ?? null);
  $effect(() => {
    void patientId;
    fetched.history = {};
  });
  every(
    HISTORY_EVERY_MS,
    () => patientId,
    async (id) => {
      const answer = await reading.samples(id, TREND_MINUTES);
      if (answer.ok && id === patientId) fetched.history = fromSamples(answer.body);
    },
  );
  $effect(() => {
    const doc = tablet.vitals;
    if (doc && doc.patient_id === patientId) {
      fetched.history = withLive(untrack(() => fetched.history), doc);
    }
  });
}

function watchOutbox(): void {
  $effect(() => {
    if (tablet.unitId) outbox.open(tablet.unitId);
  });
  $effect(() => {
    void connection.phase;
    void documents.seq;
    untrack(() => void outbox.send());
  });
}

/** Start everything; call while the screen's component is being made. */
export function watch(): void {
  watchOutbox();
  watchSound();
  watchLevel();
  watchChanges();
  watchAdvice();
  watchHistory();
}
