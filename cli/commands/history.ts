import type { HistoryEntry } from '../../functions/adapters/history.ts';
import { oneLine } from '../../functions/core/printable.ts';
import type { Command } from '../command.ts';

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
    const lines = [...entries.map(historyText), ...(next ? [`Earlier changes are not shown.`] : [])];
    return { json: entries, text: lines.join('\n') || 'Nothing was changed yet.' };
  },
};

function historyText({ at, who, trigger, what, from, to }: HistoryEntry): string {
  const words = `${(trigger ?? '-').padEnd(16)}  ${what}: ${from ?? '-'} -> ${to ?? '-'}  by ${who}`;
  return `${new Date(at).toISOString()}  ${oneLine(words)}`;
}
