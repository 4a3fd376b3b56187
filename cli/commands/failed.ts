import type { Failed } from '../../functions/adapters/backlog-items.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import { failed } from '../../functions/operations/failed.ts';
import type { Command } from '../command.ts';
import type { Column, Row } from '../table.ts';
import { readTime } from '../time.ts';

export const failedCommand: Command = {
  summary: 'Print the notifications in Failed, and why they are there',
  examples: ['failed --since yesterday'],
  tool: { writes: false },
  words: [],
  options: ['trigger', 'since'],
  async run(deps, _, { trigger, since }) {
    const all = await failed(deps, { trigger: trigger as Trigger | undefined, since: readTime(since) });
    const text = all.length === 0 ? 'Nothing has failed.' : '';
    return { json: all.map(withoutToken), text, ...(all.length > 0 && { table: { columns, rows: all.map(rowOf) } }) };
  },
};

const columns: readonly Column[] = [
  { head: 'ID' },
  { head: 'TRIGGER' },
  { head: 'FAILED AT' },
  { head: 'ATTEMPTS', below: 'together' },
  { head: 'REASON', below: 'together' },
];

function rowOf({ id, trigger, failedAt, attempts, reason }: Failed): Row {
  return { cells: [id, trigger, new Date(failedAt).toISOString(), `${attempts} attempts`, reason] };
}

/** Leaves out the token, which is internal. */
export function withoutToken({ token: _, ...shown }: Failed): Omit<Failed, 'token'> {
  return shown;
}
