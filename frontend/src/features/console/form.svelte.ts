// The new-incident form: what has been taken down so far. It survives being put away with Esc, so that
// a call is never typed twice; the clock runs from the ring, whatever the form does.

import type { Place } from '../../wire/commands';
import { session } from '../../wire/session.svelte';
import { connection } from '../../wire/connection.svelte';
import { documents } from '../../wire/store.svelte';
import { language } from '../../i18n';
import { run } from './acting';
import { ringing, unfinished } from './calls';
import { desk } from './desk.svelte';

export type Priority = 'P1' | 'P2' | 'P3' | 'P4';
export interface Pin {
  lon: number;
  lat: number;
  /** How it was found: a gazetteer match, the telephone network, a click on the map. */
  from: 'gazetteer' | 'network' | 'map';
  town: string | null;
  /** How the gazetteer matched; empty otherwise. */
  match: string;
}

/** Untriaged is P1: what is not known yet is taken to be the worst. */
const UNTRIAGED: Priority = 'P1';

/** What is typed for one call; kept aside while another call is taken. */
const KEPT = [
  'address', 'landmark', 'pin', 'isReadBack', 'hasAsked', 'priority', 'complaint', 'centres', 'age', 'sex',
  'isPregnant', 'patientName', 'callerName', 'callerPhone', 'note',
] as const; // prettier-ignore
type Draft = Pick<Form, (typeof KEPT)[number]>;
/** Calls whose drafts are kept; a desk that holds more than this has forgotten the oldest. */
const DRAFTS_MAX = 20;

class Form {
  readonly #drafts = new Map<string, Draft>();

  isOpen = $state(false);
  /** Set for a change of an open incident's address, null for a new incident. */
  incidentId = $state<string | null>(null);
  callId = $state<string | null>(null);
  address = $state('');
  landmark = $state('');
  pin = $state.raw<Pin | null>(null);
  isReadBack = $state(false);
  /** Enter has asked once whether the address was read back. */
  hasAsked = $state(false);
  priority = $state<Priority>(UNTRIAGED);
  complaint = $state('');
  centres = $state.raw<string[]>([]);
  age = $state('');
  sex = $state<'male' | 'female' | 'unknown'>('unknown');
  isPregnant = $state(false);
  patientName = $state('');
  callerName = $state('');
  callerPhone = $state('');
  note = $state('');

  clear(): void {
    this.incidentId = null;
    this.callId = null;
    this.address = this.landmark = this.complaint = this.note = '';
    this.age = this.patientName = this.callerName = this.callerPhone = '';
    this.pin = null;
    this.isReadBack = this.hasAsked = this.isPregnant = false;
    this.priority = UNTRIAGED;
    this.centres = [];
    this.sex = 'unknown';
  }

  /** F2: take the longest ringing call, else back to what was put away, else a new incident. */
  async answer(): Promise<void> {
    const calls = documents.all('call');
    const call = ringing(calls)[0];
    if (this.isOpen && (this.callId !== null || !call)) {
      desk.stop('console.finish_first');
      return;
    }
    if (call) {
      const took = await run(`answer ${call.id}`, { command: 'answer_call', call_id: call.id });
      if (!took) return;
      const isBegun = this.isOpen && this.incidentId === null;
      if (isBegun) this.callId = call.id; // a form begun without a call takes it in
      else this.begin(call.id);
      return;
    }
    const mine = unfinished(calls, session.me?.name)[0];
    if (mine && mine.id !== this.callId) this.begin(mine.id);
    else if (this.incidentId !== null) this.begin(null);
    this.isOpen = true;
  }

  /** Another call, or none: what was typed for the one before is kept, and comes back with it. */
  begin(callId: string | null): void {
    this.#keep();
    this.clear();
    desk.notice = null;
    this.callId = callId;
    const kept = callId === null ? undefined : this.#drafts.get(callId);
    if (kept) Object.assign(this, kept);
    this.isOpen = true;
  }

  #keep(): void {
    if (this.callId === null) return;
    const draft = Object.fromEntries(KEPT.map((name) => [name, this[name]])) as unknown as Draft;
    this.#drafts.delete(this.callId);
    this.#drafts.set(this.callId, draft);
    const oldest = this.#drafts.keys().next().value;
    if (this.#drafts.size > DRAFTS_MAX && oldest !== undefined) this.#drafts.delete(oldest);
  }

  /** E: correct the address of an open incident. */
  edit(incidentId: string): void {
    const incident = documents.get('incident', incidentId);
    if (!incident || this.isOpen) return;
    const { place } = incident;
    this.#keep();
    this.clear();
    desk.notice = null;
    this.incidentId = incidentId;
    this.address = place.address;
    this.landmark = place.landmark;
    this.pin = { lon: place.lon, lat: place.lat, from: 'map', town: place.town, match: '' };
    this.isReadBack = place.is_read_back;
    this.isOpen = true;
  }

  putAway(): void {
    this.isOpen = false;
    if (this.incidentId !== null) this.clear();
  }

  /** A place was found: the address must be read back anew. */
  drop(pin: Pin, address?: string): void {
    this.pin = pin;
    if (address !== undefined) this.address = address;
    this.isReadBack = false;
    this.hasAsked = false;
    desk.notice = null;
  }

  toggleCentre(id: string): void {
    this.centres = this.centres.includes(id)
      ? this.centres.filter((one) => one !== id)
      : [...this.centres, id];
  }

  async endCall(): Promise<void> {
    const callId = this.callId;
    if (callId === null) return;
    const ended = await run(`end ${callId}`, { command: 'end_call', call_id: callId });
    if (!ended) return;
    this.clear();
    this.isOpen = false;
  }

  /** Enter. What is missing is said; a place that was not read back is asked for once. */
  async submit(): Promise<void> {
    if (!this.pin) {
      desk.stop('console.need_place');
      return;
    }
    if (!this.isReadBack && !this.hasAsked) {
      this.hasAsked = true;
      desk.stop('console.read_back_ask');
      return;
    }
    if (connection.isLost) desk.stop('common.server_lost_act');
    else if (this.incidentId !== null) await this.#correct(this.incidentId, this.#place(this.pin));
    else await this.#open(this.#place(this.pin));
  }

  #place(pin: Pin): Place {
    return {
      lon: pin.lon,
      lat: pin.lat,
      address: this.address.trim(),
      landmark: this.landmark.trim(),
      is_read_back: this.isReadBack,
    };
  }

  async #correct(incidentId: string, place: Place): Promise<void> {
    const made = await run(`place ${incidentId}`, {
      command: 'correct_place',
      incident_id: incidentId,
      place,
    });
    if (made) this.putAway();
  }

  async #open(place: Place): Promise<void> {
    const age = Number.parseInt(this.age, 10);
    const made = await run('open', {
      command: 'open_incident',
      call_id: this.callId,
      place,
      priority: this.priority,
      complaint: this.complaint.trim() || this.#centreWords(),
      centres: [...this.centres],
      note: this.note.trim(),
      caller: { name: this.callerName.trim(), phone: this.callerPhone.trim() },
      patients: [
        {
          person: { name: this.patientName.trim() },
          age_years: Number.isFinite(age) ? age : null,
          sex: this.sex,
          is_pregnant: this.isPregnant,
        },
      ],
    });
    if (!made) return;
    this.clear();
    this.isOpen = false;
    desk.select(made.made.incident_id ?? null);
  }

  /** Nothing typed: the chosen centres say what it is about. */
  #centreWords(): string {
    const looks = documents.county?.centres ?? [];
    const chosen = looks.filter(({ id }) => this.centres.includes(id));
    return chosen.map((look) => language.pick(look.short_zh, look.short_en)).join('、');
  }
}

export const form = new Form();
