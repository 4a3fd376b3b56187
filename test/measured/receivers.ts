import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCall } from '../../functions/adapters/http-call.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import { type Notification, toMessage } from '../../functions/core/notification.ts';
import { realTime } from '../model/clock.ts';
import { noFaults } from '../model/network.ts';
import { World } from '../model/world.ts';
import type { Call } from '../support/receiver.ts';
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
export function realWorld() {
  const call = makeCall({ connectTimeoutSeconds: 3, attemptTimeoutSeconds: ATTEMPT_SECONDS, rules: loopbackRules });
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
