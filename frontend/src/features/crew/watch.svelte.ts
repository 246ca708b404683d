// What the tablet does by itself: sounds and shaking, telling of changes others made, fetching advice and
// the last half hour. Called once by the screen; everything ends with it.

import { shake, sound } from '../../ui/sound.svelte';
import { isSounding, listed } from '../../ui/alarms';
import type { Urgency } from '../../ui/pulses';
import { clock } from '../../wire/clock.svelte';
import { connection } from '../../wire/connection.svelte';
import { documents } from '../../wire/store.svelte';
import type { VitalAlarm } from '../../wire/documents';
import type { DestinationAdvice } from '../../wire/reading';
import { reading } from '../../wire/reading';
import { untrack } from 'svelte';
import { markOf, newlyAnswered, queuedIds, type Mark } from './alarm_marks';
import { ADVICE_EVERY_MS, HISTORY_EVERY_MS, SHAKE_EVERY_S, TREND_MINUTES } from './limits';
import { outbox } from './outbox.svelte';
import { tablet } from './tablet.svelte';
import { fromSamples, withLive, type History } from './trends';

class Fetched {
  /** The newest advice and whose it is. Reactive. */
  advice = $state.raw<{ patientId: string; body: DestinationAdvice } | null>(null);
  /** The last half hour of the patient shown. Reactive. */
  history = $state.raw<History>({});
  /** What of this patient the crew has noted here: a lost feed, an emergency. Reactive. */
  noted = $state.raw<ReadonlySet<string>>(new Set());
  /** Alarms whose acknowledgement the server has taken from this tablet. Reactive. */
  answered = $state.raw<ReadonlySet<string>>(new Set());

  note(keys: readonly string[]): void {
    this.noted = new Set([...this.noted, ...keys]);
  }
}
export const fetched = new Fetched();

export interface Notable {
  key: string;
  urgency: Urgency;
  what: 'feed' | 'level';
}

/** A lost feed and an emergency that the crew has not noted yet. Reactive. */
export function notable(): Notable[] {
  const { vitals, patient } = tablet;
  if (!patient || !vitals || !tablet.isMonitored || connection.isLost) return [];
  const id = patient.patient_id;
  const made: Notable[] = [];
  if (vitals.feed === 'lost') made.push({ key: `feed:${id}:${vitals.feed_since}`, urgency: 'medium', what: 'feed' });
  if (patient.level === 'emergency') made.push({ key: `level:${id}`, urgency: 'high', what: 'level' });
  return made.filter(({ key }) => !fetched.noted.has(key));
}

/** The alarms of the patient on the monitor, as they are read. Reactive. */
export function patientAlarms(): VitalAlarm[] {
  return tablet.isMonitored ? listed(tablet.vitals) : [];
}

/** Nobody knows now whether an alarm still stands: nothing comes from the monitor or from the server. */
export function isBlind(): boolean {
  return connection.isLost || tablet.vitals?.feed === 'lost';
}

/** How far this crew's acknowledgement of an alarm has come. Reactive. */
export function markOfAlarm(alarm: VitalAlarm): Mark {
  return markOf(tablet.vitals?.patient_id ?? '', alarm, outbox.items, fetched.answered);
}

/** What sounds of the monitor's alarms: nobody has touched it, and it is more than a hint. */
function soundingAlarms(): [string, Urgency][] {
  return patientAlarms()
    .filter((alarm) => alarm.priority !== 'low' && isSounding(alarm, isBlind()) && markOfAlarm(alarm) === 'open')
    .map((alarm) => [`vital:${tablet.vitals?.patient_id}:${alarm.key}:${alarm.raised_at}`, alarm.priority]);
}

/** The new job sounds until it is accepted, the patient's alarms until they are noted. */
function watchSound(): void {
  const isNew = $derived(tablet.progress?.state === 'notified');
  const jobId = $derived(tablet.job?.id);
  const wanted = $derived([
    ...(isNew && jobId ? [[`job:${jobId}`, 'high'] as const] : []),
    ...notable().map(({ key, urgency }) => [key, urgency] as const),
    ...soundingAlarms(),
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

/** What leaves the queue without a refusal has been taken: its alarm does not call for a tap again. */
function watchAnswers(): void {
  let before: string[] = [];
  $effect(() => {
    const taken = newlyAnswered(before, outbox.items, outbox.refusals.map(({ item }) => item));
    before = queuedIds(outbox.items);
    if (taken.length) fetched.answered = new Set([...untrack(() => fetched.answered), ...taken]);
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
  watchAnswers();
  watchSound();
  watchLevel();
  watchChanges();
  watchAdvice();
  watchHistory();
}
