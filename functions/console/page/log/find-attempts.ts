import type { ApiRequest } from '../../api/contract.ts';
import type { LogEntry } from '../../api/log-routes.ts';
import { request } from '../shared/api.ts';

/** A search follows this many responses. Each covers a part of the log. */
const MAX_PAGES = 10;

type Query = Omit<ApiRequest<'GET /log'>['query'], 'next' | 'limit'>;

/**
 * Searches the log until it has enough attempts.
 *
 * @returns Attempts, newest first; `isComplete` if there are no others.
 */
export async function findAttempts(
  query: Query,
  enough: number,
): Promise<{ entries: LogEntry[]; isComplete: boolean }> {
  const entries: LogEntry[] = [];
  let next: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const found = await request('GET /log', { query: { ...query, limit: String(enough), next } });
    entries.push(...found.entries);
    next = found.next;
    if (next === undefined || entries.length >= enough) break;
  }
  return { entries, isComplete: next === undefined };
}
