// The bench page: units that drive about the county, each with a fix every second, spread over the second as
// a live line brings them. `window.bench` is what tests/benchmark/map_frames.py talks to.

import { mount } from 'svelte';
import { theme } from '../../src/ui/theme.svelte';
import { documents } from '../../src/wire/store.svelte';
import Bench from './Bench.svelte';
import { Fleet } from './fleet';
import { count, type Bench as Door } from './frames';

declare global {
  interface Window {
    bench: Door;
  }
}

theme.start('night');
mount(Bench, { target: document.getElementById('app') as HTMLElement });

let timer: ReturnType<typeof setInterval> | undefined;

/** `framesPerS` wire frames a second, each with its share of the units; 0 stands still. */
function start(count: number, framesPerS: number): void {
  clearInterval(timer);
  const fleet = new Fleet(count);
  documents.replace([...fleet.units(), ...fleet.positions(0, count)]);
  if (framesPerS === 0) return;
  let next = 0;
  let last = performance.now();
  timer = setInterval(() => {
    const now = performance.now();
    const share = Math.min(count, Math.round(((now - last) / 1000) * count));
    if (share === 0) return;
    last = now;
    fleet.drive((now - fleet.startedMs) / 1000);
    documents.change(fleet.positions(next, share), []);
    next = (next + share) % count;
  }, 1000 / framesPerS);
}

window.bench = { start, count };
