// The read-only HTTP calls of the contract, typed. Each returns an Answer and never throws.

import { request, type Answer } from './request';
import type { AnyDoc, Instant } from './documents';
import type { DocKey } from './frames';

export interface Reason {
  code: string;
  params: Record<string, string | number | boolean | null>;
}
export interface UnitOption {
  unit_id: string;
  call_sign: string;
  duration_s: number;
  distance_m: number;
  reasons: Reason[];
  costs: Reason[];
  is_capable: boolean;
  fix_age_s: number | null;
  method: string;
  duration_p80_s: number | null;
}
export interface Recommendation {
  computed_at: Instant;
  method: string;
  oldest_fix_s: number | null;
  options: UnitOption[];
  nobody?: { unit_id: string | null; free_in_s: number | null } | null;
}
export interface DestinationOption {
  facility_id: string;
  name_zh: string;
  name_en: string;
  duration_s: number;
  distance_m: number;
  method: string;
  passes: boolean;
  reasons: Reason[];
  costs: Reason[];
  penalty_s: number;
  duration_p80_s: number | null;
}
export interface DestinationAdvice {
  computed_at: Instant;
  rule: string;
  options: DestinationOption[];
}
export interface Samples {
  patient_id: string;
  at: Instant[];
  values: Record<string, (number | null)[]>;
  /** Where the newest sample came from, and the recording's name; null without any sample. */
  source?: 'device' | 'recording' | 'generator' | null;
  recording?: string | null;
}
/** One place that may be meant; WGS-84 degrees, metres. */
export interface PlaceMatch {
  id: string;
  name: string;
  names: string[];
  /** The name that matched, where it is another than the one shown. */
  matched: string;
  kind: string;
  town: string | null;
  lon: number;
  lat: number;
  datum: 'WGS84';
  /** How the words matched, and whether that is only a resemblance. */
  match: string;
  is_doubtful: boolean;
  is_schematic: boolean;
  slips: number;
  others: number;
  /** The place it was looked for at, where two were named. */
  beside: string;
  /** The nearest settlement, by which namesakes are told apart. */
  context: { name: string; distance_m: number } | null;
  /** From where the caller is thought to be. */
  distance_m: number | null;
  source: 'county' | 'map';
}
export interface PlacesFound {
  words: string;
  hits: PlaceMatch[];
  /** All there are, also those not listed. */
  total: number;
  /** A kilometre of a road was said; where its place is not known, the code says why. */
  kilometre: { code: string; road: string; km: number; posts_km: number[]; places: unknown[] } | null;
  attribution: string[];
}
/** One statement about a position; what is not said is "" or null. */
export interface WherePhrase {
  code: string;
  name: string;
  kind: string;
  distance_m: number | null;
  direction: string | null;
}
export interface IncidentSummary {
  incident_id: string;
  priority: string;
  complaint: string;
  centres: string[];
  town: string | null;
  opened_at: Instant;
  closed_at: Instant | null;
}
export interface ReplayFrame {
  seq: number;
  at: Instant;
  docs: AnyDoc[];
  gone: DocKey[];
}
export type EtaRow = [
  at: Instant,
  target: 'scene' | 'hospital' | null,
  target_id: string | null,
  arrive_at: Instant | null,
  fix_at: Instant | null,
];
export interface ReplayBundle {
  incident_id: string;
  from: Instant;
  to: Instant;
  frames: ReplayFrame[];
  tracks: Record<string, [at: Instant, lon: number, lat: number, heading: number | null][]>;
  /** What the screens said from `at` on; a row of nulls ends it. */
  etas: Record<string, EtaRow[]>;
  samples: Record<string, Samples>;
  viewers: ReplayView[];
  is_open: boolean;
}
/** Who saw what: an audience (`unit:N01`) that opened a screen, or an id that acknowledged something. */
export interface ReplayView {
  who: string;
  name: string;
  what: string;
  at: Instant;
  action: string;
}

const seg = encodeURIComponent;

export const reading = {
  recommendation: (incidentId: string): Promise<Answer<Recommendation>> =>
    request('GET', `/api/incidents/${seg(incidentId)}/recommendation`),
  destinations: (patientId: string): Promise<Answer<DestinationAdvice>> =>
    request('GET', `/api/patients/${seg(patientId)}/destinations`),
  samples: (patientId: string, minutes = 30): Promise<Answer<Samples>> =>
    request('GET', `/api/patients/${seg(patientId)}/samples?minutes=${minutes}`),
  /** `near`: where the caller is thought to be, WGS-84; the nearer of two namesakes comes first. */
  places: (words: string, near: { lon: number; lat: number } | null): Promise<Answer<PlacesFound>> =>
    request('GET', `/api/places?q=${seg(words)}${near ? `&near=${near.lon},${near.lat}` : ''}`),
  placeAt: (lon: number, lat: number): Promise<Answer<{ phrases: WherePhrase[] }>> =>
    request('GET', `/api/places/at?at=${lon},${lat}`),
  basemap: (): Promise<Answer<GeoJSON.FeatureCollection>> => request('GET', '/api/basemap'),
  incidents: (from: Instant, to: Instant): Promise<Answer<IncidentSummary[]>> =>
    request('GET', `/api/incidents?since=${seg(from)}&until=${seg(to)}`),
  replay: (incidentId: string): Promise<Answer<ReplayBundle>> =>
    request('GET', `/api/replay/incidents/${seg(incidentId)}`),
};
