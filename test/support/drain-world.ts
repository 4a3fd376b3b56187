import assert from 'node:assert/strict';
import { unattempted } from '../../functions/adapters/backlog-items.ts';
import type { TriggerNow } from '../../functions/adapters/trigger-store.ts';
import type { State } from '../../functions/core/breaker.ts';
import type { Notification } from '../../functions/core/notification.ts';
import type { CallResult } from '../../functions/core/outcome.ts';
import type { DrainDeps } from '../../functions/drain/deps.ts';
import { drain } from '../../functions/drain/drain.ts';
import { Clock } from '../model/clock.ts';
import { notification, record } from './records.ts';
import { attemptDeps } from './stores.ts';
import { MINUTE } from './time.ts';

export const ok: CallResult = { status: 200, body: '' };

export const down: CallResult = { status: 503, body: '' };

/** A trigger with a backlog, in virtual time; each call takes 10 ms. */
export async function world(
  state: State,
  parked: readonly Notification[],
  responses: (call: string) => CallResult = () => ok,
) {
  let response = responses;
  const clock = new Clock();
  const inMemory = attemptDeps(clock.now);
  const { triggers, backlog, log } = inMemory;
  const calls: string[] = [];
  const urls: string[] = [];
  let open = 0;
  let most = 0;
  triggers.put('customer.edit', {
    state,
    url: 'https://x/',
    consecutiveFailures: 10,
    lastSuccess: 0,
    probeAt: clock.now() + 30_000,
    probeDelay: 30_000,
  });
  await backlog.park(
    parked.map((n) => ({ ...unattempted, notification: n })),
    clock.now(),
  );
  const deps: { -readonly [Name in keyof DrainDeps]: DrainDeps[Name] } = {
    ...inMemory,
    async call(url) {
      const call = new URL(url).searchParams.get('AccountID') ?? '';
      calls.push(call);
      urls.push(url.split('?')[0] ?? '');
      most = Math.max(most, ++open);
      await clock.sleep(10);
      open--;
      return response(call);
    },
    attemptMs: 10_000,
    concurrency: 50,
    sleep: clock.sleep,
  };
  return {
    clock,
    triggers,
    backlog,
    log,
    deps,
    calls,
    urls,
    response(next: (call: string) => CallResult) {
      response = next;
    },
    most: () => most,
    now: () => triggers.items.get('customer.edit'),
    /** Changes fields of the stored trigger. */
    change(fields: Partial<TriggerNow>) {
      triggers.put('customer.edit', { ...(triggers.items.get('customer.edit') ?? assert.fail()), ...fields });
    },
    /** Runs drain once, which may take up to five minutes. */
    async run(afterMs: number) {
      await clock.until(() => false, clock.now() + afterMs);
      const end = clock.now() + 5 * MINUTE;
      let done = false;
      void drain(deps, () => end - clock.now()).then(() => {
        done = true;
      });
      assert.ok(await clock.until(() => done, end + MINUTE));
    },
  };
}

/** A notification whose change was at the start of the clock; `r1-2` is the second one of record 1. */
export const waiting = (name: string, changedAt = 1_760_000_000_000) =>
  notification({
    record: record(Number(name.match(/^r(\d+)/)?.[1])),
    formattedString: `?AccountID=${name}`,
    sequence: String(Number(name.split('-')[1] ?? 0)),
    changedAt,
  });
