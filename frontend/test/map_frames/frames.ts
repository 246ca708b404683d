// Counting the animation frames of a page: what both bench pages offer to tests/benchmark/map_frames.py.

export interface Frames {
  seconds: number;
  frames: number;
  /** Length of each frame, ms. */
  lengths: number[];
}
export interface Bench {
  /** So many units; `framesPerS` wire frames a second, each with its share of their fixes, 0 stands still. */
  start: (count: number, framesPerS: number) => void;
  count: (seconds: number) => Promise<Frames>;
}

export function count(seconds: number): Promise<Frames> {
  return new Promise((resolve) => {
    const lengths: number[] = [];
    const began = performance.now();
    let before = began;
    const frame = (): void => {
      const now = performance.now();
      lengths.push(now - before);
      before = now;
      if (now - began < seconds * 1000) requestAnimationFrame(frame);
      else resolve({ seconds: (now - began) / 1000, frames: lengths.length, lengths });
    };
    requestAnimationFrame(frame);
  });
}
