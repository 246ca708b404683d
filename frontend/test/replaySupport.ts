// A small true incident for the replay's tests: one call, one unit, one patient, one pre-alert.
import type { AlarmDoc, CountyDoc, IncidentDoc, PatientView, PreAlertDoc, UnitDoc } from '../src/wire/documents';
import type { ReplayBundle, Samples } from '../src/wire/reading';

export const T0 = Date.parse('2026-11-22T06:00:00Z');
export const ID = 'I-1';
export const PATIENT = 'I-1.P1';

export function at(seconds: number): string {
  return new Date(T0 + seconds * 1000).toISOString();
}

export function unit(id: string, status: UnitDoc['status'], sinceS: number, incidentId: string | null = null): UnitDoc {
  return {
    kind: 'unit', id, call_sign: id, unit_kind: 'als', station_id: 'S1', crew_skills: [], equipment: [],
    readiness: 'in_service', readiness_reason: '', status, status_since: at(sinceS), assignment_id: null,
    incident_id: incidentId, priority: null, destination_id: null,
  }; // prettier-ignore
}

export function alarm(kind: AlarmDoc['alarm_kind'], sinceS: number): AlarmDoc {
  return {
    kind: 'alarm', id: `${kind}:${PATIENT}`, alarm_kind: kind, urgency: 'medium', since: at(sinceS), incident_id: ID,
    unit_id: 'N01', patient_id: PATIENT, facility_id: null, params: {}, acknowledged_by: '', acknowledged_at: null,
  }; // prettier-ignore
}

function patient(more: Partial<PatientView>): PatientView {
  return {
    ecgs: [], patient_id: PATIENT, state: 'attended', name: '', age_years: 60, sex: 'male', is_pregnant: false, complaint: '',
    centres: [], level: 'unknown', level_at: null, news2: null, news2_lower_bound: null, acvpu: null, on_oxygen: null,
    atmist: { onset_at: null, mechanism: '', injuries: '', signs: '', treatment: '', caution: '' },
    unit_id: 'N01', facility_id: 'H1', prealert_id: null, hold_id: null, handover: 'none', ...more,
  }; // prettier-ignore
}

export function incident(more: Partial<PatientView> = {}): IncidentDoc {
  return {
    kind: 'incident', id: ID, state: 'on_scene', priority: 'P1', complaint: '', note: '', centres: [],
    place: { address: '', landmark: '', town: null, lon: 112, lat: 29, is_read_back: true },
    caller: { name: '', phone: '' }, rang_at: at(0), opened_at: at(10), opened_by: '陈', first_sent_at: at(20),
    first_on_scene_at: at(200), closed_at: null, outcome: null,
    assignments: [
      {
        assignment_id: 'I-1.A1', unit_id: 'N01', call_sign: '南急01', state: 'cleared', since: at(500), overdue: null,
        step_at: { notified: at(20), en_route: at(40), on_scene: at(200), cleared: at(500) },
      },
    ],
    patients: [patient(more)],
    timeline: [
      { seq: 3, at: at(10), type: 'incident_opened', by: '陈', params: { priority: 'P1' } },
      { seq: 4, at: at(20), type: 'unit_assigned', by: '陈', params: { unit_id: 'N01' } },
    ],
  }; // prettier-ignore
}

function prealert(more: Partial<PreAlertDoc>): PreAlertDoc {
  return {
    kind: 'prealert', id: 'A1', patient_id: PATIENT, unit_id: 'N01', facility_id: 'H1', colour: 'red', state: 'sent',
    created_at: at(300), sent_at: at(300), delivered_at: null, displayed_at: null, acknowledged_at: null,
    acknowledged_by: '', rejected_at: null, rejected_by: '', reason: '', escalations: [], next_step: 'duty_lead',
    next_step_at: at(330), next_step_tells: 'duty_lead', is_escalated: false, ...more,
  }; // prettier-ignore
}

function county(): CountyDoc {
  return {
    kind: 'county', id: 'nanxian', name_zh: '南县', name_en: 'Nanxian', zone: 'Asia/Shanghai', is_schematic: true,
    digest: 'abc', towns: [], stations: [], centres: [],
    standards: {
      send_s: { P1: 120 }, arrive_s: { P1: 720 }, answer_s: 10, turnout_s: 180, undo_s: 10, acknowledge_s: 30, offload_s: 1200,
      numerics_fresh_s: 10, position_fresh_s: 30, beds_fresh_s: 900, nibp_fresh_s: 600, cover_minutes: 20,
    },
  }; // prettier-ignore
}

export function samples(seconds: readonly number[], values: Samples['values']): Samples {
  return { patient_id: PATIENT, at: seconds.map(at), values };
}

const call = (more: object) => ({
  kind: 'call' as const, id: 'C-1', state: 'answered' as const, rang_at: at(0), number_masked: '', town: null, lon: null,
  lat: null, answered_at: at(5), answered_by: '陈', incident_id: ID, ...more,
}); // prettier-ignore

export function bundle(more: Partial<ReplayBundle> = {}): ReplayBundle {
  const seen = (who: string, what: string, seconds: number, action: string) => ({ who, name: '李', what, at: at(seconds), action });
  return {
    incident_id: ID,
    from: at(0),
    to: at(600),
    is_open: true,
    frames: [
      { seq: 2, at: at(10), docs: [county(), unit('N01', 'idle', -900)], gone: [] },
      { seq: 3, at: at(10), docs: [call({}), incident()], gone: [] },
      { seq: 4, at: at(20), docs: [unit('N01', 'assigned', 20, ID)], gone: [] },
      { seq: 5, at: at(41), docs: [unit('N01', 'en_route', 40, ID)], gone: [] },
      { seq: 6, at: at(90), docs: [call({ state: 'ended' })], gone: [] },
      { seq: 7, at: at(201), docs: [unit('N01', 'on_scene', 200, ID)], gone: [] },
      { seq: 8, at: at(210), docs: [incident({ news2_lower_bound: 4, level: 'low' })], gone: [] },
      { seq: 9, at: at(220), docs: [incident({ news2_lower_bound: 4, level: 'low' })], gone: [] },
      { seq: 10, at: at(260), docs: [incident({ news2: 7, news2_lower_bound: 7, level: 'emergency' })], gone: [] },
      { seq: 11, at: at(300), docs: [prealert({})], gone: [] },
      { seq: 12, at: at(409), docs: [prealert({ state: 'acknowledged', acknowledged_at: at(409), acknowledged_by: '李', next_step: null, next_step_at: null })], gone: [] },
      { seq: 13, at: at(500), docs: [unit('N01', 'idle', 500)], gone: [['prealert', 'A1']] },
      { seq: 14, at: at(550), docs: [unit('N01', 'idle', 500)], gone: [] },
    ],
    tracks: { N01: [[at(20), 112, 29, null]] },
    etas: { N01: [] },
    samples: { [PATIENT]: samples([210, 211], { heart_rate: [80, 81] }) },
    viewers: [
      seen('unit:N09', 'screen', 1, 'opened'),
      seen('N01', 'assignment_acknowledged', 30, 'acknowledged'),
      seen('facility:H1', 'screen', 50, 'opened'),
      seen('H1', 'A1', 320, 'displayed'),
      seen('H1', 'A1', 409, 'acknowledged'),
    ],
    ...more,
  };
}
