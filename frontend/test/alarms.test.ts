// Alarms of vital signs on the screens: order, look, words, what sounds, and how far an answer has come.
import { beforeEach, describe, expect, it } from 'vitest';
import { beginning, inForce, QUANTITIES, LIMIT_STEPS, stepped } from '../src/features/crew/alarm_limits';
import { markOf, newlyAnswered, queuedIds } from '../src/features/crew/alarm_marks';
import type { Queued } from '../src/features/crew/outbox';
import { alarmsOf, unansweredAlarms } from '../src/features/ed/cards';
import { vitalMarks } from '../src/features/replay/vital_marks';
import { alarmWords, priorityMark, ruleOf, ruleWords, seenWords, sinceWords, sourceWords, stateWords } from '../src/features/vital_alarms';
import { refusalWords, timelineWords } from '../src/features/words';
import { areas, language } from '../src/i18n';
import { alarmId, isSounding, kindOf, listed, lookClass, lookOf, stateOf, worst } from '../src/ui/alarms';
import { VITAL_KINDS } from '../src/ui/vitals';
import type { InboundDoc, VitalAlarm } from '../src/wire/documents';
import { ago, numeric, random, vitalAlarm, vitals } from './support';
import { at, incident, PATIENT } from './replaySupport';

const P = 'I-1.P1';
const SEEN = { acknowledged_by: '李*梅', acknowledged_at: ago(10) };
const high = (more: Partial<VitalAlarm> = {}) =>
  vitalAlarm({ key: 'asystole', quantity: null, side: null, limit: null, value: null, source: 'device', priority: 'high', ...more });
const doc = (alarms: VitalAlarm[]) => vitals({ spo2: numeric(84, 1) }, { alarms });

beforeEach(() => language.set('zh'));

describe('the list', () => {
  const all = [
    vitalAlarm({ key: 'a', priority: 'high', ...SEEN }),
    vitalAlarm({ key: 'b', priority: 'low' }),
    vitalAlarm({ key: 'c', priority: 'medium', raised_at: ago(5) }),
    vitalAlarm({ key: 'd', priority: 'medium', raised_at: ago(50) }),
    vitalAlarm({ key: 'feed_lost', priority: 'medium' }),
  ];
  it('asks first for what nobody has answered, then the urgent, then the old; a lost feed has its own place', () => {
    expect(listed(doc(all)).map(({ key }) => key)).toEqual(['d', 'c', 'b', 'a']);
    expect(listed(undefined)).toEqual([]);
  });
  it('is the same whatever order the document has', () => {
    const next = random(7);
    for (let round = 0; round < 50; round += 1) {
      const mixed = [...all].sort(() => next() - 0.5);
      expect(listed(doc(mixed)).map(({ key }) => key)).toEqual(['d', 'c', 'b', 'a']);
    }
  });
  it('says the highest priority of all, answered ones too', () => {
    expect(worst(all)).toBe('high');
    expect(worst([])).toBeNull();
  });
  it('counts an alarm that was raised again as another one', () => {
    expect(alarmId(P, vitalAlarm())).not.toBe(alarmId(P, vitalAlarm({ raised_at: ago(1) })));
  });
});

describe('the figure', () => {
  it('every quantity and every event that a bedside figure shows has one', () => {
    const keys = ['heart_rate', 'spo2', 'resp_rate', 'systolic', 'diastolic', 'temperature', 'etco2'];
    for (const quantity of keys) expect(VITAL_KINDS).toContain(kindOf(vitalAlarm({ quantity })));
    expect(['asystole', 'apnoea', 'leads_off', 'probe_off'].map((key) => kindOf(high({ key })))).toEqual([
      'heart_rate', 'resp_rate', 'heart_rate', 'spo2',
    ]); // prettier-ignore
    expect(kindOf(high({ key: 'something_new' }))).toBeNull();
  });
  it('never hides a held high alarm behind a low one that stands', () => {
    const held = vitalAlarm({ key: 'heart_rate:low', quantity: 'heart_rate', priority: 'high', is_held: true });
    const off = high({ key: 'leads_off', priority: 'low' });
    expect(lookOf(doc([off, held]), 'heart_rate', true)).toEqual({ priority: 'high', shape: 'frame', isNew: true });
  });
  it('shows what stands now before what is over', () => {
    const over = vitalAlarm({ key: 'spo2:high', priority: 'high', ended_at: ago(3) });
    expect(lookOf(doc([over, vitalAlarm()]), 'spo2', true)).toMatchObject({ priority: 'medium', shape: 'block' });
  });
  it('has classes for each look', () => {
    expect(lookClass(null)).toBe('');
    expect(lookClass({ priority: 'high', shape: 'block', isNew: true })).toBe('alarm-block alarm-high alarm-new');
    expect(lookClass({ priority: 'low', shape: 'frame', isNew: false })).toBe('alarm-frame alarm-low');
  });
});

describe('words', () => {
  it('say the value, the limit it is beyond, whose limit and since when, in both languages', () => {
    expect(alarmWords(vitalAlarm())).toBe('SpO₂ 84 < 91');
    expect(alarmWords(vitalAlarm({ value: 91 }))).toBe('SpO₂ 91 ≤ 91');
    const hot = vitalAlarm({ quantity: 'temperature', side: 'high', limit: 38, value: 39.25, source: 'patient' });
    expect(alarmWords(hot)).toBe('体温 39.3 > 38.0');
    expect(sourceWords('MEWC, Mhyre 2014; 160/110 (POLICY)')).toBe('MEWC');
    expect(sourceWords('a rule of tomorrow')).toBe('a rule of tomorrow');
    expect(sinceWords(vitalAlarm({ raised_at: '2026-11-22T06:32:07Z' }))).toBe('NEWS2，14:32:07 起');
    language.set('en');
    expect(alarmWords(hot)).toBe('Temp 39.3 > 38.0');
    expect(alarmWords(high())).toBe('asystole');
    expect(sinceWords(vitalAlarm({ raised_at: '2026-11-22T06:32:07Z' }))).toBe('NEWS2, since 14:32:07');
  });
  it('say that nobody measures it, or that it is over, and who has seen it', () => {
    expect(stateWords(vitalAlarm(), false)).toBe('');
    expect(stateWords(vitalAlarm(), true)).toBe('无数据，报警保持');
    expect(stateWords(vitalAlarm({ is_held: true }), false)).toBe('缺测，报警保持');
    expect(stateWords(vitalAlarm({ ended_at: ago(1) }), true)).toBe('已恢复，未确认');
    expect(seenWords(vitalAlarm())).toBe('');
    expect(seenWords(vitalAlarm(SEEN))).toMatch(/^李\*梅 \d\d:\d\d:\d\d 确认$/);
  });
  it('mark the priority without a colour', () => {
    expect((['high', 'medium', 'low'] as const).map((priority) => priorityMark(vitalAlarm({ priority })))).toEqual(['!!!', '!!', '!']);
  });
  it('name the published limits by age and pregnancy, and warn where none hold', () => {
    const rule = (age_years: number | null, is_pregnant = false) => ruleOf({ age_years, is_pregnant });
    expect([rule(16), rule(15), rule(0), rule(null), rule(30, true), rule(null, true)]).toEqual([
      'adult', 'child', 'infant', 'unknown', 'pregnant', 'pregnant',
    ]); // prettier-ignore
    expect(ruleWords({ age_years: null, is_pregnant: false })).toContain('不会报警');
  });
  it('exist for every quantity, key and priority that the contract has', () => {
    const words: Record<string, string> = areas.vitals.en;
    const needed = [...QUANTITIES, 'asystole', 'apnoea', 'feed_lost', 'leads_off', 'probe_off', 'side_low', 'side_high'];
    expect(needed.filter((key) => !words[key])).toEqual([]);
  });
});

describe('the history', () => {
  const line = (type: string, params: Record<string, string | number | null>) => timelineWords({ type, params });
  it('says which alarm began with what, and was seen', () => {
    const params = { unit_id: 'N07', patient_id: P, key: 'spo2:low', value: 84, priority: 'medium' };
    expect(line('vital_alarm_raised', params)).toBe('中级报警：SpO₂ 过低 84');
    expect(line('vital_alarm_raised', { ...params, key: 'asystole', value: null, priority: 'high' })).toBe('高级报警：心搏停止');
    expect(line('vital_alarm_acknowledged', { patient_id: P, key: 'spo2:low' })).toBe('报警已确认：SpO₂ 过低');
    expect(line('vital_alarm_ended', params)).toBe('报警解除：SpO₂ 过低 84');
  });
  it('says which limit is the patient’s own, or off', () => {
    expect(line('alarm_limit_set', { quantity: 'spo2', side: 'low', value: 85 })).toBe('本例限值：SpO₂ 过低，85 起报警');
    expect(line('alarm_limit_set', { quantity: 'spo2', side: 'low', value: null })).toBe('本例关闭报警：SpO₂ 过低');
    language.set('en');
    expect(line('alarm_limit_set', { quantity: 'temperature', side: 'high', value: 38.5 })).toBe('Own limit: Temp high from 38.5');
  });
  it('leaves the priority of an incident as it is', () => {
    expect(line('incident_opened', { priority: 'P1' })).toBe('受理 P1');
  });
  it('refuses an impossible limit with its bounds', () => {
    const words = refusalWords({ code: 'limit_impossible', params: { quantity: 'spo2', low: 0, high: 100 } });
    expect(words).toBe('SpO₂的限值只能在 0 到 100 之间。请改数值。');
  });
  it('is a mark in the replay where it began, with who saw it', () => {
    const params = { patient_id: PATIENT, key: 'spo2:low', value: 84, priority: 'medium' };
    const told = (type: string, second: number, by: string, more: Record<string, string | number | null>) => ({
      seq: second, at: at(second), type, by, params: more,
    }); // prettier-ignore
    const timeline = [
      told('vital_alarm_raised', 100, 'ingest', params),
      told('vital_alarm_raised', 110, 'ingest', { ...params, priority: 'high', value: 70 }),
      told('vital_alarm_acknowledged', 130, '李*梅', { patient_id: PATIENT, key: 'spo2:low' }),
      told('vital_alarm_raised', 200, 'ingest', { ...params, priority: 'loud' }),
    ];
    const marks = vitalMarks({ ...incident(), timeline });
    expect(marks.map(({ priority, value, seen }) => [priority, value, seen?.by])).toEqual([
      ['medium', 84, undefined], ['high', 70, '李*梅'],
    ]); // prettier-ignore
    expect(vitalMarks(undefined)).toEqual([]);
  });
});

describe('sound', () => {
  const inbound = (more: Partial<InboundDoc> = {}) => ({ id: P, state: 'inbound', level: 'low', feed_lost_at: null, ...more }) as InboundDoc;
  const sounds = (alarms: VitalAlarm[], more: Partial<InboundDoc> = {}) =>
    alarmsOf([{ inbound: inbound(more), prealert: undefined, vitals: doc(alarms) }], () => false).map(([, urgency]) => urgency);
  it('on the board only a high alarm that nobody has answered, and none that is held', () => {
    expect(sounds([high()])).toEqual(['high']);
    expect(sounds([vitalAlarm(), vitalAlarm({ priority: 'low' })])).toEqual([]);
    expect(sounds([high(SEEN)])).toEqual([]);
    expect(sounds([high({ is_held: true })])).toEqual([]);
    expect(sounds([high({ ended_at: ago(1) })])).toEqual(['high']);
  });
  it('a lost feed sounds once, in its own place', () => {
    const lost = high({ key: 'feed_lost', priority: 'medium', source: 'greenlane' });
    expect(sounds([lost, high()], { feed_lost_at: ago(5) })).toEqual(['medium']);
  });
  it('a latched one still asks to be seen', () => {
    const latched = high({ ended_at: ago(1) });
    expect(stateOf(latched, true)).toBe('latched');
    expect(isSounding(latched, false)).toBe(true);
    expect(unansweredAlarms(doc([latched, vitalAlarm(SEEN)]))).toEqual([latched]);
  });
});

describe('the crew’s answer', () => {
  const alarm = vitalAlarm();
  const item = (more: Partial<Queued> = {}, raised_at = alarm.raised_at): Queued => ({
    command_id: 'c1', tappedMs: 0, command: { command: 'acknowledge_vital_alarm', patient_id: P, key: alarm.key, raised_at }, ...more,
  }); // prettier-ignore
  const none: ReadonlySet<string> = new Set();
  it('waits on the device, then with the server, then everybody sees it', () => {
    expect(markOf(P, alarm, [], none)).toBe('open');
    expect(markOf(P, alarm, [item()], none)).toBe('sending');
    expect(markOf(P, alarm, [item({ seq: 9 })], none)).toBe('sent');
    expect(markOf(P, alarm, [], new Set([alarmId(P, alarm)]))).toBe('sent');
    expect(markOf(P, vitalAlarm(SEEN), [item()], none)).toBe('seen');
  });
  it('is of this very alarm and this very patient', () => {
    expect(markOf(P, alarm, [item({}, ago(1))], none)).toBe('open');
    expect(markOf('I-2.P1', alarm, [item()], none)).toBe('open');
  });
  it('counts as taken when it leaves the queue without a refusal, and opens again with one', () => {
    const before = queuedIds([item()]);
    expect(newlyAnswered(before, [item()], [])).toEqual([]);
    expect(newlyAnswered(before, [], [])).toEqual(before);
    expect(newlyAnswered(before, [], [item()])).toEqual([]);
  });
});

describe('a limit of the patient’s own', () => {
  it('begins at the limit that alarms, else at what is measured, else nowhere', () => {
    const values = { spo2: numeric(93, 1), nibp_systolic: numeric(104, 60) };
    const low = { quantity: 'spo2', side: 'low', value: 91, is_inclusive: true, source: 'NEWS2, RCP 2017', set_by: '' } as const;
    const off = { quantity: 'spo2', side: 'high', value: null, is_inclusive: false, source: 'patient', set_by: '张' } as const;
    expect(inForce('spo2', [off, low]).map((one) => one.side)).toEqual(['low', 'high']);
    expect(beginning('spo2', 'low', [off, low], values)).toBe(91);
    expect(beginning('spo2', 'high', [off, low], values)).toBe(93);
    expect(beginning('systolic', 'low', [], values)).toBe(104);
    expect(beginning('etco2', 'low', [], values)).toBeNull();
  });
  it('moves to the next whole step, down not below zero', () => {
    expect([stepped('systolic', 104, 1), stepped('systolic', 104, -1), stepped('systolic', 105, 1)]).toEqual([105, 100, 110]);
    expect(stepped('temperature', 38.5, 1)).toBe(39);
    expect(stepped('spo2', 0, -1)).toBe(0);
    for (const quantity of QUANTITIES) expect(LIMIT_STEPS[quantity]).toBeGreaterThan(0);
  });
});
