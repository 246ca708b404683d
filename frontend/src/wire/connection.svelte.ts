// The screen's line to the server: ticket, WebSocket, frames into the store, and again, for ever.
// What a frame means is frames.ts; how long to wait is link.ts; this file only owns the socket.

import { clock, localMs, ms } from './clock.svelte';
import { parseFrame, type Frame, type Viewer } from './frames';
import { DISPLAYED_AT_ONCE, REQUEST_TIMEOUT_MS, ROUND_TRIP_EVERY_MS } from './limits';
import { backoffMs, isStale } from './link';
import { request } from './request';
import { session } from './session.svelte';
import { documents, type DocumentStore } from './store.svelte';
import { WaveWatch } from './waves';

export type Phase = 'idle' | 'connecting' | 'live' | 'lost' | 'signed_out';

export class Connection {
  /** Reactive; `lost` from 6 s without any frame (or without ever connecting) until one comes. */
  phase = $state<Phase>('idle');
  /** Server time, epoch ms, of the last frame before the line was lost; null while it is not. */
  lostSince = $state<number | null>(null);
  /** Server time, epoch ms, when the line came back last; null when it never was lost. */
  backSince = $state<number | null>(null);
  /** Whom the server takes this page for. */
  viewer = $state.raw<Viewer | null>(null);
  /** Time of one small request there and back, ms; null when it did not come back. */
  roundTripMs = $state<number | null>(null);

  /** Live waveforms, for components that show some. */
  readonly waves = new WaveWatch((unit_id, channels) => this.#say({ t: 'watch', unit_id, channels }));

  readonly #store: DocumentStore;
  #socket: WebSocket | null = null;
  #heardMs = 0;
  #lastFrameAt: number | null = null;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;
  #measure: ReturnType<typeof setInterval> | undefined;
  #displayed = new Set<string>();

  constructor(store: DocumentStore) {
    this.#store = store;
  }

  get isLost(): boolean {
    return this.phase === 'lost';
  }

  start(): void {
    if (this.#watch !== undefined) return;
    clock.start();
    this.#heardMs = localMs();
    this.phase = 'connecting';
    this.#watch = setInterval(() => this.#look(), 500);
    this.#measure = setInterval(() => void this.#measureRoundTrip(), ROUND_TRIP_EVERY_MS);
    void this.#measureRoundTrip();
    void this.#connect();
  }

  stop(): void {
    clearInterval(this.#watch);
    clearInterval(this.#measure);
    clearTimeout(this.#retry);
    this.#watch = undefined;
    this.#hangUp();
    this.phase = 'idle';
  }

  /** Tell the server that a visible page has drawn these pre-alerts; each is told once a line. */
  displayed(prealertIds: readonly string[]): void {
    const socket = this.#socket;
    if (document.visibilityState !== 'visible' || this.phase !== 'live' || !socket) return;
    const ids = prealertIds.filter((id) => !this.#displayed.has(id)).slice(0, DISPLAYED_AT_ONCE);
    if (ids.length === 0 || socket.readyState !== WebSocket.OPEN) return;
    socket.send(JSON.stringify({ t: 'displayed', ids }));
    for (const id of ids) this.#displayed.add(id);
  }

  #say(message: object): void {
    if (this.phase !== 'live' || this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send(JSON.stringify(message));
  }

  async #connect(): Promise<void> {
    const answer = await request<{ ticket: string }>('POST', '/api/ticket');
    if (this.#watch === undefined) return;
    if (!answer.ok) {
      if (answer.status === 401) this.#signedOut();
      else this.#again();
      return;
    }
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(`${scheme}//${location.host}/ws`);
    const opening = setTimeout(() => socket.close(), REQUEST_TIMEOUT_MS);
    this.#socket = socket;
    socket.onopen = () => {
      clearTimeout(opening);
      socket.send(JSON.stringify({ t: 'hello', ticket: answer.body.ticket }));
    };
    socket.onmessage = (event) => this.#hear(socket, parseFrame(event.data));
    socket.onclose = () => {
      clearTimeout(opening);
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#again();
    };
  }

  #hear(socket: WebSocket, frame: Frame | null): void {
    if (this.#socket !== socket) return;
    if (frame === null) {
      socket.close();
      return;
    }
    if (frame.t === 'bye') {
      if (frame.code === 'signed_out') this.#signedOut();
      return;
    }
    this.#heardMs = localMs();
    this.#lastFrameAt = ms(frame.now);
    clock.learn(this.#lastFrameAt ?? clock.now(), frame.t === 'snapshot');
    if (frame.t === 'waves') this.waves.hear(frame.blocks);
    else this.#store.apply(frame);
    if (frame.t === 'snapshot') this.#arrived(frame.viewer);
  }

  #arrived(viewer: Viewer): void {
    if (this.phase === 'lost') this.backSince = clock.now();
    this.viewer = viewer;
    this.#attempt = 0;
    this.#displayed.clear();
    this.lostSince = null;
    this.phase = 'live';
    this.waves.again();
  }

  /** Twice a second: is the line still alive? A half-open socket is hung up and dialled anew. */
  #look(): void {
    if (this.phase === 'signed_out' || !isStale(this.#heardMs, localMs())) return;
    if (this.phase !== 'lost') {
      this.lostSince = this.#lastFrameAt ?? clock.now();
      this.phase = 'lost';
      if (this.#socket?.readyState === WebSocket.OPEN) {
        this.#hangUp();
        this.#again();
      }
    }
  }

  #again(): void {
    if (this.#watch === undefined || this.phase === 'signed_out') return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#connect(), backoffMs(this.#attempt, Math.random()));
    this.#attempt += 1;
  }

  #signedOut(): void {
    this.stop();
    this.phase = 'signed_out';
    session.me = null;
  }

  #hangUp(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  async #measureRoundTrip(): Promise<void> {
    const from = performance.now();
    const answer = await request('GET', '/api/me');
    if (!answer.ok && answer.status === 401 && this.phase !== 'idle') this.#signedOut();
    this.roundTripMs = answer.ok ? Math.round(performance.now() - from) : null;
  }
}

export const connection = new Connection(documents);
