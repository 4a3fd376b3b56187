import type { TriggerSecrets } from '../adapters/secret-store.ts';
import type { TriggerNow, TriggersNow } from '../adapters/trigger-store.ts';
import { pendingUntil, type State } from '../core/breaker.ts';
import { type Trigger, triggers } from '../core/entity.ts';
import { THROTTLED_MS } from '../core/probe-schedule.ts';
import type { Deps, OperationDeps } from './deployment.ts';
import type { Pending } from './pending.ts';
import { type ShownCertificate, type ShownClient, shownCredentials } from './shown-credentials.ts';

/** A trigger as the CRM Triggers tab shows it. */
export interface TriggerStatus extends Pending {
  readonly trigger: Trigger;
  /** `null` when no URL is set. */
  readonly url: string | null;
  /** The time at which the URL was set or cleared, as ISO 8601; `null` if it never was. */
  readonly changedAt: string | null;
  /** Increases each time the URL is set or cleared; 0 if it never was. */
  readonly version: number;
  readonly state: State;
  /** The number of consecutive failures or slow responses. */
  readonly consecutiveFailures: number;
  /** The time of the first of these, in epoch milliseconds. */
  readonly failingSince: number | null;
  /** The latest response to a parked trigger, or why it may not be called. */
  readonly parkedBecause: string | null;
  /** Whether the receiver throttles: its backlog is delivered slowly. */
  readonly isThrottled: boolean;
  /** The calls per second at which a receiver that throttles was last called; `null` if that is not known. */
  readonly throttledRate: number | null;
  readonly pausedBy: 'admin' | 'gone' | null;
  /** The time of the next attempt of a parked trigger, in epoch milliseconds. */
  readonly nextTryAt: number | null;
  /** The time at which the oldest notification of the backlog moves to Failed, in epoch milliseconds. */
  readonly keptUntil: number | null;
  /** The names of the trigger's custom headers. Their values are never shown. */
  readonly headers: readonly string[];
  /** The most calls per second; `null` for no limit. */
  readonly maxPerSecond: number | null;
  /** Whether pending edits of one record are merged into one call. */
  readonly coalesce: boolean;
  /** The OAuth client without its secret. */
  readonly oauth: ShownClient | null;
  /** The client certificate without its key. */
  readonly certificate: ShownCertificate | null;
}

type StatusDeps = Deps<'triggersTable' | 'backlog' | 'secrets'>;

/** Returns all triggers with their URLs and status. */
export function list(deps: StatusDeps): Promise<TriggerStatus[]> {
  return statuses(deps, deps.triggersTable.read(triggers));
}

/** Returns the same with masked URLs, without the permission to read URLs. */
export function listMasked(deps: StatusDeps): Promise<TriggerStatus[]> {
  return statuses(deps, deps.triggersTable.readShown(triggers));
}

async function statuses({ backlog, secrets }: StatusDeps, reading: Promise<TriggersNow>): Promise<TriggerStatus[]> {
  const [now, secret, waiting] = await Promise.all([
    reading,
    secrets.read(triggers).catch(emptyIfDenied),
    backlog.retryCounts(),
  ]);
  return Promise.all(
    triggers.map(async (trigger) => {
      const {
        url = null,
        urlChangedAt: changedAt = null,
        urlVersion: version = 0,
        failingSince = null,
        state = 'active',
        consecutiveFailures = 0,
        probeAt = 0,
        maxPerSecond = null,
        coalesce = false,
        ...why
      } = now.get(trigger) ?? ({} as Partial<TriggerNow>);
      const pending = pendingOf(waiting.get(trigger), await backlog.count(trigger, 'parked'));
      const parkedBecause = (state === 'parked' && why.parkedBecause) || null;
      const pausedBy = (state === 'paused' && why.pausedBy) || null;
      const isThrottled = throttles(state, why.throttledAt);
      const throttledRate = (isThrottled && why.throttledRate) || null;
      const shown = shownCredentials(secret.get(trigger));
      const headers = Object.keys(secret.get(trigger)?.headers ?? {});
      const doing = { state, consecutiveFailures, failingSince, parkedBecause, isThrottled, throttledRate, pausedBy };
      const settings = { headers, maxPerSecond, coalesce };
      const nextTryAt = state === 'parked' ? probeAt : null;
      const keptUntil = pending.inBacklog > 0 ? await oldestKeptUntil(backlog, trigger) : null;
      return { trigger, url, changedAt, version, ...doing, nextTryAt, keptUntil, ...pending, ...settings, ...shown };
    }),
  );
}

/** Whether the calls of a trigger are slow because of its receiver. An earlier response says nothing about this backlog. */
function throttles(state: State, throttledAt = 0): boolean {
  if (state === 'draining') return throttledAt > Date.now() - THROTTLED_MS;
  return state === 'parked' && throttledAt > 0;
}

async function oldestKeptUntil(backlog: OperationDeps['backlog'], trigger: Trigger): Promise<number | null> {
  const { parked } = await backlog.parked(trigger, 1);
  const [oldest] = parked;
  return oldest ? pendingUntil(oldest.notification) : null;
}

function pendingOf(waiting: { waiting: number; behind: number } | undefined, inBacklog: number): Pending {
  const { waiting: waitingForRetry, behind } = waiting ?? { waiting: 0, behind: 0 };
  return { waiting: waitingForRetry + behind + inBacklog, waitingForRetry, behind, inBacklog };
}

export async function countPending({ backlog }: Deps<'backlog'>, trigger: Trigger): Promise<number> {
  const [waiting, inBacklog] = await Promise.all([backlog.retryCounts(), backlog.count(trigger, 'parked')]);
  return pendingOf(waiting.get(trigger), inBacklog).waiting;
}

/** Viewers on the command line may not read the secrets, and so see no names of headers. */
function emptyIfDenied(error: Error): ReadonlyMap<Trigger, TriggerSecrets> {
  if (error.name === 'AccessDeniedException') return new Map();
  throw error;
}
