// The last half hour of one patient's vital signs, from the samples the server stored: the lines of the
// trend row and the direction arrows of the tiles.

import { reading } from '../../wire/reading';
import { direction, type Direction, type VitalKind } from '../../ui/vitals';
import { TRENDS_EVERY_MS, TRENDS_MINUTES } from './limits';

const CODES: Record<VitalKind, readonly string[]> = {
  heart_rate: ['heart_rate', 'pulse_rate'],
  spo2: ['spo2'],
  nibp: ['abp_systolic', 'nibp_systolic'],
  resp_rate: ['resp_rate'],
  etco2: ['etco2'],
  temperature: ['temperature'],
};

type Column = readonly (number | null)[];
export type Trends = Partial<Record<VitalKind, Direction | null>>;
export interface Course {
  at: readonly string[];
  /** One column for each kind that was ever measured, as long as `at`. */
  columns: Partial<Record<VitalKind, Column>>;
  trends: Trends;
}
export const NO_COURSE: Course = { at: [], columns: {}, trends: {} };

/** Columns and directions by kind; only measured values count for an arrow, so a rare cuff has one too. */
export function courseOf(at: readonly string[], values: Readonly<Record<string, Column>>): Course {
  const columns: Course['columns'] = {};
  const trends: Trends = {};
  for (const [kind, codes] of Object.entries(CODES) as [VitalKind, readonly string[]][]) {
    const column = codes.map((code) => values[code]).find((one) => one?.some((value) => value !== null));
    if (!column) continue;
    columns[kind] = column;
    trends[kind] = direction(column.filter((value) => value !== null));
  }
  return { at, columns, trends };
}

/** Follow one patient while the calling component lives; what cannot be read is absent. */
export function followCourse(patientId: () => string): { readonly value: Course } {
  let value = $state.raw(NO_COURSE);
  $effect(() => {
    const id = patientId();
    let isOver = false;
    const ask = async () => {
      const answer = await reading.samples(id, TRENDS_MINUTES);
      if (!isOver) value = answer.ok ? courseOf(answer.body.at, answer.body.values) : NO_COURSE;
    };
    void ask();
    const timer = setInterval(() => void ask(), TRENDS_EVERY_MS);
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  });
  return {
    get value() {
      return value;
    },
  };
}
