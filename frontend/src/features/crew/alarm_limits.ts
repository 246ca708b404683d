// The quantities that can have a limit of the patient's own, and the steps of the keys beside it; pure.
// Which limits are published, and which are impossible, is the server's knowledge.

import type { SetAlarmLimit } from '../../wire/commands';
import type { AlarmLimit, VitalsDoc } from '../../wire/documents';

export type LimitQuantity = SetAlarmLimit['quantity'];
export const QUANTITIES: readonly LimitQuantity[] = [
  'heart_rate', 'spo2', 'systolic', 'diastolic', 'resp_rate', 'etco2', 'temperature',
]; // prettier-ignore

/** What one tap changes: as fine as such a limit is ever spoken of. */
export const LIMIT_STEPS: Record<LimitQuantity, number> = {
  heart_rate: 5, spo2: 1, systolic: 5, diastolic: 5, resp_rate: 1, etco2: 1, temperature: 0.5,
}; // prettier-ignore

/** What the monitor calls a quantity; the first that was sent counts. */
const CODES: Record<LimitQuantity, readonly string[]> = {
  heart_rate: ['heart_rate', 'pulse_rate'],
  spo2: ['spo2'],
  systolic: ['abp_systolic', 'nibp_systolic'],
  diastolic: ['abp_diastolic', 'nibp_diastolic'],
  resp_rate: ['resp_rate'],
  etco2: ['etco2'],
  temperature: ['temperature'],
};

/** The limits in force for a quantity, the low side first, the more urgent of two steps first. */
export function inForce(quantity: LimitQuantity, limits: readonly AlarmLimit[]): readonly AlarmLimit[] {
  const side = (one: AlarmLimit): number => (one.side === 'low' ? 0 : 1);
  return limits.filter((one) => one.quantity === quantity).sort((one, other) => side(one) - side(other));
}

/** Where the keys begin: the limit in force, else what was measured last; null when neither. */
export function beginning(
  quantity: LimitQuantity,
  side: 'low' | 'high',
  limits: readonly AlarmLimit[],
  values: VitalsDoc['values'],
): number | null {
  const limit = inForce(quantity, limits).find((one) => one.side === side);
  const measured = CODES[quantity].map((code) => values[code]?.value ?? null).find((value) => value !== null);
  return limit?.value ?? measured ?? null;
}

/** The number after one tap, on a whole step and never below zero. */
export function stepped(quantity: LimitQuantity, from: number, by: 1 | -1): number {
  const step = LIMIT_STEPS[quantity];
  const places = by === 1 ? Math.floor(from / step + 1e-9) + 1 : Math.ceil(from / step - 1e-9) - 1;
  return Math.max(0, places * step);
}
