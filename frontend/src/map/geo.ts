// From documents to what the map draws: pure, so that console and replay use the same. Units are units.ts,
// ways routes.ts, closures closures.ts, coverage coverage.ts.

import { said, type Language } from '../i18n';
import type { FacilityDoc, IncidentDoc, PositionDoc, UnitDoc } from '../wire/documents';

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

function point(at: LonLat, properties: GeoJSON.GeoJsonProperties): GeoJSON.Feature<GeoJSON.Point> {
  return { type: 'Feature', geometry: { type: 'Point', coordinates: at }, properties };
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
