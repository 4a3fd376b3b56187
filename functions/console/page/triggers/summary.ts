import { overviewTexts, type StateName, stateWords, statusTexts } from '../texts/triggers.ts';

interface Counted {
  readonly text: { readonly name: StateName };
  readonly status: { readonly waiting: number };
}

/** `9 healthy, 1 parked, 1 not called yet, 14 pending`. The state with the most triggers comes first. */
export function summary(triggers: readonly Counted[]): string {
  const byState = [...Map.groupBy(triggers, ({ text }) => text.name)].sort(([, a], [, b]) => b.length - a.length);
  const waiting = triggers.reduce((sum, { status }) => sum + status.waiting, 0);
  const states = byState.map(([name, group]) => overviewTexts.states(group.length, stateWords[name]));
  return [...states, statusTexts.pending(waiting)].join(', ');
}

/** The start of today, in epoch milliseconds. */
export const startOfToday = () => new Date().setHours(0, 0, 0, 0);
