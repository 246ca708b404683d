// Sizes and times of the pre-arrival board, each with its reason. Clinical limits come with the county.

/** Full cards side by side: 492 px each is the least that holds vitals at 64 px. */
export const FULL_CARDS = 3;
/** Full cards beside the table: the two that come first. */
export const FULL_CARDS_BESIDE_TABLE = 2;
/** Compact entries of 152 px that the rail holds above one line of readiness. */
export const RAIL_ENTRIES = 5;
/** From this many inbound on, a table: cards would be too small to read from 5 m. */
export const CARDS_AT_MOST = 8;

/** Two ETAs closer than this keep their places: cards that swap every second cannot be read. */
export const SWAP_AFTER_MS = 30_000;

/** A diverted card leaves this long after a person here has marked it seen (design page). */
export const DIVERTED_STAYS_MS = 600_000;

/** The table turns its page; long enough to read twelve rows. */
export const PAGE_EVERY_MS = 10_000;
/** Two figures of the table that one person can tell apart from 5 m need this height, px. */
export const ROW_PX = 64;

/** Digits on a keyboard that can stand on a card. */
export const KEYS = 9;

/** Trend arrows are asked anew this often, over this long: a cuff pressure comes every few minutes. */
export const TRENDS_EVERY_MS = 60_000;
export const TRENDS_MINUTES = 30;

/** Alarms silenced on this screen that are remembered over a reload; older ones are long gone. */
export const NOTED_KEPT = 200;

/** Free beds offered as buttons on a card: more would push the patient's story away. */
export const BAYS_OFFERED = 4;
export const EICU_OFFERED = 2;

/** A reason is a line, not a letter: it is read on a tablet in a moving vehicle. */
export const REASON_CHARS = 120;
