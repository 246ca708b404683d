// What the drawing says of itself, in both languages.
import type { Language } from '../../i18n';

const WORDS = {
  zh: {
    scale: '25 mm/s · 10 mm/mV',
    calipers: '卡尺',
    fromX: '时间起点',
    toX: '时间终点',
    fromY: '电压起点',
    toY: '电压终点',
    derived: '* 由 I、II 导联推算',
    none: '没有心电导联',
    drawing: '心电图',
  },
  en: {
    scale: '25 mm/s · 10 mm/mV',
    calipers: 'Calipers',
    fromX: 'Start of time',
    toX: 'End of time',
    fromY: 'Start of voltage',
    toY: 'End of voltage',
    derived: '* computed from I and II',
    none: 'No ECG lead',
    drawing: 'ECG',
  },
} as const;

export function words(language: Language): Record<keyof typeof WORDS.en, string> {
  return WORDS[language];
}
