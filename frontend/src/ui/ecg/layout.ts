// Where leads stand on ECG paper, in millimetres: the rules of telemetry/ecg/layout.py in the browser.
// tests/contract/ecg/layout.json holds both to the same numbers. Pure; nothing is drawn here.

export const MM_PER_S = 25;
export const MM_PER_MV = 10;
export const MARGIN_MM = 5;
export const HEADER_MM = 15;
export const FOOTER_MM = 7;
/** Room before the traces for the calibration pulse. */
export const PULSE_MM = 10;
export const COLUMN_MM = 62.5;
export const STRIP_MM = 250;
export const ROW_MM = { '3x4+1': 30, '12x1': 20 } as const;
export const TRACE_MM = 0.25;
/** A stored sample that is no voltage; the server sends the same number. */
export const GAP = -2147483648;

export const TWELVE = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'] as const;
const RHYTHM = ['II', 'MLII', 'V1', 'I'];

export type LayoutName = keyof typeof ROW_MM;
export type Point = readonly [x: number, y: number];

/** One lead: stored integers with their scale, or microvolts as they are (`uvPerLsb` 1). */
export interface EcgLead {
  samples: ArrayLike<number | null>;
  hz: number;
  uvPerLsb?: number;
  offsetUv?: number;
  startS?: number;
}
export type EcgLeads = Readonly<Record<string, EcgLead>>;

/** A box of the paper: from `x`, `width` wide, zero line at `y`, beginning at second `fromS`. */
export interface Cell {
  lead: string;
  x: number;
  y: number;
  width: number;
  fromS: number;
}

/** The boxes of a layout for the leads there are; leads beyond the twelve get rows in 12x1. */
export function cells(layout: LayoutName, names: readonly string[]): Cell[] {
  const left = MARGIN_MM + PULSE_MM;
  const top = MARGIN_MM + HEADER_MM;
  const row = ROW_MM[layout];
  const standard: readonly string[] = TWELVE;
  if (layout === '12x1') {
    const rows = [...standard.filter((name) => names.includes(name)), ...names.filter((name) => !standard.includes(name))];
    return rows.map((lead, place) => ({ lead, x: left, y: top + (place + 0.5) * row, width: STRIP_MM, fromS: 0 }));
  }
  const found = standard.flatMap((lead, place) => {
    if (!names.includes(lead)) return [];
    const column = Math.floor(place / 3);
    const y = top + ((place % 3) + 0.5) * row;
    return [{ lead, x: left + column * COLUMN_MM, y, width: COLUMN_MM, fromS: column * 2.5 }];
  });
  const rhythm = [...RHYTHM, ...names].find((name) => names.includes(name));
  if (rhythm !== undefined) found.push({ lead: rhythm, x: left, y: top + 3.5 * row, width: STRIP_MM, fromS: 0 });
  return found;
}

/** The whole sheet and its grid, which is the paper without head and margins. */
export function sheet(layout: LayoutName, boxes: readonly Cell[]): {
  widthMm: number;
  heightMm: number;
  grid: { x: number; y: number; width: number; height: number };
} {
  const rows = layout === '3x4+1' ? 4 : Math.max(boxes.length, 1);
  const height = rows * ROW_MM[layout];
  const width = PULSE_MM + STRIP_MM;
  const top = MARGIN_MM + HEADER_MM;
  return {
    widthMm: width + 2 * MARGIN_MM,
    heightMm: top + height + FOOTER_MM + MARGIN_MM,
    grid: { x: MARGIN_MM, y: top, width, height },
  };
}

/** The part of a lead that falls into a box, as polylines broken at gaps. */
export function linesOf(lead: EcgLead, box: Cell): Point[][] {
  const { samples, hz, uvPerLsb = 1, offsetUv = 0, startS = 0 } = lead;
  const first = Math.max(Math.ceil(nearly((box.fromS - startS) * hz)), 0);
  const last = Math.floor(nearly((box.fromS + box.width / MM_PER_S - startS) * hz));
  const lines: Point[][] = [];
  let line: Point[] = [];
  for (let place = first; place <= Math.min(last, samples.length - 1); place += 1) {
    const value = samples[place];
    if (value === null || value === undefined || value === GAP || !Number.isFinite(value)) {
      if (line.length > 0) lines.push(line);
      line = [];
      continue;
    }
    const x = box.x + (place / hz + startS - box.fromS) * MM_PER_S;
    line.push([x, box.y - ((value * uvPerLsb + offsetUv) / 1000) * MM_PER_MV]);
  }
  if (line.length > 0) lines.push(line);
  return lines;
}

/** 2.5 s at 0.1 + 0.2 Hz is a whole number on paper: what binary fractions add is taken away. */
function nearly(value: number): number {
  const whole = Math.round(value);
  return Math.abs(value - whole) < 1e-6 ? whole : value;
}

/** 1 mV for 0.2 s between two bits of zero line, once in each row. */
export function pulse(y: number): Point[] {
  const x = MARGIN_MM + 2;
  const top = y - MM_PER_MV;
  return [[x, y], [x + 1, y], [x + 1, top], [x + 6, top], [x + 6, y], [x + 7, y]];
}
