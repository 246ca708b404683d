// One drawing at a time, the newest last: what came while the map still drew is drawn in its next picture.
// A fix costs nothing until it is drawn: the features are made when the drawing is due, not when it arrives.

export interface Pace {
  /**
   * Take note of what to draw; an earlier one that was not drawn yet is forgotten. What a person has just
   * chosen is urgent: it is drawn in the next frame, whatever rest is due.
   */
  put: (draw: () => void | Promise<void>, isUrgent?: boolean) => void;
  stop: () => void;
}

/** For tests: the browser's clock and its frames. */
export interface PacePorts {
  now: () => number;
  /** Call at the next frame of the screen; returns how to take it back. */
  frame: (run: () => void) => () => void;
  later: (run: () => void, ms: number) => () => void;
  /** A drawing that failed is told, and the next one is tried. */
  failed: (error: unknown) => void;
}

const BROWSER: PacePorts = {
  now: () => performance.now(),
  frame: (run) => {
    const id = requestAnimationFrame(run);
    return () => cancelAnimationFrame(id);
  },
  later: (run, ms) => {
    const id = setTimeout(run, ms);
    return () => clearTimeout(id);
  },
  failed: (error) => reportError(error),
};

/**
 * At most this share of the time goes into drawing what moves, so that keys and clocks are never late: where
 * a picture of the map takes 10 ms (a graphics card) it is never reached; where it takes 160 ms (software
 * rendering, 500 units) the units are drawn anew about every 1.3 s. Local policy.
 */
export const SHARE = 1 / 8;

/**
 * At most one drawing in `everyMs` and never two in one frame; a drawing that took long is followed by a
 * rest in proportion.
 */
export function pace(everyMs: number, ports: PacePorts = BROWSER): Pace {
  let next: (() => void | Promise<void>) | null = null;
  let undo: (() => void) | null = null;
  let freeAt = -Infinity;
  let isDrawing = false;
  let isHurried = false;
  let isStopped = false;

  async function drawn(): Promise<void> {
    const draw = next;
    next = undo = null;
    isDrawing = true;
    isHurried = false;
    const began = ports.now();
    try {
      await draw?.();
    } catch (error) {
      ports.failed(error);
    } finally {
      freeAt = began + Math.max(everyMs, (ports.now() - began) / SHARE);
      isDrawing = false;
      if (next) wait();
    }
  }

  function wait(): void {
    if (isStopped || isDrawing || undo) return;
    const restMs = isHurried ? 0 : freeAt - ports.now();
    const atFrame = (): void => {
      undo = ports.frame(() => void drawn());
    };
    if (restMs > 0) undo = ports.later(atFrame, restMs);
    else atFrame();
  }

  return {
    put(draw, isUrgent = false) {
      next = draw;
      if (isUrgent && !isHurried) {
        isHurried = true;
        undo?.();
        undo = null;
      }
      wait();
    },
    stop() {
      isStopped = true;
      undo?.();
      next = null;
    },
  };
}
