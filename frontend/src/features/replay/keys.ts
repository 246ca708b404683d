// What each key does on the replay, pure.

export const SPEEDS = [1, 2, 4, 8, 16, 60, 120] as const;

export type KeyAction =
  | { kind: 'toggle' }
  | { kind: 'move'; seconds: number }
  | { kind: 'event'; step: 1 | -1 }
  | { kind: 'speed'; step: 1 | -1 }
  | { kind: 'tenth'; tenth: number }
  | { kind: 'list' }
  | { kind: 'back' };

export interface Pressed {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

const STEP_S = 10;
const LEAP_S = 60;

const PLAIN: Record<string, KeyAction> = {
  ' ': { kind: 'toggle' },
  '[': { kind: 'event', step: -1 },
  ']': { kind: 'event', step: 1 },
  '-': { kind: 'speed', step: -1 },
  '+': { kind: 'speed', step: 1 },
  '=': { kind: 'speed', step: 1 }, // the same key as + without Shift
  j: { kind: 'list' },
  Escape: { kind: 'back' },
};

/** The action of a key, or null for one that is the browser's. */
export function actionOf(pressed: Pressed): KeyAction | null {
  if (pressed.ctrlKey || pressed.altKey || pressed.metaKey) return null;
  const far = pressed.shiftKey ? LEAP_S : STEP_S;
  if (pressed.key === 'ArrowLeft') return { kind: 'move', seconds: -far };
  if (pressed.key === 'ArrowRight') return { kind: 'move', seconds: far };
  if (/^[1-9]$/.test(pressed.key)) return { kind: 'tenth', tenth: Number(pressed.key) };
  return PLAIN[pressed.key.length === 1 ? pressed.key.toLowerCase() : pressed.key] ?? null;
}

/** The next faster or slower speed; it stays at the ends. */
export function speedAfter(speed: number, step: 1 | -1): number {
  const index = SPEEDS.findIndex((one) => one === speed);
  return SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, index + step))] ?? 1;
}
