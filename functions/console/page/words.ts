import { type Action, entityOf, type Trigger } from '../../core/entity.ts';

export const actionOf = (trigger: Trigger) => trigger.slice(entityOf(trigger).length + 1) as Action;

const today = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const otherDay = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** A time for people, epoch milliseconds: without its day when that is today. */
export function time(at: number): string {
  const day = (when: number) => new Date(when).toDateString();
  return (day(at) === day(Date.now()) ? today : otherDay).format(at);
}
