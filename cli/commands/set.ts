import type { Trigger } from '../../functions/core/entity.ts';
import { maskedUrl } from '../../functions/core/masked-url.ts';
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
    // The output of a command can end in the log of a pipeline.
    const shown = maskedUrl(url);
    const note = url === entered ? '' : ' (what you entered, normalised)';
    return { json: { trigger, url: shown }, text: `${trigger} calls ${shown}${note}` };
  },
};
