// Sound is a promise: it repeats until released, in a background tab as well. Bursts are scheduled on
// the audio clock well ahead, because a hidden tab's timers may be held back for up to a minute.

import { burst, loudest, REPEAT_S, type Urgency } from './pulses';

/** A browser may wake a hidden page only once a minute; bursts are planned beyond that. */
const AHEAD_S = 75;
const HARMONICS = [1, 2, 3, 4] as const;
const KEPT_UNDER = 'greenlane.sound_test';

interface TestResult {
  at: number;
  by: string;
}

class Sound {
  /** The browser lets this page sound. Reactive; while false the screen must show it. */
  isAllowed = $state(false);
  /** The start-of-shift test: when and who. Reactive. */
  tested = $state.raw<TestResult | null>(null);
  /** What sounds now. Reactive. */
  playing = $state<Urgency | null>(null);

  readonly #wanted = new Map<string, Urgency>();
  #context: AudioContext | null = null;
  #bus: GainNode | null = null;
  #plannedTo = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Ask the browser, now and at the first touch or key. Call once, at the start of a screen. */
  start(): void {
    this.tested = kept();
    this.#open();
    const wake = () => void this.allow();
    addEventListener('pointerdown', wake, { capture: true });
    addEventListener('keydown', wake, { capture: true });
  }

  /** Inside a person's gesture: make the page able to sound. */
  async allow(): Promise<void> {
    if (this.isAllowed) return;
    this.#open();
    try {
      await this.#context?.resume();
    } catch {
      this.isAllowed = false; // the mark stays on the screen, the next gesture tries again
    }
    this.#look();
  }

  /** Exactly these alarms are unanswered now, by a key of their own; the most urgent one sounds. */
  want(alarms: Iterable<readonly [key: string, urgency: Urgency]>): void {
    const next = new Map(alarms);
    const isNew = [...next].some(([key, urgency]) => this.#wanted.get(key) !== urgency);
    this.#wanted.clear();
    for (const [key, urgency] of next) this.#wanted.set(key, urgency);
    const urgency = loudest(this.#wanted.values());
    if (urgency !== this.playing || (isNew && urgency !== null)) this.#play(urgency);
  }

  /** One burst that does not repeat (destination changed, reading arrived); never over an alarm. */
  once(urgency: Urgency): void {
    if (this.#context && this.isAllowed && this.playing === null) {
      this.#schedule(urgency, this.#context.currentTime + 0.05, this.#newBus());
    }
  }

  /** The three patterns in turn; the person then says whether they were heard. */
  async test(): Promise<void> {
    await this.allow();
    if (!this.#context || !this.isAllowed) return;
    const from = this.#context.currentTime + 0.1;
    const bus = this.#newBus();
    this.#schedule('high', from, bus);
    this.#schedule('medium', from + 4.5, bus);
    this.#schedule('low', from + 6.5, bus);
  }

  /** The person heard all three: keep who and when (`atMs` epoch ms) for the top bar. */
  confirmTest(by: string, atMs: number): void {
    this.tested = { at: atMs, by };
    try {
      localStorage.setItem(KEPT_UNDER, JSON.stringify(this.tested));
    } catch {
      // storage may be closed to the page; the result then lasts as long as the page
    }
  }

  #open(): void {
    if (this.#context) return;
    this.#context = new AudioContext();
    this.#context.onstatechange = () => this.#look();
    this.#look();
  }

  #look(): void {
    const was = this.isAllowed;
    this.isAllowed = this.#context?.state === 'running';
    if (this.isAllowed && !was) this.#play(loudest(this.#wanted.values()));
  }

  #play(urgency: Urgency | null): void {
    this.#silence();
    this.playing = urgency;
    if (urgency === null || !this.#context || !this.isAllowed) return;
    this.#bus = this.#newBus();
    this.#plannedTo = this.#context.currentTime + 0.05;
    this.#topUp();
    this.#timer = setInterval(() => this.#topUp(), 1000);
  }

  #topUp(): void {
    const { playing } = this;
    if (!this.#context || !this.#bus || playing === null) return;
    const now = this.#context.currentTime;
    this.#plannedTo = Math.max(this.#plannedTo, now);
    while (this.#plannedTo < now + AHEAD_S) {
      this.#schedule(playing, this.#plannedTo, this.#bus);
      this.#plannedTo += REPEAT_S[playing];
    }
  }

  #silence(): void {
    clearInterval(this.#timer);
    this.#bus?.disconnect();
    this.#bus = null;
  }

  #newBus(): GainNode {
    const context = this.#context as AudioContext;
    const bus = context.createGain();
    bus.gain.value = 0.5;
    bus.connect(context.destination);
    return bus;
  }

  #schedule(urgency: Urgency, from: number, bus: GainNode): void {
    const context = this.#context as AudioContext;
    for (const pulse of burst(urgency)) {
      const at = from + pulse.at_s;
      const shape = context.createGain();
      shape.gain.setValueAtTime(0, at);
      shape.gain.linearRampToValueAtTime(1, at + 0.02);
      shape.gain.setValueAtTime(1, at + pulse.length_s - 0.03);
      shape.gain.linearRampToValueAtTime(0, at + pulse.length_s);
      shape.connect(bus);
      for (const harmonic of HARMONICS) {
        const tone = context.createOscillator();
        const level = context.createGain();
        level.gain.value = 0.4 / harmonic;
        tone.frequency.value = pulse.pitch_hz * harmonic;
        tone.connect(level).connect(shape);
        tone.start(at);
        tone.stop(at + pulse.length_s);
      }
    }
  }
}

function kept(): TestResult | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEPT_UNDER) ?? 'null');
    const held = value as TestResult | null;
    return held && typeof held.at === 'number' && typeof held.by === 'string' ? held : null;
  } catch {
    return null;
  }
}

export const sound = new Sound();

/** A tablet shakes as it sounds: 3 long, 2 long, 1 short. Where there is no motor nothing happens. */
export function shake(urgency: Urgency): void {
  const LONG = 600;
  const patterns = { high: [LONG, 200, LONG, 200, LONG], medium: [LONG, 200, LONG], low: [150] };
  // Before the first touch the browser refuses, and says so in its log each time.
  const isTouched = navigator.userActivation?.hasBeenActive ?? true;
  if (isTouched && typeof navigator.vibrate === 'function') navigator.vibrate(patterns[urgency]);
}
