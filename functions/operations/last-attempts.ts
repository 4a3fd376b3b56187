import type { DeliveryLog, LogEntry } from '../adapters/delivery-log.ts';
import type { Deps } from './deployment.ts';
import { type Choice, latestFailed } from './failed.ts';

/** This many of the newest entries of Failed are searched. */
const MAX_FAILED = 1_000;

/** A reader of the log that finds only the last attempts of the notifications in Failed. */
export async function lastAttempts(
  { backlog, log }: Deps<'backlog' | 'log'>,
  choice: Choice,
): Promise<Pick<DeliveryLog, 'read'>> {
  const { failed } = await latestFailed({ backlog }, choice, MAX_FAILED);
  const attempts = new Map(failed.map(({ id, attempts }) => [id, attempts]));
  const isLast = ({ id, attempt, outcome }: LogEntry) => outcome !== 'delivered' && attempts.get(id) === attempt;
  return {
    async read(filter, limit, next, end) {
      // Few attempts are the last ones, so more are read than are returned.
      const page = await log.read(filter, Math.max(limit, MAX_FAILED), next, end);
      return { ...page, entries: page.entries.filter(isLast) };
    },
  };
}
