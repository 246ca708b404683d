// Direction arrows of one patient's vital signs, from the samples the server stored.

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

export type Trends = Partial<Record<VitalKind, Direction | null>>;

/** Directions by kind; only values that were measured count, so that a rare cuff pressure has one too. */
export function trendsOf(values: Readonly<Record<string, readonly (number | null)[]>>): Trends {
  const found: Trends = {};
  for (const [kind, codes] of Object.entries(CODES) as [VitalKind, readonly string[]][]) {
    const column = codes.map((code) => values[code]).find((one) => one?.some((value) => value !== null));
    if (column) found[kind] = direction(column.filter((value) => value !== null));
  }
  return found;
}

/** Follow one patient while the calling component lives; arrows that cannot be read are absent. */
export function followTrends(patientId: () => string): { readonly value: Trends } {
  let value = $state.raw<Trends>({});
  $effect(() => {
    const id = patientId();
    let isOver = false;
    const ask = async () => {
      const answer = await reading.samples(id, TRENDS_MINUTES);
      if (!isOver) value = answer.ok ? trendsOf(answer.body.values) : {};
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
