import type { Waiting } from '../adapters/backlog-items.ts';
import { errorFields, log } from '../adapters/logger.ts';
import type { Seen } from '../adapters/pending-state.ts';
import { type Attempt, attempt } from '../attempt/attempt.ts';
import { moveToFailed } from '../attempt/move-to-failed.ts';
import { FAILURES_TO_PARK, SLOW_MS } from '../core/breaker.ts';
import type { Trigger } from '../core/entity.ts';
import type { Notification } from '../core/notification.ts';
import type { Outcome } from '../core/outcome.ts';
import { parkedAfter } from '../core/probe-schedule.ts';
import { countsAsFailure, type Verdict, verdictOf } from '../core/verdict.ts';
import type { BatchDeps } from './deps.ts';
import type { KnownTriggers } from './known-triggers.ts';
import { startDrain } from './limit.ts';

/** A test that could not be sent within this time, because a table does not respond, is dropped. */
const TEST_LIVES_MS = 10 * 60_000;

/** Stands for a response that has not arrived yet. */
const SLOW = `no response within ${SLOW_MS / 1000} s`;

/** A received notification and its state. */
interface Received {
  readonly notification: Notification;
  /** Absent when it was neither attempted nor in a backlog before. */
  readonly before: Seen | undefined;
  /** Another function may have received the same message. */
  readonly isShared: boolean;
  /** Returns what to store for the function that receives the message next. See `aloneUntil`. */
  alone(nextTry: number): Waiting['alone'];
  /** How many notifications of its record wait for it, by their triggers. */
  behind(): Promise<NonNullable<Waiting['behind']>>;
}

/** Why a record's messages return to the queue, and after how many seconds. */
export interface Wait {
  readonly seconds: number;
  /** The wait has an internal reason: its delay grows with the number of receives. */
  readonly isInternal: boolean;
}

/** For a message that only has to be checked again. See `returnToQueue` for the reason why this is not 0. */
export const atOnce: Wait = { seconds: 1, isInternal: true };

/**
 * Attempts a notification of an active trigger and records the result. A successful first attempt writes nothing.
 *
 * @returns How the notification must wait; nothing if it is done.
 */
export function handleOutcome(received: Received, triggers: KnownTriggers, deps: BatchDeps): Promise<Wait | undefined> {
  const { notification, before } = received;
  const url = triggers.get(notification.trigger)?.url;
  if (notification.test) return sendTest(notification, url, deps);
  const attempts = (before?.attempts ?? 0) + 1;
  return url === undefined
    ? failWithoutUrl(received, attempts - 1, deps)
    : attemptAndRecord(received, attempts, url, triggers, deps);
}

async function failWithoutUrl(received: Received, attempts: number, deps: BatchDeps): Promise<undefined> {
  const { notification } = received;
  await moveToFailed(notification, attempts, `no URL is set for ${notification.trigger}`, deps);
  await markSettled(received, deps);
}

async function attemptAndRecord(
  received: Received,
  attempts: number,
  url: string,
  triggers: KnownTriggers,
  deps: BatchDeps,
): Promise<Wait | undefined> {
  const { notification } = received;
  const { trigger } = notification;
  const slow = watchSlow(notification, triggers, deps);
  const cut = triggers.cutOff(trigger);
  const made = await attempt(notification, url, attempts, deps, cut).finally(slow.end);
  const counted = slow.counted();
  await counted;
  const isSlow = counted !== undefined;
  const tally = {
    attempts,
    firstAttempt: received.before?.firstAttempt || made.startedAt,
    lastSuccess: triggers.get(trigger)?.lastSuccess ?? 0,
  };
  const seen = { ...made, slow: isSlow, isCut: cut.aborted, from: 'queue' } as const;
  const verdict = verdictOf(notification, seen, tally, { retryDelays: deps.retryDelays, random: deps.random() });
  if (made.outcome.kind === 'delivered') deps.deliveredAt.set(trigger, made.endedAt);
  const endsFailures = made.outcome.kind === 'delivered' && Boolean(triggers.get(trigger)?.consecutiveFailures);
  if (verdict.isFailure || endsFailures) await count(verdict.isFailure, made, isSlow, trigger, triggers, deps);
  return carryOut(verdict, received, tally, made, triggers, deps);
}

/** Counts a failure as soon as a response is slow, not when it arrives: a receiver that hangs is parked sooner. */
function watchSlow(notification: Notification, triggers: KnownTriggers, deps: BatchDeps) {
  const { trigger } = notification;
  let counted: Promise<void> | undefined;
  const end = deps.after(SLOW_MS, () => {
    if (!countsAsFailure(notification)) return;
    counted = countFailure(trigger, deps.now(), { kind: 'failed', response: SLOW }, triggers, deps).catch((error) =>
      log('error', 'cannot count a failure', { trigger, ...errorFields(error) }),
    );
  });
  /** `counted`: fulfilled when the failure is counted; nothing if the response was not slow. */
  return { end, counted: () => counted };
}

async function sendTest(notification: Notification, url: string | undefined, deps: BatchDeps): Promise<undefined> {
  // The sender of the test no longer waits for it: a call now would only surprise the receiver.
  if (url === undefined || deps.now() - notification.changedAt > TEST_LIVES_MS) return undefined;
  const { outcome, body, startedAt, endedAt } = await attempt(notification, url, 1, deps);
  const delivered = outcome.kind === 'delivered';
  const result = { delivered, response: outcome.response, milliseconds: endedAt - startedAt, body };
  await deps.backlog.putTestResult(notification, result, endedAt);
}

/**
 * Carries out the verdict.
 *
 * @returns How the notification must wait; nothing if it is done.
 */
async function carryOut(
  { notification: fate, seconds, trigger: move, isUncounted }: Verdict,
  received: Received,
  tally: { readonly attempts: number; readonly firstAttempt: number },
  { outcome, endedAt }: Attempt,
  triggers: KnownTriggers,
  deps: BatchDeps,
): Promise<Wait | undefined> {
  const { notification, before, alone, behind } = received;
  const { id, trigger } = notification;
  const { kind, response } = outcome;
  const attempts = isUncounted ? tally.attempts - 1 : tally.attempts;
  let wait: Wait | undefined;
  if (fate === 'retry' || fate === 'keep') {
    const nextTry = endedAt + seconds * 1000;
    const tried = { attempts, firstAttempt: tally.firstAttempt, response, nextTry };
    const waiting = { ...tried, notification, alone: alone(nextTry), behind: await behind() };
    // Otherwise another function with the same message has finished it: nothing is left to do here.
    if (await deps.backlog.hold(waiting, endedAt)) wait = fate === 'retry' ? { seconds, isInternal: false } : atOnce;
  } else {
    if (fate === 'fail') await moveToFailed(notification, attempts, response, deps);
    await markSettled(received, deps);
    if (kind === 'delivered' && before?.attempts)
      log('info', 'delivered in the end', { id, trigger, attempt: attempts });
  }
  if (fate === 'retry') deps.metrics.add('held', trigger);
  if (move === 'park') await parkTrigger(trigger, endedAt, outcome, triggers, deps);
  if (move === 'pause') {
    await deps.triggers.move(trigger, 'pause', { pausedBy: 'gone' });
    triggers.note(trigger, { state: 'paused' });
  }
  return wait;
}

/** Removes the rows of a settled notification from the backlog table. A successful first attempt has none. */
export async function markSettled(
  { notification, before, isShared }: Pick<Received, 'notification' | 'before' | 'isShared'>,
  { backlog, now }: BatchDeps,
): Promise<void> {
  if (before || isShared) await backlog.release(notification, now());
  // Parked by an earlier receive that then saw its trigger return. Not before it is settled: another function may
  // have handed it over to drain and deleted the message. What is shared can have been parked since it was read.
  const { parked } = (isShared ? (await backlog.seen([notification])).get(notification) : before) ?? {};
  if (parked) await backlog.unpark(parked);
}

/**
 * Counts a consecutive failure, or resets the count after the first delivery that follows one. It never throws: a
 * wrong count must not repeat a call.
 */
async function count(
  isFailure: boolean,
  { outcome, endedAt }: Attempt,
  isSlow: boolean,
  trigger: Trigger,
  triggers: KnownTriggers,
  deps: BatchDeps,
): Promise<void> {
  try {
    if (isFailure) {
      // A slow response has been counted already.
      if (!isSlow) await countFailure(trigger, endedAt, outcome, triggers, deps);
      return;
    }
    triggers.note(trigger, { consecutiveFailures: 0, lastSuccess: endedAt });
    await deps.triggers.clearFailures(trigger, endedAt);
  } catch (error) {
    log('error', 'cannot count a failure or a success', { trigger, ...errorFields(error) });
  }
}

async function countFailure(
  trigger: Trigger,
  at: number,
  outcome: Outcome,
  triggers: KnownTriggers,
  deps: BatchDeps,
): Promise<void> {
  const consecutiveFailures = await deps.triggers.countFailure(trigger, at);
  // The trigger is no longer active. The next read shows its state.
  if (consecutiveFailures === undefined) return triggers.note(trigger, { state: 'parked' });
  triggers.note(trigger, { consecutiveFailures });
  if (consecutiveFailures >= FAILURES_TO_PARK) await parkTrigger(trigger, at, outcome, triggers, deps);
}

async function parkTrigger(
  trigger: Trigger,
  at: number,
  outcome: Outcome,
  triggers: KnownTriggers,
  deps: BatchDeps,
): Promise<void> {
  const isParked = await deps.triggers.move(trigger, 'park', parkedAfter(outcome, at));
  triggers.note(trigger, { state: 'parked' });
  if (!isParked) return;
  log('warn', 'trigger parked', { trigger });
  // A receiver that throttles accepts calls again soon: its backlog must not wait for the next minute.
  if (outcome.kind === 'throttled') await startDrain(trigger, deps);
}
