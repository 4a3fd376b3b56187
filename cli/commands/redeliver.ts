import type { Trigger } from '../../functions/core/entity.ts';
import { failed, planRedelivery, type Redelivered, redeliver } from '../../functions/operations/failed.ts';
import { UserError } from '../../functions/operations/user-error.ts';
import type { Command } from '../command.ts';
import { Misuse } from '../misuse.ts';
import { readTime } from '../time.ts';
import { withoutToken } from './failed.ts';

export const redeliverCommand: Command = {
  summary: 'Send failed notifications again, if their triggers have URLs',
  details: 'Choose one by its ID, or with `--trigger`, `--since` or `--all`.',
  examples: ['redeliver --trigger customer.create', 'redeliver --trigger customer.create --yes'],
  words: ['[ID]'],
  options: ['trigger', 'since', 'all', 'yes'],
  check([id], { trigger, since, all }) {
    if ((id ?? trigger ?? since) === undefined && !all)
      throw new Misuse('No notification is chosen.', 'Give an ID, --trigger, --since or --all.');
  },
  async run(deps, [id], { trigger, since, yes }) {
    const chosen = await failed(deps, { id, trigger: trigger as Trigger | undefined, since: readTime(since) });
    if (chosen.length === 0)
      throw new UserError('No notification in Failed matches. To list all of them, run crm-triggers failed.');
    const done = yes ? await redeliver(deps, chosen) : await planRedelivery(deps, chosen);
    const rejected = done.filter((d) => d.rejected !== undefined);
    const count = done.length - rejected.length;
    if (!yes) {
      const lines = done.map(lineText);
      const json = chosen.map((f, i) => ({ ...withoutToken(f), ...done[i] }));
      return { json, text: `${lines.join('\n')}\n${count} would be sent again${count > 0 ? ': add --yes' : ''}.` };
    }
    const lines = rejected.map(lineText);
    const text = [...lines, `${count} of ${done.length} are sent again.`].join('\n');
    return { json: done, text, failed: rejected.length > 0 };
  },
};

function lineText({ id, trigger, rejected }: Redelivered): string {
  return `${id}  ${trigger}${rejected === undefined ? '' : `: not sent, ${rejected}.`}`;
}
