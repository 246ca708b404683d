// The pre-arrival board: order, keys, division of the screen, what sounds, what pages.
import { describe, expect, it } from 'vitest';
import { alarmsOf, arrivalMs, isDivertedShown, isWaiting, offered, silenceKey, worseKey } from '../src/features/ed/cards';
import { arrivalOrder, keysOf, layoutOf, pageOf } from '../src/features/ed/order';
import { courseOf } from '../src/features/ed/trends.svelte';
import type { BedView, InboundDoc, PreAlertDoc } from '../src/wire/documents';
import { NOW } from './support';

const now = NOW.getTime();
const at = (secondsAgo: number): string => new Date(now - secondsAgo * 1000).toISOString();

function inbound(more: Partial<InboundDoc> = {}): InboundDoc {
  return {
    ecgs: [], kind: 'inbound', id: 'P1', facility_id: 'H1', incident_id: 'I1', unit_id: 'A07', call_sign: '南急07',
    priority: 'P1', centres: ['chest_pain'], complaint: '胸痛', name: '王*国', age_years: 58, sex: 'male',
    is_pregnant: false, town: null, state: 'inbound', rang_at: at(900), boarded_at: at(300), arrived_at: null,
    level: 'low', level_at: at(200), previous_level: '', news2: 3, news2_lower_bound: 3, previous_news2: null,
    previous_news2_at: null, feed_lost_at: null, acvpu: null, on_oxygen: null,
    atmist: { onset_at: null, mechanism: '', injuries: '', signs: '', treatment: '', caution: '' },
    prealert_id: 'P1.A1', bed: null, handover: 'none', handover_offered_at: null, handover_by: '',
    handover_at: null, diverted: null, ...more,
  }; // prettier-ignore
}
function prealert(more: Partial<PreAlertDoc> = {}): PreAlertDoc {
  return {
    kind: 'prealert', id: 'P1.A1', patient_id: 'P1', unit_id: 'A07', facility_id: 'H1', colour: 'red',
    state: 'delivered', created_at: at(100), sent_at: at(100), delivered_at: at(99), displayed_at: null,
    acknowledged_at: null, acknowledged_by: '', rejected_at: null, rejected_by: '', reason: '',
    escalations: [], next_step: null, next_step_at: null, next_step_tells: '', is_escalated: false, ...more,
  }; // prettier-ignore
}
const answered = (secondsAgo: number) => prealert({ state: 'acknowledged', acknowledged_at: at(secondsAgo) });
const never = () => false;

describe('order', () => {
  it('is arrival, unknown arrivals last', () => {
    const coming = [{ id: 'a', at: null }, { id: 'b', at: 300_000 }, { id: 'c', at: 100_000 }]; // prettier-ignore
    expect(arrivalOrder([], coming)).toEqual(['c', 'b', 'a']);
  });
  it('does not swap two that come together, but does once they are apart', () => {
    const close = [{ id: 'a', at: 120_000 }, { id: 'b', at: 100_000 }]; // prettier-ignore
    expect(arrivalOrder(['a', 'b'], close)).toEqual(['a', 'b']);
    const apart = [{ id: 'a', at: 140_000 }, { id: 'b', at: 100_000 }]; // prettier-ignore
    expect(arrivalOrder(['a', 'b'], apart)).toEqual(['b', 'a']);
  });
  it('drops who is gone and keeps everybody else', () => {
    expect(arrivalOrder(['x', 'a', 'b'], [{ id: 'b', at: 2 }, { id: 'a', at: 1 }])).toEqual(['a', 'b']);
  });
});

describe('keys', () => {
  it('belong to a patient until he or she goes', () => {
    const first = keysOf(null, ['a', 'b', 'c'], never);
    expect([...first]).toEqual([['a', 1], ['b', 2], ['c', 3]]); // prettier-ignore
    const second = keysOf(first, ['c', 'd', 'b'], never);
    expect(second.get('c')).toBe(3);
    expect(second.get('b')).toBe(2);
    expect(second.get('d')).toBe(1);
  });
  it('end at nine', () => {
    const many = Array.from({ length: 12 }, (_, index) => `p${index}`);
    expect(keysOf(null, many, never).size).toBe(9);
  });
  it('go to one who needs an answer when all are given away', () => {
    const many = Array.from({ length: 9 }, (_, index) => `p${index}`);
    const before = keysOf(null, many, never);
    const after = keysOf(before, [...many, 'new'], (id) => id === 'new');
    expect(after.get('new')).toBe(9);
    expect(after.has('p8')).toBe(false);
  });
});

describe('layout', () => {
  const ids = (n: number) => Array.from({ length: n }, (_, index) => `p${index}`);
  it.each([
    [0, 0, 'empty', 0, 'none'],
    [0, 1, 'cards', 0, 'half'],
    [3, 0, 'cards', 3, 'none'],
    [3, 1, 'cards', 3, 'half'],
    [4, 0, 'cards', 3, 'half'],
    [4, 1, 'cards', 3, 'compact'],
    [8, 0, 'cards', 3, 'compact'],
    [8, 1, 'table', 2, 'none'],
    [9, 0, 'table', 2, 'none'],
    [200, 0, 'table', 2, 'none'],
  ])('%i inbound and %i diverted', (inboundCount, diverted, kind, full, rail) => {
    const layout = layoutOf(ids(inboundCount), diverted);
    expect(layout).toMatchObject({ kind, rail });
    expect(layout.full).toHaveLength(full);
    expect([...layout.full, ...layout.rest]).toEqual(ids(inboundCount));
  });
});

describe('pages', () => {
  const ids = Array.from({ length: 30 }, (_, index) => `p${index}`);
  it('pin what needs somebody and turn the rest', () => {
    const isPinned = (id: string) => id === 'p7' || id === 'p29';
    const seen = new Set<string>();
    for (let turn = 0; turn < 3; turn += 1) {
      const page = pageOf(ids, isPinned, 12, turn);
      expect(page.pinned).toEqual(['p7', 'p29']);
      expect(page.pinned.length + page.rows.length).toBeLessThanOrEqual(12);
      for (const id of [...page.pinned, ...page.rows]) seen.add(id);
    }
    expect(seen.size).toBe(30);
  });
  it('show everybody in turn even when all are pinned', () => {
    const first = pageOf(ids, () => true, 12, 0);
    const seen = [0, 1, 2].flatMap((turn) => pageOf(ids, () => true, 12, turn).rows);
    expect(first.pages).toBe(3);
    expect(seen).toEqual(ids);
  });
});

describe('what sounds', () => {
  it('follows the colour of an unanswered pre-alert, and ends with the answer', () => {
    const of = (alert: PreAlertDoc) => alarmsOf([{ inbound: inbound(), prealert: alert }], never);
    expect(of(prealert())).toEqual([['prealert:P1.A1', 'high']]);
    expect(of(prealert({ colour: 'yellow' }))).toEqual([['prealert:P1.A1', 'medium']]);
    expect(of(answered(10))).toEqual([]);
    expect(of(prealert({ state: 'rejected' }))).toEqual([]);
  });
  it('a lost feed sounds until noted here, and again when it is lost again', () => {
    const lost = inbound({ feed_lost_at: at(30) });
    expect(alarmsOf([{ inbound: lost, prealert: answered(60) }], never)).toEqual([[silenceKey(lost), 'medium']]);
    const isNoted = (key: string) => key === silenceKey(lost);
    expect(alarmsOf([{ inbound: lost, prealert: answered(60) }], isNoted)).toEqual([]);
    const again = inbound({ feed_lost_at: at(5) });
    expect(alarmsOf([{ inbound: again, prealert: answered(60) }], isNoted)).toHaveLength(1);
  });
  it('an emergency sounds only when it came after the answer', () => {
    const worse = inbound({ level: 'emergency', level_at: at(20) });
    expect(worseKey(worse, answered(60))).not.toBeNull();
    expect(worseKey(worse, answered(10))).toBeNull();
    expect(worseKey(worse, prealert())).toBeNull();
  });
});

describe('cards', () => {
  it('an answer ends waiting, whatever it is', () => {
    expect(isWaiting(prealert())).toBe(true);
    for (const state of ['acknowledged', 'rejected', 'stood_down'] as const) {
      expect(isWaiting(prealert({ state }))).toBe(false);
    }
    expect(isWaiting(undefined)).toBe(false);
  });
  it('the real arrival comes before the expected one', () => {
    expect(arrivalMs(inbound({ arrived_at: at(5) }), undefined)).toBe(now - 5000);
    expect(arrivalMs(inbound(), undefined)).toBeNull();
  });
  it('a diverted patient stays until seen, and ten minutes more', () => {
    const gone = (seen: string | null) =>
      inbound({ diverted: { to_name: '中医院', at: at(4000), by: 'x', reason: '', seen_by: seen ? '李*梅' : '', seen_at: seen } });
    expect(isDivertedShown(gone(null), now)).toBe(true);
    expect(isDivertedShown(gone(at(599)), now)).toBe(true);
    expect(isDivertedShown(gone(at(600)), now)).toBe(false);
    expect(isDivertedShown(inbound(), now)).toBe(false);
  });
  it('offers free bays before the EICU', () => {
    const bed = (bed_id: string, bed_kind: BedView['bed_kind'], state: BedView['state']): BedView => ({
      bed_id, bed_kind, state, label: bed_id, since: null, hold_id: null, held_for: null, hold_expires_at: null, patient: '',
    }); // prettier-ignore
    const beds = [bed('E1', 'eicu', 'free'), bed('R1', 'resus', 'held'), bed('R2', 'resus', 'free')];
    expect(offered(beds).map((one) => one.bed_id)).toEqual(['R2', 'E1']);
  });
});

describe('course', () => {
  it('gives a rare cuff pressure an arrow from its own values', () => {
    const moments = Array.from({ length: 6 }, (_, index) => at(600 - index * 100));
    const course = courseOf(moments, { nibp_systolic: [150, null, 130, null, 100, 95], spo2: [null, null, null, null, null, null] });
    expect(course.trends.nibp).toBe('down');
    expect(course.columns.spo2).toBeUndefined();
  });
});
