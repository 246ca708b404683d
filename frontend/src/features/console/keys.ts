// Which key does what on the console. Pure: single letters act only while no field has the focus.

export type Action =
  | { do: 'answer' | 'send' | 'add_closest' | 'next_unassigned' | 'acknowledge' | 'destination' }
  | {
      do: 'timeline' | 'priority' | 'edit' | 'command_line' | 'undo' | 'help' | 'language' | 'rest';
    }
  | { do: 'more_units' }
  | { do: 'choose'; digit: number }
  | { do: 'move'; step: 1 | -1 }
  | { do: 'layer'; digit: number };

export interface Pressed {
  key: string;
  code: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}
/** What has the focus: a field keeps its letters, a button keeps Enter. */
export type Focus = 'none' | 'button' | 'field';

const LETTERS: Record<string, Action> = {
  u: { do: 'next_unassigned' },
  a: { do: 'acknowledge' },
  d: { do: 'destination' },
  t: { do: 'timeline' },
  r: { do: 'priority' },
  e: { do: 'edit' },
  n: { do: 'more_units' },
  l: { do: 'language' },
  '/': { do: 'command_line' },
  '?': { do: 'help' },
  ArrowUp: { do: 'move', step: -1 },
  ArrowDown: { do: 'move', step: 1 },
};

function digitOf(pressed: Pressed): number | null {
  const digit =
    /^(?:Digit|Numpad)([1-9])$/.exec(pressed.code)?.[1] ?? /^[1-9]$/.exec(pressed.key)?.[0];
  return digit === undefined ? null : Number(digit);
}

export function actionOf(pressed: Pressed, focus: Focus): Action | null {
  if (pressed.key === 'F2') return { do: 'answer' };
  if (pressed.key === 'Escape') return { do: 'rest' };
  if (focus === 'field' || pressed.altKey || pressed.metaKey) return null;
  if (pressed.ctrlKey) return pressed.key.toLowerCase() === 'z' ? { do: 'undo' } : null;
  if (pressed.key === 'Enter') {
    if (focus === 'button') return null;
    return { do: pressed.shiftKey ? 'add_closest' : 'send' };
  }
  const digit = digitOf(pressed);
  if (digit !== null) return { do: pressed.shiftKey ? 'layer' : 'choose', digit };
  return LETTERS[pressed.key.length === 1 ? pressed.key.toLowerCase() : pressed.key] ?? null;
}

/** What the focus of the page is on. */
export function focusOf(target: EventTarget | null): Focus {
  if (!(target instanceof Element)) return 'none';
  const isField = target.matches('input, textarea, select, [contenteditable="true"]');
  const isTyped = !target.matches('input[type="radio"], input[type="checkbox"]');
  if (isField && isTyped) return 'field';
  return target.matches('button, a[href], summary, input') ? 'button' : 'none';
}
