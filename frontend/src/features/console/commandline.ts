// Dispatcher's shorthand: `send 07 I-1001`, `close I-1001 cancelled`, `out 06 repair`. Pure: it only
// reads what was typed; doing it is acting.ts.

import type { IncidentDoc, UnitDoc } from '../../wire/documents';

export type Outcome = 'completed' | 'cancelled' | 'false_call' | 'no_patient';
export type Typed =
  | { do: 'send'; unitId: string; incidentId: string; reason: string }
  | { do: 'cancel'; unitId: string; reason: string }
  | { do: 'close'; incidentId: string; outcome: Outcome }
  | { do: 'out'; unitId: string; reason: string }
  | { do: 'in'; unitId: string }
  | { do: 'go'; incidentId: string }
  | { do: 'help' };
/** What could not be read: which part, as typed. */
export interface Unread {
  unread: 'verb' | 'unit' | 'incident' | 'outcome' | 'reason';
  word: string;
}

export interface Known {
  units: readonly UnitDoc[];
  incidents: readonly IncidentDoc[];
  /** Taken where no incident is named. */
  selectedId: string | null;
}

const VERBS: Record<string, Typed['do']> = {
  send: 'send', 派: 'send', cancel: 'cancel', 取消: 'cancel', close: 'close', 结束: 'close',
  out: 'out', 停用: 'out', in: 'in', 恢复: 'in', go: 'go', 看: 'go', help: 'help', '?': 'help',
}; // prettier-ignore

const OUTCOMES: Record<string, Outcome> = {
  completed: 'completed', done: 'completed', 完成: 'completed', cancelled: 'cancelled',
  canceled: 'cancelled', 取消: 'cancelled', false: 'false_call', false_call: 'false_call',
  误报: 'false_call', no_patient: 'no_patient', nobody: 'no_patient', 无病人: 'no_patient',
}; // prettier-ignore

/** By call sign, by id, or by the digits at its end; null unless exactly one unit is meant. */
export function unitMeant(word: string, units: readonly UnitDoc[]): UnitDoc | null {
  const exact = units.find(
    (unit) => unit.call_sign === word || unit.id.toLowerCase() === word.toLowerCase(),
  );
  if (exact) return exact;
  const digits = /^[A-Za-z]?(\d+)$/.exec(word)?.[1];
  if (digits === undefined) return null;
  const found = units.filter((unit) => Number(/\d+$/.exec(unit.call_sign)?.[0]) === Number(digits));
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** `I-1001`, `i1001` or `1001`. */
export function incidentMeant(word: string, incidents: readonly IncidentDoc[]): IncidentDoc | null {
  const digits = /^[Ii]?-?(\d+)$/.exec(word)?.[1];
  return (
    incidents.find(({ id }) => id === word || (digits !== undefined && id === `I-${digits}`)) ??
    null
  );
}

export function read(line: string, known: Known): Typed | Unread {
  const [first = '', ...rest] = line.trim().split(/\s+/);
  const alone = rest.length === 0 ? incidentMeant(first, known.incidents) : null;
  if (alone) return { do: 'go', incidentId: alone.id };
  const verb = VERBS[first.toLowerCase()];
  if (!verb) return { unread: 'verb', word: first };
  if (verb === 'help') return { do: 'help' };
  if (verb === 'go' || verb === 'close') return ofIncident(verb, rest, known);
  return ofUnit(verb, rest, known);
}

function ofIncident(verb: 'go' | 'close', rest: readonly string[], known: Known): Typed | Unread {
  const [word = '', outcome = 'completed'] = rest;
  const incident = incidentMeant(word, known.incidents);
  if (!incident) return { unread: 'incident', word };
  if (verb === 'go') return { do: 'go', incidentId: incident.id };
  const meant = OUTCOMES[outcome.toLowerCase()];
  return meant
    ? { do: 'close', incidentId: incident.id, outcome: meant }
    : { unread: 'outcome', word: outcome };
}

function ofUnit(
  verb: 'send' | 'cancel' | 'out' | 'in',
  rest: readonly string[],
  known: Known,
): Typed | Unread {
  const [word = '', ...more] = rest;
  const unit = unitMeant(word, known.units);
  if (!unit) return { unread: 'unit', word };
  if (verb === 'in') return { do: 'in', unitId: unit.id };
  if (verb === 'send') return sending(unit.id, more, known);
  const reason = more.join(' ');
  return reason === '' ? { unread: 'reason', word: '' } : { do: verb, unitId: unit.id, reason };
}

function sending(unitId: string, more: readonly string[], known: Known): Typed | Unread {
  const [word = known.selectedId ?? '', ...reason] = more;
  const incident = incidentMeant(word, known.incidents);
  if (!incident) return { unread: 'incident', word };
  return { do: 'send', unitId, incidentId: incident.id, reason: reason.join(' ') };
}
