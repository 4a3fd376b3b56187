import type { SQSRecord } from 'aws-lambda';
import { Backlog } from '../../functions/adapters/backlog.ts';
import { DeliveryQueue } from '../../functions/adapters/delivery-queue.ts';
import { RecordCounts } from '../../functions/adapters/record-counts.ts';
import { remember } from '../../functions/adapters/remember.ts';
import { Triggers } from '../../functions/adapters/trigger-store.ts';
import { capture } from '../../functions/capture/capture.ts';
import { DELIVER_TIMEOUT_MS, VISIBILITY_MS } from '../../functions/core/deliver-times.ts';
import { entityOf, triggers } from '../../functions/core/entity.ts';
import { notificationId } from '../../functions/core/notification.ts';
import { deliver } from '../../functions/deliver/deliver.ts';
import { drain } from '../../functions/drain/drain.ts';
import { unmeasured } from '../support/unmeasured.ts';
import { attemptDeps, dynamodbFrom, pauseIn, QUEUE, sleepIn } from './function-deps.ts';
import { callFrom, logOf } from './receivers.ts';
import { sqsClient } from './sqs-client.ts';
import type { World } from './world.ts';

const DRAIN_MS = 300_000;
export const DRAIN_EACH_MS = 60_000;
const CAPTURE_MS = 60_000;
const TRIGGERS_KEPT_MS = 5_000;

/** The event source mapping of a stream: batches in order, one at a time. A failed batch is repeated. */
export async function captureForEver(world: World, entity: 'customer' | 'task'): Promise<void> {
  const stream = world.stream(entity);
  const mine = triggers.filter((trigger) => entityOf(trigger) === entity);
  while (!world.isStopped) {
    const batch = stream.records.slice(0, 1 + Math.floor(world.chance.between(0, 20)));
    if (batch.length === 0) {
      await new Promise<void>((resolve) => {
        stream.written = resolve;
      });
      await world.clock.sleep(world.chance.between(0, 250));
      continue;
    }
    const ended = await world.lambda.invoke(
      entity,
      CAPTURE_MS,
      (environment, now) => {
        const dynamodb = dynamodbFrom(world, environment);
        const table = new Triggers('triggers', dynamodb, pauseIn(world, environment));
        const { recordLimit } = world.options;
        return {
          entity,
          ...(recordLimit && {
            counts: new RecordCounts('backlog', recordLimit, dynamodb, pauseIn(world, environment)),
          }),
          withUrl: remember(() => table.withUrl(mine), TRIGGERS_KEPT_MS, now),
          queue: new DeliveryQueue(
            QUEUE,
            sqsClient(world.queue, world.network, environment),
            sleepIn(world, environment),
            world.chance.random,
          ),
          backlog: new Backlog('backlog', dynamodb, pauseIn(world, environment)),
          metrics: unmeasured,
          now,
        };
      },
      (deps) => capture(batch, deps),
    );
    if (ended && 'result' in ended) {
      for (const { eventID = '' } of batch)
        for (const trigger of mine) world.captured.set(notificationId(eventID, trigger), world.clock.now());
      if (!world.chance.happens(world.network.faults.repeat)) stream.records.splice(0, batch.length);
    } else await world.clock.sleep(1_000);
  }
}

/** A poller of the queue's event source mapping. */
export async function deliverForEver(world: World): Promise<void> {
  while (!world.isStopped) {
    await world.clock.sleep(world.chance.between(10, 200));
    const batch = world.queue.receive();
    if (batch.length === 0) {
      await world.queue.changed();
      continue;
    }
    const late = world.options.startsLate?.(batch) ?? lateStart(world);
    // Other pollers continue while this one waits for capacity in Lambda.
    if (late > 0) void handle(world, batch, late);
    else await handle(world, batch, 0);
  }
}

/** Returns the delay of a throttled invocation. Sometimes it starts in the last second in which Lambda starts it. */
export function lateStart(world: World): number {
  if (!world.chance.happens(world.network.faults.late ?? 0)) return 0;
  return world.chance.happens(0.7)
    ? VISIBILITY_MS - world.chance.between(1, 1_500)
    : world.chance.between(1, VISIBILITY_MS);
}

/** Invokes deliver with a batch when Lambda has capacity, and deletes the messages that it does not return. */
export async function handle(world: World, batch: readonly SQSRecord[], lateMs: number): Promise<void> {
  const latest = world.clock.now() + VISIBILITY_MS;
  if (lateMs > 0) await world.clock.sleep(lateMs);
  for (;;) {
    const until = world.options.throttledUntil?.() ?? 0;
    if (until <= world.clock.now()) break;
    await world.clock.sleep(Math.min(until, latest) - world.clock.now() + world.chance.between(0, 500));
    if (world.clock.now() >= latest) return;
  }
  const ended = await world.lambda.invoke(
    'deliver',
    DELIVER_TIMEOUT_MS,
    (environment, now) => attemptDeps(world, environment, now),
    (deps, invocation, remainingMs) =>
      deliver(
        batch,
        {
          ...deps,
          log: logOf(world, deps.log, invocation),
          call: callFrom(world, deps.environment, invocation),
          // Lambda starts it after it has responded.
          startDrain: () => world.network.request(deps.environment, () => void drainNow(world)),
        },
        remainingMs,
      ),
  );
  if (!ended || 'error' in ended) return;
  const kept = new Set(ended.result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  for (const message of batch) {
    if (kept.has(message.messageId)) continue;
    const isLost = world.options.losesDeletion?.(message) || world.chance.happens(world.network.faults.repeat);
    if (!isLost) world.queue.delete(message.receiptHandle);
  }
}

/** Runs drain each minute, also during an earlier run. */
export async function drainForEver(world: World): Promise<void> {
  while (!world.isStopped) {
    await world.clock.sleep(world.drainEachMs);
    void drainNow(world);
  }
}

export async function drainNow(world: World): Promise<void> {
  if (world.drainEachMs === DRAIN_EACH_MS) world.watch.checkDrains();
  await world.lambda.invoke(
    'drain',
    DRAIN_MS,
    (environment, now) => attemptDeps(world, environment, now),
    (deps, invocation, remainingMs) =>
      drain(
        { ...deps, log: logOf(world, deps.log, invocation), call: callFrom(world, deps.environment, invocation) },
        remainingMs,
      ),
  );
}

/** Removes expired items some time after they expire. */
export async function expireForEver(world: World): Promise<void> {
  while (!world.isStopped) {
    await world.clock.sleep(world.chance.between(300_000, 48 * 3600_000));
    world.dynamodb.expire();
  }
}
