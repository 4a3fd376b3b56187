import { toMessage } from '../../../functions/core/notification.ts';
import { Clock } from '../../model/clock.ts';
import { noFaults } from '../../model/network.ts';
import { inTimeOf } from '../../model/play.ts';
import { World } from '../../model/world.ts';
import { notification, record } from '../../support/records.ts';

export interface Situation {
  /** The notifications that are sent at once, one for each record. */
  readonly count: number;
  /** The calls that the receiver accepts in each second. */
  readonly perSecond: number;
  /** The batches that deliver processes in parallel from the first moment. */
  readonly pollers: number;
}

/** What happened until all notifications were delivered, or until the limit. */
export interface Course {
  readonly idealSeconds: number;
  readonly seconds: number;
  readonly calls: number;
  readonly throttled: number;
  /** Throttled in the first two seconds, in which deliver makes the calls. After that only drain does. */
  readonly throttledFirst: number;
  readonly failed: number;
}

const TRIGGER = 'customer.edit';

/** Drain does not call before that: it takes only what was parked two seconds ago. */
const DELIVER_MS = 2_000;

/** The receiver's time for each response, in milliseconds. */
const RESPONSE_MS = 20;

const HOUR = 3600_000;

/** Plays one situation with the real deliver and drain in virtual time. */
export function deliverThrottled({ count, perSecond, pollers }: Situation, seed: number): Promise<Course> {
  const clock = new Clock();
  return inTimeOf(clock, async () => {
    const accepted = new Map<number, number>();
    const behavior = () => {
      const second = Math.floor(clock.now() / 1000);
      const before = accepted.get(second) ?? 0;
      if (before >= perSecond) return { response: { status: 429, retryAfter: '1', body: '' }, ms: RESPONSE_MS };
      accepted.set(second, before + 1);
      return { response: { status: 200, body: '' }, ms: RESPONSE_MS };
    };
    const world = new World({ clock, seed, workers: pollers, faults: noFaults, receivers: { behavior } });
    await drive(clock, world.triggers.writeUrl(TRIGGER, 'https://receiver.example/', clock.now()));
    const begun = clock.now();
    for (let n = 0; n < count; n++) {
      const one = notification({
        trigger: TRIGGER,
        record: record(n),
        changedAt: begun,
        formattedString: `?AccountID=a${n}`,
      });
      world.queue.send({ MessageGroupId: one.record, MessageDeduplicationId: one.id, MessageBody: toMessage(one) });
    }
    const callsWith = (status: number) =>
      world.deliveries.filter(({ response }) => 'status' in response && response.status === status);
    await clock.until(() => world.deliveries.length >= count && callsWith(200).length >= count, begun + HOUR);
    world.stop();
    const [delivered, throttled] = [callsWith(200), callsWith(429)];
    if (delivered.length < count) throw new Error(`${delivered.length} of ${count} were delivered within an hour`);
    return {
      idealSeconds: count / perSecond,
      seconds: (Math.max(...delivered.map(({ at }) => at)) - begun) / 1000,
      calls: world.deliveries.length,
      throttled: throttled.length,
      throttledFirst: throttled.filter(({ at }) => at < begun + DELIVER_MS).length,
      failed: world.listed('failed').length,
    };
  });
}

async function drive(clock: Clock, work: Promise<unknown>): Promise<void> {
  let isDone = false;
  void work.then(() => {
    isDone = true;
  });
  await clock.until(() => isDone, clock.now() + HOUR);
}
