import type { Trigger } from '../../functions/core/entity.ts';
import { rotateSecret, showSecret } from '../../functions/operations/signing-secrets.ts';
import type { Command } from '../command.ts';

export const secretCommand: Command = {
  summary: 'Print or replace the secret that signs the calls of a trigger',
  details: 'After a replacement, calls are signed with the old secret too for 24 hours.',
  examples: ['secret show customer.create', 'secret rotate customer.create'],
  words: ['show|rotate', 'TRIGGER'],
  async run(deps, [verb, trigger]) {
    const shown = await (verb === 'rotate' ? rotateSecret : showSecret)(deps, trigger as Trigger);
    const old = shown.replaced.map(
      ({ secret, until }) => `${secret}  (signs too until ${new Date(until).toISOString()})`,
    );
    return { json: shown, text: [shown.secret, ...old].join('\n') };
  },
};
