import type { Trigger } from '../../functions/core/entity.ts';
import { createPullToken, revokePullToken } from '../../functions/operations/pull-tokens.ts';
import type { Command } from '../command.ts';

export const pullTokenCommand: Command = {
  summary: 'Create or revoke the token with which a receiver reads the calls of a trigger',
  details:
    'The receiver sends it to `GET /changes` of the console, to catch up after a failure of its own (docs/receivers.md). The token is printed once, and only its hash is stored. A new token replaces the old one at once.',
  examples: ['pull-token create customer.create', 'pull-token revoke customer.create'],
  words: ['create|revoke', 'TRIGGER'],
  async run(deps, [verb, entered]) {
    const trigger = entered as Trigger;
    if (verb === 'create') {
      const token = await createPullToken(deps, trigger);
      return { json: { trigger, token }, text: token };
    }
    await revokePullToken(deps, trigger);
    return { json: { trigger, token: null }, text: `${trigger} has no pull token: a receiver with one gets 401` };
  },
};
