// Every wait, window and retry of the front end, named with its reason.

/** Nothing for this long means the screen is stale (contract: a beat each 2 s, three missed). */
export const STALE_AFTER_MS = 6_000;

/** First and longest wait before connecting again: quick after a blip, gentle in an outage. */
export const RECONNECT_FIRST_MS = 500;
export const RECONNECT_LONGEST_MS = 5_000;

/** One HTTP attempt; the server answers a command in milliseconds, a dead link never. */
export const REQUEST_TIMEOUT_MS = 8_000;

/** How long a command is sent again before a person is told that its outcome is unknown. */
export const COMMAND_GIVES_UP_MS = 30_000;

/** The link is measured this often; it is a badge, not a benchmark. */
export const ROUND_TRIP_EVERY_MS = 10_000;

/** Offsets kept to find the server's clock: the frame that travelled fastest is the truest. */
export const CLOCK_SAMPLES = 30;

/** A frame this large is not ours: 200 patients with vitals encode to under 2 MB. */
export const FRAME_LONGEST_CHARS = 16_000_000;

/** Pre-alert ids in one `displayed` message. */
export const DISPLAYED_AT_ONCE = 100;
