import { Misuse } from './misuse.ts';

const MINUTE = 60_000;
const units: Readonly<Record<string, number>> = { m: MINUTE, h: 60 * MINUTE, d: 24 * 60 * MINUTE };

/**
 * Reads a time that a user entered: a date, a date with a time, an age such as `36h`, `today` or `yesterday`.
 * A time without a zone is in UTC.
 *
 * @returns Epoch milliseconds, or nothing if no time was entered.
 * @throws {Misuse} When the text has none of these forms.
 */
export function readTime(text: string | undefined, now = Date.now()): number | undefined {
  if (text === undefined) return undefined;
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * (units[unit] ?? 0);
  const midnight = new Date(now).setUTCHours(0, 0, 0, 0);
  if (text === 'today') return midnight;
  if (text === 'yesterday') return midnight - 24 * 60 * MINUTE;
  const [, time, zone] = /^\d{4}-\d{2}-\d{2}(?:(T[\d:.]+)(Z|[+-]\d{2}:?\d{2})?)?$/.exec(text) ?? ['', ''];
  const at = time === '' || !isDay(text.slice(0, 10)) ? Number.NaN : Date.parse(time && !zone ? `${text}Z` : text);
  if (Number.isNaN(at))
    throw new Misuse(`"${text}" is no time.`, 'Write it like 2026-11-23, 2026-11-23T09:00Z, 36h, today or yesterday.');
  return at;
}

/** JavaScript reads the 30th of February as a day in March. */
function isDay(date: string): boolean {
  const at = Date.parse(date);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date);
}
