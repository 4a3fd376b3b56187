import type { Trigger } from '../../functions/core/entity.ts';
import { removeHeader, setHeader } from '../../functions/operations/signing-secrets.ts';
import type { Command } from '../command.ts';

export const headerCommand: Command = {
  summary: 'Add or remove a custom header of the calls of a trigger',
  details: 'The value is read from standard input and is never shown again.',
  examples: ['header set customer.create X-Token < token.txt', 'header remove customer.create X-Token'],
  words: ['set|remove', 'TRIGGER', 'NAME'],
  // The value is not an argument, because the shell's history and process lists show arguments.
  reads: ([verb]) => (verb === 'set' ? '-' : undefined),
  async run(deps, [verb, trigger, entered = '', value = '']) {
    const sets = verb === 'set';
    const name = sets
      ? await setHeader(deps, trigger as Trigger, entered, value.replace(/\r?\n$/, ''))
      : await removeHeader(deps, trigger as Trigger, entered);
    const text = sets ? `${trigger} sends ${name}; its value is not shown again` : `${trigger} sends ${name} no more`;
    return { json: { trigger, header: name, set: sets }, text };
  },
};
