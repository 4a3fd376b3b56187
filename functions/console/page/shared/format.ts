const today = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const otherDay = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const withZone = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });
const relative = new Intl.RelativeTimeFormat('en', { style: 'narrow' });

/** Formats a time in epoch milliseconds. A time of today is shown without its date. */
export function formatTime(at: number): string {
  const day = (when: number) => new Date(when).toDateString();
  return (day(at) === day(Date.now()) ? today : otherDay).format(at);
}

/** Formats a time in epoch milliseconds with its date and time zone. */
export const formatFull = (at: number) => withZone.format(at);

/** The units of relative times, each with its length in seconds. */
const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** Formats a time as a distance from now, such as `5m ago` or `in 12s`. @param at Epoch milliseconds. */
export function formatRelative(at: number, now = Date.now()): string {
  const seconds = Math.round((at - now) / 1000);
  const [unit, length] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  return relative.format(Math.trunc(seconds / length), unit);
}

/** Formats a number with separators of thousands. */
export const grouped = (count: number) => count.toLocaleString('en');
