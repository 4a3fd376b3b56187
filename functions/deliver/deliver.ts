import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { errorFields, log } from '../adapters/logger.ts';
import { AttemptLog } from '../attempt/attempt-log.ts';
import { allEnded } from '../core/all-ended.ts';
import type { Trigger } from '../core/entity.ts';
import { fromMessage, type Notification } from '../core/notification.ts';
import { sendToDeadLetterQueue } from './dead-letter.ts';
import type { BatchDeps, DeliverDeps } from './deps.ts';
import { atOnce, handleOutcome, type Wait } from './handle-outcome.ts';
import { KnownTriggers } from './known-triggers.ts';
import { type Known, park, triggersOf } from './park.ts';
import { isSharedMessage, mayHaveHistory } from './received.ts';
import { internalError, lanesOf, type Returned, returnToQueue, setVisibility } from './return-to-queue.ts';

/** The time at the end of the function that is reserved for returning messages to the queue. */
const RESERVE_MS = 5_000;

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
  log('info', 'delivered', { messages: messages.length, returned: back.length });
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
    readable.map(([message, notification]) => [message, { message, notification, before: before.get(notification) }]),
  );
  // Parking and attempting run in parallel: a trigger that is up does not wait for one that is parked.
  const parking = park([...known.values()], triggers, deps);
  const endWatch = triggers.watch(deps);

  const worked = [...lanesOf(messages).values()].map(async (lane) => {
    for (const [index, message] of lane.entries()) {
      if (parking.includes(message) && (await parking.done).has(message)) continue;
      const behind = async () => {
        const done = await parking.done;
        return countOf(lane.slice(index + 1).flatMap((later) => (done.has(later) ? [] : (known.get(later) ?? []))));
      };
      const wait = await processMessage(message, known.get(message), behind, triggers, deps, remainingMs).catch(
        (error) => {
          log('error', 'cannot store the result of an attempt', errorFields(error));
          return internalError;
        },
      );
      if (wait === undefined) continue;
      const done = await parking.done;
      return returnToQueue(
        lane.slice(index).filter((later) => !done.has(later)),
        wait,
      );
    }
    return [];
  });
  return (await Promise.all(worked).finally(endWatch)).flat();
}

const nothing = Promise.resolve(new Map<never, never>());

/**
 * Processes one message.
 *
 * @returns How it must wait; nothing when it is done.
 */
async function processMessage(
  message: SQSRecord,
  known: Known | undefined,
  behind: () => Promise<Behind>,
  triggers: KnownTriggers,
  deps: BatchDeps,
  remainingMs: () => number,
): Promise<Wait | undefined> {
  if (remainingMs() < deps.attemptMs + RESERVE_MS) return atOnce;
  if (!known) {
    await sendToDeadLetterQueue(message, deps);
    return undefined;
  }
  const { notification, before } = known;
  if (before?.settled) return undefined;
  const trigger = triggers.get(notification.trigger);
  if (trigger && trigger.state !== 'active' && !notification.test) return atOnce;
  const isShared = isSharedMessage(message, deps.now());
  return handleOutcome({ notification, before, isShared, behind }, triggers, deps);
}

type Behind = Partial<Record<Trigger, number>>;

/** How many notifications wait behind another one, by trigger. */
function countOf(later: readonly Known[]): Behind {
  const pending = later.filter(({ notification, before }) => !notification.test && !before?.settled);
  const perTrigger = Map.groupBy(pending, ({ notification }) => notification.trigger);
  return Object.fromEntries([...perTrigger].map(([trigger, of]) => [trigger, of.length]));
}
