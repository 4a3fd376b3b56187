import type { Trigger } from './entity.ts';
import { percentEncode } from './formatted-string.ts';
import { outcomeKinds } from './outcome.ts';

/** `merged`: no call was made, because a later notification of the same record stands for this one. */
export const loggedOutcomes = [...outcomeKinds, 'merged'] as const;

/** One attempt in the delivery log, or the merging of a notification into a later one. */
export interface LogEntry {
  /** The start of the attempt, in epoch milliseconds. */
  readonly at: number;
  readonly trigger: Trigger;
  /** The notification's ID, which the receiver gets as `webhook-id`. */
  readonly id: string;
  readonly formattedString: string;
  /** 1 for the first attempt at a notification. For `merged`: the number of attempts before it. */
  readonly attempt: number;
  readonly outcome: (typeof loggedOutcomes)[number];
  /** A description without the URL: `HTTP 503`, `connection refused`, `merged into msg_…`. */
  readonly response: string;
  readonly milliseconds: number;
  /** The first 1 KiB of the response, as text. */
  readonly body?: string;
  /** Some headers of the response, as lines. */
  readonly headers?: string;
  /** An admin sent it to test a URL. */
  readonly test?: true;
  /** An admin redelivered it from Failed. */
  readonly redelivered?: true;
}

/** A filter of entries. An entry must match all fields that are set. */
export interface LogFilter {
  readonly trigger?: Trigger;
  /** The entry must have one of these. */
  readonly outcomes?: readonly LogEntry['outcome'][];
  /** The notification's ID. */
  readonly id?: string;
  /** Text in the formatted string, percent-encoded or not. */
  readonly text?: string;
  /** The earliest start, in epoch milliseconds. */
  readonly since?: number;
}

/** The attempts that each value of the setting `deliveryLog` logs. */
export const loggedAttempts = {
  all: () => true,
  failures: ({ outcome }: LogEntry) => outcome !== 'delivered' && outcome !== 'merged',
  off: () => false,
} as const satisfies Record<string, (entry: LogEntry) => boolean>;

export type Logged = keyof typeof loggedAttempts;

export const loggedNames = Object.keys(loggedAttempts) as Logged[];

/** The log keeps this much of a response. */
const BODY_BYTES = 1024;

/** These are shared by all calls; the content of the buffer is not used after a call. Bundles without calls leave them out. */
const buffer = /* @__PURE__ */ new Uint8Array(BODY_BYTES);
const encoder = /* @__PURE__ */ new TextEncoder();

/** The beginning of a response, at most 1 KiB as UTF-8. It is cut between two characters. */
export function beginningOf(body: string): string {
  const { read } = encoder.encodeInto(body, buffer);
  return body.slice(0, read);
}

/** A text that the JSON of each entry of a filter contains; empty if there is none. */
export function needleOf({ id, text = '' }: LogFilter): string {
  const needle = id ?? text;
  // Other characters can be stored in two ways: percent-encoded, or escaped by JSON.
  return /^[\w.~-]*$/.test(needle) ? needle : '';
}

/** Returns the predicate of a filter. */
export function fits(filter: LogFilter): (entry: LogEntry) => boolean {
  const { trigger, outcomes, id, text, since = 0 } = filter;
  const encoded = percentEncode(text?.toWellFormed() ?? '');
  return (entry) =>
    entry.at >= since &&
    (trigger === undefined || entry.trigger === trigger) &&
    (outcomes === undefined || outcomes.includes(entry.outcome)) &&
    (id === undefined || entry.id === id) &&
    (text === undefined || entry.formattedString.includes(text) || entry.formattedString.includes(encoded));
}
