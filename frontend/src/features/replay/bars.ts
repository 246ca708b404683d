// What the lanes above and below the vital signs draw, pure: from the film, by true times where the log
// knows them, else by the time at which the screens showed it.

import { ms } from '../../wire/clock.svelte';
import type { AlarmDoc, CallDoc, IncidentDoc, PreAlertDoc, UnitDoc } from '../../wire/documents';
import { finalOf, versionsOf, type Film, type Version } from './film';

export interface UnitBar {
  status: UnitDoc['status'];
  fromMs: number;
  toMs: number;
}
export interface UnitLane {
  unitId: string;
  callSign: string;
  bars: UnitBar[];
}

/** The states of each unit from its first assignment here until what it did next. */
export function unitLanes(film: Film, incident: IncidentDoc | undefined): UnitLane[] {
  const units = versionsOf(film, 'unit');
  const seen = new Map((incident?.assignments ?? []).map((one) => [one.unit_id, one.call_sign]));
  return [...seen].map(([unitId, callSign]) => ({
    unitId,
    callSign,
    bars: barsOf(units.get(unitId) ?? [], incident?.id ?? '', film.toMs),
  }));
}

function barsOf(versions: readonly Version<'unit'>[], incidentId: string, toMs: number): UnitBar[] {
  const bars: UnitBar[] = [];
  let isOurs = false;
  for (const { atMs, doc } of versions) {
    if (!doc) continue;
    const wasOurs: boolean = isOurs;
    isOurs = doc.incident_id === incidentId;
    if (!isOurs && bars.length === 0) continue;
    const open = bars[bars.length - 1];
    if (open?.status === doc.status && isOurs === wasOurs) continue;
    const fromMs = Math.max(Math.min(ms(doc.status_since) ?? atMs, atMs), open?.fromMs ?? 0);
    if (open) open.toMs = fromMs;
    if (!isOurs && !wasOurs) break; // its next job is another incident's story
    bars.push({ status: doc.status, fromMs, toMs });
  }
  return bars.filter((bar) => bar.toMs > bar.fromMs);
}

export interface CallBar {
  id: string;
  rangMs: number;
  answeredMs: number | null;
  endMs: number;
  isEnded: boolean;
  by: string;
}

/** Each call from its ring to its end; one that never ended here lasts to the end of the window. */
export function callBars(film: Film): CallBar[] {
  return [...versionsOf(film, 'call').values()].flatMap((versions) => {
    const doc = finalOf(versions);
    if (!doc) return [];
    const ended = versions.find((one) => one.doc === null || isOver(one.doc));
    return [
      {
        id: doc.id,
        rangMs: ms(doc.rang_at) ?? film.fromMs,
        answeredMs: ms(doc.answered_at),
        endMs: ended?.atMs ?? film.toMs,
        isEnded: ended !== undefined,
        by: doc.answered_by ?? '',
      },
    ];
  });
}

function isOver(call: CallDoc): boolean {
  return call.state === 'ended' || call.state === 'abandoned';
}

export interface AlarmBar {
  id: string;
  kind: AlarmDoc['alarm_kind'];
  urgency: AlarmDoc['urgency'];
  patientId: string | null;
  /** When its cause began, and when the screens said so. */
  fromMs: number;
  saidMs: number;
  toMs: number;
  isOpen: boolean;
  noted: { by: string; atMs: number } | null;
}

/** Each time an alarm stood, from its cause to its end; the same alarm may stand twice. */
export function alarmBars(film: Film): AlarmBar[] {
  const bars = [...versionsOf(film, 'alarm').values()].flatMap((versions) => standings(versions, film.toMs));
  return bars.sort((a, b) => a.fromMs - b.fromMs);
}

/** One alarm's times of standing: each opens with a document and ends where it leaves the screens. */
function standings(versions: readonly Version<'alarm'>[], toMs: number): AlarmBar[] {
  const bars: AlarmBar[] = [];
  for (const { atMs, doc } of versions) {
    const open = bars.findLast((bar) => bar.isOpen);
    if (doc === null) {
      if (open) Object.assign(open, { toMs: atMs, isOpen: false });
      continue;
    }
    const at = ms(doc.acknowledged_at);
    const noted = at !== null && doc.acknowledged_by ? { by: doc.acknowledged_by, atMs: at } : null;
    if (open) {
      open.noted = noted ?? open.noted;
      continue;
    }
    const fromMs = Math.min(ms(doc.since) ?? atMs, atMs);
    bars.push({ id: doc.id, kind: doc.alarm_kind, urgency: doc.urgency, patientId: doc.patient_id, fromMs, saidMs: atMs, toMs, isOpen: true, noted });
  }
  return bars;
}

/** For each bar the line it lies on, so that bars that overlap in time do not overlap on the screen. */
export function stacked(bars: readonly { fromMs: number; toMs: number }[]): number[] {
  const ends: number[] = [];
  return bars.map(({ fromMs, toMs }) => {
    const free = ends.findIndex((end) => end <= fromMs);
    const line = free < 0 ? ends.length : free;
    ends[line] = toMs;
    return line;
  });
}

export interface PreAlertBar {
  id: string;
  facilityId: string;
  sentMs: number;
  endMs: number;
  /** How it ended: acknowledged, rejected, stood_down, or open at the end of the window. */
  end: 'acknowledged' | 'rejected' | 'stood_down' | 'open';
  by: string;
  escalations: { step: string; atMs: number }[];
}

/** Each pre-alert from sending to its answer; from its first escalation on it was late. */
export function preAlertBars(film: Film): PreAlertBar[] {
  return [...versionsOf(film, 'prealert').values()].flatMap((versions) => {
    const doc = finalOf(versions);
    const sentMs = ms(doc?.sent_at ?? doc?.created_at);
    if (!doc || sentMs === null) return [];
    const escalations = doc.escalations.map(({ step, at }) => ({ step, atMs: Date.parse(at) }));
    return [{ id: doc.id, facilityId: doc.facility_id, sentMs, escalations, ...endOf(doc, versions, film) }];
  });
}

function endOf(
  doc: PreAlertDoc,
  versions: readonly Version<'prealert'>[],
  film: Film,
): Pick<PreAlertBar, 'end' | 'endMs' | 'by'> {
  const acknowledged = ms(doc.acknowledged_at);
  if (acknowledged !== null) return { end: 'acknowledged', endMs: acknowledged, by: doc.acknowledged_by };
  const rejected = ms(doc.rejected_at);
  if (rejected !== null) return { end: 'rejected', endMs: rejected, by: doc.rejected_by };
  const down = versions.find((one) => one.doc === null || one.doc.state === 'stood_down');
  if (down) return { end: 'stood_down', endMs: down.atMs, by: '' };
  return { end: 'open', endMs: film.toMs, by: '' };
}

export interface ScoreMark {
  patientId: string;
  atMs: number;
  text: string;
  level: string;
}

/** NEWS2 at each change: a total, `≥n` while parts are missing, `?` while it could not be judged. */
export function scoreMarks(film: Film, incidentId: string): ScoreMark[] {
  const marks: ScoreMark[] = [];
  const last = new Map<string, string>();
  for (const { atMs, doc } of versionsOf(film, 'incident').get(incidentId) ?? []) {
    for (const patient of doc?.patients ?? []) {
      const text = scoreText(patient.news2, patient.news2_lower_bound, patient.level);
      const now = `${text}|${patient.level}`;
      if (text === '' || last.get(patient.patient_id) === now) continue;
      last.set(patient.patient_id, now);
      marks.push({ patientId: patient.patient_id, atMs, text, level: patient.level });
    }
  }
  return marks;
}

/** What a score says; empty where nothing was ever scored. */
export function scoreText(total: number | null, least: number | null, level: string): string {
  if (level === 'unscored') return '–';
  if (total !== null) return level === 'unknown' ? '?' : String(total);
  if (least === null) return '';
  return level === 'unknown' ? '?' : `≥${least}`;
}
