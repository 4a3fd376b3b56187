// table row → change → [notification] → attempt → outcome
import * as z from 'zod/mini';
import type { Change } from './change.ts';
import { type Trigger, triggers } from './entity.ts';
import { formattedString } from './formatted-string.ts';
import { sha256 } from './sha256.ts';

/** The version of the queue message's format. If you change the format, raise it, and let deliver read older versions. */
const VERSION = 1;

const schema = z.object({
  /** A hash of the stream record's ID and the trigger: the same each time the notification is sent. */
  id: z.string().check(z.regex(/^msg_[0-9a-f]{32}$/)),
  trigger: z.enum(triggers as [Trigger, ...Trigger[]]),
  /** `?AccountID=a1…` */
  formattedString: z.string().check(z.regex(/^\?[\w.~%=&-]+$/)),
  /** An opaque hash of the row's key: notifications of one record keep their order. */
  record: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  /** Decimal digits that grow with each change of one record. */
  sequence: z.string().check(z.regex(/^\d+$/)),
  /** Epoch milliseconds. */
  changedAt: z.number(),
  /** A test is attempted once and never retried. */
  test: z.optional(z.literal(true)),
  /** The time of its redelivery, in epoch milliseconds. Its failures do not count as consecutive failures. */
  redelivered: z.optional(z.number()),
  /** The number of changes that the call stands for, if earlier notifications were merged into this one. */
  coalesced: z.optional(z.number()),
  /** The time of the oldest of these changes, in epoch milliseconds. */
  oldestAt: z.optional(z.number()),
});

/** One formatted string on its way to one trigger's URL. */
export type Notification = Readonly<z.output<typeof schema>>;

export function notificationOf(change: Change): Notification {
  return {
    id: notificationId(change.eventId, change.trigger),
    trigger: change.trigger,
    formattedString: formattedString(change.entity, change.ids),
    record: change.record,
    sequence: change.sequence,
    changedAt: change.changedAt,
  };
}

/** `msg_` and 32 hexadecimal digits. Receivers get this ID as `webhook-id`; the queue uses it for deduplication. */
export function notificationId(eventId: string, trigger: Trigger): string {
  return `msg_${sha256(`${eventId} ${trigger}`).slice(0, 32)}`;
}

/** Returns the body of a queue message: JSON in ASCII. */
export function toMessage(notification: Notification): string {
  return JSON.stringify({ v: VERSION, ...notification });
}

/** Reads the body of a queue message. `unreadable` is one line: why the body cannot be read. */
export function fromMessage(body: string): Notification | { readonly unreadable: string } {
  let message: { v?: unknown };
  try {
    message = Object(JSON.parse(body));
  } catch {
    return { unreadable: 'the message is not JSON' };
  }
  if (message.v !== VERSION) return { unreadable: `the message is not of version ${VERSION}` };
  const read = schema.safeParse(message);
  if (read.success) return read.data;
  return { unreadable: `the message's ${read.error.issues[0]?.path.join('.')} is missing or wrong` };
}
