// A time of day typed by a person, as a moment: the last time the county's clock showed it. Pure.

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/** `21:30` or `2130` at 21:47 is 17 min ago, at 0:10 it is last night; null for what is not a time. Epoch ms. */
export function clockToday(text: string, nowMs: number, zone: string): number | null {
  const match = /^([01]?\d|2[0-3])[:：]?([0-5]\d)$/.exec(text.trim());
  if (!match) return null;
  const wanted = Number(match[1]) * 60 + Number(match[2]);
  const shown = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(nowMs);
  const [hour = 0, minute = 0] = shown.split(':').map(Number);
  const back = (hour * 60 + minute - wanted + DAY_MINUTES) % DAY_MINUTES;
  return Math.floor(nowMs / MINUTE_MS) * MINUTE_MS - back * MINUTE_MS;
}
