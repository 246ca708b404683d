// The rules of running clocks, pure: amber at 80 % and red at 100 % of the standard; done is quiet.

export type Urgency = 'calm' | 'near' | 'over' | 'done';

/** How a clock of `elapsedS` stands against its standard; a stopped one inside its standard is quiet. */
export function urgency(elapsedS: number, standardS: number | null | undefined, isDone = false): Urgency {
  if (standardS === null || standardS === undefined) return isDone ? 'done' : 'calm';
  if (elapsedS >= standardS) return 'over';
  if (isDone) return 'done';
  return elapsedS >= standardS * 0.8 ? 'near' : 'calm';
}

export interface CountdownReading {
  kind: 'exact' | 'about' | 'due' | 'unknown';
  /** Seconds left (exact), whole minutes left (about), seconds over (due). */
  value: number;
}

/** A countdown goes on from its last basis for this long without the server, then it is a guess. */
export const GUESS_AFTER_S = 300;

/**
 * What a countdown may say: exact while its basis is fresh, about (whole minutes) when the fix or the
 * line is old, unknown when nothing has been heard for 5 min. All times epoch ms, limits in s.
 */
export function countdown(
  nowMs: number,
  untilMs: number,
  basis: { atMs: number | null; limitS: number | null; lostMs: number | null },
): CountdownReading {
  const leftS = (untilMs - nowMs) / 1000;
  if (basis.lostMs !== null && (nowMs - basis.lostMs) / 1000 > GUESS_AFTER_S) {
    return { kind: 'unknown', value: 0 };
  }
  const isOld =
    basis.lostMs !== null ||
    (basis.limitS !== null && basis.atMs !== null && (nowMs - basis.atMs) / 1000 > basis.limitS);
  if (isOld) return { kind: 'about', value: Math.max(0, Math.round(leftS / 60)) };
  if (leftS < 0) return { kind: 'due', value: -leftS };
  return { kind: 'exact', value: leftS };
}
