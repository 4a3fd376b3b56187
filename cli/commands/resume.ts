import type { Trigger } from '../../functions/core/entity.ts';
import { resume } from '../../functions/operations/pause.ts';
import type { Command } from '../command.ts';

export const resumeCommand: Command = {
  summary: 'Deliver the backlog of a paused trigger, in order, and then new notifications',
  details: 'The trigger needs a URL.',
  examples: ['resume customer.create'],
  tool: { writes: true },
  words: ['TRIGGER'],
  async run(deps, [trigger]) {
    await resume(deps, trigger as Trigger);
    return {
      json: { trigger, state: 'draining' },
      text: `${trigger} is resumed: pending notifications are being delivered`,
    };
  },
};
