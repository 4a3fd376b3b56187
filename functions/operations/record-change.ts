import type { HistoryEntry } from '../adapters/history.ts';
import type { OperationDeps } from './deployment.ts';

/** Notes in the history what an admin just did. @throws When the table is silent; what was done stays done. */
export async function note({ history, who }: OperationDeps, entry: Omit<HistoryEntry, 'at' | 'who'>): Promise<void> {
  const withoutPasswords = { from: withoutPassword(entry.from), to: withoutPassword(entry.to) };
  await history.add({ at: Date.now(), who, ...entry, ...withoutPasswords });
}

/** A URL may hold a password, which must not be kept for longer than the URL is. */
function withoutPassword(text: string | null): string | null {
  return text?.replace(/^(https?:\/\/[^/?#@:]*):[^/?#@]*@/, '$1:***@') ?? null;
}
