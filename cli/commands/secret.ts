import type { Trigger } from '../../functions/core/entity.ts';
import { expireReplaced, rotateSecret, showSecret } from '../../functions/operations/signing-secrets.ts';
import type { Command } from '../command.ts';

const actions = { show: showSecret, rotate: rotateSecret, expire: expireReplaced } as const;

export const secretCommand: Command = {
  summary: 'Print or replace the secret that signs the calls of a trigger',
  details:
    'After a replacement, calls are signed with the old secret too for 24 hours. `expire` ends that time now: a receiver that knows only the old secret then rejects each call.',
  examples: ['secret show customer.create', 'secret rotate customer.create', 'secret expire customer.create'],
  words: [Object.keys(actions).join('|'), 'TRIGGER'],
  async run(deps, [verb, trigger]) {
    const shown = await actions[verb as keyof typeof actions](deps, trigger as Trigger);
    const old = shown.replaced.map(
      ({ secret, until }) => `${secret}  (signs too until ${new Date(until).toISOString()})`,
    );
    return { json: shown, text: [shown.secret, ...old].join('\n') };
  },
};
