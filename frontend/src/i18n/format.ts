// Times, durations and distances in the field's way. Two groups are a duration (9:10), three are a
// time of day (14:41:17); a limit is written in minutes; an age is written in words. All pure.

import type { Language } from './language.svelte';

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string, key: string, options: Intl.DateTimeFormatOptions, locale = 'en-GB') {
  const id = `${zone}|${key}|${locale}`;
  let found = formatters.get(id);
  if (!found) {
    found = new Intl.DateTimeFormat(locale, { timeZone: zone, hourCycle: 'h23', ...options });
    formatters.set(id, found);
  }
  return found;
}

/** Time of day `14:41:17` in the county's zone; `at` is epoch ms. */
export function timeOfDay(at: number, zone: string): string {
  return formatter(zone, 'hms', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(at);
}

/** Hour and minute `21:53`: only beside a verb (due 21:53), where it cannot be a duration. */
export function hourMinute(at: number, zone: string): string {
  return formatter(zone, 'hm', { hour: '2-digit', minute: '2-digit' }).format(at);
}

/** `2026-03-18 周三` / `Wed 18 Mar 2026`. */
export function dayOf(at: number, zone: string, language: Language): string {
  if (language === 'en') {
    return formatter(zone, 'day', {
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
    })
      .format(at)
      .replace(',', '');
  }
  const date = formatter(zone, 'iso', { year: 'numeric', month: '2-digit', day: '2-digit' }, 'en-CA');
  const weekday = formatter(zone, 'wd', { weekday: 'short' }, 'zh-CN');
  return `${date.format(at)} ${weekday.format(at)}`;
}

/** `9:10`; `padded` gives `09:10`. From 100 min on in words, for 1:57 would be read as minutes. */
export function duration(seconds: number, language: Language, padded = false): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole >= 6000) return durationWords(whole, language);
  const minutes = String(Math.floor(whole / 60)).padStart(padded ? 2 : 1, '0');
  return `${minutes}:${String(whole % 60).padStart(2, '0')}`;
}

/** `4 分 10 秒` / `4 min 10 s`; hours take their minutes along, seconds fall away then. */
export function durationWords(seconds: number, language: Language): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const word = language === 'zh' ? { h: '时', m: '分', s: '秒' } : { h: 'h', m: 'min', s: 's' };
  const parts = h > 0 ? [[h, word.h], [m, word.m]] : [[m, word.m], [s, word.s]];
  const said = parts.filter(([n]) => n !== 0).map(([n, w]) => `${n} ${w}`);
  return said.length > 0 ? said.join(' ') : `0 ${word.s}`;
}

/** The age of a value, one unit only: `4 秒`, `3 分`, `2 时`, `5 天`. Never negative. */
export function ageWords(seconds: number, language: Language): string {
  const whole = Math.max(0, Math.floor(seconds));
  const zh = language === 'zh';
  if (whole < 60) return zh ? `${whole} 秒` : `${whole} s`;
  if (whole < 3600) return zh ? `${Math.floor(whole / 60)} 分` : `${Math.floor(whole / 60)} min`;
  if (whole < 172_800) return zh ? `${Math.floor(whole / 3600)} 时` : `${Math.floor(whole / 3600)} h`;
  return zh ? `${Math.floor(whole / 86_400)} 天` : `${Math.floor(whole / 86_400)} d`;
}

/** `4 秒前` / `4 s ago`. */
export function ago(seconds: number, language: Language): string {
  const age = ageWords(seconds, language);
  return language === 'zh' ? `${age}前` : `${age} ago`;
}

/** Whole minutes, rounded up, as a limit or a travel time: `9 分` / `9 min`. */
export function minutesWords(seconds: number, language: Language): string {
  const minutes = Math.ceil(Math.max(0, seconds) / 60);
  return language === 'zh' ? `${minutes} 分` : `${minutes} min`;
}

/** `8.2 km`, `640 m`. */
export function distance(metres: number): string {
  return metres < 1000 ? `${Math.round(metres / 10) * 10} m` : `${(metres / 1000).toFixed(1)} km`;
}
