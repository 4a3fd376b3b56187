import { follow, latest, logFilter } from '../../functions/operations/search-log.ts';
import type { Command, Printed } from '../command.ts';
import { logTable } from '../log-table.ts';
import { readTime } from '../time.ts';

export const logCommand: Command = {
  summary: 'Print the latest attempts and their responses, the newest last',
  examples: ['log --trigger customer.create --outcome failed', 'log --id a1 --since 36h', 'log --follow'],
  tool: { writes: false, without: ['follow'] },
  words: [],
  options: ['trigger', 'outcome', 'id', 'since', 'limit', 'follow'],
  async run(deps, _, { since, limit: entered = '50', follow: follows, ...rest }) {
    const filter = logFilter({ ...rest, since: readTime(since) });
    const limit = Number(entered);
    if (follows) return { json: undefined, text: '', more: followed(deps, filter, limit) };
    const entries = await latest(deps, filter, limit);
    if (entries.length === 0) return { json: entries, text: 'The log has no such attempts.' };
    return { json: entries, text: '', table: logTable(entries) };
  },
};

async function* followed(...chosen: Parameters<typeof follow>): AsyncGenerator<Printed> {
  for await (const entry of follow(...chosen)) yield { json: entry, text: '', table: logTable([entry]) };
}
