import type { Trigger } from './entity.ts';
import { percentEncode } from './formatted-string.ts';
import type { Outcome } from './outcome.ts';

/** One attempt, as the delivery log keeps it. */
export interface LogEntry {
  /** When the attempt began, epoch milliseconds. */
  readonly at: number;
  readonly trigger: Trigger;
  /** The notification's, which the receiver sees as `webhook-id`. */
  readonly id: string;
  readonly formattedString: string;
  /** 1 for a notification's first. */
  readonly attempt: number;
  readonly outcome: Outcome['kind'];
  /** In words, never the URL: `HTTP 503`, `connection refused`. */
  readonly response: string;
  readonly milliseconds: number;
  /** The first 1 KiB of the response, as text. */
  readonly body?: string;
  /** It was sent by hand to try a URL. */
  readonly test?: true;
  /** It was sent again by hand after it failed. */
  readonly redelivered?: true;
}

/** A filter of entries: those that match all given fields. */
export interface LogFilter {
  readonly trigger?: Trigger;
  readonly outcome?: LogEntry['outcome'];
  /** The notification's. */
  readonly id?: string;
  /** A part of the formatted string, percent-encoded or not. */
  readonly text?: string;
  /** Begun at this time or later, epoch milliseconds. */
  readonly since?: number;
}

/** Which attempts a deployment logs. */
export const loggedAttempts = {
  all: () => true,
  failures: ({ outcome }: LogEntry) => outcome !== 'delivered',
  off: () => false,
} as const satisfies Record<string, (entry: LogEntry) => boolean>;

export type Logged = keyof typeof loggedAttempts;

export const loggedNames = Object.keys(loggedAttempts) as Logged[];

/** So much of a response is kept. */
const BODY_BYTES = 1024;

/** Nothing in it outlives a call. */
const room = new Uint8Array(BODY_BYTES);

/** The beginning of a response, cut where a character ends. */
export function beginningOf(body: string): string {
  const { read } = new TextEncoder().encodeInto(body, room);
  return body.slice(0, read);
}

export function fits(filter: LogFilter): (entry: LogEntry) => boolean {
  const { trigger, outcome, id, text, since = 0 } = filter;
  const encoded = percentEncode(text?.toWellFormed() ?? '');
  return (entry) =>
    entry.at >= since &&
    (trigger === undefined || entry.trigger === trigger) &&
    (outcome === undefined || entry.outcome === outcome) &&
    (id === undefined || entry.id === id) &&
    (text === undefined || entry.formattedString.includes(text) || entry.formattedString.includes(encoded));
}
