import { errorFields, log } from '../adapters/logger.ts';
import type { Trigger } from '../core/entity.ts';
import type { DeliverDeps } from './deps.ts';
import type { KnownTriggers } from './known-triggers.ts';

/** A notification waits at most this long for its turn. Longer waits are in the backlog, where they occupy no function. */
const LONGEST_TURN_MS = 2_000;

/**
 * Waits until a trigger's own limit allows a call. If that takes too long, drain takes over: it calls within the limit.
 *
 * @returns Whether to make the call.
 */
export async function waitForTurn(trigger: Trigger, triggers: KnownTriggers, deps: DeliverDeps): Promise<boolean> {
  const { maxPerSecond, nextSlot } = triggers.get(trigger) ?? {};
  if (maxPerSecond === undefined) return true;
  const now = deps.now();
  const spacingMs = Math.ceil(1000 / maxPerSecond);
  const wanted = { now, latest: now + LONGEST_TURN_MS, spacingMs, known: nextSlot };
  const slot = await deps.triggers.takeSlot(trigger, wanted);
  if (slot === undefined) {
    await leaveToDrain(trigger, triggers, deps);
    return false;
  }
  triggers.note(trigger, { nextSlot: slot + spacingMs });
  if (slot > now) await sleep(slot - now, deps);
  return true;
}

async function leaveToDrain(trigger: Trigger, triggers: KnownTriggers, deps: DeliverDeps): Promise<void> {
  const isMoved = await deps.triggers.move(trigger, 'drainAgain');
  triggers.note(trigger, { state: 'draining' });
  if (!isMoved) return;
  log('info', 'calls exceed the limit of a trigger', { trigger });
  await startDrain(trigger, deps);
}

/** Starts drain, because a backlog must not wait for the next minute. If that fails, it starts within a minute. */
export async function startDrain(trigger: Trigger, deps: Pick<DeliverDeps, 'startDrain'>): Promise<void> {
  await deps.startDrain().catch((error) => log('warn', 'cannot start drain', { trigger, ...errorFields(error) }));
}

/** Waits. @param milliseconds The length of the wait. */
export function sleep(milliseconds: number, deps: Pick<DeliverDeps, 'after'>): Promise<void> {
  return new Promise((resolve) => void deps.after(milliseconds, resolve));
}
