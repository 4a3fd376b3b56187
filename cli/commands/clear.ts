import type { Trigger } from '../../functions/core/entity.ts';
import { clearedText } from '../../functions/operations/pending.ts';
import { clear } from '../../functions/operations/set-url.ts';
import type { Command } from '../command.ts';

export const clearCommand: Command = {
  summary: 'Remove the URL of a trigger: no calls are made',
  details:
    'Pending notifications move to Failed, and the command prints how many. To send them, set a URL and redeliver them.',
  examples: ['clear customer.create'],
  tool: { writes: true },
  words: ['TRIGGER'],
  async run(deps, [trigger]) {
    const pending = await clear(deps, trigger as Trigger);
    const text = `${trigger}: no URL is set. ${clearedText(pending)}`;
    return { json: { trigger, url: null, pending }, text };
  },
};
