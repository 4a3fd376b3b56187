import type { HistoryEntry } from '../adapters/history.ts';
import type { Deps } from './deployment.ts';

/**
 * Adds an action of an admin to the history.
 *
 * @throws If the table does not respond. The action was done in any case.
 */
export async function note(
  { history, who }: Deps<'history' | 'who'>,
  entry: Omit<HistoryEntry, 'at' | 'who'>,
): Promise<void> {
  const withoutPasswords = { from: withoutPassword(entry.from), to: withoutPassword(entry.to) };
  await history.add({ at: Date.now(), who, ...entry, ...withoutPasswords });
}

/** Masks a password in a URL, because the history is stored for longer than the URL. */
function withoutPassword(text: string | null): string | null {
  return text?.replace(/^(https?:\/\/[^/?#@:]*):[^/?#@]*@/, '$1:***@') ?? null;
}
