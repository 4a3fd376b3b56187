const today = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const otherDay = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Formats a time in epoch milliseconds. A time of today is shown without its date. */
export function formatTime(at: number): string {
  const day = (when: number) => new Date(when).toDateString();
  return (day(at) === day(Date.now()) ? today : otherDay).format(at);
}
