// Device care in words: what is known is said with its sign and its unit, what is not is a dash.
import { afterEach, describe, expect, it } from 'vitest';
import { language } from '../src/i18n';
import {
  clockWords, headline, kindWords, linkWords, queueWords, reasonWords, stateWords, total, whyNot,
} from '../src/features/devices/words';
import type { DeviceReport, DeviceState, LinkReport, UnitDevices } from '../src/features/devices/reading';
import { maySee } from '../src/features/roles';
import { ago } from './support';

const LINK: LinkReport = {
  at: ago(4), queued: { vitals: 3, waveform: 40 }, dropped: {}, queued_bytes: 900, oldest_s: 640,
  confirmed_s: 1, round_trip_ms: 183.6, network: '4g', version: '0.5.0',
};
const DEVICE: DeviceState = {
  device_id: 'N07-BOX', kind: 'gateway', last_seen_at: ago(4), state: 'monitor_unplugged', state_at: ago(4),
  battery_pct: null, skew_ms: null, link: LINK, enrolled_at: null, problems: [],
};

function unit(id: string, problems: string[]): UnitDevices {
  return {
    unit_id: id, call_sign: id, is_on_job: false, position_at: null, position_doubt: null, gaps: null,
    quarantined: {}, devices: [], problems,
  };
}

function report(...units: UnitDevices[]): DeviceReport {
  return { computed_at: ago(0), units, unplaced: {} };
}

describe('in English', () => {
  afterEach(() => (language.value = 'zh'));

  it.each([
    [null, '–'], [0, '0 ms'], [1000, '1000 ms'], [1001, '1.0 s slow'], [-4200, '4.2 s fast'],
  ])('a clock error of %s ms', (skew, words) => {
    language.value = 'en';
    expect(clockWords(skew)).toBe(words);
  });

  it('says what waits and how old it is', () => {
    language.value = 'en';
    expect(queueWords(LINK)).toBe('43, oldest 10 min');
    expect(queueWords({ ...LINK, queued: { vitals: 0 } })).toBe('none');
    expect(queueWords(null)).toBe('–');
    expect(total(LINK.queued)).toBe(43);
  });

  it('says the link as far as it is known', () => {
    language.value = 'en';
    expect(linkWords(LINK)).toBe('4G · round trip 184 ms · 0.5.0');
    expect(linkWords({ ...LINK, network: 'unknown', round_trip_ms: null, version: null })).toBe('–');
  });

  it('counts the vehicles that want a look', () => {
    language.value = 'en';
    expect(headline(report(unit('N01', []), unit('N02', ['silent'])))).toBe('1 of 2 vehicles want a look');
    expect(headline(report(unit('N01', [])))).toBe('the devices of all 1 vehicles are well');
  });

  it('never shows a bare code', () => {
    language.value = 'en';
    expect(kindWords('gps')).toBe('Tracker');
    expect(kindWords('')).toBe('not listed');
    expect(stateWords(DEVICE)).toBe('monitor unplugged');
    expect(stateWords({ ...DEVICE, state: null })).toBe('–');
    expect(reasonWords('wrong_unit')).toBe('wrong unit of measure');
    expect(reasonWords('some_new_reason')).toBe('some new reason');
    const refused = { ok: false as const, status: 409, params: { device_id: 'NX08-MON', unit_id: 'N08' } };
    expect(whyNot({ ...refused, code: 'device_of_another_unit' })).toContain('NX08-MON is listed with N08');
    expect(whyNot({ ...refused, code: 'unreachable' })).not.toContain('unreachable');
  });
});

it('is a page of the dispatcher and the administrator', () => {
  expect((['dispatcher', 'admin', 'crew', 'hospital'] as const).filter((role) => maySee(role, 'devices'))).toEqual([
    'dispatcher', 'admin',
  ]);
});
