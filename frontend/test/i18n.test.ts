// Both languages are complete, and say the same things with the same parameters.
import { describe, expect, it } from 'vitest';
import { areas, fill, languageOf, said } from '../src/i18n';
import {
  ageWords, ago, dayOf, distance, duration, durationWords, hourMinute, timeOfDay,
} from '../src/i18n/format';

const blanks = (words: string) => [...words.matchAll(/\{(\w+)/g)].map((found) => found[1]).sort();
const rows = Object.entries(areas).flatMap(([area, { zh, en }]) => {
  const words = { zh: zh as Record<string, string>, en: en as Record<string, string> };
  return Object.keys(words.zh).map((key) => [`${area}.${key}`, words.zh[key], words.en[key]] as const);
});

describe('dictionaries', () => {
  it.each(Object.entries(areas))('%s has the same keys in both languages', (_name, { zh, en }) => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  });
  it.each(rows)('%s is said in both', (_key, zh, en) => {
    expect(zh?.trim()).toBeTruthy();
    expect(en?.trim()).toBeTruthy();
    expect(blanks(en ?? '')).toEqual(blanks(zh ?? ''));
  });
  it('never shows a bare code', () => {
    expect(said('refusals', 'some_new_code')).toContain('some new code');
    expect(said('refusals', 'some_new_code').length).toBeGreaterThan(20);
    expect(said('reasons', 'constructor')).toBe('constructor');
  });
});

describe('language', () => {
  it('comes from the person, then from the browser', () => {
    expect(languageOf('en', ['zh-CN'])).toBe('en');
    expect(languageOf(null, ['zh-TW', 'en'])).toBe('zh');
    expect(languageOf('fr', ['fr-FR'])).toBe('en');
    expect(languageOf(null, [])).toBe('zh');
  });
});

describe('fill', () => {
  it('knows its forms', () => {
    const say = (template: string, values: Record<string, string | number | null>) =>
      fill(template, values, 'en', 'Asia/Shanghai');
    expect(say('{s:dur} {s:words} {s:min} {s:age}', { s: 250 })).toBe('4:10 4 min 10 s 5 min 4 min');
    expect(say('{at:time} {at:hm}', { at: '2026-11-22T13:47:32Z' })).toBe('21:47:32 21:47');
    expect(say('{m:km}', { m: 8210 })).toBe('8.2 km');
    expect(say('{gone} {none}', { none: null })).toBe('– –');
    expect(say('{at:time}', { at: 'soon' })).toBe('soon');
  });
});

describe('times', () => {
  const at = Date.parse('2026-03-18T06:32:07Z');
  it('three groups are a time of day in the county, two a duration', () => {
    expect(timeOfDay(at, 'Asia/Shanghai')).toBe('14:32:07');
    expect(timeOfDay(Date.parse('2026-03-17T16:00:00Z'), 'Asia/Shanghai')).toBe('00:00:00');
    expect(hourMinute(at, 'Asia/Shanghai')).toBe('14:32');
    expect(duration(550, 'en')).toBe('9:10');
    expect(duration(550, 'en', true)).toBe('09:10');
    expect(duration(-3, 'en')).toBe('0:00');
  });
  it('a long duration is said in words, so that it is no time of day', () => {
    expect(duration(7020, 'en')).toBe('1 h 57 min');
    expect(duration(7020, 'zh')).toBe('1 时 57 分');
  });
  it('ages in words', () => {
    expect([0, 59, 60, 3599, 7200, 200_000].map((s) => ageWords(s, 'en'))).toEqual([
      '0 s', '59 s', '1 min', '59 min', '2 h', '2 d',
    ]);
    expect(ago(240, 'zh')).toBe('4 分前');
    expect(durationWords(60, 'zh')).toBe('1 分');
    expect(durationWords(0, 'en')).toBe('0 s');
  });
  it('days and distances', () => {
    expect(dayOf(at, 'Asia/Shanghai', 'zh')).toBe('2026-03-18 周三');
    expect(dayOf(at, 'Asia/Shanghai', 'en')).toBe('Wed 18 Mar 2026');
    expect(distance(644)).toBe('640 m');
  });
});
