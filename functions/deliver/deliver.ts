import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { errorFields, log } from '../adapters/logger.ts';
import { AttemptLog } from '../attempt/attempt-log.ts';
import { allEnded } from '../core/all-ended.ts';
import { fromMessage, type Notification } from '../core/notification.ts';
import type { BatchDeps, DeliverDeps } from './deps.ts';
import { KnownTriggers } from './known-triggers.ts';
import { park, triggersOf } from './park.ts';
import { Lane } from './process-lane.ts';
import { mayHaveHistory } from './received.ts';
import { internalError, lanesOf, type Returned, returnToQueue, setVisibility } from './return-to-queue.ts';
import { SlowStart } from './slow-start.ts';

/**
 * Processes a batch. Notifications of a parked or paused trigger go to its backlog. The others are attempted: those
 * of one record one after another, records in parallel. When a notification must wait, it returns to the queue with
 * all later ones of its record.
 *
 * It never throws, because Lambda would then poll less for all triggers. It returns the messages that the queue has
 * to keep.
 *
 * @param remainingMs How long the function may still run, milliseconds.
 */
export async function deliver(
  messages: readonly SQSRecord[],
  deps: DeliverDeps,
  remainingMs: () => number,
): Promise<SQSBatchResponse> {
  const noted = new AttemptLog(deps);
  const back = await processBatch(messages, { ...deps, noted }, remainingMs).catch((error) => {
    log('error', 'cannot read the tables that delivery needs', errorFields(error));
    return [...lanesOf(messages).values()].flatMap((lane) => returnToQueue(lane, internalError));
  });
  await Promise.all([noted.write(), setVisibility(back, deps)]);
  deps.metrics.write();
  // The metrics have the counts of the other batches.
  if (back.length > 0)
    log('info', 'messages return to the queue', { messages: messages.length, returned: back.length });
  return { batchItemFailures: back.map(({ message }) => ({ itemIdentifier: message.messageId })) };
}

async function processBatch(
  messages: readonly SQSRecord[],
  deps: BatchDeps,
  remainingMs: () => number,
): Promise<Returned[]> {
  const read = new Map(messages.map((message) => [message, fromMessage(message.body)] as const));
  const readable = [...read].filter((pair): pair is [SQSRecord, Notification] => 'id' in pair[1]);
  // A first attempt reads only its trigger.
  const now = deps.now();
  const looked = readable.filter(([message, notification]) => mayHaveHistory(message, notification, now));
  const [stored, before] = await allEnded([
    readable.length > 0 ? deps.triggers.read(triggersOf(readable.map(([, notification]) => notification))) : nothing,
    looked.length > 0 ? deps.backlog.seen(looked.map(([, notification]) => notification)) : nothing,
  ]);
  const triggers = new KnownTriggers(stored);
  const known = new Map(
    readable.map(([message, received]) => {
      const seen = before.get(received);
      return [message, { message, notification: seen?.notification ?? received, before: seen }] as const;
    }),
  );
  // Parking and attempting run in parallel: a trigger that is up does not wait for one that is parked.
  const parking = park([...known.values()], triggers, deps);
  const endWatch = triggers.watch(deps);

  const slowStart = new SlowStart(known.values(), triggers, deps);
  const batch = { known, triggers, parking, slowStart, deps, remainingMs };
  const returned = [...lanesOf(messages).values()].map((lane) => new Lane(lane, batch).process());
  return (await Promise.all(returned).finally(endWatch)).flat();
}

const nothing = Promise.resolve(new Map<never, never>());
