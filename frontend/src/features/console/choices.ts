// The recommendation as the desk offers it: digits for the capable ones, the closest idle one apart. Pure.

import type { Recommendation, UnitOption } from '../../wire/reading';

/** A recommendation older than this is computed again before anything is sent (design, "Recommendation"). */
export const OLD_AFTER_S = 60;
/** Asked for again quietly, well before it is old. */
export const REFRESH_S = 20;
/** A change of the first choice this short before Enter was not seen by the person who pressed it. */
export const UNSEEN_MS = 700;
const DIGITS = 3;

export interface Choices {
  /** Numbered 1, 2, 3; the first is the advice when `isAdvised`. */
  numbered: UnitOption[];
  /** Closest idle unit that is not capable: shown to say why it is not the advice. */
  closest: UnitOption | null;
  isAdvised: boolean;
}

export function choicesOf(advice: Recommendation | null): Choices {
  const options = advice?.options ?? [];
  const capable = options.filter((option) => option.is_capable);
  const isAdvised = capable.length > 0;
  const numbered = (isAdvised ? capable : options).slice(0, DIGITS);
  const closest = options.find(
    (option) => !option.is_capable && option.reasons.some(({ code }) => code === 'closest_idle'),
  );
  return { numbered, closest: isAdvised ? (closest ?? null) : null, isAdvised };
}

/** Digits by unit id, for the map. */
export function digitsOf(choices: Choices): Record<string, number> {
  return Object.fromEntries(choices.numbered.map((option, index) => [option.unit_id, index + 1]));
}

/** Which unit Enter sends: the chosen one, else the advice while nobody is on the way. */
export function unitToSend(
  choices: Choices,
  chosenId: string | null,
  isUnassigned: boolean,
): string | null {
  const isListed = choices.numbered.some(({ unit_id }) => unit_id === chosenId);
  if (chosenId !== null && (isListed || choices.closest?.unit_id === chosenId)) return chosenId;
  return isUnassigned && choices.isAdvised ? (choices.numbered[0]?.unit_id ?? null) : null;
}
