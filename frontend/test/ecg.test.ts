// ECG paper: the same numbers as the drawing of the server, painted on whole device pixels; calipers.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { moved, nearest, opened, read, stepped } from '../src/ui/ecg/calipers';
import { cells, GAP, linesOf, pulse, sheet, type EcgLead, type EcgLeads, type LayoutName } from '../src/ui/ecg/layout';
import { paint, type Surface } from '../src/ui/ecg/paint';

interface Frozen {
  leads: Record<string, { hz: number; uv_per_lsb: number; offset_uv: number; start_s: number; samples: number[] }>;
  layouts: Record<
    LayoutName,
    {
      sheet: number[];
      pulses: number[][][];
      cells: { lead: string; x: number; y: number; width: number; from_s: number; lines: number[][] }[];
    }
  >;
}
const frozen = JSON.parse(
  readFileSync(new URL('../../tests/contract/ecg/layout.json', import.meta.url), 'utf-8'),
) as Frozen;
const leads: EcgLeads = Object.fromEntries(
  Object.entries(frozen.leads).map(([name, lead]) => [
    name,
    { samples: Int32Array.from(lead.samples), hz: lead.hz, uvPerLsb: lead.uv_per_lsb, offsetUv: lead.offset_uv, startS: lead.start_s },
  ]),
);
/** The file is rounded to a micrometre. */
const MICROMETRE = 3;

describe.each(['3x4+1', '12x1'] as const)('paper %s', (layout) => {
  const wanted = frozen.layouts[layout];
  const boxes = cells(layout, Object.keys(leads));

  it('has the size and the boxes of the server', () => {
    const { widthMm, heightMm, grid } = sheet(layout, boxes);
    expect([widthMm, heightMm, grid.x, grid.y, grid.width, grid.height]).toEqual(wanted.sheet);
    expect(boxes.map(({ lead, x, y, width, fromS }) => ({ lead, x, y, width, from_s: fromS }))).toEqual(
      wanted.cells.map(({ lead, x, y, width, from_s }) => ({ lead, x, y, width, from_s })),
    );
    expect([...new Set(boxes.map((box) => box.y))].map(pulse)).toEqual(wanted.pulses);
  });

  it('draws every lead through the same points, broken at the same gaps', () => {
    boxes.forEach((box, place) => {
      const lines = linesOf(leads[box.lead] as EcgLead, box);
      const now = lines.map((line) => [
        line.length,
        ...(line[0] ?? []),
        ...(line[Math.floor(line.length / 2)] ?? []),
        ...(line[line.length - 1] ?? []),
      ]);
      const then = wanted.cells[place]?.lines ?? [];
      expect(now.length).toBe(then.length);
      now.flat().forEach((value, at) => expect(value).toBeCloseTo(then.flat()[at] ?? Number.NaN, MICROMETRE - 1));
    });
  });
});

describe('a lead', () => {
  const box = { lead: 'I', x: 10, y: 50, width: 62.5, fromS: 0 };
  it('is 25 mm a second and 10 mm a millivolt', () => {
    const [line] = linesOf({ samples: [0, 1000, -500], hz: 1, uvPerLsb: 1 }, box);
    expect(line).toEqual([[10, 50], [35, 40], [60, 55]]);
  });
  it('is open where nothing was recorded, however that is said', () => {
    for (const gap of [GAP, null, Number.NaN]) {
      const lines = linesOf({ samples: [1, gap, 2, 3], hz: 100 }, box);
      expect(lines.map((line) => line.length)).toEqual([1, 2]);
    }
  });
  it('that begins later is drawn later', () => {
    const [line] = linesOf({ samples: [0, 0], hz: 1, startS: 1 }, box);
    expect(line?.map(([x]) => x)).toEqual([35, 60]);
  });
});

describe('paint', () => {
  function painted(scale: number): { rects: number[][]; moves: number; lines: number } {
    const rects: number[][] = [];
    const seen = { rects, moves: 0, lines: 0 };
    const surface = {
      fillRect: (...rect: number[]) => rects.push(rect), moveTo: () => (seen.moves += 1), lineTo: () => (seen.lines += 1),
      beginPath: () => undefined, stroke: () => undefined, setTransform: () => undefined,
      fillStyle: '', strokeStyle: '', lineWidth: 0, lineJoin: 'miter', lineCap: 'butt',
    } as unknown as Surface; // prettier-ignore
    paint(surface, leads, '3x4+1', scale, { paper: '#fff', thin: '#eee', thick: '#ddd', trace: '#000' });
    return seen;
  }
  it('puts grid lines on whole device pixels at any ratio', () => {
    for (const scale of [4, 6 * 1.5, 4.6 * 1.25, 3.78 * 2]) {
      expect(painted(scale).rects.flat().every(Number.isInteger)).toBe(true);
    }
  });
  it('leaves the thin lines out where they would run together', () => {
    expect(painted(2).rects.length).toBeLessThan(painted(4).rects.length / 3);
  });
  it('moves the pen once a line and once a pulse', () => {
    const boxes = cells('3x4+1', Object.keys(leads));
    const lines = boxes.flatMap((box) => linesOf(leads[box.lead] as EcgLead, box));
    const pulses = new Set(boxes.map((box) => box.y)).size;
    expect(painted(4).moves).toBe(lines.length + pulses);
    expect(painted(4).lines).toBe(lines.reduce((sum, line) => sum + line.length - 1, 0) + pulses * 5);
  });
});

describe('calipers', () => {
  const box = { x: 5, y: 20, width: 260, height: 120 };
  const at = { fromX: 10, toX: 30, fromY: 50, toY: 35 };
  it('read milliseconds, millivolts and the rate of that interval', () => {
    expect(read(at)).toEqual({ ms: 800, mv: 1.5, perMinute: 75 });
    expect(read({ ...at, toX: 12.5, toY: 52 })).toEqual({ ms: 100, mv: -0.2, perMinute: null });
  });
  it('open on the paper, a millivolt apart', () => {
    expect(read(opened(box)).mv).toBe(1);
    expect(opened(box).toX).toBeLessThan(box.x + box.width);
  });
  it('stay on the paper', () => {
    expect(moved(at, 'fromX', -40, box).fromX).toBe(5);
    expect(moved(at, 'toY', 500, box).toY).toBe(140);
  });
  it('go by keys: 10 ms or 0.05 mV, with Shift a small square', () => {
    expect(stepped(at, 'toX', 'ArrowRight', false, box)?.toX).toBe(30.25);
    expect(stepped(at, 'toX', 'ArrowLeft', true, box)?.toX).toBe(29);
    expect(stepped(at, 'fromY', 'ArrowUp', false, box)?.fromY).toBe(49.5);
    expect(stepped(at, 'fromY', 'ArrowLeft', false, box)).toBeNull();
    expect(stepped(at, 'toX', 'Tab', false, box)).toBeNull();
  });
  it('are gripped at the nearest line within reach', () => {
    expect(nearest(at, 11, 100, 5)).toBe('fromX');
    expect(nearest(at, 100, 36, 5)).toBe('toY');
    expect(nearest(at, 100, 100, 5)).toBeNull();
  });
});
