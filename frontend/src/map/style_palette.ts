// Colours of the base map, night and day: mixtures of the design system's own values, so that a map never
// shouts over what moves on it. A canvas cannot read CSS properties: TOKENS repeats those of tokens.css that
// are used here, and a test compares the two. Pure.

export type Theme = 'night' | 'day';

export const TOKENS = {
  night: {
    ground: '#0d1117', panel: '#151b23', raised: '#1e2630', line: '#2d3743', text: '#e6edf3',
    quiet: '#9da9b5', idle: '#4fd18b', en_route: '#58a6ff',
  },
  day: {
    ground: '#e8ecf1', panel: '#ffffff', raised: '#edf0f4', line: '#b9c3ce', text: '#0d1117',
    quiet: '#4a5561', idle: '#17653a', en_route: '#0b57b7',
  },
} as const; // prettier-ignore

export interface BaseColours {
  /** Beyond the county, and within it. */
  ground: string;
  land: string;
  green: string;
  water: string;
  waterName: string;
  ferry: string;
  building: string;
  buildingEdge: string;
  roadEdge: string;
  roadMinor: string;
  roadMajor: string;
  roadMotorway: string;
  path: string;
  bridgeEdge: string;
  rail: string;
  border: string;
  countyBorder: string;
  arrow: string;
  /** Marks of hospitals that only the map knows. */
  mark: string;
  name: string;
  nameStrong: string;
  halo: string;
}

function channels(colour: string): [number, number, number] {
  const value = parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** `share` of the second colour in the first, 0 to 1; both as #rrggbb. */
export function mix(one: string, other: string, share: number): string {
  const [from, to] = [channels(one), channels(other)];
  const mixed = from.map((value, index) => Math.round(value + ((to[index] ?? 0) - value) * share));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** Contrast of two colours after WCAG 2.2, 1 to 21. */
export function contrast(one: string, other: string): number {
  const light = (colour: string): number => {
    const [red, green, blue] = channels(colour).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b) as [number, number];
  return (bright + 0.05) / (dark + 0.05);
}

function night(): BaseColours {
  const { ground, panel, raised, line, text, quiet, idle, en_route } = TOKENS.night;
  const land = mix(ground, panel, 0.75);
  return {
    ground,
    land,
    green: mix(land, idle, 0.08),
    water: mix(land, en_route, 0.2),
    waterName: mix(en_route, quiet, 0.4),
    ferry: mix(land, en_route, 0.45),
    building: raised,
    buildingEdge: line,
    roadEdge: ground,
    roadMinor: mix(line, quiet, 0.08),
    roadMajor: mix(line, quiet, 0.25),
    roadMotorway: mix(line, quiet, 0.42),
    path: mix(line, quiet, 0.2),
    bridgeEdge: mix(line, quiet, 0.6),
    rail: mix(line, quiet, 0.35),
    border: mix(line, quiet, 0.5),
    countyBorder: mix(line, quiet, 0.6),
    arrow: quiet,
    mark: quiet,
    name: quiet,
    nameStrong: mix(quiet, text, 0.5),
    halo: ground,
  };
}

function day(): BaseColours {
  const { ground, panel, raised, line, text, quiet, idle, en_route } = TOKENS.day;
  const land = mix(ground, raised, 0.8);
  return {
    ground: mix(ground, line, 0.25),
    land,
    green: mix(land, idle, 0.14),
    water: mix(land, en_route, 0.24),
    waterName: mix(en_route, quiet, 0.3),
    ferry: mix(land, en_route, 0.5),
    building: mix(ground, line, 0.35),
    buildingEdge: mix(ground, line, 0.8),
    roadEdge: line,
    roadMinor: panel,
    roadMajor: panel,
    roadMotorway: mix(panel, quiet, 0.28),
    path: mix(line, quiet, 0.35),
    bridgeEdge: mix(line, quiet, 0.55),
    rail: mix(line, quiet, 0.2),
    border: mix(line, quiet, 0.6),
    countyBorder: quiet,
    arrow: quiet,
    mark: quiet,
    name: quiet,
    nameStrong: text,
    halo: panel,
  };
}

export const BASE_COLOURS: Record<Theme, BaseColours> = { night: night(), day: day() };
