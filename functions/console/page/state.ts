import { pendingText } from '../../operations/pending.ts';
import type { TriggerStatus } from '../../operations/trigger-status.ts';

type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'off';

/** How a trigger does: one word for the eye, and a line that says more. */
export interface Doing {
  readonly tone: Tone;
  readonly word: string;
  readonly more: string;
}

interface Rule {
  readonly fits: (line: TriggerStatus) => boolean;
  readonly tone: Tone;
  readonly word: string;
  readonly more: (line: TriggerStatus, time: (at: number) => string) => string;
}

const since = ({ failingSince }: TriggerStatus, time: (at: number) => string) =>
  failingSince === null ? '' : `since ${time(failingSince)}`;

/** The first that fits counts. */
const rules: readonly Rule[] = [
  { fits: ({ url }) => url === null, tone: 'off', word: 'No URL', more: () => 'No calls are made.' },
  {
    fits: ({ state }) => state === 'paused',
    tone: 'off',
    word: 'Paused',
    more: ({ pausedBy }) => (pausedBy === 'gone' ? 'the receiver responded with 410 Gone' : 'new notifications wait'),
  },
  {
    fits: ({ isThrottled }) => isThrottled,
    tone: 'warn',
    word: 'Throttled',
    more: ({ parkedBecause }) => [parkedBecause, 'the receiver asks for fewer calls'].filter(Boolean).join(', '),
  },
  {
    fits: ({ state }) => state === 'parked',
    tone: 'bad',
    word: 'Parked',
    more: (line, time) => [line.parkedBecause, since(line, time)].filter(Boolean).join(', '),
  },
  {
    fits: ({ state }) => state === 'draining' || state === 'finishing',
    tone: 'busy',
    word: 'Draining',
    more: () => 'pending notifications are being delivered',
  },
  {
    fits: ({ consecutiveFailures }) => consecutiveFailures > 0,
    tone: 'warn',
    word: 'Failing',
    more: (line, time) => [since(line, time), `${line.consecutiveFailures} in a row`].filter(Boolean).join(', '),
  },
  { fits: () => true, tone: 'good', word: 'Working', more: () => '' },
];

/** @param time Writes a time, epoch milliseconds, for people. */
export function doing(line: TriggerStatus, time: (at: number) => string): Doing {
  const { tone, word, more } = rules.find(({ fits }) => fits(line)) as Rule;
  return { tone, word, more: [pendingText(line), more(line, time)].filter(Boolean).join(', ') };
}
