// An ECG's drawing as the server reads it out of the file; kept a while, since files never change.

import type { Instant } from './documents';
import { request, type Answer } from './request';

export interface EcgFilters {
  high_pass_hz: number | null;
  low_pass_hz: number | null;
  notch_hz: number | null;
  words: string[];
}
/** Integers of the file; a microvolt is `sample * uv_per_lsb + offset_uv`, -2147483648 is a gap. */
export interface EcgLeadDrawing {
  name: string;
  hz: number;
  start_s: number;
  uv_per_lsb: number;
  uv_per_lsb_exact: string;
  offset_uv: number;
  is_derived: boolean;
  filters: EcgFilters;
  samples: number[];
}
export interface EcgDrawn {
  id: number;
  at: Instant;
  sha256: string;
  source: 'device' | 'recording' | 'generator';
  recording: string | null;
  /** Why the bytes cannot be read; everything below is then absent but `leads`, which is empty. */
  fault: { code: string; detail: string } | null;
  leads: EcgLeadDrawing[];
  format?: string;
  acquired?: { local: string; zone: string | null } | null;
  duration_s?: number;
  cut_to_s?: number | null;
  device?: { maker: string | null; model: string | null; software: string | null };
  filters?: EcgFilters | null;
  statements?: { text: string; by: 'device' | 'person' | 'record' }[];
  warnings?: string[];
}

const KEPT = 8;
const held = new Map<number, EcgDrawn>();

/** The drawing of one ECG; asked of the server once while this page remembers it. */
export async function ecgDrawn(id: number): Promise<Answer<EcgDrawn>> {
  const known = held.get(id);
  if (known) return { ok: true, status: 200, body: known };
  const answer = await request<EcgDrawn>('GET', `/api/ecg/${id}`);
  if (answer.ok) {
    held.set(id, answer.body);
    for (const oldest of [...held.keys()].slice(0, -KEPT)) held.delete(oldest);
  }
  return answer;
}

/** Where the bytes as received are. */
export const ecgFilePath = (id: number): string => `/api/ecg/${id}/file`;
