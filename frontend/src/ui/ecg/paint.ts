// Paints ECG paper and traces onto a canvas of device pixels: sharp on a tablet and on a 4K wall.
import { cells, linesOf, pulse, sheet, TRACE_MM, type EcgLeads, type LayoutName, type Point } from './layout';

export interface Inks {
  paper: string;
  thin: string;
  thick: string;
  trace: string;
}
/** What is used of a canvas; a test can stand in for it. */
export type Surface = Pick<
  CanvasRenderingContext2D,
  'fillRect' | 'beginPath' | 'moveTo' | 'lineTo' | 'stroke' | 'setTransform' | 'fillStyle' | 'strokeStyle' | 'lineWidth' | 'lineJoin' | 'lineCap'
>;

/** Device pixels a grid line is wide: whole, so that it is never smeared over two. */
const THIN_PX = 1;
const THICK_PX = 2;
/** Below this many device pixels a millimetre the thin lines run together and only hide the trace. */
const THIN_FROM_PX_PER_MM = 3;
const TRACE_MIN_PX = 1.25;

/** Paints everything; `scale` is device pixels a millimetre, both ways the same. */
export function paint(surface: Surface, leads: EcgLeads, layout: LayoutName, scale: number, inks: Inks): void {
  const boxes = cells(layout, Object.keys(leads));
  const { widthMm, heightMm, grid } = sheet(layout, boxes);
  surface.setTransform(1, 0, 0, 1, 0, 0);
  surface.fillStyle = inks.paper;
  surface.fillRect(0, 0, Math.ceil(widthMm * scale), Math.ceil(heightMm * scale));
  for (const isThick of [false, true]) {
    if (!isThick && scale < THIN_FROM_PX_PER_MM) continue;
    surface.fillStyle = isThick ? inks.thick : inks.thin;
    paintGrid(surface, grid, scale, isThick);
  }
  surface.strokeStyle = inks.trace;
  surface.lineWidth = Math.max(TRACE_MM * scale, TRACE_MIN_PX);
  surface.lineJoin = surface.lineCap = 'round';
  surface.beginPath();
  for (const y of new Set(boxes.map((box) => box.y))) trace(surface, pulse(y), scale);
  for (const box of boxes) {
    const lead = leads[box.lead];
    for (const line of lead ? linesOf(lead, box) : []) trace(surface, line, scale);
  }
  surface.stroke();
}

function paintGrid(surface: Surface, grid: { x: number; y: number; width: number; height: number }, scale: number, isThick: boolean): void {
  const pen = isThick ? THICK_PX : THIN_PX;
  const place = (mm: number) => Math.round(mm * scale) - Math.floor(pen / 2);
  const [left, top] = [place(grid.x), place(grid.y)];
  const [width, height] = [Math.round(grid.width * scale), Math.round(grid.height * scale)];
  for (let mm = 0; mm <= grid.width; mm += 1) {
    if ((mm % 5 === 0) === isThick) surface.fillRect(place(grid.x + mm), top, pen, height);
  }
  for (let mm = 0; mm <= grid.height; mm += 1) {
    if ((mm % 5 === 0) === isThick) surface.fillRect(left, place(grid.y + mm), width, pen);
  }
}

function trace(surface: Surface, line: readonly Point[], scale: number): void {
  line.forEach(([x, y], place) => {
    if (place === 0) surface.moveTo(x * scale, y * scale);
    else surface.lineTo(x * scale, y * scale);
  });
}
