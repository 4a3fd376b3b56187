import { setTimeout as sleep } from 'node:timers/promises';
import type { DeadLetter } from '../../functions/adapters/delivery-queue.ts';
import type { Call } from '../../functions/adapters/http-call.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import type { DeliverDeps } from '../../functions/deliver/deps.ts';
import { call } from './real-call.ts';
import { receiver } from './receiver.ts';
import { attemptDeps } from './stores.ts';

export const A_MINUTE = () => 60_000;
export const active = { state: 'active', consecutiveFailures: 0, lastSuccess: 0, probeAt: 0, probeDelay: 0 } as const;

/** The dependencies of deliver, in memory. Calls are real. */
export function world(urls: Partial<Record<Trigger, string>>, overrides: Partial<DeliverDeps> = {}) {
  const inMemory = attemptDeps();
  const { triggers, backlog, secrets, log } = inMemory;
  for (const [trigger, url] of Object.entries(urls)) void triggers.writeUrl(trigger as Trigger, url, 0);
  triggers.writes = 0;
  const deadLettered: DeadLetter[] = [];
  const returned: { receiptHandle: string; seconds: number }[] = [];
  const deps: DeliverDeps = {
    ...inMemory,
    queue: {
      sendToDeadLetters: async (letter) => void deadLettered.push(letter),
      returnToQueue: async (messages) => void returned.push(...messages),
    },
    call,
    attemptMs: 2_000,
    after: () => () => {},
    startDrain: async () => {},
    ...overrides,
  };
  const state = (trigger: Trigger = 'customer.edit') => triggers.items.get(trigger)?.state;
  return { deps, triggers, backlog, secrets, log, deadLettered, returned, state };
}

/** Makes calls whose responses take this many milliseconds longer. */
export const slowed =
  (ms: number): Call =>
  async (...args) => {
    const response = await call(...args);
    await sleep(ms);
    return response;
  };

export const fails = async () => {
  throw new Error('no response');
};

/** Returns the origin of a receiver that has stopped. */
export async function nobodyListens(): Promise<string> {
  await using server = await receiver();
  return server.origin;
}
