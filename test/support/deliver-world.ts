import { setTimeout as sleep } from 'node:timers/promises';
import type { DeadLetter } from '../../functions/adapters/delivery-queue.ts';
import { type Call, makeCall } from '../../functions/adapters/http-call.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import type { DeliverDeps } from '../../functions/deliver/deps.ts';
import { receiver } from './receiver.ts';
import { loopbackRules } from './rules.ts';
import { storesInMemory } from './stores.ts';
import { unmeasured } from './unmeasured.ts';

export const call = makeCall({ connectTimeoutSeconds: 1, attemptTimeoutSeconds: 2, rules: loopbackRules });
export const A_MINUTE = () => 60_000;
export const active = { state: 'active', consecutiveFailures: 0, lastSuccess: 0, probeAt: 0, probeDelay: 0 } as const;
export const record = (n: number) => String(n).padStart(64, '0');

/** The dependencies of deliver, in memory. Calls are real. */
export function world(urls: Partial<Record<Trigger, string>>, overrides: Partial<DeliverDeps> = {}) {
  const { triggers, backlog, secrets, log } = storesInMemory();
  for (const [trigger, url] of Object.entries(urls)) void triggers.writeUrl(trigger as Trigger, url, 0);
  triggers.writes = 0;
  const deadLettered: DeadLetter[] = [];
  const returned: { receiptHandle: string; seconds: number }[] = [];
  const deps: DeliverDeps = {
    triggers,
    backlog,
    secrets,
    log,
    logged: 'all',
    metrics: unmeasured,
    queue: {
      sendToDeadLetters: async (letter) => void deadLettered.push(letter),
      returnToQueue: async (messages) => void returned.push(...messages),
    },
    call,
    retryDelays: [5, 30, 120, 600],
    attemptMs: 2_000,
    now: Date.now,
    random: () => 0.5,
    after: () => () => {},
    ...overrides,
  };
  const state = (trigger: Trigger = 'customer.edit') => triggers.items.get(trigger)?.state;
  return { deps, triggers, backlog, secrets, log, deadLettered, returned, state };
}

/** Makes calls whose responses take this much longer. */
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
