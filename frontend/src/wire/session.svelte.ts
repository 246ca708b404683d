// Who is signed in on this page. Passwords pass through and are never kept.

import { request, type Failure } from './request';

export type Role = 'dispatcher' | 'crew' | 'hospital' | 'admin';

export interface Me {
  user_id: string;
  login: string;
  name: string;
  role: Role;
  unit_id: string | null;
  facility_id: string | null;
  county_id: string;
}

class Session {
  /** The signed-in person; null when nobody is, undefined while not yet asked. Reactive. */
  me = $state.raw<Me | null | undefined>(undefined);

  /** Ask the server who this is; a failure other than "nobody" leaves what is known. */
  async load(): Promise<Failure | null> {
    const answer = await request<Me>('GET', '/api/me');
    if (answer.ok) this.me = answer.body;
    else if (answer.status === 401) this.me = null;
    return answer.ok || answer.status === 401 ? null : answer;
  }

  /** Null when signed in, otherwise why not. */
  async signIn(login: string, password: string): Promise<Failure | null> {
    const answer = await request<Me>('POST', '/api/session', { login, password });
    if (!answer.ok) return answer;
    this.me = answer.body;
    return null;
  }

  async signOut(): Promise<Failure | null> {
    const answer = await request<null>('DELETE', '/api/session');
    if (!answer.ok && answer.status !== 401) return answer;
    this.me = null;
    return null;
  }
}

export const session = new Session();
