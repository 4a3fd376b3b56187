import type { Trigger } from '../../functions/core/entity.ts';
import { delivered, redeliverDelivered } from '../../functions/operations/delivered.ts';
import type { OperationDeps } from '../../functions/operations/deployment.ts';
import { planRedelivery } from '../../functions/operations/send-again.ts';
import { UserError } from '../../functions/operations/user-error.ts';
import type { Options, Printed } from '../command.ts';
import { ask } from '../question.ts';
import { sentText } from '../sent-text.ts';
import { readTime } from '../time.ts';

/**
 * `redeliver --delivered`: prints how many and the pace. It sends with `--yes`, or after a question in a terminal.
 *
 * @param most The maximum duration, in seconds.
 * @throws {UserError} If nothing was delivered, or it takes longer.
 */
export async function redeliverRange(
  deps: OperationDeps,
  { trigger, since, until, pace = '50', yes, json, output = 'table' }: Options,
  most = Number.POSITIVE_INFINITY,
): Promise<Printed> {
  const now = Date.now();
  const range = { since: readTime(since, now) ?? now, until: readTime(until, now) ?? now };
  const chosen = await delivered(deps, { trigger: trigger as Trigger | undefined, ...range });
  if (chosen.length === 0)
    throw new UserError(
      'No notification was delivered in this range. Fix: choose another range, or check that the setting deliveryLog is all.',
    );
  const sendable = (await planRedelivery(deps, chosen)).filter(({ rejected }) => rejected === undefined);
  const perSecond = Number(pace);
  const seconds = Math.ceil(sendable.length / perSecond);
  if (seconds > most)
    throw new UserError(
      `To send ${sendable.length} at ${perSecond} per second takes about ${seconds} s, and a tool has ${most} s. Fix: choose a shorter range or a higher pace, or run crm-triggers redeliver in a terminal.`,
    );
  const counts = [...Map.groupBy(sendable, (one) => one.trigger)].map(([of, some]) => [of, some.length] as const);
  const lines = counts.map(([of, count]) => `${of.padEnd(16)}  ${count}`);
  const plan = `${sendable.length} would be sent again at ${perSecond} per second, in about ${seconds} s`;
  const isAsked = !yes && !json && output === 'table' && sendable.length > 0;
  if (yes || (isAsked && (await ask([...lines, `${plan}.`, 'Send them?'].join('\n')))))
    return sentText(await redeliverDelivered(deps, chosen, perSecond, progressOf(chosen.length)));
  return {
    json: { count: sendable.length, pace: perSecond, seconds, triggers: Object.fromEntries(counts), dryRun: true },
    text: [...lines, `${plan}${sendable.length > 0 ? ': add --yes' : ''}.`].join('\n'),
  };
}

/** Prints the progress on one line of the terminal. */
function progressOf(total: number): ((count: number) => void) | undefined {
  if (!process.stderr.isTTY) return undefined;
  return (count) => process.stderr.write(count < total ? `\r${count} of ${total}` : '\r\u001b[2K');
}
