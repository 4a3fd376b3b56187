import type { Trigger } from '../../functions/core/entity.ts';
import { removeCertificate, setCertificate } from '../../functions/operations/credentials.ts';
import type { Command } from '../command.ts';
import { Misuse } from '../misuse.ts';

export const certificateCommand: Command = {
  summary: 'Present a client certificate with each call of a trigger (mTLS), or stop it',
  details:
    'The file has the certificate, its private key without a passphrase, and the certificates of its chain, as PEM. `-` reads standard input. The private key is never shown again.',
  examples: [
    'certificate set customer.create client.pem',
    'certificate set customer.create - < client.pem',
    'certificate remove customer.create',
  ],
  words: ['set|remove', 'TRIGGER', '[FILE]'],
  check([verb, , file]) {
    if (verb === 'set' && file === undefined)
      throw new Misuse('certificate set needs a file, or - for standard input.');
    if (verb === 'remove' && file !== undefined) throw new Misuse('certificate remove takes only the trigger.');
  },
  reads: ([verb, , file]) => (verb === 'set' ? file : undefined),
  async run(deps, [verb, entered, , pem = '']) {
    const trigger = entered as Trigger;
    if (verb === 'remove') {
      await removeCertificate(deps, trigger);
      return { json: { trigger, certificate: null }, text: `${trigger} presents no client certificate` };
    }
    const certificate = await setCertificate(deps, trigger, pem);
    const { subject, issuer, expiresAt } = certificate;
    return {
      json: { trigger, certificate },
      text: `${trigger} presents the certificate of ${subject}, issued by ${issuer}, until ${new Date(expiresAt).toISOString()}`,
    };
  },
};
