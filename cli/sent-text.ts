import type { Redelivered } from '../functions/operations/send-again.ts';
import type { Printed } from './command.ts';

/** The result of a redelivery. It fails if one notification was rejected. */
export function sentText(done: readonly Redelivered[]): Printed {
  const rejected = done.filter((d) => d.rejected !== undefined);
  const text = [...rejected.map(resultText), `${done.length - rejected.length} of ${done.length} are sent again.`];
  return { json: done, text: text.join('\n'), failed: rejected.length > 0 };
}

export function resultText({ id, trigger, rejected }: Redelivered): string {
  return `${id}  ${trigger}${rejected === undefined ? '' : `: not sent, ${rejected}.`}`;
}
