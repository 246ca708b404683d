// The arrival that the fixes propose, pure: when the crew is asked, and what its "no" means.

import type { Arrival } from '../../wire/documents';
import { nextKey, type Progress } from './work';

/** One stay at one target; a "no" is for this stay, the next one is asked about again. */
export function stayOf({ assignment_id, step, since }: Arrival): string {
  return `${assignment_id} ${step} ${since}`;
}

/**
 * The question to show, or null: it must be of this job and be the crew's own next status, so that a
 * tap which is still on its way has answered it already.
 */
export function askedArrival(
  arrival: Arrival | null | undefined,
  jobId: string | undefined,
  made: Progress | null,
  deniedStay: string | null,
): Arrival | null {
  if (!arrival || !made || arrival.assignment_id !== jobId) return null;
  const next = nextKey(made.state, []);
  if (next.kind !== 'step' || next.step !== arrival.step) return null;
  return stayOf(arrival) === deniedStay ? null : arrival;
}
