// The playhead: where it is, how fast it goes, and the documents of that moment in a store of their own.

import { DocumentStore } from '../../wire/store.svelte';
import { frameAt, pictureAt, type Film } from './film';
import { speedAfter } from './keys';

/** A page that was hidden or stuck must not jump: one step is never more than this of real time. */
const STEP_LONGEST_MS = 250;

export class Player {
  readonly film: Film;
  readonly store = new DocumentStore();
  /** Epoch ms of the playhead. Reactive, every drawn picture while playing. */
  atMs = $state(0);
  /** The same at whole seconds, for cards and clocks. Reactive, once a replayed second. */
  second = $state(0);
  isPlaying = $state(false);
  speed = $state(8);

  #frame = -1;
  #request = 0;
  #before = 0;

  constructor(film: Film, startMs = film.fromMs) {
    this.film = film;
    this.seek(startMs);
  }

  /** Put the playhead at a moment; outside the window it stops at its edge. */
  seek(ms: number): void {
    const at = Math.min(this.film.toMs, Math.max(this.film.fromMs, ms));
    this.atMs = at;
    this.second = Math.floor(at / 1000) * 1000;
    const frame = frameAt(this.film, at);
    if (frame === this.#frame) return;
    this.#frame = frame;
    this.store.replace([...pictureAt(this.film, frame).values()]);
  }

  move(seconds: number): void {
    this.seek(this.atMs + seconds * 1000);
  }

  /** To a share of the window, 0 to 1. */
  seekShare(share: number): void {
    this.seek(this.film.fromMs + share * (this.film.toMs - this.film.fromMs));
  }

  faster(step: 1 | -1): void {
    this.speed = speedAfter(this.speed, step);
  }

  toggle(): void {
    if (this.isPlaying) this.pause();
    else this.play();
  }

  /** From the end it starts again at the beginning. */
  play(): void {
    if (this.isPlaying) return;
    if (this.atMs >= this.film.toMs) this.seek(this.film.fromMs);
    this.isPlaying = true;
    this.#before = performance.now();
    this.#request = requestAnimationFrame((now) => this.#step(now));
  }

  pause(): void {
    this.isPlaying = false;
    cancelAnimationFrame(this.#request);
  }

  #step(now: number): void {
    if (!this.isPlaying) return;
    const passedMs = Math.min(STEP_LONGEST_MS, Math.max(0, now - this.#before));
    this.#before = now;
    this.seek(this.atMs + passedMs * this.speed);
    if (this.atMs >= this.film.toMs) this.pause();
    else this.#request = requestAnimationFrame((next) => this.#step(next));
  }
}
