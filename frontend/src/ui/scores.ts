// What a NEWS2 tile says, pure: a missing part is never 0, so the total becomes "at least".

import type { ScoreView } from '../wire/documents';
import type { Direction } from './vitals';

/** The seven parts in the order of the strip, named as the server names them (RCP 2017). */
export const NEWS2_PARTS = ['rr', 'spo2', 'o2', 'sbp', 'hr', 'acvpu', 'temp'] as const;

export interface ScoreReading {
  /** `9`, `≥9`, or `?` when it cannot be judged now. */
  text: string;
  /** Outlined in red: total or lower bound of 7 and more is the emergency response (RCP 2017). */
  level: string;
  missing: string[];
  threes: string[];
  /** Why NEWS2 is not used: child, pregnant, age_unknown, no_patient; empty when it is. */
  why: string;
  direction: Direction | null;
}

/** `isKnown` false while the feed or the server is lost: then the last result is only history. */
export function readScore(
  score: ScoreView | null | undefined,
  level: string,
  previous: number | null | undefined,
  isKnown: boolean,
): ScoreReading {
  const nothing = { text: '?', missing: [], threes: [], direction: null, why: '' };
  const why = score?.not_applicable ?? '';
  if (why !== '' || level === 'unscored') return { ...nothing, text: '–', level: 'unscored', why };
  if (!score || !isKnown || level === 'unknown') return { ...nothing, level: 'unknown' };
  const least = score.total ?? score.lower_bound;
  const threes = Object.keys(score.parts).filter((part) => score.parts[part] === 3);
  return {
    text: score.total === null ? `≥${score.lower_bound}` : String(score.total),
    level,
    missing: score.missing,
    threes,
    why,
    direction: previous === null || previous === undefined ? null : compare(least, previous),
  };
}

function compare(now: number, before: number): Direction {
  if (now === before) return 'flat';
  return now > before ? 'up' : 'down';
}
