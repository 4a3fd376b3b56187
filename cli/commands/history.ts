import type { HistoryEntry } from '../../functions/adapters/history.ts';
import type { Command } from '../command.ts';
import type { Column, Row } from '../table.ts';

/** Number of entries that are printed. */
const HISTORY_SHOWN = 100;

export const historyCommand: Command = {
  summary:
    'Print the latest 100 actions of admins: changes, reads of secrets, exports and redeliveries, and who did them',
  examples: ['history'],
  tool: { writes: false },
  words: [],
  async run(deps) {
    const { entries, next } = await deps.history.read(HISTORY_SHOWN);
    if (entries.length === 0) return { json: entries, text: 'Nothing was changed yet.' };
    const text = next ? 'Earlier changes are not shown.' : '';
    return { json: entries, text, table: { columns, rows: entries.map(rowOf) } };
  },
};

const columns: readonly Column[] = [
  { head: 'TIME' },
  { head: 'TRIGGER' },
  { head: 'ACTION' },
  { head: 'FROM', below: 'alone' },
  { head: 'TO', below: 'alone' },
  { head: 'BY', below: 'alone' },
];

/** An action that has no values, such as a read of a secret, has two empty cells. */
function rowOf({ at, who, trigger, what, from, to }: HistoryEntry): Row {
  const values = from === null && to === null ? ['', ''] : [from ?? '-', to ?? '-'];
  return { cells: [new Date(at).toISOString(), trigger ?? '-', what, ...values, who] };
}
