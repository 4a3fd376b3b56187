import type { Trigger } from '../../functions/core/entity.ts';
import { removeOauth, setOauth } from '../../functions/operations/credentials.ts';
import type { Command } from '../command.ts';
import { Misuse } from '../misuse.ts';

export const oauthCommand: Command = {
  summary: 'Send an access token of an OAuth client with each call of a trigger, or stop it',
  details:
    'The client secret is read from standard input and is never shown again. Tokens are requested by the client credentials grant, with the ID and the secret as Basic authorization. They are sent as `Authorization: Bearer`.',
  examples: [
    'oauth set customer.create https://id.example.com/token our-client < secret.txt',
    'oauth set customer.create https://id.example.com/token our-client --scope "crm.write" < secret.txt',
    'oauth remove customer.create',
  ],
  words: ['set|remove', 'TRIGGER', '[TOKEN-URL]', '[CLIENT-ID]'],
  options: ['scope', 'audience'],
  check([verb, , ...client], { scope, audience }) {
    if (verb === 'set' && client.length < 2) throw new Misuse('oauth set needs the token URL and the client ID.');
    if (verb === 'remove' && (client.length > 0 || scope !== undefined || audience !== undefined))
      throw new Misuse('oauth remove takes only the trigger.');
  },
  // The secret is not an argument, because the shell's history and process lists show arguments.
  reads: ([verb]) => (verb === 'set' ? '-' : undefined),
  async run(deps, [verb, entered, tokenUrl = '', clientId = '', secret = ''], { scope, audience }) {
    const trigger = entered as Trigger;
    if (verb === 'remove') {
      await removeOauth(deps, trigger);
      return { json: { trigger, oauth: null }, text: `${trigger} sends no access token` };
    }
    const clientSecret = secret.replace(/\r?\n$/, '');
    const oauth = await setOauth(deps, trigger, { tokenUrl, clientId, clientSecret, scope, audience });
    const text = `${trigger} sends access tokens from ${oauth.tokenUrl}; the client secret is not shown again`;
    return { json: { trigger, oauth }, text };
  },
};
