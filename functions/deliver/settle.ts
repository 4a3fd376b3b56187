import { firstProbe, isTooOld, SLOW_MS, STRIKES } from '../core/breaker.ts';
import type { Trigger } from '../core/entity.ts';
import type { Notification } from '../core/notification.ts';
import { holdSeconds, retryAfterSeconds } from '../core/schedule.ts';
import type { Tried } from '../edge/backlog.ts';
import { errorFields, log } from '../edge/log.ts';
import { type Attempt, attempt } from './attempt.ts';
import type { RunParts } from './deliver.ts';
import { giveUp } from './give-up.ts';
import type { KnownTriggers } from './known-triggers.ts';

/** What has only to be looked at again comes back as soon as can be; see `handBack` for why not in no time at all. */
export const AT_ONCE_SECONDS = 1;

/** The answer of which nothing is known yet but that it is slow. */
const SLOW = `no answer within ${SLOW_MS / 1000} s`;

/**
 * Attempts a notification of an active trigger, and writes down what came of it; nothing when all is well.
 *
 * @returns For how many seconds it must be held, or nothing if it is done with.
 */
export async function settle(
  notification: Notification,
  before: Tried | undefined,
  triggers: KnownTriggers,
  parts: RunParts,
): Promise<number | undefined> {
  const { trigger } = notification;
  const url = triggers.get(trigger)?.url;
  if (notification.test) return settleTest(notification, url, parts);
  const attempts = (before?.attempts ?? 0) + 1;
  if (url === undefined) {
    await giveUp(notification, attempts - 1, `no URL is typed for ${trigger} any more`, parts);
    if (attempts > 1) await parts.backlog.release(notification);
    return undefined;
  }
  // A strike as soon as the answer is slow, not when it comes at last: a destination that hangs is parked the sooner.
  let slow: Promise<void> | undefined;
  const cancel = parts.after(SLOW_MS, () => {
    if (notification.redelivered) return;
    slow = strike(trigger, parts.now(), SLOW, triggers, parts).catch((error) =>
      log('error', 'cannot count a strike', { trigger, ...errorFields(error) }),
    );
  });
  const cut = triggers.cutOff(trigger);
  const made = await attempt(notification, url, attempts, parts, cut).finally(cancel);
  await slow;
  if (made.outcome.kind === 'delivered') {
    if (!slow) await noteSuccess(trigger, made, triggers, parts);
    if (!before) return undefined;
    await parts.backlog.release(notification);
    log('info', 'delivered in the end', { id: notification.id, trigger, attempt: attempts });
    return undefined;
  }
  const counted = { attempts, firstAttempt: before?.firstAttempt || made.startedAt };
  if (!slow && !cut.aborted && !notification.redelivered && made.outcome.kind === 'retry')
    await strike(trigger, made.endedAt, made.outcome.answer, triggers, parts);
  return settleFailure(notification, counted, made, triggers, parts);
}

async function settleTest(notification: Notification, url: string | undefined, parts: RunParts): Promise<undefined> {
  if (url === undefined) return undefined;
  const { outcome, body, startedAt, endedAt } = await attempt(notification, url, 1, parts);
  const delivered = outcome.kind === 'delivered';
  const result = { delivered, answer: outcome.answer, milliseconds: endedAt - startedAt, body };
  await parts.backlog.putTestResult(notification, result, endedAt);
}

async function settleFailure(
  notification: Notification,
  counted: { readonly attempts: number; readonly firstAttempt: number },
  { outcome, endedAt }: Attempt,
  triggers: KnownTriggers,
  parts: RunParts,
): Promise<number | undefined> {
  const { trigger } = notification;
  const { answer } = outcome;
  const hold = (seconds: number) =>
    parts.backlog.hold({ ...counted, answer, notification, nextTry: endedAt + seconds * 1000 }, endedAt);
  const parkAtOnce = async () => {
    await hold(0);
    await trip(trigger, endedAt, answer, triggers, parts);
    return AT_ONCE_SECONDS;
  };
  if (outcome.kind === 'gone') {
    await hold(0);
    await parts.triggers.move(trigger, 'pause', { pausedBy: 'gone' });
    triggers.note(trigger, { state: 'paused' });
    return AT_ONCE_SECONDS;
  }
  const old = isTooOld(notification, endedAt);
  // To try on would change nothing: an admin has to, or the one whose name leads there.
  if (outcome.kind === 'blocked' && !old) return parkAtOnce();
  const askedFor = retryAfterSeconds(outcome.retryAfter, endedAt);
  const seconds = holdSeconds(counted.attempts, parts.holds, parts.random(), askedFor);
  if (seconds !== undefined && !old) {
    await hold(seconds);
    parts.metrics.add('held', trigger);
    return seconds;
  }
  // Nothing at all was delivered since its first attempt: it is the destination that is down, not this notification.
  const dead = (triggers.get(trigger)?.lastSuccess ?? 0) < counted.firstAttempt;
  if (dead && !old && !notification.redelivered) return parkAtOnce();
  await giveUp(notification, counted.attempts, answer, parts);
  await parts.backlog.release(notification);
  return undefined;
}

/** A healthy delivery writes nothing; the first one after a strike wipes the slate. */
async function noteSuccess(
  trigger: Trigger,
  { endedAt }: Attempt,
  triggers: KnownTriggers,
  parts: RunParts,
): Promise<void> {
  if (!triggers.get(trigger)?.strikes) return;
  triggers.note(trigger, { strikes: 0, lastSuccess: endedAt });
  await parts.triggers.clearStrikes(trigger, endedAt);
}

async function strike(
  trigger: Trigger,
  at: number,
  answer: string,
  triggers: KnownTriggers,
  parts: RunParts,
): Promise<void> {
  const strikes = await parts.triggers.strike(trigger, at);
  // It is not active any more; what it is will be seen at the next look.
  if (strikes === undefined) return triggers.note(trigger, { state: 'parked' });
  triggers.note(trigger, { strikes });
  if (strikes >= STRIKES) await trip(trigger, at, answer, triggers, parts);
}

async function trip(
  trigger: Trigger,
  at: number,
  parkedBecause: string,
  triggers: KnownTriggers,
  parts: RunParts,
): Promise<void> {
  const fields = { ...firstProbe(at), parkedBecause };
  if (await parts.triggers.move(trigger, 'trip', fields)) log('warn', 'trigger parked', { trigger });
  triggers.note(trigger, { state: 'parked' });
}
