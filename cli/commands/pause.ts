import type { Trigger } from '../../functions/core/entity.ts';
import { pause } from '../../functions/operations/pause.ts';
import type { Command } from '../command.ts';

export const pauseCommand: Command = {
  summary: 'Keep the notifications of a trigger in its backlog',
  details: 'To pause a trigger that is paused changes nothing.',
  examples: ['pause customer.create'],
  tool: { writes: true },
  words: ['TRIGGER'],
  async run(deps, [trigger]) {
    const isNew = await pause(deps, trigger as Trigger);
    const text = isNew ? `${trigger} is paused: its notifications wait` : `${trigger} is paused already`;
    return { json: { trigger, state: 'paused' }, text };
  },
};
