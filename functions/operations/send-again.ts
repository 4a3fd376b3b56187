import { allEnded } from '../core/all-ended.ts';
import type { Trigger } from '../core/entity.ts';
import type { Notification } from '../core/notification.ts';
import { inBatches } from '../core/waves.ts';
import type { Clock } from './clock.ts';
import type { Deps } from './deployment.ts';
import { noUrl } from './no-url.ts';
import { note } from './record-change.ts';

/** The number of notifications that are sent before `sent` is called for each. */
const CHUNK = 50;

/** The result of a redelivery. */
export interface Redelivered {
  readonly id: string;
  readonly trigger: Trigger;
  /** Why it could not be queued. Absent if it was. */
  readonly rejected?: string;
}

type Item = Pick<Redelivered, 'id' | 'trigger'>;

export interface SendAgain<Of> {
  /** Returns the notification of an item, or why there is none. */
  notificationOf(item: Of): Promise<Notification | { readonly rejected: string }>;
  /** Called when the queue has the notification of the item. */
  sent?(item: Of): Promise<void>;
  /** Called after each part. @param count The number of items that were handled so far. */
  progress?(count: number): void;
  /** The most notifications per second. Without it, they are sent as fast as the queue accepts them. */
  readonly pace?: { readonly perSecond: number; readonly clock: Clock };
}

/** Returns the result that `sendAgain` would have, if each item has a notification. */
export async function planRedelivery(deps: Deps<'triggersTable'>, items: readonly Item[]): Promise<Redelivered[]> {
  const withUrl = await triggersWithUrl(deps, items);
  return items.map(({ id, trigger }) => ({
    id,
    trigger,
    ...(!withUrl.has(trigger) && { rejected: noUrl(trigger) }),
  }));
}

/**
 * Queues notifications again, in the given order. It checks before each part that the triggers still have URLs. The
 * history records what was sent, also if the queue interrupts it.
 */
export async function sendAgain<Of extends Item>(
  deps: Deps<'triggersTable' | 'queue' | 'history' | 'who'>,
  items: readonly Of[],
  how: SendAgain<Of>,
): Promise<Redelivered[]> {
  const done: Redelivered[] = [];
  const size = Math.min(CHUNK, Math.ceil(how.pace?.perSecond ?? CHUNK));
  try {
    for (const chunk of inBatches(items, size)) {
      const start = how.pace?.clock.now() ?? 0;
      await sendChunk(deps, chunk, how, done);
      how.progress?.(done.length);
      if (how.pace && done.length < items.length)
        await how.pace.clock.sleep(
          Math.max(0, (chunk.length / how.pace.perSecond) * 1000 - (how.pace.clock.now() - start)),
        );
    }
  } finally {
    await noteSent(deps, done);
  }
  return done;
}

async function sendChunk<Of extends Item>(
  deps: Deps<'triggersTable' | 'queue'>,
  chunk: readonly Of[],
  { notificationOf, sent }: SendAgain<Of>,
  done: Redelivered[],
): Promise<void> {
  const withUrl = await triggersWithUrl(deps, chunk);
  const made = await Promise.all(
    chunk.map(async (item) => {
      const n = withUrl.has(item.trigger) ? await notificationOf(item) : { rejected: noUrl(item.trigger) };
      return [item, n] as const;
    }),
  );
  await deps.queue.send(made.flatMap(([, n]) => ('rejected' in n ? [] : [n])));
  for (const [{ id, trigger }, n] of made) done.push({ id, trigger, ...('rejected' in n && { rejected: n.rejected }) });
  await allEnded(made.flatMap(([item, n]) => ('rejected' in n || !sent ? [] : [sent(item)])));
}

async function triggersWithUrl(
  { triggersTable }: Deps<'triggersTable'>,
  of: readonly Item[],
): Promise<ReadonlySet<Trigger>> {
  const now = await triggersTable.read([...new Set(of.map(({ trigger }) => trigger))]);
  return new Set([...now].flatMap(([trigger, { url }]) => (url === undefined ? [] : [trigger])));
}

/** Adds the redelivery to the history, once for each trigger. */
async function noteSent(deps: Deps<'history' | 'who'>, done: readonly Redelivered[]): Promise<void> {
  const sent = done.filter(({ rejected }) => rejected === undefined);
  for (const [trigger, of] of Map.groupBy(sent, ({ trigger }) => trigger))
    await note(deps, { what: 'redelivered', trigger, from: null, to: `${of.length} sent again` });
}
