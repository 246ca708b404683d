// Units that drive on circles about the county, the same for the same number: no roads are needed to
// make a map draw. Pure but for the clock it is started with.

import type { AnyDoc, PositionDoc, UnitDoc } from '../../src/wire/documents';
import { random } from '../support';

const STATUSES: UnitDoc['status'][] = ['idle', 'assigned', 'en_route', 'on_scene', 'transporting', 'at_hospital'];
const MIDDLE = { lon: 112.4, lat: 29.36 };
const SPREAD_DEG = 0.22;
const KMH = 50;
const DEG_PER_S = KMH / 3.6 / 111_320;

interface Driver {
  id: string;
  lon: number;
  lat: number;
  radius: number;
  phase: number;
}

export class Fleet {
  readonly startedMs = performance.now();
  #seconds = 0;
  readonly #drivers: Driver[];
  readonly #stations: readonly string[];

  /** `stations`: the units are shared out to them, so that a unit board has its columns. */
  constructor(count: number, stations: readonly string[] = ['S1']) {
    this.#stations = stations;
    const next = random(7);
    this.#drivers = Array.from({ length: count }, (_, index) => ({
      id: `N${String(index + 1).padStart(3, '0')}`,
      lon: MIDDLE.lon + (next() - 0.5) * 2 * SPREAD_DEG,
      lat: MIDDLE.lat + (next() - 0.5) * 2 * SPREAD_DEG,
      radius: 0.01 + next() * 0.03,
      phase: next() * Math.PI * 2,
    }));
  }

  drive(seconds: number): void {
    this.#seconds = seconds;
  }

  units(): AnyDoc[] {
    return this.#drivers.map(({ id }, index) => ({
      kind: 'unit', id, call_sign: `南急${id.slice(1)}`, unit_kind: 'als',
      station_id: this.#stations[index % this.#stations.length] ?? 'S1', crew_skills: [],
      equipment: [], readiness: 'in_service', readiness_reason: '', status: STATUSES[index % 6] ?? 'idle',
      status_since: new Date().toISOString(), assignment_id: null, incident_id: null, priority: null,
      destination_id: null,
    })); // prettier-ignore
  }

  /** Fixes of `count` units from the `first` on, true now. */
  positions(first: number, count: number): PositionDoc[] {
    const at = new Date().toISOString();
    return Array.from({ length: count }, (_, step) => {
      const one = this.#drivers[(first + step) % this.#drivers.length] as Driver;
      const angle = one.phase + (this.#seconds * DEG_PER_S) / one.radius;
      return {
        kind: 'position', id: one.id, lon: one.lon + one.radius * Math.cos(angle),
        lat: one.lat + one.radius * Math.sin(angle), heading_deg: (360 - (angle * 180) / Math.PI) % 360,
        speed_kmh: KMH, fixed_at: at, received_at: at, doubtful: null, eta: null,
        arrival: null, wrong_datum: null,
      }; // prettier-ignore
    });
  }
}
