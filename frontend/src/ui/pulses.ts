// The three alarm patterns after the idea of IEC 60601-1-8: high 5 + 5 pulses, medium 3, low 1. Pure.

export type Urgency = 'high' | 'medium' | 'low';

export interface Pulse {
  /** Seconds from the start of the burst. */
  at_s: number;
  length_s: number;
  /** Fundamental; harmonics are added when it is played. */
  pitch_hz: number;
}

/** Seconds between the starts of two bursts (design table "Sounds"). */
export const REPEAT_S: Record<Urgency, number> = { high: 10, medium: 20, low: 30 };

const RANK: Record<Urgency, number> = { high: 3, medium: 2, low: 1 };

function row(from: number, pitches: readonly number[], gap: number, length: number): Pulse[] {
  return pitches.map((pitch_hz, index) => ({ at_s: from + index * gap, length_s: length, pitch_hz }));
}

/** One burst. The high one falls into 3 + 2, twice, so that it is known even through a wall. */
export function burst(urgency: Urgency): Pulse[] {
  if (urgency === 'low') return row(0, [523], 0, 0.25);
  if (urgency === 'medium') return row(0, [523, 659, 784], 0.4, 0.2);
  const five = (from: number) => [
    ...row(from, [523, 659, 784], 0.2, 0.12),
    ...row(from + 0.8, [784, 1047], 0.2, 0.12),
  ];
  return [...five(0), ...five(1.8)];
}

/** The most urgent of what is wanted: a higher priority silences the lower ones. */
export function loudest(wanted: Iterable<Urgency>): Urgency | null {
  let best: Urgency | null = null;
  for (const one of wanted) if (best === null || RANK[one] > RANK[best]) best = one;
  return best;
}
