// Live waveforms: what a block is, and who on this page watches which unit. Sockets are not here.

import type { Instant } from './documents';

/** As the server sends it; a value is `zero + per_lsb * sample`, -32768 is not measured. */
export interface WaveBlock {
  unit_id: string;
  patient_id: string | null;
  channel: string;
  /** When the first sample was true, on the server's clock and on the device's. */
  at: Instant;
  observed_at: Instant;
  hz: number;
  unit: string;
  per_lsb: number;
  zero: number;
  /** Base64 of little-endian int16. */
  samples: string;
  source: 'device' | 'recording' | 'generator';
}
export type Hear = (block: WaveBlock) => void;

const NOT_MEASURED = -32768;

/** The block's values in its unit, NaN where nothing was measured; empty for what is no base64. */
export function valuesOf(block: WaveBlock): Float64Array {
  let text: string;
  try {
    text = atob(block.samples);
  } catch {
    return new Float64Array();
  }
  const view = new DataView(Uint8Array.from(text, (letter) => letter.charCodeAt(0)).buffer);
  return Float64Array.from({ length: Math.floor(text.length / 2) }, (_, place) => {
    const sample = view.getInt16(2 * place, true);
    return sample === NOT_MEASURED ? NaN : block.zero + block.per_lsb * sample;
  });
}

interface Watcher {
  unitId: string;
  channels: readonly string[];
  hear: Hear;
}

/** Who watches what; `ask` tells the server and may be called at any time. */
export class WaveWatch {
  readonly #watchers = new Set<Watcher>();
  readonly #ask: (unitId: string, channels: readonly string[]) => void;

  constructor(ask: (unitId: string, channels: readonly string[]) => void) {
    this.#ask = ask;
  }

  /** Hear these channels of a unit until the returned function is called. */
  watch(unitId: string, channels: readonly string[], hear: Hear): () => void {
    const watcher = { unitId, channels, hear };
    this.#watchers.add(watcher);
    this.#tell(unitId);
    return () => {
      this.#watchers.delete(watcher);
      this.#tell(unitId);
    };
  }

  /** A new line knows of no watch yet. */
  again(): void {
    for (const unitId of new Set([...this.#watchers].map((one) => one.unitId))) this.#tell(unitId);
  }

  hear(blocks: readonly WaveBlock[]): void {
    for (const block of blocks) {
      for (const one of this.#watchers) {
        if (one.unitId === block.unit_id && one.channels.includes(block.channel)) one.hear(block);
      }
    }
  }

  #tell(unitId: string): void {
    const wanted = [...this.#watchers].filter((one) => one.unitId === unitId);
    this.#ask(unitId, [...new Set(wanted.flatMap((one) => one.channels))]);
  }
}
