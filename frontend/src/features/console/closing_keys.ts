// Which key does what while a closure is being drawn. Pure. The other keys of the desk go on working.

import type { Focus } from './keys';

export type SketchAct = 'end' | 'back' | 'save';

/** Null leaves the key to whoever has the focus: a field keeps its Backspace and Enter, a button its Enter. */
export function sketchAct(key: string, focus: Focus): SketchAct | null {
  if (key === 'Escape') return 'end';
  if (focus === 'field') return null;
  if (key === 'Backspace') return 'back';
  return key === 'Enter' && focus === 'none' ? 'save' : null;
}
