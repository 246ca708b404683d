// What a vital-sign tile says, as a pure function of the document and the time. No threshold is
// invented here: a value is an alarm when the server's alarm engine says so (`alarms.ts`). Freshness
// limits come with the county.

import { ms } from '../wire/clock.svelte';
import type { Numeric, Standards, VitalsDoc } from '../wire/documents';
import { lookOf, type AlarmLook } from './alarms';

export type VitalKind = 'heart_rate' | 'spo2' | 'nibp' | 'resp_rate' | 'etco2' | 'temperature';
export const VITAL_KINDS: readonly VitalKind[] = [
  'heart_rate', 'spo2', 'nibp', 'resp_rate', 'etco2', 'temperature',
]; // prettier-ignore

/** `fresh`, `old` (over its limit), `lost` (feed silent or server lost), `never`, `implausible`. */
export type VitalState = 'fresh' | 'old' | 'lost' | 'never' | 'implausible';

export interface Reading {
  kind: VitalKind;
  state: VitalState;
  /** Struck through, whatever its age: a value that cannot be true never looks like an old true one. */
  isStruck: boolean;
  /** Feed or server lost: the whole tile is grey, label as well. */
  isMuted: boolean;
  /** Block only for a value that is fresh; a frame where the alarm is held or over; null without one. */
  alarm: AlarmLook | null;
  /** `–` when there is nothing to show. */
  value: string;
  /** Diastolic, without its slash; empty otherwise. */
  second: string;
  unit: string;
  ageS: number | null;
  /** Key in the `vitals` words to say instead of the age: not_taken, check, leads_off …; else null. */
  note: string | null;
}

export type Limits = Pick<Standards, 'numerics_fresh_s' | 'nibp_fresh_s'>;

/** Until the county is known: UX rule 1 (numerics 10 s, cuff pressure 10 min). */
export const DEFAULT_LIMITS: Limits = { numerics_fresh_s: 10, nibp_fresh_s: 600 };

interface Source {
  codes: readonly string[];
  second?: readonly string[];
  unit: string;
  /** Measured now and then: kept as long as a cuff pressure. */
  isSpot: boolean;
  digits: number;
}

const SOURCES: Record<VitalKind, Source> = {
  heart_rate: { codes: ['heart_rate', 'pulse_rate'], unit: '', isSpot: false, digits: 0 },
  spo2: { codes: ['spo2'], unit: '%', isSpot: false, digits: 0 },
  nibp: {
    codes: ['abp_systolic', 'nibp_systolic'],
    second: ['abp_diastolic', 'nibp_diastolic'],
    unit: '',
    isSpot: true,
    digits: 0,
  },
  resp_rate: { codes: ['resp_rate'], unit: '', isSpot: false, digits: 0 },
  etco2: { codes: ['etco2'], unit: '', isSpot: false, digits: 0 },
  temperature: { codes: ['temperature'], unit: '℃', isSpot: true, digits: 1 },
};

const DEVICE_NOTES = new Set(['leads_off', 'probe_off', 'artefact', 'asystole']);

/** The newest of the alternatives that was ever sent. */
function newest(doc: VitalsDoc, codes: readonly string[]): { numeric: Numeric; index: number } | null {
  let best: { numeric: Numeric; index: number; at: number } | null = null;
  for (const [index, code] of codes.entries()) {
    const numeric = doc.values[code];
    const at = numeric ? (ms(numeric.at) ?? 0) : -1;
    // An older first choice stays until it is 10 min behind: arterial before cuff, ECG before pleth.
    if (numeric && (best === null || at > best.at + 10_000)) best = { numeric, index, at };
  }
  return best;
}

function noteOf(numeric: Numeric): string | null {
  if (DEVICE_NOTES.has(numeric.state)) return numeric.state;
  return numeric.state === 'ok' ? null : 'check';
}

function isUntrue(numeric: Numeric): boolean {
  return numeric.state === 'invalid' || numeric.state === 'artefact';
}

function stateOf(
  numeric: Numeric,
  ageS: number,
  limitS: number,
  isLost: boolean,
): VitalState {
  if (isLost) return 'lost';
  if (ageS > limitS) return 'old';
  return isUntrue(numeric) ? 'implausible' : 'fresh';
}

const NEVER = { value: '–', second: '', isStruck: false, ageS: null } as const;

/** What the tile of `kind` shows at `nowMs` (epoch ms); `isLost` when the screen lost the server. */
export function readVital(
  doc: VitalsDoc | undefined,
  kind: VitalKind,
  nowMs: number,
  limits: Limits = DEFAULT_LIMITS,
  isLost = false,
): Reading {
  const source = SOURCES[kind];
  const isMuted = isLost || doc?.feed === 'lost';
  const base = { kind, unit: source.unit, isMuted };
  const found = doc ? newest(doc, source.codes) : null;
  if (!doc || !found) {
    const alarm = doc ? lookOf(doc, kind, false) : null;
    return { ...base, ...NEVER, alarm, state: 'never', note: 'not_taken' };
  }
  const { numeric, index } = found;
  const ageS = Math.max(0, (nowMs - (ms(numeric.at) ?? nowMs)) / 1000);
  const limitS = source.isSpot ? limits.nibp_fresh_s : limits.numerics_fresh_s;
  const state = stateOf(numeric, ageS, limitS, isMuted);
  const second = source.second?.[index];
  return {
    ...base,
    state,
    alarm: lookOf(doc, kind, state === 'fresh'),
    isStruck: isUntrue(numeric),
    value: shown(numeric, source.digits),
    second: second && doc.values[second] ? shown(doc.values[second], source.digits) : '',
    ageS,
    note: state === 'lost' || state === 'old' ? null : noteOf(numeric),
  };
}

function shown(numeric: Numeric | undefined, digits: number): string {
  return numeric?.value === null || numeric?.value === undefined ? '–' : numeric.value.toFixed(digits);
}

export type Direction = 'up' | 'down' | 'flat';

/** Direction of a column of samples over its last `window`; null with fewer than three values. */
export function direction(values: readonly (number | null)[], window = 60): Direction | null {
  const known = values.slice(-window).filter((value) => value !== null);
  if (known.length < 3) return null;
  const third = Math.max(1, Math.floor(known.length / 3));
  const mean = (part: readonly number[]) => part.reduce((sum, value) => sum + value, 0) / part.length;
  const first = mean(known.slice(0, third));
  const change = mean(known.slice(-third)) - first;
  // Under 3 % is steady: half the width of a NEWS2 band, so that an arrow means something.
  if (Math.abs(change) < Math.max(0.3, Math.abs(first) * 0.03)) return 'flat';
  return change > 0 ? 'up' : 'down';
}
