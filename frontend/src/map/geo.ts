// From documents to what the map draws: pure, so that console and replay use the same.

import { ageWords, said, type Language } from '../i18n';
import { ms } from '../wire/clock.svelte';
import type { FacilityDoc, IncidentDoc, PositionDoc, UnitDoc } from '../wire/documents';
import { spread } from './spread';

export type LonLat = [lon: number, lat: number];

export interface MapUnit {
  unit: UnitDoc;
  position: PositionDoc | undefined;
}
/** What a mark needs of an incident; a crew's job has as much. */
export type MapIncident = Pick<IncidentDoc, 'id' | 'state' | 'priority' | 'place'>;
export interface MapRoute {
  id: string;
  kind: 'proposed' | 'assigned' | 'driven' | 'ahead' | 'no_link';
  path: LonLat[];
  /** A unit state, for its colour; white without one. */
  status?: string;
}
export interface UnitLook {
  nowMs: number;
  language: Language;
  /** Seconds after which a fix is lost (county standard). */
  freshS: number;
  metresPerPx: number;
  chosenUnitId: string | null;
  /** Digit of the recommendation by unit id. */
  keys: Record<string, number>;
  /** Replay: call signs without ages. */
  hasAges: boolean;
  /** Hospitals, which units standing there must not hide. */
  marks?: readonly { lon: number; lat: number }[];
}

type Points = GeoJSON.FeatureCollection<GeoJSON.Point>;

const CAP_PX = 52;
/** A unit that was standing may have started since: a walking pace is the least it can have gone. */
const LEAST_KMH = 5;
/** Under this a heading is noise of the receiver, so the nose is left off. */
const MOVING_KMH = 3;

function point(at: LonLat, properties: GeoJSON.GeoJsonProperties): GeoJSON.Feature<GeoJSON.Point> {
  return { type: 'Feature', geometry: { type: 'Point', coordinates: at }, properties };
}

/** Radius in px within which a lost unit can be: last speed times age, capped. */
export function reachPx(speedKmh: number | null, ageS: number, metresPerPx: number): number {
  const metres = (Math.max(speedKmh ?? 0, LEAST_KMH) / 3.6) * ageS;
  return Math.min(CAP_PX, metres / metresPerPx);
}

/** Half the width and the height of a label with its age, px. */
const LABEL_PX = { width: 120, height: 18 };
const METRES_PER_DEGREE = 111_320;

/** True where another unit's label would lie over this one: its age is then dropped, never its name. */
function isCrowded(mine: PositionDoc, all: readonly MapUnit[], metresPerPx: number): boolean {
  const perLon = METRES_PER_DEGREE * Math.cos((mine.lat * Math.PI) / 180);
  return all.some(({ position }) => {
    if (!position || position.id === mine.id) return false;
    const x = (Math.abs(position.lon - mine.lon) * perLon) / metresPerPx;
    const y = (Math.abs(position.lat - mine.lat) * METRES_PER_DEGREE) / metresPerPx;
    return x < LABEL_PX.width && y < LABEL_PX.height;
  });
}

/** Units with a fix; state and position are two facts, so a lost fix greys the mark and keeps the state. */
export function unitFeatures(units: readonly MapUnit[], look: UnitLook): Points {
  const known = units.flatMap(({ position }) => (position ? [position] : []));
  const drawn = spread(known, look.metresPerPx, look.marks);
  const features = units.flatMap(({ unit, position }) => {
    if (!position) return [];
    const ageS = Math.max(0, (look.nowMs - (ms(position.fixed_at) ?? look.nowMs)) / 1000);
    const isLost = ageS > look.freshS;
    const isMoving = (position.speed_kmh ?? 0) >= MOVING_KMH && position.heading_deg !== null;
    const isChosen = unit.id === look.chosenUnitId;
    const hasDetail =
      look.hasAges && (isLost || isChosen || !isCrowded(position, units, look.metresPerPx));
    const word = unit.status === 'idle' ? `${said('states', 'unit_idle')} ` : '';
    return [
      point(drawn.get(unit.id) ?? [position.lon, position.lat], {
        id: unit.id,
        image: isLost ? 'unit-lost' : `unit-${unit.status}`,
        nose: !isLost && isMoving ? `nose-${unit.status}` : '',
        heading: position.heading_deg ?? 0,
        call_sign: unit.call_sign,
        detail: hasDetail ? `${isLost ? '' : word}${ageWords(ageS, look.language)}` : '',
        isLost,
        reach: isLost ? reachPx(position.speed_kmh, ageS, look.metresPerPx) / CAP_PX : 0,
        ring: isChosen ? 'unit-ring' : '',
        key: look.keys[unit.id] ? `key-${look.keys[unit.id]}` : '',
        rank: isChosen ? 0 : unit.status === 'idle' ? 2 : 1,
      }),
    ];
  });
  return { type: 'FeatureCollection', features };
}

/** Open incidents by priority; the selected one has its rings. */
export function incidentFeatures(
  incidents: readonly MapIncident[],
  selectedId: string | null,
): Points {
  const open = incidents.filter(({ state }) => state !== 'closed' && state !== 'cancelled');
  const features = open.map((incident) =>
    point([incident.place.lon, incident.place.lat], {
      id: incident.id,
      image: `incident-${incident.priority}${incident.id === selectedId ? '-selected' : ''}`,
      priority: incident.priority,
      label: incident.id,
      rank: incident.id === selectedId ? 0 : Number(incident.priority.slice(1)),
    }),
  );
  return { type: 'FeatureCollection', features };
}

/** Hospitals and clinics with their traffic status in words; names are never translated. */
export function facilityFeatures(facilities: readonly FacilityDoc[]): Points {
  const features = facilities.map((facility) =>
    point([facility.lon, facility.lat], {
      id: facility.id,
      name: facility.name_zh,
      traffic: said('states', `traffic_${facility.traffic}`),
      isOpen: facility.traffic === 'normal',
    }),
  );
  return { type: 'FeatureCollection', features };
}

export function stationFeatures(stations: readonly { id: string; lon: number; lat: number }[]): Points {
  return {
    type: 'FeatureCollection',
    features: stations.map(({ id, lon, lat }) => point([lon, lat], { id })),
  };
}

export function routeFeatures(
  routes: readonly MapRoute[],
  colours: Record<string, string>,
  white: string,
): GeoJSON.FeatureCollection<GeoJSON.LineString> {
  const features = routes
    .filter(({ path }) => path.length > 1)
    .map(({ id, kind, path, status }) => ({
      type: 'Feature' as const,
      geometry: { type: 'LineString' as const, coordinates: path },
      properties: { id, kind, colour: colours[status ?? ''] ?? white },
    }));
  return { type: 'FeatureCollection', features };
}

/** West, south, east, north of everything in it; null when it is empty. */
export function boundsOf(data: GeoJSON.FeatureCollection): [number, number, number, number] | null {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (coordinates: unknown): void => {
    if (!Array.isArray(coordinates)) return;
    const [lon, lat] = coordinates as unknown[];
    if (typeof lon === 'number' && typeof lat === 'number') {
      box[0] = Math.min(box[0], lon);
      box[1] = Math.min(box[1], lat);
      box[2] = Math.max(box[2], lon);
      box[3] = Math.max(box[3], lat);
      return;
    }
    for (const part of coordinates) walk(part);
  };
  for (const { geometry } of data.features) if ('coordinates' in geometry) walk(geometry.coordinates);
  return Number.isFinite(box[0]) ? box : null;
}

/** All words that labels will need, so that their font can be loaded before they are drawn. */
export function wordsOf(data: GeoJSON.FeatureCollection): string {
  const values = data.features.flatMap(({ properties }) => Object.values(properties ?? {}));
  const letters = new Set(values.filter((value) => typeof value === 'string').join(''));
  return [...letters].sort().join('');
}
