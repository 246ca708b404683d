// The magnified corner of the map: which part of the county it is. It comes with the base map.

import { boundsOf } from '../../map/geo';
import { reading } from '../../wire/reading';

export type Bounds = [west: number, south: number, east: number, north: number];

export function isWithin(
  [west, south, east, north]: Bounds,
  at: { lon: number; lat: number },
): boolean {
  return at.lon >= west && at.lon <= east && at.lat >= south && at.lat <= north;
}

class Seat {
  /** Null until known, and for a county without an inset. */
  bounds = $state.raw<Bounds | null>(null);
  nameZh = $state('');
  nameEn = $state('');
  #isAsked = false;

  /** Its border as a line on the county map. */
  get outline(): [number, number][] {
    if (!this.bounds) return [];
    const [west, south, east, north] = this.bounds;
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]; // prettier-ignore
  }

  async load(): Promise<void> {
    if (this.#isAsked) return;
    this.#isAsked = true;
    const answer = await reading.basemap();
    if (!answer.ok) {
      this.#isAsked = false; // the next snapshot asks again; the county map itself stands without it
      return;
    }
    const found = answer.body.features.filter(
      ({ properties }) => properties?.layer === 'seat_inset',
    );
    const words = found[0]?.properties;
    this.nameZh = String(words?.name_zh ?? '');
    this.nameEn = String(words?.name_en ?? '');
    this.bounds =
      found.length > 0 ? boundsOf({ type: 'FeatureCollection', features: found }) : null;
  }
}

export const seat = new Seat();
