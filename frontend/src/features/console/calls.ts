// Telephone calls at the desk: who rings, for how long, and which answered call still has no incident. Pure.

import type { CallDoc } from '../../wire/documents';

/** Ringing and unanswered, longest first. */
export function ringing(calls: readonly CallDoc[]): CallDoc[] {
  return calls
    .filter(({ state }) => state === 'ringing')
    .sort((one, other) => (one.rang_at < other.rang_at ? -1 : 1));
}

/** On the line with this person and not yet an incident: must not be forgotten. Oldest first. */
export function unfinished(calls: readonly CallDoc[], myName: string | undefined): CallDoc[] {
  return calls
    .filter(
      (call) =>
        call.state === 'answered' && call.incident_id === null && call.answered_by === myName,
    )
    .sort((one, other) => ((one.answered_at ?? '') < (other.answered_at ?? '') ? -1 : 1));
}
