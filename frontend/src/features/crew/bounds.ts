// The part of the county that the tablet's map shows: own position and where we go, pure.

export type Place = readonly [lon: number, lat: number];
type Bounds = [west: number, south: number, east: number, north: number];

/** About 1 km: the map is moved only when something has moved that far, never every second. */
const STEP_DEGREES = 0.01;

/** Never closer than this around the middle, about 6 km: a place without surroundings is no map. */
const LEAST_DEGREES = 0.06;

/** A box around the places, rounded outwards to whole steps; undefined without any. */
export function boxAround(places: readonly Place[]): Bounds | undefined {
  if (places.length === 0) return undefined;
  const lons = places.map(([lon]) => lon);
  const lats = places.map(([, lat]) => lat);
  const down = (value: number) => (Math.floor(value / STEP_DEGREES) - 1) * STEP_DEGREES;
  const up = (value: number) => (Math.ceil(value / STEP_DEGREES) + 1) * STEP_DEGREES;
  const [west, east] = widened(down(Math.min(...lons)), up(Math.max(...lons)));
  const [south, north] = widened(down(Math.min(...lats)), up(Math.max(...lats)));
  return [west, south, east, north];
}

function widened(low: number, high: number): [number, number] {
  const missing = Math.max(0, LEAST_DEGREES - (high - low)) / 2;
  return [low - missing, high + missing];
}
