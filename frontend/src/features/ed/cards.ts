// What a pre-arrival card is, as pure functions of its documents: what waits, what is silent, what got
// worse, and which of it sounds. Drawing is in the components, sending in acts.svelte.ts.

import { alarmId, isAnswered, isSounding, listed } from '../../ui/alarms';
import type { Urgency } from '../../ui/pulses';
import { ms } from '../../wire/clock.svelte';
import type { BedView, EtaDoc, InboundDoc, PreAlertDoc, VitalAlarm, VitalsDoc } from '../../wire/documents';
import { BAYS_OFFERED, DIVERTED_STAYS_MS, EICU_OFFERED } from './limits';

type WaitingState = 'created' | 'sent' | 'delivered' | 'displayed';
/** Its own type, so that after `isWaiting` has said no the other states can still be asked for. */
export type WaitingPreAlert = PreAlertDoc & { state: WaitingState };
const WAITING = new Set<PreAlertDoc['state']>(['created', 'sent', 'delivered', 'displayed']);

/** Nobody here has answered yet. */
export function isWaiting(prealert: PreAlertDoc | undefined): prealert is WaitingPreAlert {
  return prealert !== undefined && WAITING.has(prealert.state);
}

/** When a pre-alert began to wait. */
export function waitsSince(prealert: PreAlertDoc): string {
  return prealert.sent_at ?? prealert.created_at;
}

/** Epoch ms of arrival, real or expected; null when nobody can say. */
export function arrivalMs(inbound: InboundDoc, eta: EtaDoc | undefined): number | null {
  return ms(inbound.arrived_at) ?? ms(eta?.eta.arrive_at);
}

/** The key under which a person here notes that a feed fell silent; null while it has not. */
export function silenceKey(inbound: InboundDoc): string | null {
  const isHere = inbound.state === 'inbound' || inbound.state === 'arrived';
  return isHere && inbound.feed_lost_at !== null ? `silent:${inbound.id}:${inbound.feed_lost_at}` : null;
}

/**
 * The key under which a person here notes that a patient became an emergency; null when it was so
 * already when the pre-alert was answered: the answer covers what could be seen then.
 */
export function worseKey(inbound: InboundDoc, prealert: PreAlertDoc | undefined): string | null {
  const [since, answered] = [ms(inbound.level_at), ms(prealert?.acknowledged_at)];
  if (inbound.level !== 'emergency' || inbound.state === 'diverted') return null;
  if (since === null || answered === null || since <= answered) return null;
  return `worse:${inbound.id}:${inbound.level_at}`;
}

const SOUND_OF: Record<PreAlertDoc['colour'], Urgency> = { red: 'high', yellow: 'medium', green: 'low' };

export interface Announced {
  inbound: InboundDoc;
  prealert: PreAlertDoc | undefined;
  /** The patient's own, or undefined. */
  vitals?: VitalsDoc;
}

/** The alarms of the patient's vital signs that nobody has answered, as they are read. */
export function unansweredAlarms(vitals: VitalsDoc | undefined): VitalAlarm[] {
  return listed(vitals).filter((alarm) => !isAnswered(alarm));
}

/** High ones sound here, far from the bed; the others are seen. */
function soundingOf({ inbound, vitals }: Announced): [string, Urgency][] {
  const high = unansweredAlarms(vitals).filter(
    (alarm) => alarm.priority === 'high' && isSounding(alarm, silenceKey(inbound) !== null),
  );
  return high.map((alarm) => [`vital:${alarmId(inbound.id, alarm)}`, 'high']);
}

/** Everything that sounds now: unanswered pre-alerts and alarms, and what nobody at this screen has noted. */
export function alarmsOf(cards: readonly Announced[], isNoted: (key: string) => boolean): [string, Urgency][] {
  const alarms: [string, Urgency][] = [];
  for (const { inbound, prealert, vitals } of cards) {
    if (isWaiting(prealert)) alarms.push([`prealert:${prealert.id}`, SOUND_OF[prealert.colour]]);
    const [silent, worse] = [silenceKey(inbound), worseKey(inbound, prealert)];
    if (silent !== null && !isNoted(silent)) alarms.push([silent, 'medium']);
    if (worse !== null && !isNoted(worse)) alarms.push([worse, 'high']);
    alarms.push(...soundingOf({ inbound, prealert, vitals }).filter(([key]) => !isNoted(key)));
  }
  return alarms;
}

/** The moments of a set of cards that their tiles in the top bar count from: the oldest one. */
export function oldest(moments: readonly (string | null)[]): number | null {
  const known = moments.map((at) => ms(at)).filter((at) => at !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** Still to be shown: unseen, or seen less than ten minutes ago. `nowMs` epoch ms. */
export function isDivertedShown(inbound: InboundDoc, nowMs: number): boolean {
  if (inbound.diverted === null) return false;
  const seen = ms(inbound.diverted.seen_at);
  return seen === null || nowMs - seen < DIVERTED_STAYS_MS;
}

/** Beds one tap away on a card: free resuscitation bays first, then a few of the EICU. */
export function offered(beds: readonly BedView[]): BedView[] {
  const free = beds.filter((bed) => bed.state === 'free');
  const bays = free.filter((bed) => bed.bed_kind === 'resus').slice(0, BAYS_OFFERED);
  return [...bays, ...free.filter((bed) => bed.bed_kind === 'eicu').slice(0, EICU_OFFERED)];
}

export interface Count {
  free: number;
  held: number;
  all: number;
}

export function countBeds(beds: readonly BedView[]): Count {
  const of = (state: BedView['state']) => beds.filter((bed) => bed.state === state).length;
  return { free: of('free'), held: of('held'), all: beds.length };
}
