// The board as a whole: which cards there are, where each stands, what sounds, who may act.

import { Acts } from '../../features/ed/acts.svelte';
import {
  alarmsOf, arrivalMs, isDivertedShown, isWaiting, silenceKey, unansweredAlarms, worseKey,
} from '../../features/ed/cards'; // prettier-ignore
import { noted } from '../../features/ed/noted.svelte';
import { arrivalOrder, keysOf, layoutOf } from '../../features/ed/order';
import { isReadOnly } from '../../features/roles';
import type { Urgency } from '../../ui/pulses';
import { clock } from '../../wire/clock.svelte';
import type { EtaDoc, FacilityDoc, InboundDoc, PreAlertDoc, VitalsDoc } from '../../wire/documents';
import { session } from '../../wire/session.svelte';
import { documents } from '../../wire/store.svelte';

export class Board {
  readonly #acts = new Acts();
  #order: string[] = [];
  #keys: ReadonlyMap<string, number> | null = null;

  /** Absent for an onlooker. Reactive. */
  get acts(): Acts | undefined {
    const me = session.me;
    return me && me.facility_id !== null && !isReadOnly(me.role, 'ed') ? this.#acts : undefined;
  }
  get person(): string {
    return session.me?.name ?? '';
  }
  get facility(): FacilityDoc | undefined {
    return documents.get('facility', session.me?.facility_id);
  }

  readonly #all = $derived(documents.all('inbound'));
  /** On the way or at the door. */
  readonly cards = $derived(this.#all.filter((one) => one.diverted === null));
  readonly diverted = $derived(this.#all.filter((one) => isDivertedShown(one, clock.second)));
  readonly ids = $derived.by(() => {
    const coming = this.cards.map((one) => ({ id: one.id, at: arrivalMs(one, documents.get('eta', one.id)) }));
    return (this.#order = arrivalOrder(this.#order, coming));
  });
  readonly keys = $derived.by(() => {
    const keys = keysOf(this.#keys, this.ids, (id) => isWaiting(this.prealert(documents.get('inbound', id))));
    this.#keys = keys;
    return keys;
  });
  readonly layout = $derived(layoutOf(this.ids, this.diverted.length));
  readonly unanswered = $derived(this.cards.flatMap((one) => this.waiting(one)));
  readonly silent = $derived(this.cards.filter((one) => silenceKey(one) !== null));
  readonly alarms = $derived.by((): [string, Urgency][] => {
    const announced = this.cards.map((inbound) => ({
      inbound,
      prealert: this.prealert(inbound),
      vitals: this.vitals(inbound),
    }));
    return alarmsOf(announced, (key) => noted.has(key));
  });
  /** The ETA of the one who is here next; undefined when nobody can say. */
  readonly next = $derived.by((): EtaDoc | undefined => {
    const coming = this.cards.filter((one) => one.state === 'inbound' && one.boarded_at !== null);
    const etas = coming.flatMap((one) => documents.get('eta', one.id) ?? []);
    return etas.reduce<EtaDoc | undefined>(
      (first, eta) => (first && first.eta.arrive_at <= eta.eta.arrive_at ? first : eta),
      undefined,
    );
  });

  prealert(inbound: InboundDoc | undefined): PreAlertDoc | undefined {
    return documents.get('prealert', inbound?.prealert_id);
  }

  /** The vital signs of this very patient; undefined when the unit's monitor is somebody else's. */
  vitals(inbound: InboundDoc | undefined): VitalsDoc | undefined {
    const feed = documents.get('vitals', inbound?.unit_id);
    return feed && feed.patient_id === inbound?.id ? feed : undefined;
  }

  /** Rows that never turn away: nobody answered, no data, an emergency or alarm, a signature asked for. */
  isPinned(id: string): boolean {
    const one = documents.get('inbound', id);
    if (!one) return false;
    if (one.diverted !== null) return one.diverted.seen_at === null;
    const isAlarmed = unansweredAlarms(this.vitals(one)).some(({ priority }) => priority !== 'low');
    const isUrgent = one.level === 'emergency' || one.handover === 'offered' || isAlarmed;
    return isUrgent || isWaiting(this.prealert(one)) || silenceKey(one) !== null;
  }

  /** A digit was pressed: answer, else note what sounds, else the alarm. True when it meant something. */
  press(digit: number): boolean {
    const id = [...this.keys].find(([, key]) => key === digit)?.[0];
    const one = documents.get('inbound', id);
    const acts = this.acts;
    if (!one || !acts) return false;
    const prealert = this.prealert(one);
    if (isWaiting(prealert)) {
      void acts.acknowledge(prealert.id);
      return true;
    }
    const key = [worseKey(one, prealert), silenceKey(one)].find((found) => found !== null && !noted.has(found));
    if (key) acts.note(key);
    else return this.answerFirst(id, acts);
    return true;
  }

  private answerFirst(patientId: string | undefined, acts: Acts): boolean {
    const inbound = documents.get('inbound', patientId);
    const first = unansweredAlarms(this.vitals(inbound)).find((alarm) => inbound && !acts.hasAnswered(inbound.id, alarm));
    if (!inbound || !first) return false;
    void acts.answerAlarm(inbound.id, first);
    return true;
  }

  private waiting(inbound: InboundDoc): PreAlertDoc[] {
    const prealert = this.prealert(inbound);
    return isWaiting(prealert) ? [prealert] : [];
  }
}
