// Closures as one desk handles them: the one being drawn, the one pointed at, and the two commands.

import { emptySketch, withCorner, type Sketch, type SketchShape } from '../../map/closures_sketch';
import type { LonLat } from '../../map/geo';
import type { DrawClosure } from '../../wire/commands';
import { newId } from '../../wire/submit.svelte';
import { run } from './acting';

class Closing {
  sketch = $state.raw<Sketch | null>(null);
  chosenId = $state<string | null>(null);

  begin(shape: SketchShape): void {
    this.sketch = emptySketch(shape);
  }

  corner(at: LonLat): void {
    if (this.sketch) this.sketch = withCorner(this.sketch, at);
  }

  /** The sketch stays until the server has taken it: a refusal must not cost the drawing. */
  async draw(drawn: Pick<DrawClosure, 'kind' | 'outline' | 'reason' | 'factor' | 'until_at'>): Promise<void> {
    const command = { command: 'draw_closure', closure_id: `C-${newId()}`, ...drawn } as const;
    if (await run('closure', command, ['console.closure_drawn', {}])) this.sketch = null;
  }

  async lift(closureId: string): Promise<void> {
    await run(closureId, { command: 'lift_closure', closure_id: closureId }, ['console.lifted', {}]);
    if (this.chosenId === closureId) this.chosenId = null;
  }
}

export const closing = new Closing();
