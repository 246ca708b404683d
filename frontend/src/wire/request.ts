// One HTTP request with a time limit, and the errors of the contract as a value, never an exception.

import { REQUEST_TIMEOUT_MS } from './limits';

export type Params = Record<string, string | number | boolean | null>;

/** `status` 0: no answer came (network, timeout), so the outcome is unknown. */
export interface Failure {
  ok: false;
  status: number;
  code: string;
  params: Params;
}
export interface Success<T> {
  ok: true;
  status: number;
  body: T;
}
export type Answer<T> = Success<T> | Failure;

/** Ask the server; `body` makes it JSON. Never throws, always ends within the time limit. */
export async function request<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
  let response: Response;
  let value: unknown;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    value = text ? JSON.parse(text) : null;
  } catch {
    return { ok: false, status: 0, code: 'unreachable', params: {} };
  }
  if (response.ok) return { ok: true, status: response.status, body: value as T };
  return { ok: false, status: response.status, ...errorOf(value, response.status) };
}

function errorOf(value: unknown, status: number): { code: string; params: Params } {
  const held = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const code = typeof held.code === 'string' ? held.code : `http_${status}`;
  const params = typeof held.params === 'object' && held.params !== null ? held.params : {};
  return { code, params: params as Params };
}
