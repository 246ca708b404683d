// One id for all attempts; a refusal ends them, silence leads to "unknown" and never to "failed".
import { describe, expect, it } from 'vitest';
import { backoffMs, bestOffset, isStale, withOffset } from '../src/wire/link';
import type { Answer } from '../src/wire/request';
import { newId, outstanding, submit, type Accepted, type Ports } from '../src/wire/submit.svelte';

const ACCEPTED: Answer<Accepted> = {
  ok: true,
  status: 200,
  body: { outcome: 'accepted', command_id: 'c-1', seq: 4, events: ['unit_assigned'], made: {} },
};
const fail = (status: number, code: string): Answer<Accepted> => ({ ok: false, status, code, params: {} });

function world(answers: Answer<Accepted>[]) {
  const posted: { path: string; body: Record<string, unknown> }[] = [];
  let clock = 0;
  const ports: Ports = {
    post: async (path, body) => {
      posted.push({ path, body: body as Record<string, unknown> });
      return answers[Math.min(posted.length, answers.length) - 1] ?? fail(0, 'unreachable');
    },
    wait: async (delay) => {
      clock += delay;
    },
    now: () => clock,
    random: () => 0.5,
    uuid: () => 'c-1',
  };
  return { posted, ports };
}
const send = { command: 'send_unit', incident_id: 'I-1', unit_id: 'N07' } as const;

describe('submit', () => {
  it('posts the fields without the tag, to the path with dashes', async () => {
    const { posted, ports } = world([ACCEPTED]);
    expect((await submit(send, {}, ports)).outcome).toBe('accepted');
    expect(posted).toEqual([
      { path: '/api/commands/send-unit', body: { incident_id: 'I-1', unit_id: 'N07', command_id: 'c-1' } },
    ]);
  });
  it('sends again under the same id after silence and 503', async () => {
    const { posted, ports } = world([fail(0, 'unreachable'), fail(503, 'unavailable'), ACCEPTED]);
    expect((await submit(send, {}, ports)).outcome).toBe('accepted');
    expect(new Set(posted.map(({ body }) => body.command_id))).toEqual(new Set(['c-1']));
    expect(posted).toHaveLength(3);
    expect(outstanding.count).toBe(0);
  });
  it('does not send a refusal again', async () => {
    const { posted, ports } = world([fail(409, 'unit_busy')]);
    expect(await submit(send, {}, ports)).toMatchObject({ outcome: 'refused', code: 'unit_busy' });
    expect(posted).toHaveLength(1);
  });
  it('says unknown when time is over', async () => {
    const { posted, ports } = world([fail(503, 'unavailable')]);
    const outcome = await submit(send, { givesUpMs: 3000 }, ports);
    expect(outcome).toMatchObject({ outcome: 'unknown', command_id: 'c-1', code: 'unavailable' });
    expect(posted.length).toBeGreaterThan(2);
    expect(posted.length).toBeLessThan(7);
  });
  it('makes ids of the right shape', () => {
    expect(newId()).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });
});

describe('the link', () => {
  it('waits between half a second and five, longer each time', () => {
    expect([0, 1, 2, 3, 9, 1000].map((attempt) => backoffMs(attempt, 1))).toEqual([
      500, 1000, 2000, 4000, 5000, 5000,
    ]);
    for (let attempt = 0; attempt < 20; attempt += 1) {
      expect(backoffMs(attempt, 0)).toBeGreaterThanOrEqual(500);
      expect(backoffMs(attempt, 0.999)).toBeLessThanOrEqual(5000);
    }
  });
  it('is stale after six seconds of silence', () => {
    expect(isStale(1000, 6999)).toBe(false);
    expect(isStale(1000, 7000)).toBe(true);
  });
  it('trusts the frame that travelled fastest, and forgets old ones', () => {
    let offsets: number[] = [];
    for (const offset of [90, 100, 40]) offsets = withOffset(offsets, offset);
    expect(bestOffset(offsets)).toBe(100);
    for (let n = 0; n < 30; n += 1) offsets = withOffset(offsets, 7);
    expect(bestOffset(offsets)).toBe(7);
  });
});
