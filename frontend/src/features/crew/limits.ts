// Every wait, window and count of the tablet, named with its reason.

/** Commands kept while there is no line: 20 jobs of 10 taps, more than any shift without coverage. */
export const QUEUE_MAX = 200;

/** A queued command is tried again this often while the line looks alive. */
export const RETRY_MS = 5_000;

/** One attempt of the outbox, ms: longer waiting is the queue's own business. */
export const ATTEMPT_MS = 1_000;

/** A glove touches twice: after a status the large key takes no other for this long. */
export const NEXT_GUARD_MS = 800;

/** The second tap must come within this time, else the first one was an accident. */
export const ARMED_MS = 5_000;

/** Waiting longer than this is shown in amber (design: link badge). */
export const WAITING_LONG_MS = 10_000;

/** From this round trip on the line is called slow (design: link badge). */
export const SLOW_MS = 300;

/** Destination advice is asked again this often: a minute of driving changes it. */
export const ADVICE_EVERY_MS = 30_000;

/** Stored samples are read again this often, so that what came late out of a dead spot is drawn. */
export const HISTORY_EVERY_MS = 120_000;

/** Trends show half an hour in steps of 10 s: 180 points, a pixel each on the small ones. */
export const TREND_MINUTES = 30;
export const TREND_STEP_MS = 10_000;

/** More than this without a value is a gap in the line. */
export const TREND_GAP_MS = 180_000;

/** The tablet shakes for a new job as often as the high alarm sounds. */
export const SHAKE_EVERY_S = 10;

/** Longest text of one ATMIST line; the board shows 42 letters, the rest is for the record. */
export const LINE_MAX = 200;
