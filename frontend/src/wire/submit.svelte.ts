// Sends commands. One command has one id from the first attempt to the last, so that sending again
// can never make a second effect; the outcome of an unanswered send is unknown, never "failed".

import { backoffMs } from './link';
import { COMMAND_GIVES_UP_MS } from './limits';
import { request, type Answer, type Params } from './request';
import type { AnyCommand } from './commands';

/** Any command without its id: `submit` makes one. */
export type NewCommand = AnyCommand extends infer C
  ? C extends AnyCommand
    ? Omit<C, 'command_id'>
    : never
  : never;

export interface Accepted {
  outcome: 'accepted';
  command_id: string;
  seq: number;
  events: string[];
  made: Record<string, string>;
}
/** `refused` by a rule, `denied` by rights or form, `unknown` when nobody answered in time. */
export interface Declined {
  outcome: 'refused' | 'denied' | 'unknown';
  command_id: string;
  code: string;
  params: Params;
}
export type Outcome = Accepted | Declined;

export interface SubmitOptions {
  /** Send again under the id of an earlier `unknown` outcome. */
  commandId?: string;
  /** How long to keep trying, ms; a tablet out of coverage may wait longer than a console. */
  givesUpMs?: number;
}

/** For tests: the world outside. */
export interface Ports {
  post: (path: string, body: unknown) => Promise<Answer<Accepted>>;
  wait: (ms: number) => Promise<void>;
  now: () => number;
  random: () => number;
  uuid: () => string;
}

const BROWSER: Ports = {
  post: (path, body) => request('POST', path, body),
  wait: (delay) => new Promise((done) => setTimeout(done, delay)),
  now: () => performance.now(),
  random: Math.random,
  uuid: newId,
};

/** A UUID; `crypto.randomUUID` is missing where a page is served without TLS off the machine. */
export function newId(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

class Outstanding {
  /** Commands sent and not yet answered. Reactive. */
  count = $state(0);
}
export const outstanding = new Outstanding();

const ABOUT_THE_REQUEST = new Set([400, 401, 403, 404, 409, 413, 422, 429]);

/** `/api/commands/<tag with dashes>`. */
export function commandPath(tag: string): string {
  return `/api/commands/${tag.replaceAll('_', '-')}`;
}

/** Send a command until it is answered or the time is over. Never throws. */
export async function submit(
  command: NewCommand,
  options: SubmitOptions = {},
  ports: Ports = BROWSER,
): Promise<Outcome> {
  const { command: tag, ...fields } = command;
  const command_id = options.commandId ?? ports.uuid();
  const until = ports.now() + (options.givesUpMs ?? COMMAND_GIVES_UP_MS);
  outstanding.count += 1;
  try {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await ports.post(commandPath(tag), { ...fields, command_id });
      if (answer.ok) return answer.body;
      if (ABOUT_THE_REQUEST.has(answer.status)) return declined(answer, command_id);
      const delay = backoffMs(attempt, ports.random());
      if (ports.now() + delay > until) return { ...declined(answer, command_id), outcome: 'unknown' };
      await ports.wait(delay);
    }
  } finally {
    outstanding.count -= 1;
  }
}

function declined(answer: Answer<Accepted> & { ok: false }, command_id: string): Declined {
  const outcome = answer.status === 409 ? 'refused' : 'denied';
  return { outcome, command_id, code: answer.code, params: answer.params };
}
