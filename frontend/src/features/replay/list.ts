// Searching the list of incidents, pure.

import type { IncidentSummary } from '../../wire/reading';

/** The server lists no more than this at once (dispatch.limits.INCIDENTS_LISTED_MAX). */
export const LISTED_MAX = 500;

/** Incidents that hold every word, in number, town or complaint; all of them without words. */
export function matching(incidents: readonly IncidentSummary[], words: string): IncidentSummary[] {
  const wanted = words.toLowerCase().split(/\s+/).filter((word) => word !== '');
  return incidents.filter((one) => {
    const text = `${one.incident_id} ${one.town ?? ''} ${one.complaint} ${one.priority}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
