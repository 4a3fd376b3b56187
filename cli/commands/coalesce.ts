import type { Trigger } from '../../functions/core/entity.ts';
import { settingsRejection } from '../../functions/core/trigger-settings.ts';
import { changeSettings } from '../../functions/operations/trigger-settings.ts';
import type { Command } from '../command.ts';
import { Misuse } from '../misuse.ts';

export const coalesceCommand: Command = {
  summary: 'Merge the pending edits of a record into one call',
  details:
    'While several edits of one record are pending, only the latest one is sent. This is for triggers of edits. Do not use it for a receiver that must see every edit.',
  examples: ['coalesce customer.edit on', 'coalesce customer.edit off'],
  tool: { writes: true },
  words: ['TRIGGER', 'on|off'],
  check([trigger, choice]) {
    const changes = { maxPerSecond: undefined, coalesce: choice === 'on' };
    const [line, fix] = settingsRejection(trigger as Trigger, changes)?.split(' Fix: ') ?? [];
    if (line) throw new Misuse(line, `To fix this, ${fix}`);
  },
  async run(deps, [trigger, choice]) {
    const coalesce = choice === 'on';
    await changeSettings(deps, trigger as Trigger, { coalesce });
    const text = coalesce ? `${trigger} merges pending edits of one record` : `${trigger} sends every edit`;
    return { json: { trigger, coalesce }, text };
  },
};
