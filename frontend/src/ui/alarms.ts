// Which alarms of vital signs stand, in which order they are read, and how the figure that alarms is
// drawn; pure. When something alarms is the server's business (limits, delays, hysteresis); no
// threshold is here. A lost feed has a place of its own on every screen and is left out of these lists.

import { ms } from '../wire/clock.svelte';
import type { VitalAlarm, VitalsDoc } from '../wire/documents';
import type { Urgency } from './pulses';
import type { VitalKind } from './vitals';

/** `standing`: now. `held`: nobody measures it any more. `latched`: it is over and nobody has seen it. */
export type AlarmState = 'standing' | 'held' | 'latched';

/** How a figure shows an alarm: a block for what is measured now, a frame for what was. */
export interface AlarmLook {
  priority: Urgency;
  shape: 'block' | 'frame';
  /** Nobody has answered it, so that a high one flashes. */
  isNew: boolean;
}

const RANK: Record<Urgency, number> = { high: 2, medium: 1, low: 0 };

const KIND_OF: Record<string, VitalKind> = {
  heart_rate: 'heart_rate',
  spo2: 'spo2',
  resp_rate: 'resp_rate',
  systolic: 'nibp',
  diastolic: 'nibp',
  temperature: 'temperature',
  etco2: 'etco2',
  asystole: 'heart_rate',
  leads_off: 'heart_rate',
  probe_off: 'spo2',
  apnoea: 'resp_rate',
};

/** What one alarm is known by on a screen: raised anew it is another one. */
export function alarmId(patientId: string, alarm: Pick<VitalAlarm, 'key' | 'raised_at'>): string {
  return `${patientId}|${alarm.key}|${alarm.raised_at}`;
}

/** The figure an alarm belongs to; null where there is none. */
export function kindOf(alarm: VitalAlarm): VitalKind | null {
  return KIND_OF[alarm.quantity ?? alarm.key] ?? null;
}

export function isAnswered(alarm: VitalAlarm): boolean {
  return alarm.acknowledged_by !== '';
}

/** `isBlind`: the feed or the server is lost, so that nobody knows whether it still is so. */
export function stateOf(alarm: VitalAlarm, isBlind: boolean): AlarmState {
  if (alarm.ended_at !== null) return 'latched';
  return alarm.is_held || isBlind ? 'held' : 'standing';
}

/** Every alarm that a list shows: unanswered before answered, then the most urgent, then the oldest. */
export function listed(doc: VitalsDoc | undefined): VitalAlarm[] {
  return (doc?.alarms ?? []).filter(({ key }) => key !== 'feed_lost').sort(inOrder);
}

function inOrder(a: VitalAlarm, b: VitalAlarm): number {
  return (
    Number(isAnswered(a)) - Number(isAnswered(b)) ||
    RANK[b.priority] - RANK[a.priority] ||
    (ms(a.raised_at) ?? 0) - (ms(b.raised_at) ?? 0)
  );
}

/** The most urgent priority of all that stand, answered or not; null when none does. */
export function worst(alarms: readonly VitalAlarm[]): Urgency | null {
  return alarms.reduce<Urgency | null>(
    (most, { priority }) => (most === null || RANK[priority] > RANK[most] ? priority : most),
    null,
  );
}

/** Does this alarm sound where somebody can answer it? One that is held says nothing new. */
export function isSounding(alarm: VitalAlarm, isBlind: boolean): boolean {
  return !isAnswered(alarm) && stateOf(alarm, isBlind) !== 'held';
}

/** How the figure `kind` shows its most urgent alarm; null when none stands. `isFresh`: of its value. */
export function lookOf(doc: VitalsDoc, kind: VitalKind, isFresh: boolean): AlarmLook | null {
  const mine = listed(doc).filter((alarm) => kindOf(alarm) === kind);
  const top = mine.sort((a, b) => weight(b) - weight(a))[0];
  if (!top) return null;
  const isNow = isFresh && stateOf(top, false) === 'standing';
  return { priority: top.priority, shape: isNow ? 'block' : 'frame', isNew: !isAnswered(top) };
}

/** A figure has one look: that of what may still be so, then the most urgent, then what is measured now. */
function weight(alarm: VitalAlarm): number {
  const state = stateOf(alarm, false);
  return (state === 'latched' ? 0 : 100) + 10 * RANK[alarm.priority] + (state === 'standing' ? 1 : 0);
}

/** The classes of `base.css` that draw a look. */
export function lookClass(look: AlarmLook | null): string {
  return look ? `alarm-${look.shape} alarm-${look.priority}${look.isNew ? ' alarm-new' : ''}` : '';
}
