import type { ParkedPage } from '../adapters/backlog.ts';
import { log } from '../adapters/logger.ts';
import type { Place } from '../adapters/table.ts';
import type { TriggerNow } from '../adapters/trigger-store.ts';
import { isTooOld } from '../core/breaker.ts';
import { failParked } from './attempt-parked.ts';
import type { DrainRun } from './drain-run.ts';

const PAGE = 500;

/** The first page of a backlog, and the time before its query began. */
export interface Head extends ParkedPage {
  readonly at: number;
}

/**
 * The first page of the backlog, after what cannot stay there has moved to Failed: notifications that are too old or cannot be
 * read, and all of them when the trigger has no URL. The backlog of a parked trigger is read each minute, and this query is what
 * a long one costs.
 */
export async function readHead(run: DrainRun, { url }: TriggerNow): Promise<Head> {
  for (;;) {
    const at = run.deps.now();
    const page = await readPage(run);
    const leaving = page.parked.filter(
      ({ notification }) => !run.stuck.has(notification.record) && (url === undefined || isTooOld(notification, at)),
    );
    if (leaving.length === 0 || !run.hasTime() || run.cannotRecord) return { ...page, at };
    const isSet = url === undefined && (await run.latest())?.url !== undefined;
    if (isSet) return { ...page, at };
    const reason = (response: string) =>
      url === undefined ? `no URL is set for ${run.trigger}` : response || 'never attempted';
    await run.forEach(leaving, run.deps.concurrency, async (parked) => {
      if (run.cannotRecord) return;
      await failParked(run, parked, parked.attempts, reason(parked.response)).catch((error) => {
        run.stuck.add(parked.notification.record);
        throw error;
      });
    });
  }
}

/** Reads a page of the backlog. An item that cannot be read moves to Failed, where an operator sees it. */
export async function readPage(run: DrainRun, after?: Place): Promise<ParkedPage> {
  const { backlog } = run.deps;
  const page = await backlog.parked(run.trigger, PAGE, after);
  for (const { failed, place, token } of page.unreadable) {
    await backlog.fail(failed);
    await backlog.dropUnreadable(run.trigger, place, token);
    log('error', 'a stored notification cannot be read', { trigger: run.trigger, id: failed.id });
  }
  return page;
}
