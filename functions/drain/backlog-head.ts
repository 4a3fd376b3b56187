import type { ParkedPage } from '../adapters/backlog.ts';
import { log } from '../adapters/logger.ts';
import type { Place } from '../adapters/table.ts';
import type { TriggerNow } from '../adapters/trigger-store.ts';
import { isTooOld } from '../core/breaker.ts';
import { failParked, removeMarked } from './attempt-parked.ts';
import type { DrainRun } from './drain-run.ts';

const PAGE = 500;

/** With coalescing this many notifications are read before the first call, so that the edits of a record become one. */
const WINDOW = 20_000;

/** The first page of a backlog, and the time at which its query began. */
export interface Head extends ParkedPage {
  readonly at: number;
}

/**
 * Reads the first page of the backlog. Notifications that are too old or cannot be read move to Failed first, and all of
 * them if the trigger has no URL. Only one page is read, because the backlog of a parked trigger is read each minute.
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

/**
 * Reads a page of the backlog. An item that cannot be read moves to Failed, where an operator can see it. A notification that
 * was merged, and then put into the backlog again by another function with its message, is removed: a later one was called
 * in its place.
 */
export async function readPage(run: DrainRun, after?: Place): Promise<ParkedPage> {
  const { backlog } = run.deps;
  const page = await backlog.parked(run.trigger, PAGE, after);
  for (const { failed, place, token } of page.unreadable) {
    await backlog.fail(failed);
    await backlog.dropUnreadable(run.trigger, place, token);
    log('error', 'a stored notification cannot be read', { trigger: run.trigger, id: failed.id });
  }
  const merged = await backlog.merged(page.parked.filter(({ isShared }) => isShared));
  for (const [parked, id] of merged) await removeMarked(parked, { id }, run.deps);
  return { ...page, parked: page.parked.filter((one) => !merged.has(one)) };
}

/** Reads the pages that follow a page, if the trigger merges edits. */
export async function readWindow(run: DrainRun, page: ParkedPage, coalesces: boolean): Promise<ParkedPage> {
  const parked = [...page.parked];
  let { next } = page;
  while (coalesces && next && parked.length < WINDOW && run.hasTime()) {
    const more = await readPage(run, next);
    parked.push(...more.parked);
    next = more.next;
  }
  return { parked, unreadable: [], ...(next && { next }) };
}
