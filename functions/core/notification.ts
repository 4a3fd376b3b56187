// table row → change → [notification] → attempt → outcome
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { Change } from './change.ts';
import { type Trigger, triggers } from './entity.ts';
import { formattedString } from './formatted-string.ts';

/** The queue message's shape, of this version. It is raised with the shape, and deliver goes on reading the older ones. */
const VERSION = 1;

const schema = z.object({
  /** Made from the stream record's id and the trigger: the same however often it is sent. */
  id: z.string().check(z.regex(/^msg_[0-9a-f]{32}$/)),
  trigger: z.enum(triggers as [Trigger, ...Trigger[]]),
  /** `?AccountID=a1…` */
  formattedString: z.string().check(z.regex(/^\?[\w.~%=&-]+$/)),
  /** Opaque hash of the row that changed: one record's notifications keep their order. */
  record: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  /** Decimal digits that grow with each change of one record. */
  sequence: z.string().check(z.regex(/^\d+$/)),
  /** Epoch milliseconds. */
  changedAt: z.number(),
  /** A test: attempted once, and never retried. */
  test: z.optional(z.literal(true)),
  /** When it was redelivered, epoch milliseconds. Its failures do not count as consecutive failures. */
  redelivered: z.optional(z.number()),
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

/** `msg_` and 32 hexadecimal digits; the id that receivers see as `webhook-id`, and that the queue deduplicates by. */
export function notificationId(eventId: string, trigger: Trigger): string {
  return `msg_${createHash('sha256').update(`${eventId} ${trigger}`).digest('hex').slice(0, 32)}`;
}

/** The queue message's body: JSON in ASCII. */
export function toMessage(notification: Notification): string {
  return JSON.stringify({ v: VERSION, ...notification });
}

/** Reads the body of a queue message, or says in one line why it cannot be read. */
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
