// What several tests need: a seeded random source and small true documents.
import type { EtaDoc, Numeric, VitalAlarm, VitalsDoc } from '../src/wire/documents';

export const NOW = new Date('2026-11-22T13:47:32Z');

/** mulberry32: the same numbers for the same seed, everywhere. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function ago(seconds: number): string {
  return new Date(NOW.getTime() - seconds * 1000).toISOString();
}

export function eta(id: string, duration_s: number): EtaDoc {
  return {
    kind: 'eta',
    id,
    facility_id: 'H1',
    unit_id: 'N07',
    eta: {
      target: 'hospital',
      target_id: 'H1',
      arrive_at: NOW.toISOString(),
      duration_s,
      distance_m: 100,
      method: 'straight_line',
      duration_p80_s: null,
      from_fix_at: NOW.toISOString(),
      computed_at: NOW.toISOString(),
    },
  };
}

export function numeric(value: number | null, ageS: number, state: Numeric['state'] = 'ok'): Numeric {
  return { value, unit: '/min', at: ago(ageS), state };
}

export function vitals(values: VitalsDoc['values'], more: Partial<VitalsDoc> = {}): VitalsDoc {
  return {
    kind: 'vitals',
    id: 'N07',
    patient_id: 'I-1.P1',
    values,
    score: { total: null, lower_bound: 0, missing: [], parts: {}, is_any_red: false, not_applicable: '' },
    is_level_held: false,
    acvpu: null,
    on_oxygen: null,
    gaps: 0,
    clock_skew_s: null,
    monitor: null,
    level: 'unknown',
    feed: 'live',
    feed_since: null,
    last_sample_at: null,
    source: 'device',
    recording: '',
    alarms: [],
    limits: [],
    ...more,
  };
}

/** SpO2 84 under NEWS2's 91, raised a minute ago and not seen by anybody. */
export function vitalAlarm(more: Partial<VitalAlarm> = {}): VitalAlarm {
  return {
    key: 'spo2:low',
    priority: 'medium',
    quantity: 'spo2',
    side: 'low',
    limit: 91,
    source: 'NEWS2, RCP 2017',
    value: 84,
    raised_at: ago(60),
    ended_at: null,
    is_held: false,
    acknowledged_by: '',
    acknowledged_at: null,
    ...more,
  };
}
