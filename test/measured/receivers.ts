import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCall } from '../../functions/adapters/http-call.ts';
import type { NameLookup } from '../../functions/adapters/name-lookup.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import { type Notification, toMessage } from '../../functions/core/notification.ts';
import { realTime } from '../model/clock.ts';
import { noFaults } from '../model/network.ts';
import { World } from '../model/world.ts';
import { until } from '../support/emulator.ts';
import { type Call, receiver } from '../support/receiver.ts';
import { notification } from '../support/records.ts';
import { loopbackRules } from '../support/rules.ts';

export const say = (line: string) => process.stdout.write(`${line}\n`);

export const HEALTHY = 'customer.edit';

export const NEIGHBOUR = 'task.edit';

export const PER_SECOND = 100;

export const SECONDS = 20;

/** Concurrent deliver functions: the default of the setting `deliverConcurrency`. */
const WORKERS = 100;

export const ATTEMPT_SECONDS = 10;

/**
 * The real deliver and drain in real time, with real calls. The queue, the pollers of its mapping and the tables are the
 * models in test/model/; a request to them takes 2 to 30 ms.
 */
export function realWorld(lookUp?: NameLookup) {
  const options = { connectTimeoutSeconds: 3, attemptTimeoutSeconds: ATTEMPT_SECONDS, rules: loopbackRules };
  const call = makeCall(options, lookUp);
  const world = new World({ clock: realTime, seed: 7, faults: noFaults, workers: WORKERS, receivers: { call } });
  const came = new Map<string, number>();
  return {
    world,
    async type(trigger: Trigger, url: string) {
      await world.triggers.writeUrl(trigger, url, Date.now());
    },
    state: (trigger: Trigger) => world.state(trigger),
    send(one: Notification) {
      came.set(one.id, Date.now());
      world.queue.send({ MessageGroupId: one.record, MessageDeduplicationId: one.id, MessageBody: toMessage(one) });
    },
    /** The 99th percentile of the delay of calls since a time, in milliseconds. */
    p99(calls: readonly Call[], from: number) {
      const waits = calls.flatMap(({ headers, at }) => {
        const since = came.get(headers['webhook-id'] as string) ?? 0;
        return since >= from ? [at - since] : [];
      });
      return waits.sort((a, b) => a - b)[Math.floor(waits.length * 0.99)] ?? Number.NaN;
    },
  };
}

/** Functions that wait for a receiver notice within this time that another function has parked the trigger. */
export const FREED_MS = 1_500;

/** Sends notifications of the healthy trigger at a steady rate. `end` ends it, and returns their number after all have arrived. */
export function healthyTraffic(send: ReturnType<typeof realWorld>['send']) {
  let over = false;
  let sent = 0;
  const traffic = steadily(
    PER_SECOND,
    () => !over,
    (n) => {
      sent++;
      send(of(HEALTHY, n, 1e6));
    },
  );
  return {
    async end(calls: readonly Call[]): Promise<number> {
      over = true;
      await traffic;
      await until('all arrive', () => idsOf(calls).size >= sent);
      return sent;
    },
  };
}

/**
 * The same healthy traffic at the same time in a world without neighbors. Other load on the machine delays both.
 *
 * @returns A function that ends it, and returns the delays of the calls since a time.
 */
export async function alone() {
  const server = await receiver();
  const { world, type, send, p99 } = realWorld();
  await type(HEALTHY, server.origin);
  const traffic = healthyTraffic(send);
  return async () => {
    const sent = await traffic.end(server.calls);
    world.stop();
    await server[Symbol.asyncDispose]();
    await assertArrived(world, server.calls, sent);
    return (from: number) => p99(server.calls, from);
  };
}

/** A notification of record n. */
export const of = (trigger: Trigger, n: number, records: number) =>
  notification({
    trigger,
    record: `${n % records}${trigger}`.replace(/[^\da-f]/g, '').padStart(64, '0'),
    sequence: String(n),
    changedAt: Date.now(),
    formattedString: `?AccountID=${n % records}`,
  });

/**
 * Asserts that each healthy notification arrived exactly once. On a machine that is so busy that responses take 5 s, the
 * healthy trigger is parked too; this aborts its calls, and drain repeats them.
 */
export async function assertArrived(world: World, calls: readonly Call[], sent: number) {
  assert.equal(idsOf(calls).size, sent);
  const { parkedBecause } = (await world.triggers.read([HEALTHY])).get(HEALTHY) ?? {};
  if (parkedBecause === undefined) assert.equal(calls.length, sent, 'each arrives once');
  else say(`the healthy trigger was parked: ${parkedBecause}; ${calls.length - sent} repeats`);
}

export const idsOf = (calls: readonly Call[]) => new Set(calls.map(({ headers }) => headers['webhook-id']));

/** Calls a function at a rate per second while `goesOn` returns true. */
export async function steadily(perSecond: number, goesOn: (n: number) => boolean, act: (n: number) => void) {
  const start = performance.now();
  for (let n = 0; goesOn(n); n++) {
    await sleep(Math.max(0, start + (n * 1000) / perSecond - performance.now()));
    act(n);
  }
}
