// What a person has noted at this screen: the sound of it stops here, the mark stays until its cause
// goes. It is kept over a reload. Pre-alerts are not noted but acknowledged, by name, at the server.

import { SvelteSet } from 'svelte/reactivity';
import { NOTED_KEPT } from './limits';

const KEPT_UNDER = 'greenlane.ed_noted';

function kept(): string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEPT_UNDER) ?? '[]');
    return Array.isArray(value) ? value.filter((key) => typeof key === 'string') : [];
  } catch {
    return []; // storage may be closed to the page; then the note lasts as long as the page
  }
}

class Noted {
  readonly #keys = new SvelteSet<string>(kept());

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  add(key: string): void {
    this.#keys.add(key);
    try {
      localStorage.setItem(KEPT_UNDER, JSON.stringify([...this.#keys].slice(-NOTED_KEPT)));
    } catch {
      // see kept()
    }
  }
}

export const noted = new Noted();
