// The marks of units, incidents, hospitals and closures as SVG, handed to MapLibre as images at twice their
// size; the same meaning as the icons beside the map. No sprite is fetched. `drawings` is pure.

import type { Map as MapLibre } from 'maplibre-gl';
import type { Theme } from './style_palette';
import { MARK_COLOURS, type MarkColours } from './units_palette';

const RATIO = 2;
const SVG = 'xmlns="http://www.w3.org/2000/svg"';
const PEN = 'fill="none" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';

/** Shapes inside a disc, on a 24-unit square: the same meaning as the icons of UnitState. */
const GLYPHS: Record<string, string> = {
  idle: '<circle cx="12" cy="12" r="6"/>',
  assigned: '<path d="M6 15c1-1 2-3 2-6a4 4 0 0 1 8 0c0 3 1 5 2 6zM11 19h2"/>',
  en_route: '<path d="m6 7 5 5-5 5M13 7l5 5-5 5"/>',
  on_scene: '<path d="M18 10c0 4-6 9-6 9s-6-5-6-9a6 6 0 0 1 12 0"/><circle cx="12" cy="10" r="1.5"/>',
  transporting: '<path d="M4 16V8h9v8M13 10h4l3 3v3h-2M4 16h2M10 16h4"/><circle cx="8" cy="17" r="1.6"/><circle cx="16" cy="17" r="1.6"/>',
  at_hospital: '<path d="M6 19V7h12v12M12 9v6M9 12h6"/>',
  out_of_service: '<circle cx="12" cy="12" r="6"/><path d="m8 8 8 8"/>',
};

function disc(c: MarkColours, status: string): string {
  return `<svg ${SVG} width="22" height="22" viewBox="0 0 22 22"><circle cx="11" cy="11" r="10.5" fill="${c.states[status]}" stroke="${c.ground}"/>
    <g transform="translate(3 3) scale(.6667)" ${PEN} stroke="${c.ink}">${GLYPHS[status] ?? ''}</g></svg>`;
}

/** The nose stands at the disc's upper edge; the layer turns it by the heading. */
function nose(colour: string): string {
  return `<svg ${SVG} width="36" height="36" viewBox="0 0 36 36"><path d="M18 1l5 7H13z" fill="${colour}"/></svg>`;
}

function lost(c: MarkColours): string {
  return `<svg ${SVG} width="22" height="22" viewBox="0 0 22 22"><circle cx="11" cy="11" r="9.5" fill="${c.ground}" stroke="${c.quiet}" stroke-width="2" stroke-dasharray="3 3"/>
    <g transform="translate(5 5) scale(.5)" fill="none" stroke="${c.quiet}" stroke-width="2.5"><path d="M12 5a7 7 0 0 1 7 7M12 19a7 7 0 0 1-7-7M4 4l16 16"/></g></svg>`;
}

function reach(c: MarkColours): string {
  return `<svg ${SVG} width="104" height="104" viewBox="0 0 104 104"><circle cx="52" cy="52" r="51" fill="${c.quiet}" fill-opacity=".06" stroke="${c.quiet}" stroke-width="1.5" stroke-dasharray="4 4"/></svg>`;
}

function ring(c: MarkColours): string {
  return `<svg ${SVG} width="36" height="36" viewBox="0 0 36 36"><circle cx="18" cy="18" r="15" fill="none" stroke="${c.act}" stroke-width="3"/></svg>`;
}

const SHAPES: Record<string, string> = {
  P1: '<polygon points="5,0 12,0 17,5 17,12 12,17 5,17 0,12 0,5"/>',
  P2: '<polygon points="8.5,1 17,16 0,16"/>',
  P3: '<polygon points="8.5,0 17,8.5 8.5,17 0,8.5"/>',
  P4: '<circle cx="8.5" cy="8.5" r="8"/>',
};

function incident(c: MarkColours, priority: string, isSelected: boolean): string {
  const colour = c.priorities[priority] ?? c.quiet;
  const rings = isSelected
    ? `<circle cx="18" cy="18" r="14" fill="none" stroke="${c.act}" stroke-width="2"/><circle cx="18" cy="18" r="17" fill="none" stroke="${colour}" stroke-width="2"/>`
    : '';
  return `<svg ${SVG} width="36" height="36" viewBox="0 0 36 36">${rings}<g transform="translate(9.5 9.5)" fill="${colour}" stroke="${c.ground}">${SHAPES[priority] ?? SHAPES.P4}</g></svg>`;
}

/** A hospital; `edge` marks one that does not take everybody, which its words say too. */
function facility(c: MarkColours, edge: string): string {
  return `<svg ${SVG} width="20" height="20" viewBox="0 0 20 20"><rect x="1" y="1" width="18" height="18" rx="2" fill="${c.act}" stroke="${edge}" stroke-width="2"/><path d="M10 5v10M5 10h10" stroke="${c.actInk}" stroke-width="3"/></svg>`;
}

function keyCap(c: MarkColours, digit: number): string {
  return `<svg ${SVG} width="18" height="18" viewBox="0 0 18 18"><rect width="18" height="18" rx="2" fill="${c.act}"/><text x="9" y="14" font-family="Noto Sans SC, sans-serif" font-size="14" font-weight="700" text-anchor="middle" fill="${c.actInk}">${digit}</text></svg>`;
}

/** A cross for what is shut, an hourglass for what is slow; hollow while it does not hold. */
function closure(c: MarkColours, kind: 'closed' | 'slow', isHolding: boolean): string {
  const colour = isHolding ? c[kind] : c.quiet;
  const shape = kind === 'closed' ? 'M5 5l10 10M15 5L5 15' : 'M5 4h10l-5 6 5 6H5l5-6z';
  const dashes = isHolding ? '' : ' stroke-dasharray="3 2"';
  return `<svg ${SVG} width="20" height="20" viewBox="0 0 20 20"><path d="${shape}" fill="none" stroke="${c.ground}" stroke-width="6"/><path d="${shape}" fill="none" stroke="${colour}" stroke-width="3"${dashes}/></svg>`;
}

/** Slanted lines that fill an area without hiding the roads in it. */
function hatch(colour: string, widthPx: number): string {
  return `<svg ${SVG} width="8" height="8" viewBox="0 0 8 8"><path d="M-2 2l4-4M0 8l8-8M6 10l4-4" stroke="${colour}" stroke-width="${widthPx}"/></svg>`;
}

/** Every mark by the name that layers use, in the colours of a theme. */
export function drawings(c: MarkColours): Record<string, string> {
  const made: Record<string, string> = {
    'unit-lost': lost(c),
    'unit-reach': reach(c),
    'unit-ring': ring(c),
    facility: facility(c, c.ground),
    'facility-limited': facility(c, c.late),
    'hatch-closed': hatch(c.closed, 2),
    'hatch-slow': hatch(c.slow, 1),
    'hatch-gap': hatch(c.closed, 1),
  };
  for (const kind of ['closed', 'slow'] as const) {
    made[`closure-${kind}`] = closure(c, kind, true);
    made[`closure-${kind}-off`] = closure(c, kind, false);
  }
  for (const [status, colour] of Object.entries(c.states)) {
    made[`unit-${status}`] = disc(c, status);
    made[`nose-${status}`] = nose(colour);
  }
  for (const priority of Object.keys(c.priorities)) {
    made[`incident-${priority}`] = incident(c, priority, false);
    made[`incident-${priority}-selected`] = incident(c, priority, true);
  }
  for (let digit = 1; digit <= 9; digit += 1) made[`key-${digit}`] = keyCap(c, digit);
  return made;
}

async function raster(svg: string): Promise<ImageData> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.width * RATIO;
  canvas.height = image.height * RATIO;
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('no 2d canvas');
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

/** Hand all marks to the map; those it has already take the colours of the theme. */
export async function putImages(map: MapLibre, theme: Theme): Promise<void> {
  const made = Object.entries(drawings(MARK_COLOURS[theme]));
  const images = await Promise.all(made.map(([, svg]) => raster(svg)));
  for (const [index, [name]] of made.entries()) {
    const image = images[index];
    if (!image) continue;
    if (map.hasImage(name)) map.updateImage(name, image);
    else map.addImage(name, image, { pixelRatio: RATIO });
  }
}
