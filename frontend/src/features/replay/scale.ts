// From time to pixels on the lanes, and which times get a label. Pure.

export interface Scale {
  fromMs: number;
  toMs: number;
  widthPx: number;
}

/** Pixels from the left edge of the plot; moments outside the window lie on its edges. */
export function xOf(scale: Scale, ms: number): number {
  const share = (ms - scale.fromMs) / Math.max(1, scale.toMs - scale.fromMs);
  return Math.min(1, Math.max(0, share)) * scale.widthPx;
}

export function msAt(scale: Scale, x: number): number {
  const share = Math.min(1, Math.max(0, x / Math.max(1, scale.widthPx)));
  return scale.fromMs + share * (scale.toMs - scale.fromMs);
}

/** Steps of the axis in seconds: each is a round time of day. */
const STEPS_S = [5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400];
/** `14:30:00` at 14 px is 62 px wide. */
const LABEL_EVERY_PX = 120;
const PARTS = 5;

export interface Tick {
  ms: number;
  hasLabel: boolean;
}

/** Labelled ticks at round times, with four small ones between. */
export function ticksOf(scale: Scale): Tick[] {
  const spanS = (scale.toMs - scale.fromMs) / 1000;
  if (!(spanS > 0) || scale.widthPx <= 0) return [];
  const leastS = (spanS * LABEL_EVERY_PX) / scale.widthPx;
  const stepS = STEPS_S.find((step) => step >= leastS) ?? (STEPS_S[STEPS_S.length - 1] as number);
  const smallMs = (stepS * 1000) / PARTS;
  const ticks: Tick[] = [];
  for (let ms = Math.ceil(scale.fromMs / smallMs) * smallMs; ms <= scale.toMs; ms += smallMs) {
    ticks.push({ ms, hasLabel: ms % (stepS * 1000) === 0 });
  }
  return ticks;
}

/** Width of a label in px, near enough to decide whether it fits: a Chinese sign is one em, a letter 0.56. */
export function widthOf(text: string, sizePx: number): number {
  let em = 0;
  for (const sign of text) em += sign.charCodeAt(0) > 0x2e7f ? 1 : 0.56;
  return em * sizePx;
}

export type Side = 'right' | 'left' | 'none';
const GAP_PX = 8;

/**
 * On which side of its mark each label stands: right, else left, else nowhere (its title still says it).
 * `marks` are sorted by `x`; a label never lies over another label or mark, or outside the plot.
 */
export function sidesOf(
  marks: readonly { x: number; width: number }[],
  widthPx: number,
  markPx: number,
): Side[] {
  let takenPx = 0;
  return marks.map(({ x, width }, index) => {
    const next = marks[index + 1];
    const rightEnd = x + markPx + width + GAP_PX;
    const isFree = x - markPx >= takenPx;
    const limit = next ? next.x - markPx : widthPx;
    if (isFree && rightEnd <= limit) {
      takenPx = rightEnd;
      return 'right';
    }
    const fitsLeft = x - markPx - width - GAP_PX >= takenPx;
    takenPx = Math.max(takenPx, x + markPx);
    return fitsLeft ? 'left' : 'none';
  });
}
