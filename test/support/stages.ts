import { Metrics } from '../../functions/adapters/metrics-writer.ts';
import type { Notification } from '../../functions/core/notification.ts';
import type { CallResult } from '../../functions/core/outcome.ts';
import { deliver } from '../../functions/deliver/deliver.ts';
import { drain } from '../../functions/drain/drain.ts';
import { message } from './records.ts';
import { calledLately, storesInMemory } from './stores.ts';

/** All three functions in memory, and their metrics since the last read, by trigger and in total. */
export function stages(responses: () => CallResult) {
  const lines: string[] = [];
  const { triggers, backlog, secrets, log } = storesInMemory();
  void triggers.writeUrl('customer.edit', 'https://x/', 0);
  void triggers.writeUrl('customer.create', 'https://x/', 0);
  const sent: Notification[] = [];
  const deps = {
    entity: 'customer' as const,
    triggers,
    backlog,
    secrets,
    log,
    logged: 'all' as const,
    metrics: new Metrics('CrmTriggers', (line) => void lines.push(line)),
    queue: {
      send: async (list: readonly Notification[]) => void sent.push(...list),
      sendToDeadLetters: async () => {},
      returnToQueue: async () => {},
    },
    call: async () => responses(),
    retryDelays: [5],
    attemptMs: 1_000,
    concurrency: 5,
    now: Date.now,
    deliveredAt: calledLately(),
    random: () => 0.5,
    sleep: async () => {},
    after: () => () => {},
    startDrain: async () => {},
  };
  return {
    deps,
    triggers,
    backlog,
    sent,
    deliver: (...list: Notification[]) =>
      deliver(
        list.map((one) => message(one)),
        deps,
        () => 60_000,
      ),
    drain: () => {
      let looks = 0;
      return drain(deps, () => (looks++ < 30 ? 60_000 : 0));
    },
    measured(trigger = 'customer.edit') {
      const found: Record<string, number[]> = {};
      for (const { _aws: _, trigger: of, ...values } of lines.splice(0).map((line) => JSON.parse(line)))
        if (of === trigger || of === undefined)
          for (const [name, value] of Object.entries(values))
            found[name] = [found[name] ?? [], value].flat() as number[];
      return found;
    },
  };
}
