// table row → change → [notification → attempt → outcome], for notifications in a backlog

import { errorFields, log, throwingQuietly } from '../adapters/logger.ts';
import type { TriggerNow } from '../adapters/trigger-store.ts';
import { type Trigger, triggers } from '../core/entity.ts';
import type { DrainDeps } from './deps.ts';
import { measureBacklog } from './measure-backlog.ts';
import { TriggerDrain } from './trigger-drain.ts';

/** The lease ends this long after the function. */
const LEASE_RESERVE_MS = 30_000;

/**
 * A function that stopped between its write to a backlog and its second read can leave an item there while the
 * trigger is active. In the first minute of each hour drain therefore also checks the backlogs of active triggers.
 */
const CHECK_EACH_MS = 60 * 60_000;
const CHECK_MS = 60_000;

/** A newer item can belong to a message that waits for its retry, at most 18 minutes. Deliver then removes it. */
const LEFT_MS = 30 * 60_000;

/** Delivers the backlogs of all triggers in parallel. @param remainingMs Returns how long the function may still run. */
export function drain(deps: DrainDeps, remainingMs: () => number): Promise<void> {
  return throwingQuietly(drainAll(deps, remainingMs));
}

async function drainAll(deps: DrainDeps, remainingMs: () => number): Promise<void> {
  const now = await deps.triggers.read(triggers);
  const isCheckDue = deps.now() % CHECK_EACH_MS < CHECK_MS;
  const active = isCheckDue ? [...now].filter(([, { state }]) => state === 'active') : [];
  const waiting = [...now].filter(([, { state }]) => state !== 'active');
  // None of these throws, because Lambda freezes a function after its handler rejects: other drains would stop.
  await Promise.all([
    // Without the lease, because another run can have it for minutes.
    ...waiting.map(([trigger, as]) => measureBacklog(trigger, as, deps)),
    ...waiting.map(([trigger]) => drainLeased(trigger, deps, remainingMs)),
    ...active.map(([trigger]) => drainLeft(trigger, deps, remainingMs)),
    ...[...now].map(([trigger, as]) => showUrl(trigger, as, deps)),
  ]);
}

async function drainLeased(trigger: Trigger, deps: DrainDeps, remainingMs: () => number): Promise<void> {
  const until = deps.now() + remainingMs() + LEASE_RESERVE_MS;
  try {
    if (!(await deps.triggers.lease(trigger, until, deps.now()))) return;
    await new TriggerDrain(trigger, deps, remainingMs).run().finally(() => deps.triggers.giveBack(trigger, until));
  } catch (error) {
    log('error', 'drain failed', { trigger, ...errorFields(error) });
  }
}

/** Adds the masked URL after a write by release 0.2.0, so that capture knows whether a URL is set. */
async function showUrl(trigger: Trigger, now: TriggerNow, { triggers }: DrainDeps): Promise<void> {
  if (now.urlVersion === now.shownVersion) return;
  await triggers.show(trigger, now).catch((error) => log('error', 'drain failed', { trigger, ...errorFields(error) }));
}

/** Drains the backlog of an active trigger if an item was left there. */
async function drainLeft(trigger: Trigger, deps: DrainDeps, remainingMs: () => number): Promise<void> {
  try {
    const { parked, unreadable } = await deps.backlog.parked(trigger, 1);
    const isLeft = unreadable.length > 0 || parked.some(({ parkedAt }) => parkedAt <= deps.now() - LEFT_MS);
    if (isLeft && (await deps.triggers.move(trigger, 'drainAgain'))) await drainLeased(trigger, deps, remainingMs);
  } catch (error) {
    log('error', 'drain failed', { trigger, ...errorFields(error) });
  }
}
