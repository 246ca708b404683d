// Vital signs at a moment of the replay, pure. A value is never shown before its time, and not while
// the feed was lost: what a vehicle stored then came later, and nobody could have seen it. Samples
// are kept with their true time only, so a lateness shorter than a lost feed cannot be replayed.

import type { ScoreView, VitalsDoc } from '../../wire/documents';
import type { Samples } from '../../wire/reading';
import type { AlarmBar } from './bars';
import { lastAt } from './film';

export interface SampleTable {
  patientId: string;
  source: VitalsDoc['source'];
  /** Name of the recording; empty without one. */
  recording: string;
  at: readonly string[];
  timesMs: Float64Array;
  values: Record<string, readonly (number | null)[]>;
  /** For each row, the newest row up to it that holds a value; -1 when there is none yet. */
  newest: Record<string, Int32Array>;
}

/** While this lasts the screens had nothing: from the last sample heard until the feed came back. */
export interface Blind {
  patientId: string;
  /** The last sample that was heard. */
  sinceMs: number;
  /** When the system said so. */
  saidMs: number;
  /** When it came back or its cause ended; null when it never did. */
  untilMs: number | null;
}

/** Columns of the server with an index, so that any moment costs one binary search. */
export function tableOf(samples: Samples): SampleTable {
  const newest: Record<string, Int32Array> = {};
  for (const [code, column] of Object.entries(samples.values)) {
    const index = new Int32Array(column.length);
    let last = -1;
    for (let row = 0; row < column.length; row += 1) {
      if (column[row] !== null) last = row;
      index[row] = last;
    }
    newest[code] = index;
  }
  const timesMs = Float64Array.from(samples.at, (at) => Date.parse(at));
  const { patient_id: patientId, at, values, source, recording } = samples;
  return { patientId, source: source ?? 'device', recording: recording ?? '', at, timesMs, values, newest };
}

/** The row of the newest value of `code` at or before `ms`; -1 when there is none. */
export function rowAt(table: SampleTable, code: string, ms: number): number {
  const row = lastAt(table.timesMs, ms);
  return row < 0 ? -1 : (table.newest[code]?.[row] ?? -1);
}

/** When feeds were lost, from the alarms as the screens held them. */
export function blindsOf(alarms: readonly AlarmBar[]): Blind[] {
  return alarms.flatMap((bar): Blind[] => {
    if (bar.kind !== 'feed_lost' || bar.patientId === null) return [];
    const untilMs = bar.isOpen ? null : bar.toMs;
    return [{ patientId: bar.patientId, sinceMs: bar.fromMs, saidMs: bar.saidMs, untilMs }];
  });
}

/** The lost feed of a patient that covers `ms`, if any. */
export function blindAt(blinds: readonly Blind[], patientId: string, ms: number): Blind | undefined {
  return blinds.find(
    (one) =>
      one.patientId === patientId && ms >= one.sinceMs && (one.untilMs === null || ms < one.untilMs),
  );
}

const NO_SCORE: ScoreView = {
  total: null, lower_bound: 0, missing: [], parts: {}, is_any_red: false, not_applicable: '',
}; // prettier-ignore

/** The vital signs that could be seen at `ms`; values carry their true time, so their age is honest. */
export function vitalsAt(
  table: SampleTable | undefined,
  unitId: string,
  ms: number,
  blinds: readonly Blind[] = [],
): VitalsDoc | undefined {
  if (!table) return undefined;
  const blind = blindAt(blinds, table.patientId, ms);
  const seenMs = blind ? Math.min(ms, blind.sinceMs) : ms;
  const values: VitalsDoc['values'] = {};
  for (const code of Object.keys(table.values)) {
    const row = rowAt(table, code, seenMs);
    if (row < 0) continue;
    values[code] = { value: table.values[code]?.[row] ?? null, unit: '', at: table.at[row] as string, state: 'ok' };
  }
  const last = lastAt(table.timesMs, seenMs);
  if (last < 0) return undefined;
  const isLost = blind !== undefined && ms >= blind.saidMs;
  return {
    kind: 'vitals', id: unitId, patient_id: table.patientId, values, score: NO_SCORE, level: 'unknown',
    is_level_held: false, acvpu: null, on_oxygen: null, feed: isLost ? 'lost' : 'live',
    feed_since: isLost ? new Date(blind.sinceMs).toISOString() : null,
    last_sample_at: table.at[last] ?? null, source: table.source, recording: table.recording, gaps: 0,
    clock_skew_s: null, monitor: null, alarms: [], limits: [],
  }; // prettier-ignore
}
