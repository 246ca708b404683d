// The language of this device: from the person's choice, else from the browser. Names are never translated.

export type Language = 'zh' | 'en';
const KEPT_UNDER = 'greenlane.language';

/** Chinese for any Chinese browser, English otherwise. Pure. */
export function languageOf(kept: string | null, browser: readonly string[]): Language {
  if (kept === 'zh' || kept === 'en') return kept;
  return (browser[0] ?? 'zh').toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

function kept(): string | null {
  try {
    return localStorage.getItem(KEPT_UNDER);
  } catch {
    return null; // storage may be closed to the page; the choice then lasts as long as the page
  }
}

class LanguageChoice {
  /** Reactive: every `t()` in a template follows it at once. */
  value = $state<Language>(
    typeof navigator === 'undefined' ? 'zh' : languageOf(kept(), navigator.languages),
  );
  /** IANA zone of the county; set when the county document arrives. Reactive. */
  zone = $state('Asia/Shanghai');

  set(language: Language): void {
    this.value = language;
    if (typeof document !== 'undefined') this.mark();
    try {
      localStorage.setItem(KEPT_UNDER, language);
    } catch {
      // see kept()
    }
  }

  toggle(): void {
    this.set(this.value === 'zh' ? 'en' : 'zh');
  }

  /** Tell the browser (fonts, line breaking, screen readers). */
  mark(): void {
    document.documentElement.lang = this.value === 'zh' ? 'zh-CN' : 'en';
  }

  /** The Chinese or the English of a pair of names from the county's data. */
  pick(zh: string, en: string): string {
    return (this.value === 'zh' ? zh : en) || zh || en;
  }
}

export const language = new LanguageChoice();
