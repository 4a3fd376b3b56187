import { type HistoryEntry, maskedEntry } from '../adapters/history.ts';
import type { Deps } from './deployment.ts';

/**
 * Adds an action of an admin to the history.
 *
 * @throws If the table does not respond. A change was made in any case.
 */
export async function note(
  { history, who }: Deps<'history' | 'who'>,
  entry: Omit<HistoryEntry, 'at' | 'who'>,
): Promise<void> {
  await history.add(maskedEntry({ at: Date.now(), who, ...entry }));
}
