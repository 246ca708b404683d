// `t('area.key', params)`: the words of the screen in the chosen language. Keys are typed; codes that
// come from the server go through `said`, which never shows a bare code.
// A parameter may name a form: {wait:dur} 9:10, {wait:words} 4 min 10 s, {wait:min} 5 min,
// {wait:age} 4 s, {at:time} 14:41:17, {at:hm} 14:41, {way:km} 8.2 km.

import { common } from './common';
import { console_ } from './console';
import { crew } from './crew';
import { ecg } from './ecg';
import { devices } from './devices';
import { ed } from './ed';
import { ageWords, distance, duration, durationWords } from './format';
import { hourMinute, minutesWords, timeOfDay } from './format';
import { home } from './home';
import { language, type Language } from './language.svelte';
import { reasons } from './reasons';
import { refusals } from './refusals';
import { replay } from './replay';
import { states } from './states';
import { timeline } from './timeline';
import { vitals } from './vitals';

export const areas = {
  common,
  vitals,
  ecg,
  states,
  refusals,
  reasons,
  timeline,
  home,
  console: console_,
  crew,
  ed,
  replay,
  devices,
};

type Areas = typeof areas;
export type Area = keyof Areas;
export type Key = {
  [A in Area]: `${A}.${keyof Areas[A]['zh'] & string}`;
}[Area];
export type Values = Record<string, string | number | boolean | null | undefined>;

type Form = (value: string | number, language: Language, zone: string) => string;

const FORMS: Record<string, Form> = {
  dur: (value, lang) => duration(Number(value), lang),
  words: (value, lang) => durationWords(Number(value), lang),
  min: (value, lang) => minutesWords(Number(value), lang),
  age: (value, lang) => ageWords(Number(value), lang),
  km: (value) => distance(Number(value)),
  time: (value, _lang, zone) => timeOfDay(epoch(value), zone),
  hm: (value, _lang, zone) => hourMinute(epoch(value), zone),
};

function epoch(value: string | number): number {
  return typeof value === 'number' ? value : Date.parse(value);
}

/** Puts values into a template; an absent one becomes a dash, never `undefined`. Pure. */
export function fill(template: string, values: Values, lang: Language, zone: string): string {
  return template.replace(/\{(\w+)(?::(\w+))?\}/g, (_all, name: string, form?: string) => {
    const value = values[name];
    if (value === null || value === undefined || value === '') return '–';
    if (typeof value === 'boolean') return String(value);
    const shape = form === undefined ? undefined : FORMS[form];
    if (!shape) return String(value);
    const number = form === 'time' || form === 'hm' ? epoch(value) : Number(value);
    return Number.isFinite(number) ? shape(value, lang, zone) : String(value);
  });
}

function lookup(area: Area, key: string, lang: Language): string | undefined {
  const words: Record<string, string> = areas[area][lang];
  return Object.hasOwn(words, key) ? words[key] : undefined;
}

/** The words for `key`. Reactive in language and zone. */
export function t(key: Key, values: Values = {}): string {
  const dot = key.indexOf('.');
  const found = lookup(key.slice(0, dot) as Area, key.slice(dot + 1), language.value);
  return fill(found ?? key, values, language.value, language.zone);
}

/** True when this area has words for a code of the server. */
export function has(area: Area, code: string): boolean {
  return lookup(area, code, 'zh') !== undefined;
}

/**
 * The words for a code of the server (refusal, reason, state, event). Unknown codes are said as plain
 * words with the code in brackets, so that a person can act and can also read it to somebody.
 */
export function said(area: Area, code: string, values: Values = {}): string {
  const found = lookup(area, code, language.value);
  if (found !== undefined) return fill(found, values, language.value, language.zone);
  const plain = code.replaceAll('_', ' ');
  return area === 'refusals' ? t('refusals.other', { code: plain }) : plain;
}
