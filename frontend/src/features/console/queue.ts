// The incident queue: which incident stands where, what its clock counts, what the arrow keys choose. Pure.

import type { AssignmentView, IncidentDoc, Standards } from '../../wire/documents';

/** `unassigned` nobody goes; `waiting` on the way; `reached`; `done` all units clear, to be closed. */
export type Stage = 'unassigned' | 'waiting' | 'reached' | 'done';

const RANK: Record<Stage, number> = { unassigned: 0, waiting: 1, reached: 2, done: 3 };
/** Rows of full height that fit; beyond it all but P1 are folded to two lines. */
export const FULL_ROWS = 9;

export function isOpen(incident: IncidentDoc): boolean {
  return incident.state !== 'closed' && incident.state !== 'cancelled';
}

/** The units that work for it now. */
export function working(incident: IncidentDoc): AssignmentView[] {
  return incident.assignments.filter(({ state }) => state !== 'cleared' && state !== 'cancelled');
}

export function stageOf(incident: IncidentDoc): Stage {
  const active = working(incident);
  if (active.length > 0) return active.some(hasReached) ? 'reached' : 'waiting';
  return incident.state === 'finished' ? 'done' : 'unassigned';
}

/** All units are clear, yet a patient was never attended: nobody was there, or somebody was missed. */
export function unattended(incident: IncidentDoc): number {
  if (stageOf(incident) !== 'done') return 0;
  return incident.patients.filter(({ state }) => state === 'reported').length;
}

/** Unassigned first; a patient who may have been missed comes right after. */
function rankOf(incident: IncidentDoc): number {
  return unattended(incident) > 0 ? 0.5 : RANK[stageOf(incident)];
}

function hasReached(assignment: AssignmentView): boolean {
  return assignment.step_at.on_scene !== undefined;
}

export function isUnmet(incident: IncidentDoc): boolean {
  return incident.priority === 'P1' && stageOf(incident) === 'unassigned';
}

/** Priority; inside it unassigned, then still waiting (longest first), then reached, then done. */
export function inOrder(incidents: readonly IncidentDoc[]): IncidentDoc[] {
  return incidents.filter(isOpen).sort((one, other) => {
    if (one.priority !== other.priority) return one.priority < other.priority ? -1 : 1;
    const stage = rankOf(one) - rankOf(other);
    if (stage !== 0) return stage;
    if (one.rang_at !== other.rang_at) return one.rang_at < other.rang_at ? -1 : 1;
    return one.id < other.id ? -1 : 1;
  });
}

export interface QueueClock {
  counts: 'send' | 'arrive' | 'reached' | 'close';
  since: string;
  until: string | null;
  standardS: number | null;
}

/** Call-taking starts the clock at the ring; what is counted follows the stage. */
export function clockOf(incident: IncidentDoc, standards: Standards | undefined): QueueClock {
  const stage = stageOf(incident);
  const since = incident.rang_at;
  const arriveS = standards?.arrive_s[incident.priority] ?? null;
  if (stage === 'unassigned') {
    return {
      counts: 'send',
      since,
      until: null,
      standardS: standards?.send_s[incident.priority] ?? null,
    };
  }
  if (stage === 'waiting') return { counts: 'arrive', since, until: null, standardS: arriveS };
  const until = incident.first_on_scene_at;
  if (stage === 'done') return { counts: 'close', since, until: until ?? since, standardS: null };
  return { counts: 'reached', since, until, standardS: arriveS };
}

/** The id `step` rows from the chosen one; the ends hold, nothing chosen starts at the end reached. */
export function moved(ids: readonly string[], chosen: string | null, step: 1 | -1): string | null {
  if (ids.length === 0) return null;
  const at = chosen === null ? -1 : ids.indexOf(chosen);
  if (at < 0) return (step > 0 ? ids[0] : ids[ids.length - 1]) ?? null;
  return ids[Math.min(ids.length - 1, Math.max(0, at + step))] ?? null;
}

/** The next unassigned incident after the chosen one, round the end; null when there is none. */
export function nextUnassigned(
  ordered: readonly IncidentDoc[],
  chosen: string | null,
): string | null {
  const waiting = ordered.filter((one) => stageOf(one) === 'unassigned').map(({ id }) => id);
  if (waiting.length === 0) return null;
  const at = chosen === null ? -1 : waiting.indexOf(chosen);
  return waiting[(at + 1) % waiting.length] ?? null;
}

/** `明山头镇` and `耕余堂村` as one line: the kind of township falls away where a place follows. */
export function placeLine(place: { town: string | null; address: string }): string[] {
  const address = place.address.trim();
  if (!place.town) return [address];
  if (address === '') return [place.town];
  const town = place.town.length > 2 ? place.town.replace(/[镇乡]$/, '') : place.town;
  const rest = address.startsWith(place.town) ? address.slice(place.town.length).trim() : address;
  return rest === '' ? [place.town] : [town, rest];
}

/** `南急07` is spoken as 07 on the desk. */
export function shortSign(callSign: string): string {
  return /\d+$/.exec(callSign)?.[0] ?? callSign;
}

const ON_THE_WAY = new Set(['assigned', 'en_route', 'transporting']);

/** Only a unit under way arrives somewhere: on the scene the next ETA is not yet anybody's promise. */
export function isOnTheWay(status: string | undefined): boolean {
  return status !== undefined && ON_THE_WAY.has(status);
}
