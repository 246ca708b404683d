// Who saw what when, pure: from the log's acknowledgements and from the screens that were opened. A
// screen that was already open when the window began left no mark in it.

import { ms } from '../../wire/clock.svelte';
import type { IncidentDoc } from '../../wire/documents';
import type { ReplayView } from '../../wire/reading';
import type { PreAlertBar } from './bars';

export type ItemKind = 'job' | 'prealert' | 'handover' | 'alarm' | 'diversion';
export interface Item {
  key: string;
  kind: ItemKind;
  /** Unit or hospital the item was for. */
  forId: string;
}
export type SeenAction = 'opened' | 'closed' | 'delivered' | 'displayed' | 'acknowledged' | 'rejected';
export interface SeenMark {
  atMs: number;
  action: SeenAction;
  name: string;
  /** Index into `items`; -1 for a screen. */
  item: number;
  /** When it could first have been seen: the line from here is the delay. */
  sinceMs: number | null;
}
export interface SeenRow {
  kind: 'console' | 'unit' | 'facility';
  id: string;
  marks: SeenMark[];
}
export interface Seen {
  items: Item[];
  rows: SeenRow[];
}

/** A delay of display beyond this is red (design: who saw what). */
export const DISPLAY_LATE_S = 10;

const KINDS: Record<string, ItemKind> = {
  assignment_acknowledged: 'job',
  handover_accepted: 'handover',
  alarm_acknowledged: 'alarm',
  vital_alarm_acknowledged: 'alarm',
  diversion_seen: 'diversion',
};
const ACTIONS = new Set<string>(['opened', 'closed', 'delivered', 'displayed', 'acknowledged', 'rejected']);

export interface Around {
  incident: IncidentDoc | undefined;
  alerts: readonly PreAlertBar[];
}

/** One row for the console, each unit and each hospital of the incident, with the marks of its people. */
export function seenOf(views: readonly ReplayView[], around: Around): Seen {
  const rows = emptyRows(around);
  const items: Item[] = [];
  for (const view of views) {
    const row = rowOf(rows, view, around);
    if (!row || !ACTIONS.has(view.action)) continue;
    const item = view.what === 'screen' ? -1 : itemOf(items, view, row, around);
    const atMs = Date.parse(view.at);
    const sinceMs = item < 0 ? null : sinceOf(view, row, around);
    row.marks.push({ atMs, action: view.action as SeenAction, name: view.name, item, sinceMs });
  }
  for (const row of rows) row.marks.sort((a, b) => a.atMs - b.atMs);
  return { items, rows };
}

function emptyRows({ incident, alerts }: Around): SeenRow[] {
  const units = new Set((incident?.assignments ?? []).map((one) => one.unit_id));
  const facilities = new Set(alerts.map((one) => one.facilityId));
  for (const patient of incident?.patients ?? []) if (patient.facility_id) facilities.add(patient.facility_id);
  return [
    { kind: 'console', id: '', marks: [] },
    ...[...units].map((id): SeenRow => ({ kind: 'unit', id, marks: [] })),
    ...[...facilities].map((id): SeenRow => ({ kind: 'facility', id, marks: [] })),
  ];
}

/** Whose screen it was; undefined for screens that have nothing to do with this incident. */
function rowOf(rows: readonly SeenRow[], view: ReplayView, around: Around): SeenRow | undefined {
  const id = view.who.slice(view.who.indexOf(':') + 1);
  const own = rows.find((row) => row.kind !== 'console' && row.id === id);
  if (own) return own;
  if (view.what === 'screen') return view.who.startsWith('console') ? rows[0] : undefined;
  const alert = around.alerts.find((one) => one.id === view.what);
  if (alert && view.action !== 'acknowledged') return rows.find((row) => row.id === alert.facilityId);
  return rows[0];
}

function itemOf(items: Item[], view: ReplayView, row: SeenRow, around: Around): number {
  const kind = KINDS[view.what] ?? 'prealert';
  const alert = around.alerts.find((one) => one.id === view.what);
  const forId = alert?.facilityId ?? row.id;
  const key = kind === 'prealert' ? view.what : `${kind}:${forId}`;
  const found = items.findIndex((one) => one.key === key);
  return found >= 0 ? found : items.push({ key, kind, forId }) - 1;
}

function sinceOf(view: ReplayView, row: SeenRow, { incident, alerts }: Around): number | null {
  const alert = alerts.find((one) => one.id === view.what);
  if (alert) return alert.sentMs;
  if (view.what !== 'assignment_acknowledged') return null;
  const at = Date.parse(view.at);
  const jobs = (incident?.assignments ?? []).filter((one) => one.unit_id === row.id);
  const started = jobs.flatMap((one) => ms(one.step_at.notified) ?? []).filter((since) => since <= at);
  return started.length > 0 ? Math.max(...started) : null;
}
