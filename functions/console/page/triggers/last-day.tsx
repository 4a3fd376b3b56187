import type { Trigger } from '../../../core/entity.ts';
import type { TriggerStatus } from '../../api/trigger-routes.ts';
import { findAttempts } from '../log/find-attempts.ts';
import { request } from '../shared/api.ts';
import { REFRESH_MS, useLoad } from '../shared/load.ts';
import { Time } from '../shared/time.tsx';
import { appTexts } from '../texts/app.ts';
import { lastDayTexts } from '../texts/triggers.ts';
import { countByHour, type Day, totals } from './hourly-counts.ts';

/** Each load reads up to this many attempts from the log. A higher limit would make an open page cost dollars. */
export const MAX_ATTEMPTS = 1000;
const INTERVAL_MS = LOCAL_RUN ? REFRESH_MS : 30_000;
const DAY_MS = 24 * 60 * 60_000;

/** The calls of a trigger in the last 24 hours, and whether the log has one since its URL was set. */
export interface Calls {
  /** `undefined` until it is loaded. */
  readonly day: Day | 'none' | undefined;
  /** `undefined` until it is known. */
  readonly isCalled: boolean | undefined;
}

/** The calls of each trigger. `isCut` is set if there were more attempts in the last 24 hours than are counted. */
export function useCalls(statuses: readonly TriggerStatus[]) {
  const { value } = useLoad(
    () => {
      const since = String(Date.now() - DAY_MS);
      return request('GET /log', { query: { since, limit: String(MAX_ATTEMPTS) } });
    },
    '',
    INTERVAL_MS,
  );
  const days = value && countByHour(value.entries, Date.now());
  const silent = days ? statuses.filter(({ trigger, url }) => url !== null && !days.has(trigger)) : [];
  const earlier = useEarlierCalls(silent);
  const callsOf = (trigger: Trigger): Calls => {
    if (!days) return { day: undefined, isCalled: undefined };
    const day = days.get(trigger);
    return day ? { day, isCalled: true } : { day: 'none', isCalled: earlier?.get(trigger) };
  };
  return { callsOf, isCut: value?.next !== undefined };
}

/** Whether the log has a call since the URL was set, of triggers without a call in the last 24 hours. Each is searched once. */
function useEarlierCalls(silent: readonly TriggerStatus[]) {
  const key = silent.map(({ trigger, version }) => `${trigger} ${version}`).join();
  const { value } = useLoad(async () => {
    const found = new Map<Trigger, boolean | undefined>();
    // One after the other: the API accepts few requests per second.
    for (const { trigger, changedAt } of silent) {
      const since = String(changedAt === null ? 0 : Date.parse(changedAt));
      const { entries, isComplete } = await findAttempts({ trigger, since }, 1);
      found.set(trigger, entries.length > 0 || (isComplete ? false : undefined));
    }
    return found;
  }, key);
  return value;
}

/** The share of delivered calls and the number of calls. */
export function Rate({ day }: Pick<Calls, 'day'>) {
  if (day === undefined) return <span class="rate" />;
  if (day === 'none') return <span class="rate muted">{lastDayTexts.none}</span>;
  const { delivered, others, percent } = totals(day);
  const help = lastDayTexts.rateHelp(delivered, delivered + others);
  return (
    <span class="rate" title={help}>
      <span aria-hidden="true">{lastDayTexts.rate(percent, delivered + others)}</span>
      <span class="hidden">{help}</span>
    </span>
  );
}

/** The last response. */
export function Latest({ day }: Pick<Calls, 'day'>) {
  if (day === undefined || day === 'none') return <span class="latest muted">{appTexts.none}</span>;
  const { response, at } = day.latest;
  return (
    <span class="latest">
      {response}{' '}
      <span class="muted">
        <Time at={at} isShort />
      </span>
    </span>
  );
}
