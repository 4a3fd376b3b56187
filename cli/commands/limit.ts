import type { Trigger } from '../../functions/core/entity.ts';
import { changeSettings } from '../../functions/operations/trigger-settings.ts';
import type { Command } from '../command.ts';

export const limitCommand: Command = {
  summary: 'Limit the calls per second of a trigger',
  details:
    'RATE is in calls per second, from 0.001 to 1000, or `off`. Notifications over the limit are pending until it is their turn; each stays pending for up to 72 hours. The limit takes effect within a few seconds.',
  examples: ['limit customer.create 5', 'limit customer.create 0.5', 'limit customer.create off'],
  tool: { writes: true },
  words: ['TRIGGER', 'RATE'],
  async run(deps, [trigger, rate = '']) {
    const maxPerSecond = rate === 'off' ? null : Number(rate);
    await changeSettings(deps, trigger as Trigger, { maxPerSecond });
    const text =
      maxPerSecond === null ? `${trigger} has no limit` : `${trigger} makes at most ${maxPerSecond} calls per second`;
    return { json: { trigger, maxPerSecond }, text };
  },
};
