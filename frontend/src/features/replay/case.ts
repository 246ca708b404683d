// One incident, prepared once when its replay is opened: everything that does not move with the playhead.

import { ms } from '../../wire/clock.svelte';
import type { CountyDoc, InboundDoc, IncidentDoc } from '../../wire/documents';
import type { ReplayBundle } from '../../wire/reading';
import {
  alarmBars, callBars, preAlertBars, scoreMarks, unitLanes,
  type AlarmBar, type CallBar, type PreAlertBar, type ScoreMark, type UnitLane,
} from './bars'; // prettier-ignore
import { leadAssignment, milestones, reviewClocks, type Known, type Milestone, type ReviewClock } from './clocks';
import { etasOf, type Etas } from './etas';
import { filmOf, finalOf, versionsOf, type Film } from './film';
import { jumpsOf, type Jump } from './jumps';
import { blindsOf, tableOf, type Blind, type SampleTable } from './samples';
import { seenOf, type Seen } from './seen';
import { trackOf, type Track } from './tracks';
import { vitalMarks, type VitalMark } from './vital_marks';

export interface Case {
  id: string;
  isOpen: boolean;
  film: Film;
  /** The incident as it was in the end; undefined for a log that lost it. */
  incident: IncidentDoc | undefined;
  county: CountyDoc | undefined;
  /** Digests of the county's setup during the window, in order; more than one says that it changed. */
  setups: string[];
  patientIds: string[];
  unitIds: string[];
  tables: Map<string, SampleTable>;
  tracks: Map<string, Track>;
  etas: Map<string, Etas>;
  blinds: Blind[];
  calls: CallBar[];
  units: UnitLane[];
  alarms: AlarmBar[];
  vitalAlarms: VitalMark[];
  alerts: PreAlertBar[];
  scores: ScoreMark[];
  seen: Seen;
  left: Map<string, Left>;
  clocks: ReviewClock[];
  milestones: Milestone[];
  jumps: Jump[];
}

export function caseOf(bundle: ReplayBundle): Case {
  const film = filmOf(bundle);
  const incident = finalOf(versionsOf(film, 'incident').get(bundle.incident_id));
  const counties = [...versionsOf(film, 'county').values()].flat().flatMap(({ doc }) => doc ?? []);
  const alerts = preAlertBars(film);
  const calls = callBars(film);
  const alarms = alarmBars(film);
  const known: Known | null = incident
    ? { incident, calls, alerts, standards: counties[counties.length - 1]?.standards, ...endsOf(incident) }
    : null;
  return {
    id: bundle.incident_id,
    isOpen: bundle.is_open,
    film,
    incident,
    county: counties[0],
    setups: [...new Set(counties.map(({ digest }) => digest))],
    patientIds: (incident?.patients ?? []).map((patient) => patient.patient_id),
    unitIds: [...new Set((incident?.assignments ?? []).map((one) => one.unit_id))],
    tables: new Map(Object.entries(bundle.samples).map(([id, samples]) => [id, tableOf(samples)])),
    tracks: new Map(Object.entries(bundle.tracks).map(([id, fixes]) => [id, trackOf(id, fixes)])),
    etas: new Map(Object.entries(bundle.etas).map(([id, rows]) => [id, etasOf(rows)])),
    blinds: blindsOf(alarms),
    calls,
    units: unitLanes(film, incident),
    alarms,
    vitalAlarms: vitalMarks(incident),
    alerts,
    scores: scoreMarks(film, bundle.incident_id),
    seen: seenOf(bundle.viewers, { incident, alerts }),
    left: leftOf(film, incident),
    clocks: known ? reviewClocks(known) : [],
    milestones: known ? milestones(known) : [],
    jumps: jumpsOf(incident, calls),
  };
}

/** When the first patient came to a hospital and was taken over there. */
function endsOf(incident: IncidentDoc): Pick<Known, 'arrivedMs' | 'handedOverMs'> {
  const first = (type: string) => ms(incident.timeline.find((entry) => entry.type === type)?.at);
  return { arrivedMs: first('patient_arrived'), handedOverMs: first('handover_accepted') };
}

export interface Left {
  atMs: number;
  /** The board's last word on the patient. */
  last: InboundDoc;
  /** Who took the patient over, if that is why. */
  takenOver: { by: string; at: string } | null;
}

/** When and why each patient left the receiving board for good. */
function leftOf(film: Film, incident: IncidentDoc | undefined): Map<string, Left> {
  const found = new Map<string, Left>();
  for (const [patientId, versions] of versionsOf(film, 'inbound')) {
    const last = finalOf(versions);
    const end = versions[versions.length - 1];
    if (!last || !end || end.doc !== null) continue;
    const taken = incident?.timeline.find(
      (entry) => entry.type === 'handover_accepted' && entry.params.patient_id === patientId,
    );
    found.set(patientId, { atMs: end.atMs, last, takenOver: taken ? { by: taken.by, at: taken.at } : null });
  }
  return found;
}

/** The patient whose cards are shown until another is chosen: one with vital signs before one without. */
export function firstPatient(shown: Case): string | null {
  const withVitals = shown.patientIds.find((id) => (shown.tables.get(id)?.timesMs.length ?? 0) > 0);
  return withVitals ?? shown.patientIds[0] ?? null;
}

/** The unit whose tablet is shown: the one that carried, then the one that was first. */
export function firstUnit(shown: Case): string | null {
  const lead = shown.incident ? leadAssignment(shown.incident) : undefined;
  return lead?.unit_id ?? shown.unitIds[0] ?? null;
}
