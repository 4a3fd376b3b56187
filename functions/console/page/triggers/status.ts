import { pendingText } from '../../../operations/pending.ts';
import type { TriggerStatus } from '../../api/trigger-routes.ts';
import { statusTexts } from '../texts.ts';

type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'off';
type FormatTime = (at: number) => string;

/** A trigger's status in one word, and a line of details. */
export interface StatusText {
  readonly tone: Tone;
  readonly word: string;
  readonly details: string;
}

interface Rule {
  readonly applies: (status: TriggerStatus) => boolean;
  readonly tone: Tone;
  readonly word: string;
  readonly details: (status: TriggerStatus, format: FormatTime) => readonly (string | null)[];
}

const since = ({ failingSince }: TriggerStatus, format: FormatTime) =>
  failingSince === null ? null : statusTexts.since(format(failingSince));

/** The first rule that applies counts. */
const rules: readonly Rule[] = [
  { applies: ({ url }) => url === null, tone: 'off', word: statusTexts.noUrl, details: () => [statusTexts.noCalls] },
  {
    applies: ({ state }) => state === 'paused',
    tone: 'off',
    word: statusTexts.paused,
    details: ({ pausedBy }) => [pausedBy === 'gone' ? statusTexts.pausedByGone : statusTexts.pausedByAdmin],
  },
  {
    applies: ({ isThrottled }) => isThrottled,
    tone: 'warn',
    word: statusTexts.throttled,
    details: ({ parkedBecause }) => [parkedBecause, statusTexts.asksForFewer],
  },
  {
    applies: ({ state }) => state === 'parked',
    tone: 'bad',
    word: statusTexts.parked,
    details: (status, format) => [status.parkedBecause, since(status, format)],
  },
  {
    applies: ({ state }) => state === 'draining' || state === 'finishing',
    tone: 'busy',
    word: statusTexts.draining,
    details: () => [statusTexts.delivering],
  },
  {
    applies: ({ consecutiveFailures }) => consecutiveFailures > 0,
    tone: 'warn',
    word: statusTexts.failing,
    details: (status, format) => [since(status, format), statusTexts.failures(status.consecutiveFailures)],
  },
];

const working = { tone: 'good', word: statusTexts.working, details: () => [] } as const;

/** @param format Formats a time in epoch milliseconds. */
export function statusText(status: TriggerStatus, format: FormatTime): StatusText {
  const { tone, word, details } = rules.find(({ applies }) => applies(status)) ?? working;
  return { tone, word, details: [pendingText(status), ...details(status, format)].filter(Boolean).join(', ') };
}
