// The desk's own rules: order of the queue, clocks, keys, shorthand, what Enter sends, what is drawn.
import { describe, expect, it } from 'vitest';
import { isNoted, mostUrgentFirst } from '../src/features/console/alarms';
import { byStation, inColumns, isAt, totals } from '../src/features/console/board';
import { ringing, unfinished } from '../src/features/console/calls';
import { choicesOf, digitsOf, unitToSend } from '../src/features/console/choices';
import { incidentMeant, read, unitMeant } from '../src/features/console/commandline';
import { differences } from '../src/features/console/differences';
import { actionOf, type Pressed } from '../src/features/console/keys';
import {
  clockOf, inOrder, isUnmet, moved, nextUnassigned, placeLine, shortSign, stageOf, unattended,
} from '../src/features/console/queue'; // prettier-ignore
import { routesOf, waysWanted } from '../src/features/console/routes';
import { spread } from '../src/map/spread';
import type {
  AlarmDoc, AssignmentView, CallDoc, FacilityDoc, IncidentDoc, PatientView, PositionDoc, Standards, UnitDoc,
} from '../src/wire/documents'; // prettier-ignore
import type { Recommendation, UnitOption } from '../src/wire/reading';

const at = (second: number) => new Date(Date.UTC(2026, 2, 18, 6, 30, second)).toISOString();

function assignment(more: Partial<AssignmentView> = {}): AssignmentView {
  return {
    assignment_id: 'I-1.A1', unit_id: 'N07', call_sign: '南急07', state: 'en_route', since: at(5),
    step_at: { notified: at(3), en_route: at(5) }, overdue: null, ...more,
  }; // prettier-ignore
}

function incident(id: string, more: Partial<IncidentDoc> = {}): IncidentDoc {
  const patient = { patient_id: `${id}.P1`, state: 'reported' } as PatientView;
  return {
    kind: 'incident', id, state: 'waiting', priority: 'P1', complaint: '', note: '', centres: [],
    place: { address: '耕余堂村', landmark: '', town: '明山头镇', lon: 112.5, lat: 29.3, is_read_back: true },
    caller: { name: '', phone: '' }, rang_at: at(0), opened_at: at(1), opened_by: '', first_sent_at: null,
    first_on_scene_at: null, closed_at: null, outcome: null, assignments: [], patients: [patient], timeline: [],
    ...more,
  }; // prettier-ignore
}

const standards = { send_s: { P1: 120 }, arrive_s: { P1: 720 } } as unknown as Standards;
const reached = assignment({ state: 'on_scene', step_at: { on_scene: at(9) } });
const cleared = assignment({ state: 'cleared' });

describe('queue', () => {
  it('orders by priority, then unassigned, waiting longest first, reached, done', () => {
    const attended = [{ state: 'handed_over' } as PatientView];
    const done = { state: 'finished' as const, patients: attended, assignments: [cleared] };
    const all = [
      incident('done', done),
      incident('missed', { ...done, patients: [{ state: 'reported' } as PatientView] }),
      incident('reached', { assignments: [reached] }),
      incident('late', { assignments: [assignment()], rang_at: at(2) }),
      incident('early', { assignments: [assignment()], rang_at: at(1) }),
      incident('unmet', { rang_at: at(50) }),
      incident('second', { priority: 'P2' }),
      incident('gone', { state: 'closed' }),
    ];
    expect(inOrder(all).map(({ id }) => id)).toEqual([
      'unmet',
      'missed',
      'early',
      'late',
      'reached',
      'done',
      'second',
    ]);
  });
  it('is unassigned again when its unit is stopped, and to be closed when all have cleared', () => {
    expect(stageOf(incident('a', { assignments: [assignment({ state: 'cancelled' })] }))).toBe(
      'unassigned',
    );
    expect(stageOf(incident('a', { state: 'finished', assignments: [cleared] }))).toBe('done');
    expect(unattended(incident('a', { state: 'finished', assignments: [cleared] }))).toBe(1);
    expect(isUnmet(incident('a'))).toBe(true);
    expect(isUnmet(incident('a', { priority: 'P2' }))).toBe(false);
  });
  it('counts from the ring against the standard of its stage, and stops at the scene', () => {
    expect(clockOf(incident('a'), standards)).toEqual({
      counts: 'send',
      since: at(0),
      until: null,
      standardS: 120,
    });
    expect(clockOf(incident('a', { assignments: [assignment()] }), standards)).toMatchObject({
      counts: 'arrive',
      standardS: 720,
    });
    const there = incident('a', { assignments: [reached], first_on_scene_at: at(9) });
    expect(clockOf(there, standards)).toMatchObject({ counts: 'reached', until: at(9) });
    expect(clockOf(incident('a'), undefined).standardS).toBeNull();
  });
  it('moves with the arrows and jumps round the unassigned', () => {
    expect(moved(['a', 'b'], null, 1)).toBe('a');
    expect(moved(['a', 'b'], 'b', 1)).toBe('b');
    expect(moved(['a', 'b'], 'gone', -1)).toBe('b');
    expect(moved([], 'a', 1)).toBeNull();
    const list = [incident('a'), incident('b', { assignments: [assignment()] }), incident('c')];
    expect(nextUnassigned(list, 'a')).toBe('c');
    expect(nextUnassigned(list, 'c')).toBe('a');
    expect(nextUnassigned([], null)).toBeNull();
  });
  it('says a place without saying the township twice', () => {
    expect(placeLine({ town: '明山头镇', address: '耕余堂村' })).toEqual(['明山头', '耕余堂村']);
    expect(placeLine({ town: '南洲镇', address: '南洲镇 老正街' })).toEqual(['南洲', '老正街']);
    expect(placeLine({ town: null, address: '桥头' })).toEqual(['桥头']);
    expect(placeLine({ town: '乌嘴乡', address: '' })).toEqual(['乌嘴乡']);
    expect(shortSign('南急07')).toBe('07');
  });
});

describe('keys', () => {
  const key = (name: string, more: Partial<Pressed> = {}): Pressed => ({
    key: name, code: '', shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...more,
  }); // prettier-ignore
  it('lets a field keep its letters and a button its Enter', () => {
    expect(actionOf(key('u'), 'field')).toBeNull();
    expect(actionOf(key('Enter'), 'field')).toBeNull();
    expect(actionOf(key('Enter'), 'button')).toBeNull();
    expect(actionOf(key('F2'), 'field')).toEqual({ do: 'answer' });
    expect(actionOf(key('Escape'), 'field')).toEqual({ do: 'rest' });
  });
  it('reads Enter, digits and layers whatever the keyboard prints with Shift', () => {
    expect(actionOf(key('Enter'), 'none')).toEqual({ do: 'send' });
    expect(actionOf(key('Enter', { shiftKey: true }), 'none')).toEqual({ do: 'add_closest' });
    expect(actionOf(key('2', { code: 'Digit2' }), 'none')).toEqual({ do: 'choose', digit: 2 });
    expect(actionOf(key('@', { code: 'Digit2', shiftKey: true }), 'none')).toEqual({
      do: 'layer',
      digit: 2,
    });
    expect(actionOf(key('z', { ctrlKey: true }), 'none')).toEqual({ do: 'undo' });
    expect(actionOf(key('r', { ctrlKey: true }), 'none')).toBeNull();
    expect(actionOf(key('U'), 'none')).toEqual({ do: 'next_unassigned' });
  });
});

describe('command line', () => {
  const unit = (id: string, call_sign: string) => ({ id, call_sign }) as UnitDoc;
  const units = [unit('N07', '南急07'), unit('N12', '南急12')];
  const known = { units, incidents: [incident('I-1001')], selectedId: 'I-1001' };
  it('reads shorthand', () => {
    expect(read('send 07 I-1001', known)).toEqual({
      do: 'send',
      unitId: 'N07',
      incidentId: 'I-1001',
      reason: '',
    });
    expect(read('派 7', known)).toMatchObject({ do: 'send', unitId: 'N07', incidentId: 'I-1001' });
    expect(read('send 南急12 1001 road closed', known)).toMatchObject({
      unitId: 'N12',
      reason: 'road closed',
    });
    expect(read('close i1001 cancelled', known)).toEqual({
      do: 'close',
      incidentId: 'I-1001',
      outcome: 'cancelled',
    });
    expect(read('out 12 repair', known)).toEqual({ do: 'out', unitId: 'N12', reason: 'repair' });
    expect(read('in 12', known)).toEqual({ do: 'in', unitId: 'N12' });
    expect(read('1001', known)).toEqual({ do: 'go', incidentId: 'I-1001' });
  });
  it('says which part it could not read', () => {
    expect(read('fly 07', known)).toEqual({ unread: 'verb', word: 'fly' });
    expect(read('send 99', known)).toEqual({ unread: 'unit', word: '99' });
    expect(read('send 07 I-9', known)).toEqual({ unread: 'incident', word: 'I-9' });
    expect(read('close 1001 maybe', known)).toEqual({ unread: 'outcome', word: 'maybe' });
    expect(read('cancel 07', known)).toEqual({ unread: 'reason', word: '' });
  });
  it('takes nothing that two could be', () => {
    expect(unitMeant('7', [unit('A07', '甲07'), unit('B07', '乙07')])).toBeNull();
    expect(incidentMeant('x', known.incidents)).toBeNull();
  });
});

describe('recommendation', () => {
  const option = (unit_id: string, is_capable: boolean, code = 'nearest_capable'): UnitOption => ({
    unit_id, call_sign: unit_id, duration_s: 60, distance_m: 1, reasons: [{ code, params: {} }], costs: [],
    is_capable, fix_age_s: 1, method: 'road', duration_p80_s: 80,
  }); // prettier-ignore
  const body = (options: UnitOption[]) => ({ options }) as Recommendation;
  it('numbers the capable and keeps the closest apart', () => {
    const all = [
      option('a', true),
      option('b', true),
      option('c', true),
      option('d', true),
      option('e', false, 'closest_idle'),
    ];
    const choices = choicesOf(body(all));
    expect(choices.numbered.map(({ unit_id }) => unit_id)).toEqual(['a', 'b', 'c']);
    expect(choices.closest?.unit_id).toBe('e');
    expect(digitsOf(choices)).toEqual({ a: 1, b: 2, c: 3 });
  });
  it('Enter sends the chosen, else the advice, and nothing unasked when somebody is on the way', () => {
    const choices = choicesOf(body([option('a', true), option('b', true)]));
    expect(unitToSend(choices, null, true)).toBe('a');
    expect(unitToSend(choices, 'b', true)).toBe('b');
    expect(unitToSend(choices, null, false)).toBeNull();
    expect(unitToSend(choices, 'gone', true)).toBe('a');
    expect(unitToSend(choicesOf(body([option('x', false)])), null, true)).toBeNull();
    expect(unitToSend(choicesOf(null), null, true)).toBeNull();
  });
});

describe('calls and alarms', () => {
  const call = (id: string, state: string, second: number) =>
    ({
      id,
      state,
      rang_at: at(second),
      answered_at: at(second),
      answered_by: '陈',
      incident_id: null,
    }) as CallDoc;
  it('rings longest first, and remembers an answered call without an incident', () => {
    const calls = [
      call('b', 'ringing', 9),
      call('a', 'ringing', 2),
      call('c', 'answered', 1),
      call('d', 'ended', 0),
    ];
    expect(ringing(calls).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(unfinished(calls, '陈').map(({ id }) => id)).toEqual(['c']);
    expect(unfinished(calls, '李')).toEqual([]);
  });
  it('puts the unanswered high alarm first', () => {
    const alarm = (id: string, urgency: string, second: number, noted: string | null = null) =>
      ({ id, urgency, since: at(second), acknowledged_at: noted }) as AlarmDoc;
    const all = [
      alarm('noted', 'high', 0, at(1)),
      alarm('medium', 'medium', 1),
      alarm('new', 'high', 9),
      alarm('old', 'high', 3),
    ];
    expect(mostUrgentFirst(all).map(({ id }) => id)).toEqual(['old', 'new', 'medium', 'noted']);
    expect(isNoted(all[0] as AlarmDoc)).toBe(true);
  });
  it('counts what became different during a loss', () => {
    const before = new Map([['a', '1'], ['b', '1'], ['c', '1']]); // prettier-ignore
    expect(differences(before, new Map([['a', '1'], ['b', '2'], ['d', '1']]))).toEqual(['b', 'd', 'c']); // prettier-ignore
  });
});

describe('unit board', () => {
  const unit = (id: string, station_id: string, status = 'idle') =>
    ({ id, call_sign: id, station_id, status }) as UnitDoc;
  const stations = ['S1', 'S2', 'S3'].map((id) => ({ id, name: id, lon: 0, lat: 0 }));
  it('keeps a station whole and every unit once', () => {
    const units = [unit('2', 'S1'), unit('10', 'S1'), unit('3', 'S2', 'en_route'), unit('4', 'S3')];
    const grouped = byStation(stations, units);
    expect(grouped[0]?.units.map(({ id }) => id)).toEqual(['2', '10']);
    const columns = inColumns(grouped, 2, 3);
    expect(columns.map((column) => column.map(({ station }) => station.id))).toEqual([
      ['S1'],
      ['S2', 'S3'],
    ]);
    expect(totals(units).find(({ status }) => status === 'idle')?.count).toBe(3);
  });
  it('knows the yard of a station', () => {
    expect(isAt({ lon: 112.4, lat: 29.36 }, { lon: 112.401, lat: 29.36 })).toBe(true);
    expect(isAt({ lon: 112.4, lat: 29.36 }, { lon: 112.41, lat: 29.36 })).toBe(false);
  });
});

describe('map', () => {
  const fix = (id: string, lon: number, speed_kmh = 0) =>
    ({ kind: 'position', id, lon, lat: 29, speed_kmh, eta: null }) as unknown as PositionDoc;
  it('puts standing units on one spot in a column, beside a hospital', () => {
    const drawn = spread([fix('a', 112), fix('b', 112), fix('c', 112.5), fix('d', 112, 40)], 50);
    expect(drawn.get('b')).toEqual([112, 29]);
    expect(drawn.get('a')?.[1]).toBeGreaterThan(29);
    expect(drawn.get('c')).toEqual([112.5, 29]);
    expect(drawn.get('d')).toEqual([112, 29]);
    expect(spread([fix('c', 112.5)], 50, [{ lon: 112.5, lat: 29 }]).get('c')?.[0]).toBeGreaterThan(
      112.5,
    );
  });
  it('draws the proposed way and where moving units go', () => {
    const eta = { target: 'hospital', target_id: 'H1' };
    const parts = {
      units: [{ id: 'a', status: 'transporting', incident_id: null }] as UnitDoc[],
      position: (id: string) => ({ ...fix(id, 112), eta: id === 'a' ? eta : null }) as PositionDoc,
      incidents: [],
      facilities: [{ id: 'H1', lon: 113, lat: 29 }] as FacilityDoc[],
      proposed: { unitId: 'b', incident: incident('I-1') },
      selectedId: null,
      closures: '',
    };
    const wanted = waysWanted(parts);
    expect(wanted.map(({ unitId, incidentId }) => [unitId, incidentId])).toEqual([['b', 'I-1'], ['a', undefined]]); // prettier-ignore
    const guesses = routesOf(wanted, () => null);
    expect(guesses[0]).toMatchObject({ kind: 'proposed', path: [[112, 29], [112.5, 29.3]], isNamed: true }); // prettier-ignore
    expect(guesses[1]).toMatchObject({ id: 'a', kind: 'assigned', path: [[112, 29], [113, 29]], isNamed: false }); // prettier-ignore
    expect(guesses.map(({ method }) => method)).toEqual(['straight_line', 'straight_line']);
    const way = { path: [[112, 29], [112, 30], [113, 29]] as [number, number][], method: 'road' };
    expect(routesOf(wanted, ({ unitId }) => (unitId === 'a' ? way : null))[1]).toMatchObject({ ...way, status: 'transporting' });
  });
  it('another target, place or closure is another way; the chosen incident comes first', () => {
    const eta = (target_id: string) => ({ target: 'scene', target_id });
    const parts = {
      units: ['a', 'b'].map((id) => ({ id, status: 'en_route', incident_id: `I-${id}` })) as UnitDoc[],
      position: (id: string) => ({ ...fix(id, 112), eta: eta(`I-${id}`) }) as PositionDoc,
      incidents: [incident('I-a'), incident('I-b')],
      facilities: [],
      proposed: null,
      selectedId: 'I-b',
      closures: '',
    };
    const [first, second] = waysWanted(parts);
    expect([first?.unitId, second?.unitId]).toEqual(['b', 'a']);
    const keys = [parts, { ...parts, closures: 'C1' }].map((one) => waysWanted(one)[0]?.key);
    expect(new Set(keys).size).toBe(2);
  });
});
