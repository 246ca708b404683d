// The tablet's rules: what is queued and how it lies over the documents, which step comes next, what may
// be undone, which hospital is offered, and what the half hour shows.
import { describe, expect, it } from 'vitest';
import { askedArrival, stayOf } from '../src/features/crew/arrival';
import { minutesApart, offered, refusers, wantsReason } from '../src/features/crew/advice';
import { boxAround } from '../src/features/crew/bounds';
import { QUEUE_MAX } from '../src/features/crew/limits';
import { clockToday } from '../src/features/crew/onset';
import * as outbox from '../src/features/crew/outbox';
import { alertLook, alertSteps, currentAlert } from '../src/features/crew/prealert';
import { codeOf, fromSamples, line, pressures, withLive } from '../src/features/crew/trends';
import { brought, mayLeaveEmpty, nextKey, patientOf, progress, shownSteps, undoKey } from '../src/features/crew/work';
import { doubtWords } from '../src/features/doubts';
import { language } from '../src/i18n';
import type { Arrival, JobDoc, PatientView, PreAlertDoc } from '../src/wire/documents';
import type { DestinationAdvice, DestinationOption } from '../src/wire/reading';
import type { NewCommand } from '../src/wire/submit.svelte';
import { ago, NOW, numeric, vitals } from './support';

const NOW_MS = NOW.getTime();

function patient(changes: Partial<PatientView> = {}): PatientView {
  return {
    ecgs: [],
    patient_id: 'I-1.P1',
    state: 'reported',
    name: '王建国',
    age_years: 62,
    sex: 'male',
    is_pregnant: false,
    complaint: '胸痛',
    centres: ['chest_pain'],
    level: 'unknown',
    level_at: null,
    news2: null,
    news2_lower_bound: null,
    acvpu: null,
    on_oxygen: null,
    atmist: { onset_at: null, mechanism: '', injuries: '', signs: '', treatment: '', caution: '' },
    unit_id: null,
    facility_id: null,
    prealert_id: null,
    hold_id: null,
    handover: 'none',
    ...changes,
  };
}

function job(state: JobDoc['assignment']['state'], step_at: Record<string, string> = {}): JobDoc {
  return {
    kind: 'job',
    id: 'I-1.A1',
    assignment: {
      assignment_id: 'I-1.A1', unit_id: 'N03', call_sign: '南急03', state, since: ago(5), step_at, overdue: null,
    }, // prettier-ignore
    next_step: null,
    undo_step: state,
    undo_until: new Date(NOW_MS + 5000).toISOString(),
    incident_id: 'I-1',
    priority: 'P1',
    complaint: '胸痛',
    note: '',
    centres: [],
    place: { address: '', landmark: '', town: null, lon: 112.5, lat: 29.3, is_read_back: true },
    caller: { name: '', phone: '' },
    opened_at: ago(600),
    rang_at: ago(610),
    patients: [],
  };
}

let made = 0;
function queued(command: NewCommand, mark: Partial<outbox.Queued> = {}): outbox.Queued {
  made += 1;
  return { command_id: `c${made}`, tappedMs: NOW_MS - 3000, command, ...mark };
}
const step = (to: 'en_route' | 'on_scene' | 'at_patient' | 'transporting' | 'cleared', mark: Partial<outbox.Queued> = {}) =>
  queued({ command: 'advance_assignment', assignment_id: 'I-1.A1', step: to }, mark);
const choose = (facility_id: string, patient_id = 'I-1.P1') =>
  queued({ command: 'choose_destination', patient_id, facility_id });
const announce = (patient_id = 'I-1.P1') => queued({ command: 'send_prealert', patient_id });

describe('outbox', () => {
  it('keeps order, forgets only what the documents know, and is full in the open', () => {
    const [one, two, three] = [step('en_route', { seq: 7 }), step('on_scene', { seq: 9 }), step('at_patient')];
    const queue = [one, two, three];
    expect(outbox.unsent(queue)).toEqual([three]);
    expect(outbox.pending(queue, 7)).toEqual([two, three]);
    expect(outbox.without(queue, two.command_id)).toEqual([one, three]);
    expect(outbox.added(Array.from({ length: QUEUE_MAX }, () => one), two)).toBeNull();
  });

  it('survives the device, and takes anything else for nothing', () => {
    const queue = [step('en_route'), choose('H1')];
    expect(outbox.read(outbox.written(queue))).toEqual(queue);
    for (const text of [null, '', '{', '{"a":1}', '[{"command_id":1}]', '[null]']) {
      expect(outbox.read(text)).toEqual([]);
    }
  });

  it('drops the pre-alert that would go to the wrong hospital, and only that one', () => {
    const [refused, alert, other, again, later] = [choose('H1'), announce(), announce('I-1.P2'), choose('H2'), announce()];
    const queue = [refused, step('transporting'), alert, other, again, later];
    expect(outbox.fallsWith(refused, queue)).toEqual([alert]);
    expect(outbox.fallsWith(alert, queue)).toEqual([]);
  });

  it('shows what was entered before anybody has confirmed it', () => {
    const findings = queued({ command: 'assess_patient', patient_id: 'I-1.P1', acvpu: 'V', on_oxygen: false, signs: '面色苍白' });
    const other = queued({ command: 'assess_patient', patient_id: 'I-1.P2', acvpu: 'U' });
    const seen = outbox.projectPatient(patient({ prealert_id: 'old' }), [findings, other, choose('H2')]);
    expect([seen.acvpu, seen.on_oxygen, seen.atmist.signs]).toEqual(['V', false, '面色苍白']);
    expect([seen.facility_id, seen.prealert_id, seen.age_years]).toEqual(['H2', null, 62]);
    expect(outbox.queuedPreAlert('I-1.P1', [announce('I-1.P2')])).toBeUndefined();
  });
});

describe('the way of a job', () => {
  it('goes on without a line', () => {
    const seen = progress(job('acknowledged', { notified: ago(60) }), [step('en_route'), step('on_scene')]);
    expect(seen.state).toBe('on_scene');
    expect([...seen.unconfirmed]).toEqual(['en_route', 'on_scene']);
    expect(shownSteps(seen, null).map(({ look }) => look)).toEqual(['done', 'current', 'open', 'open', 'open', 'open']);
  });

  it('takes a repeated or foreign step for what it is', () => {
    const foreign = queued({ command: 'advance_assignment', assignment_id: 'I-9.A1', step: 'cleared' });
    const seen = progress(job('on_scene', { en_route: ago(60), on_scene: ago(5) }), [step('en_route'), foreign]);
    expect(seen.state).toBe('on_scene');
    const undo = queued({ command: 'undo_assignment_step', assignment_id: 'I-1.A1', step: 'on_scene' });
    expect(progress(job('on_scene', { en_route: ago(60), on_scene: ago(5) }), [undo]).state).toBe('en_route');
  });

  it('names the next key of every state', () => {
    expect(nextKey('notified', [])).toEqual({ kind: 'accept' });
    expect(nextKey('acknowledged', [])).toMatchObject({ step: 'en_route' });
    expect(nextKey('transporting', [])).toMatchObject({ step: 'at_destination' });
    expect(nextKey('at_destination', [patient({ state: 'arrived' })])).toEqual({ kind: 'offer' });
    const offeredOne = patient({ state: 'arrived', handover: 'offered' });
    expect(nextKey('at_destination', [offeredOne])).toEqual({ kind: 'step', step: 'cleared', isWaiting: true });
    const done = patient({ state: 'handed_over', handover: 'accepted' });
    expect(nextKey('at_destination', [done])).toMatchObject({ step: 'cleared', isWaiting: false });
    expect(nextKey('cancelled', [])).toEqual({ kind: 'none' });
    expect(mayLeaveEmpty('at_patient')).toBe(true);
    expect(mayLeaveEmpty('transporting')).toBe(false);
  });

  it('undoes within its time, and at any time what never left the device', () => {
    const known = job('on_scene', { on_scene: ago(5) });
    expect(undoKey(known, progress(known, []), NOW_MS, 10)).toMatchObject({ step: 'on_scene', leftS: 5 });
    expect(undoKey(known, progress(known, []), NOW_MS + 5000, 10)).toBeNull();
    const away = progress(known, [step('at_patient')]);
    expect(undoKey(known, away, NOW_MS + 3_600_000, 10)).toMatchObject({ step: 'at_patient', leftS: null });
    const tried = progress(known, [step('at_patient', { isTried: true })]);
    expect(undoKey(known, tried, NOW_MS, 10)).toMatchObject({ leftS: 7, queued: null });
    expect(undoKey(known, tried, NOW_MS + 7000, 10)).toBeNull();
    const fresh = job('notified');
    expect(undoKey(fresh, progress(fresh, []), NOW_MS, 10)).toBeNull();
  });

  it('brings the patient along with the steps nobody has heard of', () => {
    const away = progress(job('on_scene'), [step('at_patient'), step('transporting')]);
    expect(brought(patient(), away, 'N03')).toMatchObject({ state: 'aboard', unit_id: 'N03' });
    expect(brought(patient({ state: 'left_on_scene' }), away, 'N03').state).toBe('left_on_scene');
    expect(brought(patient(), progress(job('at_patient'), []), 'N03').state).toBe('reported');
  });

  it('shows the patient picked, else the monitored, else the crew’s own', () => {
    const all = [patient(), patient({ patient_id: 'I-1.P2', unit_id: 'N03' })];
    expect(patientOf(all, 'I-1.P1', 'I-1.P2')?.patient_id).toBe('I-1.P1');
    expect(patientOf(all, 'gone', 'I-1.P2')?.patient_id).toBe('I-1.P2');
    expect(patientOf(all, null, null)?.patient_id).toBe('I-1.P2');
    expect(patientOf([], null, null)).toBeUndefined();
  });
});

function option(facility_id: string, duration_s: number, changes: Partial<DestinationOption> = {}): DestinationOption {
  return {
    facility_id, name_zh: facility_id, name_en: facility_id, duration_s, distance_m: 0,
    method: 'straight_line', passes: true, reasons: [], costs: [], penalty_s: 0, duration_p80_s: null,
    ...changes,
  }; // prettier-ignore
}
const ADVICE: DestinationAdvice = {
  computed_at: ago(3),
  rule: 'R1',
  options: [option('H1', 600), option('H2', 500), option('C1', 4000), option('H5', 300, { passes: false })],
};

describe('destination', () => {
  it('frames the recommended one until the crew has chosen', () => {
    const first = offered(ADVICE, patient(), new Set());
    expect([first.main?.facility_id, first.isChosen]).toEqual(['H1', false]);
    expect(first.alternatives.map(({ facility_id }) => facility_id)).toEqual(['H2', 'C1']);
    const own = offered(ADVICE, patient({ facility_id: 'H5' }), new Set());
    expect([own.main?.facility_id, own.isChosen]).toEqual(['H5', true]);
    expect(offered(null, patient(), new Set()).main).toBeNull();
  });

  it('has the next one ready when a hospital refuses', () => {
    const alert = { patient_id: 'I-1.P1', facility_id: 'H1', state: 'rejected' } as PreAlertDoc;
    const refused = refusers([alert, { ...alert, facility_id: 'H2', state: 'sent' }], 'I-1.P1');
    expect([...refused]).toEqual(['H1']);
    const next = offered(ADVICE, patient({ facility_id: 'H1' }), refused);
    expect([next.main?.facility_id, next.isChosen]).toEqual(['H2', false]);
    expect(next.alternatives.map(({ facility_id }) => facility_id)).toEqual(['C1', 'H5']);
  });

  it('asks why for any other than the first, and says what it costs', () => {
    const [first, second, , failing] = ADVICE.options as [DestinationOption, DestinationOption, DestinationOption, DestinationOption];
    expect([wantsReason(first, ADVICE), wantsReason(second, ADVICE), wantsReason(failing, ADVICE)]).toEqual([false, true, true]);
    expect([minutesApart(second, first), minutesApart(failing, first)]).toEqual([-2, -5]);
  });
});

describe('pre-alert', () => {
  const alert = { id: 'A1', state: 'sent', sent_at: ago(20), delivered_at: null } as PreAlertDoc;
  it('has a look for every state', () => {
    const aboard = patient({ state: 'aboard', unit_id: 'N03', prealert_id: 'A1' });
    expect(alertLook(patient(), undefined, false)).toBe('not_yet');
    expect(alertLook(aboard, undefined, false)).toBe('ready');
    expect(alertLook(aboard, undefined, true)).toBe('queued');
    expect(alertLook(aboard, alert, false)).toBe('waiting');
    expect(alertLook(aboard, { ...alert, state: 'acknowledged' }, false)).toBe('acknowledged');
    expect(alertLook(aboard, { ...alert, state: 'rejected' }, false)).toBe('rejected');
    expect(alertLook(aboard, { ...alert, state: 'stood_down' }, false)).toBe('ready');
    expect(alertLook({ ...aboard, state: 'arrived' }, { ...alert, state: 'stood_down' }, false)).toBe('over');
    expect(currentAlert(aboard, [{ ...alert, id: 'A0' }, alert])?.id).toBe('A1');
    expect(alertSteps(alert).map(({ atMs }) => atMs)).toEqual([NOW_MS - 20_000, null, null, null]);
  });
});

describe('half an hour', () => {
  it('keeps one point a step and takes only what is true', () => {
    const stored = fromSamples({ patient_id: 'p', at: [ago(30), ago(29), ago(10)], values: { spo2: [95, 94, null], heart_rate: [80, 81, 82] } });
    expect(stored.spo2?.map(({ value }) => value)).toEqual([94]);
    const doc = { ...vitals({ heart_rate: numeric(90, 0), spo2: numeric(40, 0, 'invalid') }) };
    const live = withLive(stored, doc);
    expect(live.heart_rate?.at(-1)?.value).toBe(90);
    expect(live.spo2).toBe(stored.spo2);
    expect(withLive(live, doc)).toBe(live);
    expect(codeOf(live, ['pulse_rate', 'heart_rate'])).toBe('heart_rate');
  });

  it('breaks the line where nothing came for three minutes', () => {
    expect(line([{ at: 0, value: 1 }, { at: 10_000, value: 2 }, { at: 400_000, value: 3 }])).toEqual([
      [0, 10, 10.001, 400],
      [1, 2, null, 3],
    ]);
  });

  it('pairs pressures of one measurement and prefers the artery', () => {
    const history = {
      nibp_systolic: [{ at: 0, value: 120 }],
      nibp_diastolic: [{ at: 0, value: 80 }],
      abp_systolic: [{ at: 0, value: 100 }, { at: 1000, value: 101 }, { at: 70_000, value: 102 }],
      abp_diastolic: [{ at: 0, value: 60 }, { at: 1000, value: 61 }],
    };
    expect(pressures(history, 60_000)).toEqual([{ at: 1000, systolic: 101, diastolic: 61 }]);
    expect(pressures({}, 60_000)).toEqual([]);
  });
});

describe('small things', () => {
  it('reads a time of day as the last one that was', () => {
    const zone = 'Asia/Shanghai'; // NOW is 21:47:32 there
    const minute = Math.floor(NOW_MS / 60_000) * 60_000;
    expect(clockToday('21:30', NOW_MS, zone)).toBe(minute - 17 * 60_000);
    expect(clockToday('2130', NOW_MS, zone)).toBe(minute - 17 * 60_000);
    expect(clockToday('22:00', NOW_MS, zone)).toBe(minute - (24 * 60 - 13) * 60_000);
    for (const text of ['', '24:00', '12:60', 'now']) expect(clockToday(text, NOW_MS, zone)).toBeNull();
  });

  it('never shows a place without its surroundings, nor moves for a few metres', () => {
    expect(boxAround([])).toBeUndefined();
    const [west, south, east, north] = boxAround([[112.5001, 29.3001]]) ?? [0, 0, 0, 0];
    expect(east - west).toBeCloseTo(0.06);
    expect(north - south).toBeCloseTo(0.06);
    expect(boxAround([[112.5002, 29.3003]])).toEqual([west, south, east, north]);
  });
});

describe('a proposed arrival', () => {
  const arrival: Arrival = {
    assignment_id: 'I-1.A1', step: 'on_scene', target: 'scene', target_id: 'I-1', since: ago(40), distance_m: 12,
  }; // prettier-ignore
  const driving = job('en_route', { en_route: ago(300) });
  const asked = (of: Arrival | null, held: JobDoc, queue: outbox.Queued[] = [], denied: string | null = null) =>
    askedArrival(of, held.id, progress(held, queue), denied);

  it('is asked about the next status of this job only', () => {
    expect(asked(arrival, driving)).toEqual(arrival);
    expect(asked(null, driving)).toBeNull();
    expect(asked({ ...arrival, assignment_id: 'I-9.A1' }, driving)).toBeNull();
    expect(asked(arrival, job('transporting'))).toBeNull();
    expect(asked({ ...arrival, step: 'at_destination', target: 'hospital' }, job('transporting'))).not.toBeNull();
    expect(askedArrival(arrival, undefined, null, null)).toBeNull();
  });

  it('is answered by a tap that nobody has heard of yet', () => {
    expect(asked(arrival, driving, [step('on_scene')])).toBeNull();
  });

  it('is not asked again of the same stay, and is of the next one', () => {
    expect(asked(arrival, driving, [], stayOf(arrival))).toBeNull();
    const later = { ...arrival, since: ago(5) };
    expect(asked(later, driving, [], stayOf(arrival))).toEqual(later);
  });

  it('goes out as the ordinary status with the time of the stay, and waits like any other tap', () => {
    const command: NewCommand = { command: 'advance_assignment', assignment_id: 'I-1.A1', step: 'on_scene' };
    const kept = outbox.tapped('c', NOW_MS, command, Date.parse(arrival.since));
    expect(kept).toEqual({
      command_id: 'c', tappedMs: NOW_MS, occurredMs: NOW_MS - 40_000, command: { ...command, occurred_at: ago(40) },
    }); // prettier-ignore
    expect(outbox.read(outbox.written([kept]))).toEqual([kept]);
    const seen = progress(driving, [kept]);
    expect([seen.state, seen.at.on_scene]).toEqual(['on_scene', NOW_MS - 40_000]);
    expect(undoKey(driving, progress(driving, [{ ...kept, isTried: true }]), NOW_MS + 1000, 10)).toMatchObject({ leftS: 9 });
    for (const occurredMs of [null, NOW_MS + 5000]) {
      const plain = outbox.tapped('c', NOW_MS, command, occurredMs);
      expect(plain).toEqual({ command_id: 'c', tappedMs: NOW_MS, command: { ...command, occurred_at: ago(0) } });
    }
  });
});

describe('a doubtful position', () => {
  it('says why, in both languages', () => {
    const wrong_datum = { declared: 'WGS84', suspected: 'GCJ02' };
    const before = language.value;
    for (const [lang, words] of [['zh', '声明 WGS-84，道路吻合 GCJ-02'], ['en', 'declared WGS-84, roads say GCJ-02']] as const) {
      language.set(lang);
      expect(doubtWords({ doubtful: 'datum', wrong_datum })).toBe(words);
      const others = ['null_island', 'swapped', 'out_of_county', 'jump', 'not_a_place', 'datum', 'new_reason'];
      const said = others.map((doubtful) => doubtWords({ doubtful, wrong_datum: null }));
      expect(new Set(said).size).toBe(others.length - 1);
      expect(said.at(-1)).toBe(said.at(-2));
      expect(doubtWords({ doubtful: null, wrong_datum: null })).toBe('');
    }
    language.set(before);
  });
});
