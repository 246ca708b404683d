// The console as it is, over a line that this page makes itself: its socket is the fleet, everything else of it is
// the real page (frames decoded, store, lists, map). One unit in six is under way to one of the incidents, by road.

import type { AnyDoc, CountyDoc, FacilityDoc, IncidentDoc, PositionDoc, UnitDoc } from '../../src/wire/documents';
import type { Frame } from '../../src/wire/frames';
import { random } from '../support';
import { Fleet } from './fleet';
import { count, type Bench } from './frames';

declare global {
  interface Window {
    bench: Bench;
  }
}

const INCIDENTS = 24;
const ROAD_POINTS = 120;
const BEAT_MS = 2000;
const found = (await (await fetch('/bench.json')).json()) as { county: CountyDoc; facilities: FacilityDoc[] };

let line: Line | null = null;
let seq = 0;
let fleet = new Fleet(0);
let incidents: IncidentDoc[] = [];
let ticking: ReturnType<typeof setInterval> | undefined;

/** In the place of the browser's socket: it says what the server would. */
class Line extends EventTarget {
  static readonly OPEN = 1;
  readonly OPEN = 1;
  readyState = 0;
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;

  constructor() {
    super();
    setTimeout(() => {
      this.readyState = 1;
      this.onopen?.();
    });
  }
  send(): void {
    if (line === this) return;
    line = this; // eslint-disable-line @typescript-eslint/no-this-alias -- the newest line is the one that is fed
    say('snapshot', everything());
  }
  close(): void {
    this.readyState = 3;
    this.onclose?.();
  }
}

function say(t: 'snapshot' | 'docs' | 'beat', docs: AnyDoc[] = []): void {
  seq += 1;
  const viewer = { role: 'dispatcher', unit_id: null, facility_id: null };
  const frame: Frame = { t, seq, now: new Date().toISOString(), viewer, docs, gone: [] };
  line?.onmessage?.({ data: JSON.stringify(frame) });
}

function incident(number: number, next: () => number): IncidentDoc {
  const at = new Date(Date.now() - number * 20_000).toISOString();
  const id = `I-${1000 + number}`;
  const unit_id = `N${String(number + 1).padStart(3, '0')}`;
  const sent = {
    assignment_id: `${id}.A1`, unit_id, call_sign: unit_id, state: 'en_route', since: at, step_at: { notified: at, en_route: at },
    overdue: null,
  }; // prettier-ignore
  return {
    kind: 'incident', id, state: 'waiting', priority: `P${1 + (number % 4)}`, complaint: '胸痛', note: '', centres: [],
    place: { address: '耕余堂村', landmark: '', town: '明山头镇', lon: 112.2 + next() * 0.4, lat: 29.2 + next() * 0.3, is_read_back: true },
    caller: { name: '', phone: '' }, rang_at: at, opened_at: at, opened_by: '', first_sent_at: at,
    first_on_scene_at: null, closed_at: null, outcome: null, patients: [], timeline: [], assignments: [sent],
  } as unknown as IncidentDoc; // prettier-ignore
}

/** Whoever is under way has its incident, and an arrival at it. */
function underWay(docs: readonly AnyDoc[]): AnyDoc[] {
  return docs.map((doc) => {
    const number = Number(doc.id.slice(1)) - 1;
    const to = incidents[number % INCIDENTS];
    if (!to || number % 6 !== 2) return doc;
    if (doc.kind === 'unit') return { ...doc, incident_id: to.id, priority: to.priority } as UnitDoc;
    const [at, later] = [new Date().toISOString(), new Date(Date.now() + 600_000).toISOString()];
    const eta = {
      target: 'scene', target_id: to.id, arrive_at: later, duration_s: 600, distance_m: 8000, method: 'road',
      from_fix_at: at, computed_at: at, duration_p80_s: 720,
    }; // prettier-ignore
    return { ...doc, eta } as PositionDoc;
  });
}

let units = 0;
const everything = (): AnyDoc[] => [
  found.county,
  ...found.facilities,
  ...incidents,
  ...underWay([...fleet.units(), ...fleet.positions(0, units)]),
];

/** A way with bends from where the unit is, as the server would answer. */
function road(unitId: string): unknown {
  const number = Number(unitId.slice(1)) - 1;
  const [from] = fleet.positions(number, 1);
  const to = incidents[number % INCIDENTS]?.place;
  if (!from || !to) return { path: [], method: null };
  const path = Array.from({ length: ROAD_POINTS }, (_, step) => {
    const share = step / (ROAD_POINTS - 1);
    const bend = Math.sin(share * 40) * 0.002 * (1 - share) * share;
    return [from.lon + (to.lon - from.lon) * share + bend, from.lat + (to.lat - from.lat) * share - bend];
  });
  return { unit_id: unitId, target: 'scene', path, method: 'road', is_estimate: false };
}

const asked = window.fetch.bind(window);
window.fetch = (address, options) => {
  const unitId = /^\/api\/units\/(\w+)\/route/.exec(typeof address === 'string' ? address : '')?.[1];
  return unitId ? Promise.resolve(Response.json(road(unitId))) : asked(address, options);
};
window.WebSocket = Line as unknown as typeof WebSocket;

function start(count: number, framesPerS: number): void {
  clearInterval(ticking);
  const next = random(11);
  units = count;
  incidents = Array.from({ length: INCIDENTS }, (_, number) => incident(number, next));
  const stations = found.county.stations.map(({ id }) => id);
  fleet = new Fleet(count, stations);
  say('snapshot', everything());
  if (framesPerS === 0) {
    ticking = setInterval(() => say('beat'), BEAT_MS);
    return;
  }
  let [first, last] = [0, performance.now()];
  ticking = setInterval(() => {
    const now = performance.now();
    const share = Math.min(count, Math.round(((now - last) / 1000) * count));
    if (share === 0) return;
    last = now;
    fleet.drive((now - fleet.startedMs) / 1000);
    say('docs', underWay(fleet.positions(first, share)));
    first = (first + share) % count;
  }, 1000 / framesPerS);
}

window.bench = { start, count };
await import('../../src/screens/console/main');
