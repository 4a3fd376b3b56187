import { type AttributeValue, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { readIds } from '../core/change.ts';
import { entityOf, type Trigger, triggers } from '../core/entity.ts';
import { formattedString } from '../core/formatted-string.ts';
import type { Notification } from '../core/notification.ts';
import { inBatches } from '../core/waves.ts';
import type { Failed, Place } from '../edge/backlog.ts';
import type { AdminParts } from './deployment.ts';
import { note } from './note.ts';

/** Which of the failed are meant. */
export interface Choice {
  readonly id?: string | undefined;
  readonly trigger?: Trigger | undefined;
  /** Failed at this time or later, epoch milliseconds. */
  readonly since?: number | undefined;
}

const PAGE = 500;

/** Sent before what was sent is forgotten. */
const CHUNK = 50;

/** What was given up, the oldest change first. */
export async function failed({ backlog }: AdminParts, { id, trigger, since = 0 }: Choice): Promise<Failed[]> {
  const chosen: Failed[] = [];
  for (const of of trigger ? [trigger] : triggers) {
    let next: Place | undefined;
    do {
      const page = await backlog.failed(of, PAGE, next);
      chosen.push(...page.failed.filter((f) => f.failedAt >= since && (id === undefined || f.id === id)));
      next = page.next;
    } while (next);
  }
  return chosen.sort((a, b) => a.changedAt - b.changedAt);
}

/** What became of something that was to be sent again. */
export interface Redelivered {
  readonly id: string;
  readonly trigger: Trigger;
  /** Absent when it was queued: why it cannot be. */
  readonly refused?: string;
}

/**
 * Queues what was given up once more, with the same ids, each record's in the order of its changes. What could not be
 * formatted is read from its table anew.
 */
export async function redeliver(parts: AdminParts, chosen: readonly Failed[]): Promise<Redelivered[]> {
  const done: Redelivered[] = [];
  for (const chunk of inBatches(chosen, CHUNK)) {
    const made = await Promise.all(chunk.map(async (f) => [f, await notificationOf(parts, f)] as const));
    const ready = made.flatMap(([, n]) => ('refused' in n ? [] : [n]));
    await parts.queue.send(ready);
    for (const [f, n] of made) {
      // After the queue has it: to die in between only means to send it twice.
      if (!('refused' in n)) await parts.backlog.forget(f);
      done.push({ id: f.id, trigger: f.trigger, ...('refused' in n && { refused: n.refused }) });
    }
  }
  await noteSent(parts, done);
  return done;
}

/** What was sent again, a line for each trigger. */
async function noteSent(parts: AdminParts, done: readonly Redelivered[]): Promise<void> {
  const sent = done.filter(({ refused }) => refused === undefined);
  for (const [trigger, of] of Map.groupBy(sent, ({ trigger }) => trigger))
    await note(parts, { what: 'redelivered', trigger, from: null, to: `${of.length} sent again` });
}

async function notificationOf(parts: AdminParts, f: Failed): Promise<Notification | { refused: string }> {
  const redelivered = Date.now();
  if (f.notification) return { ...f.notification, redelivered };
  const { id, trigger, record, sequence, changedAt } = f;
  const entity = entityOf(trigger);
  const Key = (f.keys ?? {}) as Record<string, AttributeValue>;
  const { Item } = await parts.dynamodb.send(
    new GetItemCommand({ TableName: parts.crmTables[entity], Key, ConsistentRead: true }),
  );
  if (!Item) return { refused: `the ${entity} is no longer there` };
  const read = readIds(entity, Item, parts.rowRules[entity]);
  if ('reason' in read) return { refused: `${read.reason}: repair the row first` };
  return { id, trigger, record, sequence, changedAt, redelivered, formattedString: formattedString(entity, read.ids) };
}
