// Night or day, kept on this device; a screen names its default (walls and the console are dark).

export type Theme = 'night' | 'day';
const KEPT_UNDER = 'greenlane.theme';

class ThemeChoice {
  value = $state<Theme>('night');

  /** Take the person's earlier choice, else `fallback`. */
  start(fallback: Theme): void {
    let kept: string | null = null;
    try {
      kept = localStorage.getItem(KEPT_UNDER);
    } catch {
      // storage may be closed to the page; the choice then lasts as long as the page
    }
    this.#show(kept === 'day' || kept === 'night' ? kept : fallback);
  }

  set(theme: Theme): void {
    this.#show(theme);
    try {
      localStorage.setItem(KEPT_UNDER, theme);
    } catch {
      // see start()
    }
  }

  toggle(): void {
    this.set(this.value === 'night' ? 'day' : 'night');
  }

  #show(theme: Theme): void {
    this.value = theme;
    document.documentElement.dataset.theme = theme;
  }
}

export const theme = new ThemeChoice();
