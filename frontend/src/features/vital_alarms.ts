// Alarms of vital signs in words, the same on every screen; reactive in language and zone.

import { has, language, said, t } from '../i18n';
import type { VitalAlarm } from '../wire/documents';
import { stateOf } from '../ui/alarms';

/** Tenths are said of a temperature only. */
const DIGITS: Record<string, number> = { temperature: 1 };

/** Published rules by what their source begins with; the whole of it stands in the title. */
const SOURCES: readonly [start: string, word: string][] = [
  ['NEWS2', 'source_news2'],
  ['MEWC', 'source_mewc'],
  ['paediatric MET', 'source_met'],
  ['newborn', 'source_newborn'],
  ['NRP', 'source_nrp'],
  ['patient', 'source_patient'],
  ['device', 'source_device'],
  ['greenlane', 'source_greenlane'],
];

export function numberWords(quantity: string, value: number): string {
  return value.toFixed(DIGITS[quantity] ?? 0);
}

/** `SpO₂ low` for `spo2:low`, `asystole` for what is no limit. */
export function keyWords(key: string): string {
  const [quantity = '', side] = key.split(':');
  const name = said('vitals', quantity);
  return side ? `${name} ${said('vitals', `side_${side}`)}` : name;
}

/**
 * `SpO₂ 84 < 91`: the worst value since, and the limit it is beyond. A value on the limit itself
 * alarms where the rule says "or less"; the sign is true of the value in either case.
 */
export function alarmWords(alarm: VitalAlarm): string {
  const { quantity, side, limit, value } = alarm;
  if (quantity === null || side === null || limit === null || value === null) return keyWords(alarm.key);
  const beyond = side === 'low' ? '<' : '>';
  const sign = value === limit ? { '<': '≤', '>': '≥' }[beyond] : beyond;
  return `${said('vitals', quantity)} ${numberWords(quantity, value)} ${sign} ${numberWords(quantity, limit)}`;
}

const MARKS: Record<VitalAlarm['priority'], string> = { high: '!!!', medium: '!!', low: '!' };

/** The priority as a monitor marks it, so that it is not said by a colour alone (IEC 60601-1-8). */
export function priorityMark(alarm: VitalAlarm): string {
  return MARKS[alarm.priority];
}

/** Whose limit it is, in a word. */
export function sourceWords(source: string): string {
  const found = SOURCES.find(([start]) => source.startsWith(start));
  return found ? said('vitals', found[1]) : source;
}

/** Whose limit and since when: `NEWS2, since 14:32:07`. */
export function sinceWords(alarm: VitalAlarm): string {
  const since = t('vitals.alarm_since', { at: alarm.raised_at });
  return [sourceWords(alarm.source), since].join(language.value === 'zh' ? '，' : ', ');
}

/** Why it stands although it is not measured or not heard of, or is over; empty while it plainly stands. */
export function stateWords(alarm: VitalAlarm, isBlind: boolean): string {
  const state = stateOf(alarm, isBlind);
  if (state === 'standing') return '';
  return said('vitals', state === 'held' && !alarm.is_held ? 'alarm_blind' : `alarm_${state}`);
}

/** Who has seen it and when; empty while nobody has. */
export function seenWords(alarm: VitalAlarm): string {
  return alarm.acknowledged_by ? t('vitals.alarm_seen', { by: alarm.acknowledged_by, at: alarm.acknowledged_at }) : '';
}

/** What an entry of the history says of an alarm: `SpO₂ low 84`. */
export function historyWords(key: string, value: unknown): string {
  const quantity = key.split(':')[0] ?? '';
  const words = keyWords(key);
  return typeof value === 'number' ? `${words} ${numberWords(quantity, value)}` : words;
}

/** Which published limits hold, by age and pregnancy; the numbers themselves are the server's. */
export function ruleWords(person: { age_years: number | null; is_pregnant: boolean }): string {
  return said('vitals', `limits_${ruleOf(person)}`);
}

/** A person is judged as an adult from 16, as NEWS2 is (RCP 2017). */
const ADULT_FROM_YEARS = 16;

export type Rule = 'adult' | 'pregnant' | 'child' | 'infant' | 'unknown';

/** `infant`: under one year, where days decide and only years are known here. */
export function ruleOf({ age_years, is_pregnant }: { age_years: number | null; is_pregnant: boolean }): Rule {
  if (is_pregnant) return 'pregnant';
  if (age_years === null) return 'unknown';
  if (age_years >= ADULT_FROM_YEARS) return 'adult';
  return age_years < 1 ? 'infant' : 'child';
}

/** A quantity or its code in words, for refusals and the history. */
export function quantityWords(quantity: string): string {
  return has('vitals', quantity) ? said('vitals', quantity) : quantity;
}
