import type { Trigger } from '../../functions/core/entity.ts';
import { pause } from '../../functions/operations/pause.ts';
import type { Command } from '../command.ts';

export const pauseCommand: Command = {
  summary: 'Keep the notifications of a trigger in its backlog',
  examples: ['pause customer.create'],
  words: ['TRIGGER'],
  async run(deps, [trigger]) {
    await pause(deps, trigger as Trigger);
    return { json: { trigger, state: 'paused' }, text: `${trigger} is paused: its notifications wait` };
  },
};
