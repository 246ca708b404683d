// The device-care calls of the server, typed; see docs/operations.md, "Devices".

import type { Instant } from '../../wire/documents';
import { request, type Answer } from '../../wire/request';

export interface LinkReport {
  at: Instant;
  queued: Record<string, number>;
  dropped: Record<string, number>;
  queued_bytes: number;
  oldest_s: number | null;
  confirmed_s: number | null;
  round_trip_ms: number | null;
  network: string;
  version: string | null;
}
export interface DeviceState {
  device_id: string;
  kind: string;
  last_seen_at: Instant | null;
  state: string | null;
  state_at: Instant | null;
  battery_pct: number | null;
  /** How far the device's clock is behind ours, in ms. */
  skew_ms: number | null;
  link: LinkReport | null;
  enrolled_at: Instant | null;
  problems: string[];
}
export interface UnitDevices {
  unit_id: string;
  call_sign: string;
  is_on_job: boolean;
  position_at: Instant | null;
  position_doubt: string | null;
  gaps: number | null;
  quarantined: Record<string, number>;
  devices: DeviceState[];
  problems: string[];
}
export interface DeviceReport {
  computed_at: Instant;
  units: UnitDevices[];
  unplaced: Record<string, number>;
}
export interface Quarantined {
  source: string;
  reason: string;
  topic: string;
  detail: string;
  device_id: string | null;
  raw_bytes: number;
  first_at: Instant;
  last_at: Instant;
  count: number;
  text: string | null;
  hex: string | null;
}
export interface EnrolCode {
  code: string;
  unit_id: string;
  device_id: string;
  expires_at: Instant;
  broker_login: { user: string; password: string } | null;
}

export const deviceCare = {
  report: (): Promise<Answer<DeviceReport>> => request('GET', '/api/devices'),
  quarantine: (source: string): Promise<Answer<Quarantined[]>> =>
    request('GET', `/api/devices/quarantine?source=${encodeURIComponent(source)}`),
  code: (unit_id: string, device_id: string, kind: string): Promise<Answer<EnrolCode>> =>
    request('POST', '/api/devices/codes', { unit_id, device_id, kind }),
  revoke: (device_id: string): Promise<Answer<unknown>> =>
    request('POST', '/api/devices/revoke', { device_id }),
};
