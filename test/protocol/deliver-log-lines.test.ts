import assert from 'node:assert/strict';
import { test } from 'node:test';
import { protocol, responded } from '../support/protocol.ts';
import { message } from '../support/records.ts';
import { HOUR } from '../support/time.ts';
import { wrapped } from '../support/wrapped.ts';

type World = Awaited<ReturnType<typeof protocol>>;

const fails = { receiver: () => responded(500) };
const silent = () => Promise.reject(Object.assign(new Error('hidden'), { name: 'Silent' }));

/** A store one of whose methods fails. */
const without = <Store extends object>(store: Store, method: keyof Store) => wrapped(store, { [method]: silent });

interface Case {
  readonly world?: Parameters<typeof protocol>[0];
  readonly run: (p: World) => Promise<unknown>;
  /** The lines as `level message field=value …`, those that say how many messages were handled left out. */
  readonly lines: (p: World) => readonly object[];
}

/** Logged at the end of a batch if messages of it return. */
const RETURN = 'messages return to the queue';

/** The notification that a case is about. */
const id = `msg_${'7'.repeat(32)}`;
const trigger = 'customer.edit';

const cases: Readonly<Record<string, Case>> = {
  'logs nothing of a delivery at the first attempt': {
    run: (p) => p.deliver([p.received(p.one({ id }))]),
    lines: () => [],
  },
  'logs a failed attempt': {
    world: fails,
    run: (p) => p.deliver([p.received(p.one({ id }))]),
    lines: () => [{ level: 'warn', message: 'attempt failed', id, trigger, attempt: 1, response: 'HTTP 500', ms: 0 }],
  },
  'logs a delivery that needed more than one attempt': {
    run: async (p) => {
      const one = p.one({ id });
      const waiting = { notification: one, attempts: 2, firstAttempt: 1, response: 'HTTP 500', nextTry: 0 };
      await p.backlog.hold(waiting, p.world.now);
      await p.deliver([p.received(one, 2)]);
    },
    lines: () => [{ level: 'info', message: 'delivered in the end', id, trigger, attempt: 3 }],
  },
  'logs a delivery as nothing new when its message was only received before': {
    run: (p) => p.deliver([p.received(p.one({ id }), 2)]),
    lines: () => [],
  },
  'logs a notification that moves to Failed, and not as delivered': {
    world: fails,
    run: async (p) => {
      const one = p.one({ id, changedAt: p.world.now - 73 * HOUR });
      await p.backlog.hold({ notification: one, attempts: 2, firstAttempt: 1, response: 'x', nextTry: 0 }, p.world.now);
      await p.deliver([p.received(one, 2)]);
    },
    lines: () => [
      { level: 'warn', message: 'attempt failed', id, trigger, attempt: 3, response: 'HTTP 500', ms: 0 },
      { level: 'error', message: 'a notification failed', id, trigger, attempts: 3, reason: 'HTTP 500' },
    ],
  },
  'logs what it puts into the backlog, in one line': {
    run: async (p) => {
      await p.state(trigger, 'paused');
      await p.deliver([p.received(p.one({ id }))]);
    },
    lines: () => [{ level: 'info', message: 'parked', ids: [id] }],
  },
  'logs no put into the backlog when the trigger is active at the second look': {
    run: async (p) => {
      await p.state(trigger, 'finishing');
      await p.triggers.move(trigger, 'drainAgain');
      let reads = 0;
      const triggers = wrapped(p.triggers, {
        async read(call) {
          if (reads++ === 1) {
            await p.triggers.move(trigger, 'finish');
            await p.triggers.move(trigger, 'activate');
          }
          return call();
        },
      });
      assert.equal((await p.deliver([p.received(p.one({ id }))], { triggers })).length, 1);
    },
    lines: () => [],
  },
  'logs that a trigger is parked': {
    world: fails,
    run: async (p) => {
      for (let n = 0; n < 9; n++) await p.triggers.countFailure(trigger, p.world.now);
      await p.deliver([p.received(p.one({ id }))]);
    },
    lines: () => [
      { level: 'warn', message: 'attempt failed', id, trigger, attempt: 1, response: 'HTTP 500', ms: 0 },
      { level: 'warn', message: 'trigger parked', trigger },
    ],
  },
  'logs that it cannot read the triggers': {
    run: (p) => p.deliver([p.received(p.one())], { triggers: without(p.triggers, 'read') }),
    lines: () => [{ level: 'error', message: 'cannot read the tables that delivery needs', error: 'Silent' }],
  },
  'logs that it cannot put notifications into the backlog, and keeps their messages': {
    run: async (p) => {
      await p.state(trigger, 'paused');
      const batch = [p.received(p.one())];
      assert.equal((await p.deliver(batch, { backlog: without(p.backlog, 'park') })).length, 1);
    },
    lines: () => [{ level: 'error', message: 'cannot park', error: 'Silent' }],
  },
  'logs that the result of an attempt cannot be kept': {
    world: fails,
    run: (p) => p.deliver([p.received(p.one({ id }))], { backlog: without(p.backlog, 'hold') }),
    lines: () => [
      { level: 'warn', message: 'attempt failed', id, trigger, attempt: 1, response: 'HTTP 500', ms: 0 },
      { level: 'error', message: 'cannot store the result of an attempt', error: 'Silent' },
    ],
  },
  'logs that a failure cannot be counted': {
    world: fails,
    run: (p) => p.deliver([p.received(p.one({ id }))], { triggers: without(p.triggers, 'countFailure') }),
    lines: () => [
      { level: 'warn', message: 'attempt failed', id, trigger, attempt: 1, response: 'HTTP 500', ms: 0 },
      { level: 'error', message: 'cannot count a failure or a success', trigger, error: 'Silent' },
    ],
  },
  'logs that a slow response cannot be counted as a failure': {
    run: (p) => {
      const after = (milliseconds: number, act: () => void) => {
        if (milliseconds > 1_000) act();
        return () => {};
      };
      return p.deliver([p.received(p.one({ id }))], { after, triggers: without(p.triggers, 'countFailure') });
    },
    lines: () => [{ level: 'error', message: 'cannot count a failure', trigger, error: 'Silent' }],
  },
  'logs that the visibility of messages cannot be set': {
    world: fails,
    run: (p) => p.deliver([p.received(p.one({ id }))], { queue: { returnToQueue: silent } }),
    lines: () => [
      { level: 'warn', message: 'attempt failed', id, trigger, attempt: 1, response: 'HTTP 500', ms: 0 },
      { level: 'error', message: 'messages return later than they should', error: 'Silent' },
    ],
  },
  'logs that the triggers cannot be read again during a long batch': {
    run: async (p) => {
      const acts: (() => void)[] = [];
      const after = (milliseconds: number, act: () => void) => {
        if (milliseconds === 1_000) acts.push(act);
        return () => {};
      };
      let reads = 0;
      const triggers = wrapped(p.triggers, { read: (call) => (reads++ === 0 ? call() : silent()) });
      const call = async () => {
        acts.shift()?.();
        for (let turns = 0; turns < 20; turns++) await new Promise(setImmediate);
        return responded(200);
      };
      await p.deliver([p.received(p.one({ id }))], { after, triggers, call });
    },
    lines: () => [{ level: 'warn', message: 'cannot look at the triggers again', error: 'Silent' }],
  },
};

for (const [what, { world, run, lines }] of Object.entries(cases))
  test(`deliver ${what}`, async () => {
    const p = await protocol(world);
    await run(p);
    assert.deepEqual(
      p.lines.filter(({ message }) => message !== RETURN),
      lines(p),
    );
  });

test('deliver logs how many messages of a batch return to the queue, and nothing of a batch without one', async () => {
  const p = await protocol();
  await p.deliver([p.received(p.one())]);
  assert.deepEqual(p.lines, []);
  const failing = await protocol(fails);
  await failing.deliver([failing.received(failing.one())]);
  assert.deepEqual(
    failing.lines.filter(({ message }) => message === RETURN),
    [{ level: 'info', message: RETURN, messages: 1, returned: 1 }],
  );
});

test('the log names a message that goes to the dead-letter queue by the notification it was sent as', async () => {
  for (const [deduplicationId, expected] of [
    [id, id],
    [`${id}-5`, id],
    [`x${id}`, undefined],
    [`msg_${'g'.repeat(32)}`, undefined],
    [`msg_${'7'.repeat(31)}`, undefined],
    [undefined, undefined],
  ]) {
    const p = await protocol();
    const bad = message('{"v":9}');
    const attributes = bad.attributes as { MessageDeduplicationId?: string };
    delete attributes.MessageDeduplicationId;
    if (deduplicationId !== undefined) attributes.MessageDeduplicationId = deduplicationId;
    assert.deepEqual(await p.deliver([bad]), []);
    const line = p.lines.find(({ message }) => message === 'a message went to the dead-letter queue');
    const { messageId, id: named, reason } = line ?? assert.fail('no such line');
    assert.deepEqual([messageId, named], [bad.messageId, expected]);
    assert.match(String(reason), /\w/);
  }
});
