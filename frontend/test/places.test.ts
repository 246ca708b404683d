// What the console says of a place that may be meant, and of a point.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { partsOf, unknownKilometre, whereWords } from '../src/features/console/places';
import { language } from '../src/i18n';
import type { PlaceMatch, PlacesFound } from '../src/wire/reading';

const school: PlaceMatch = {
  id: 'n7', name: '耕余堂中心小学', names: ['耕余堂中心小学'], matched: '耕余堂中心小学', kind: 'school',
  town: '明山头镇', lon: 112.4, lat: 29.3, datum: 'WGS84', match: 'exact', is_doubtful: false,
  is_schematic: false, slips: 0, others: 0, beside: '', context: null, distance_m: null, source: 'map',
}; // prettier-ignore
const found = (kilometre: PlacesFound['kilometre']): PlacesFound => ({
  words: '', hits: [], total: 0, kilometre, attribution: [],
}); // prettier-ignore

let before: typeof language.value;
beforeEach(() => {
  before = language.value;
  language.value = 'zh';
});
afterEach(() => {
  language.value = before;
});

describe('a place that may be meant', () => {
  it('says kind, town, how it matched and whose word it is', () => {
    expect(partsOf(school)).toEqual(['学校', '明山头镇', '名称完全相同', '地图']);
  });
  it('never lets a resemblance pass for the name', () => {
    const parts = partsOf({ ...school, match: 'sounds_like', is_doubtful: true });
    expect(parts).toContain('近似，须核对：同音字');
    expect(partsOf({ ...school, match: 'slip', slips: 2, is_doubtful: true })).toContain(
      '近似，须核对：可能打错 2 处',
    );
  });
  it('tells namesakes apart by the nearest settlement and the distance from the caller', () => {
    const parts = partsOf({ ...school, context: { name: '耕余堂村', distance_m: 640 }, distance_m: 3210 });
    expect(parts).toContain('距耕余堂村 640 m');
    expect(parts).toContain('距来电定位 3.2 km');
  });
  it('does not name the town twice', () => {
    const parts = partsOf({ ...school, context: { name: '明山头镇', distance_m: 900 } });
    expect(parts.filter((part) => part.includes('明山头镇'))).toEqual(['明山头镇']);
  });
  it('says under which other name it was found, and that a point was drawn by hand', () => {
    const parts = partsOf({ ...school, matched: 'Gengyutang', is_schematic: true, source: 'county' });
    expect(parts).toContain('匹配“Gengyutang”');
    expect(parts).toContain('位置为手绘，不准');
    expect(parts.at(-1)).toBe('本县地名库');
  });
});

describe('a kilometre', () => {
  const said = { road: 'S204', km: 12, posts_km: [], places: [] };
  it('whose place is not known says why', () => {
    expect(unknownKilometre(found({ ...said, code: 'posts_unknown' }))).toContain('没有 S204 的里程桩');
  });
  it('that is known, or was not said, says nothing', () => {
    expect(unknownKilometre(found({ ...said, code: 'post', places: [{}] }))).toBe('');
    expect(unknownKilometre(found(null))).toBe('');
    expect(unknownKilometre(null)).toBe('');
  });
});

it('a point is said in words', () => {
  const far = { code: 'off_place', name: '人民医院', kind: 'hospital', distance_m: 300, direction: 'n' };
  expect(whereWords(far)).toBe('人民医院以北 300 m');
  expect(whereWords({ ...far, code: 'on_road', name: 'S204', distance_m: null, direction: null })).toBe(
    '在S204上',
  );
});
