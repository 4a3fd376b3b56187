import { expiresSoon } from '../../../core/certificate-expiry.ts';
import type { TriggerStatus } from '../../api/trigger-routes.ts';
import { type StateName, stateWords, statusTexts } from '../texts/triggers.ts';

type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'off';

/** Formats times in epoch milliseconds: the time of day, and the distance from now. */
interface Formats {
  readonly time: (at: number) => string;
  readonly relative: (at: number) => string;
}

/** What the page knows besides the status. */
export interface Seen {
  /** Whether the log has a call since the URL was set; `undefined` if that is not known. */
  readonly isCalled: boolean | undefined;
  /** The response to the latest call, if it was not delivered. */
  readonly failed?: string | undefined;
  /** The largest number of pending notifications that this page saw since the trigger was last active. */
  readonly peak: number;
}

/** A trigger's status in one word, with details. */
export interface StatusText {
  readonly name: StateName;
  readonly word: string;
  readonly tone: Tone;
  /** Whether somebody should look at it. */
  readonly isProblem: boolean;
  /** The most important one first. */
  readonly details: readonly string[];
}

interface Rule {
  readonly name: StateName;
  readonly tone: Tone;
  readonly isProblem?: true;
  readonly applies: (status: TriggerStatus, seen: Seen) => boolean;
  readonly details: (status: TriggerStatus, formats: Formats, seen: Seen) => readonly (string | null)[];
}

const pending = ({ waiting }: TriggerStatus) => (waiting > 0 ? statusTexts.pending(waiting) : null);

/** The receiver asks for fewer calls: how many it gets, how many wait, and when the next one is made. */
const throttled: Rule['details'] = (status, { time }) => [
  statusTexts.throttled(status.throttledRate, status.waiting),
  status.nextTryAt === null ? null : statusTexts.nextAt(time(Math.max(status.nextTryAt, Date.now()))),
  status.keptUntil === null ? null : statusTexts.keptUntil(time(status.keptUntil)),
  status.parkedBecause,
];

/** The trigger's own limit holds notifications back. */
const isAtLimit = ({ state, maxPerSecond, inBacklog, consecutiveFailures }: TriggerStatus) =>
  maxPerSecond !== null && inBacklog > 0 && (state !== 'active' || consecutiveFailures === 0);

const outage: Rule['details'] = (status, { time, relative }) => [
  status.nextTryAt === null ? null : statusTexts.nextTry(relative(Math.max(status.nextTryAt, Date.now()))),
  pending(status),
  status.keptUntil === null ? null : statusTexts.keptUntil(time(status.keptUntil)),
  status.parkedBecause,
];

/** The first rule that applies counts. */
const rules: readonly Rule[] = [
  { name: 'noUrl', tone: 'off', applies: ({ url }) => url === null, details: (status) => [pending(status)] },
  {
    name: 'paused',
    tone: 'off',
    isProblem: true,
    applies: ({ state }) => state === 'paused',
    details: (status) => [
      status.pausedBy === 'gone' ? statusTexts.pausedByGone : statusTexts.pausedByAdmin,
      pending(status),
    ],
  },
  { name: 'throttled', tone: 'warn', isProblem: true, applies: ({ isThrottled }) => isThrottled, details: throttled },
  { name: 'parked', tone: 'bad', isProblem: true, applies: ({ state }) => state === 'parked', details: outage },
  {
    name: 'limited',
    tone: 'busy',
    applies: isAtLimit,
    details: ({ maxPerSecond, waiting }) => [statusTexts.limited(maxPerSecond ?? 0, waiting)],
  },
  {
    name: 'draining',
    tone: 'busy',
    applies: ({ state }) => state === 'draining' || state === 'finishing',
    details: ({ waiting }, _, { peak }) => [
      peak > waiting ? statusTexts.drained(peak - waiting, peak) : statusTexts.left(waiting),
    ],
  },
  {
    name: 'failing',
    tone: 'warn',
    isProblem: true,
    applies: ({ consecutiveFailures }, { failed }) => consecutiveFailures > 0 || failed !== undefined,
    details: (status, { time }, { failed }) => [
      status.consecutiveFailures > 0
        ? statusTexts.inARow(status.consecutiveFailures)
        : statusTexts.latest(failed ?? ''),
      pending(status),
      status.failingSince === null ? null : statusTexts.since(time(status.failingSince)),
    ],
  },
  {
    name: 'expiring',
    tone: 'warn',
    isProblem: true,
    applies: ({ certificate }) => certificate !== null && expiresSoon(certificate.expiresAt, Date.now()),
    details: (status, { relative }) => [
      status.certificate && statusTexts.certificate(relative(status.certificate.expiresAt)),
      pending(status),
    ],
  },
  { name: 'notCalled', tone: 'off', applies: (_, { isCalled }) => isCalled === false, details: (s) => [pending(s)] },
];

const healthy: Rule = { name: 'healthy', tone: 'good', applies: () => true, details: (status) => [pending(status)] };

export function statusText(status: TriggerStatus, formats: Formats, seen: Seen): StatusText {
  const { name, tone, isProblem = false, details } = rules.find(({ applies }) => applies(status, seen)) ?? healthy;
  const text = details(status, formats, seen).filter((detail) => detail !== null);
  return { name, word: stateWords[name], tone, isProblem, details: text };
}

const peaks = new Map<TriggerStatus['trigger'], number>();

/** Returns the largest number of pending notifications since the trigger was last active, while this page is open. */
export function peakOf({ trigger, state, waiting }: TriggerStatus): number {
  const peak = state === 'active' ? 0 : Math.max(waiting, peaks.get(trigger) ?? 0);
  peaks.set(trigger, peak);
  return peak;
}
