import type { Trigger } from '../../functions/core/entity.ts';
import { set } from '../../functions/operations/set-url.ts';
import type { Command } from '../command.ts';

export const setCommand: Command = {
  summary: 'Set the URL of a trigger',
  details: 'It takes effect within 5 seconds.',
  examples: ['set customer.create https://example.com/hook'],
  tool: { writes: true },
  words: ['TRIGGER', 'URL'],
  async run(deps, [trigger, entered = '']) {
    const url = await set(deps, trigger as Trigger, entered);
    const text = url === entered ? `${trigger} calls ${url}` : `${trigger} calls ${url} (what you entered, normalised)`;
    return { json: { trigger, url }, text };
  },
};
