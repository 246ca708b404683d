// Open alarms in the order in which they want an answer. Pure.

import type { AlarmDoc } from '../../wire/documents';

export function isNoted(alarm: AlarmDoc): boolean {
  return alarm.acknowledged_at !== null;
}

/** Unanswered first, high before medium, oldest first. */
export function mostUrgentFirst(alarms: readonly AlarmDoc[]): AlarmDoc[] {
  const rank = (alarm: AlarmDoc) => (isNoted(alarm) ? 2 : 0) + (alarm.urgency === 'high' ? 0 : 1);
  return [...alarms].sort((one, other) => {
    const by = rank(one) - rank(other);
    if (by !== 0) return by;
    return one.since < other.since ? -1 : 1;
  });
}
