import type { Trigger } from '../../functions/core/entity.ts';
import { printable } from '../../functions/core/printable.ts';
import { test } from '../../functions/operations/send-test.ts';
import type { Command } from '../command.ts';

export const sendTestCommand: Command = {
  summary: "Send a test notification with invented IDs and print the receiver's response",
  examples: ['test customer.create'],
  tool: { writes: true },
  words: ['TRIGGER'],
  async run(deps, [trigger]) {
    const result = await test(deps, trigger as Trigger);
    const verdict = result.delivered ? 'delivered' : 'not delivered';
    const body = result.body && `\n${printable(result.body)}`;
    return {
      json: { trigger, ...result },
      text: `${trigger} ${result.formattedString}: ${verdict}, ${result.response} after ${result.milliseconds} ms${body}`,
      failed: !result.delivered,
    };
  },
};
