import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { Backlog } from '../../functions/adapters/backlog.ts';
import { DeliveryLog } from '../../functions/adapters/delivery-log.ts';
import { Secrets } from '../../functions/adapters/secret-store.ts';
import { Triggers } from '../../functions/adapters/trigger-store.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import type { Notification } from '../../functions/core/notification.ts';
import type { CallResult } from '../../functions/core/outcome.ts';
import { deliver } from '../../functions/deliver/deliver.ts';
import { drain } from '../../functions/drain/drain.ts';
import { type Around, DynamoDBInMemory } from '../model/dynamodb.ts';
import { message, notification } from './records.ts';
import { calledLately } from './stores.ts';
import { unmeasured } from './unmeasured.ts';

export const tables = {
  triggers: ['trigger'],
  backlog: ['list', 'place'],
  secrets: ['trigger'],
  log: ['shard', 'written'],
} as const;

/** One call that was made. */
export interface Made {
  readonly id: string;
  readonly trigger: Trigger;
  readonly sequence: string;
  readonly attempt: number;
  readonly url: string;
  readonly isTest: boolean;
}

type Receiver = (call: Made) => CallResult | Promise<CallResult>;

export const ok: CallResult = { status: 200, body: '' };
export const responded = (status: number): CallResult => ({ status, body: '' });
/** A receiver that always fails. */
export const fails: Options = { receiver: () => responded(500) };

export type World = Awaited<ReturnType<typeof protocol>>;

export interface Options {
  /** The responses of the receivers. */
  readonly receiver?: Receiver;
  /** Stands between the functions and DynamoDB. */
  readonly around?: Around;
  readonly retryDelays?: readonly number[];
  /** The triggers that have a URL. */
  readonly urls?: readonly Trigger[];
}

const ATTEMPT_MS = 10_000;

/** The real deliver and drain with the real stores over DynamoDB in memory. Only the test moves the clock. */
export async function protocol({ receiver = () => ok, around, retryDelays, urls = ['customer.edit'] }: Options = {}) {
  const world = { now: 1_760_000_000_000, receiver };
  const dynamodb = new DynamoDBInMemory(tables, () => world.now);
  // Each request takes a turn of the event loop, so that parallel work interleaves and an endless loop is noticed.
  const client = dynamodb.client(async (command, effect) => {
    await new Promise(setImmediate);
    return around ? around(command, effect) : effect();
  });
  const noPause = async () => {};
  const triggers = new Triggers('triggers', client, noPause);
  const backlog = new Backlog('backlog', client, noPause);
  const calls: Made[] = [];
  const returned: { receiptHandle: string; seconds: number }[] = [];
  /** The messages of the functions' log lines. */
  const logged: string[] = [];
  /** The log lines themselves. */
  const lines: Readonly<Record<string, unknown>>[] = [];
  const letters: { id: string; body: string; reason: string }[] = [];
  const deps = {
    triggers,
    backlog,
    secrets: new Secrets('secrets', client, () => world.now, noPause),
    log: new DeliveryLog('log', client),
    logged: 'all' as const,
    metrics: unmeasured,
    call: async (url: string, headers: Readonly<Record<string, string>>) => {
      const made: Made = {
        id: headers['webhook-id'] ?? '',
        trigger: headers['crm-trigger'] as Trigger,
        sequence: headers['crm-trigger-sequence'] ?? '',
        attempt: Number(headers['crm-trigger-attempt']),
        url,
        isTest: headers['crm-trigger-test'] === 'true',
      };
      calls.push(made);
      return world.receiver(made);
    },
    retryDelays: retryDelays ?? [5, 30, 120, 600],
    attemptMs: ATTEMPT_MS,
    now: () => world.now,
    deliveredAt: calledLately(),
    random: () => 0.5,
  };
  for (const trigger of urls) await triggers.writeUrl(trigger, `https://receiver.example/${trigger}`, world.now);
  const silently = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    const { log } = console;
    console.log = (line: string) => {
      const fields = JSON.parse(line);
      lines.push(fields);
      logged.push(fields.message ?? line);
    };
    return work().finally(() => {
      console.log = log;
    });
  };
  return {
    world,
    dynamodb,
    triggers,
    backlog,
    calls,
    returned,
    letters,
    logged,
    lines,
    deps,
    /** Runs deliver once. @returns The ids of the messages that the queue keeps. */
    async deliver(messages: readonly SQSRecord[], overrides: object = {}): Promise<string[]> {
      const queue = {
        sendToDeadLetters: async (letter: { id: string; body: string; reason: string }) => void letters.push(letter),
        returnToQueue: async (some: readonly { receiptHandle: string; seconds: number }[]) =>
          void returned.push(...some),
      };
      const all = { ...deps, queue, after: () => () => {}, startDrain: async () => {}, ...overrides };
      const response: SQSBatchResponse = await silently(() => deliver(messages, all, () => 60_000));
      return response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    },
    /** Runs drain once, at most for this time. Its pauses end at once. */
    drain(overrides: object = {}, limitMs = 300_000): Promise<void> {
      const end = world.now + limitMs;
      const sleep = async (milliseconds: number) => {
        world.now += milliseconds;
        await new Promise(setImmediate);
      };
      return silently(() =>
        drain({ ...deps, concurrency: 50, sleep, ...overrides }, () => Math.max(0, end - world.now)),
      );
    },
    /** Puts notifications into the backlog of a trigger in some state, with changes of some time ago. */
    async park(notifications: readonly Notification[], msAgo = 60_000): Promise<void> {
      for (const one of notifications)
        await backlog.park(
          [{ notification: one, attempts: 0, firstAttempt: 0, response: '', nextTry: 0 }],
          world.now - msAgo,
        );
    },
    /** Puts a notification into its backlog that this version cannot read. @returns The notification. */
    async parkUnreadable(message = '{"v":99}'): Promise<Notification> {
      const one = notification({ changedAt: world.now - 60_000 });
      await this.park([one]);
      const [item] = dynamodb.items('backlog');
      dynamodb.put('backlog', { ...item, message: { S: message } });
      return one;
    },
    /** Moves a trigger to a state of the diagram. */
    async state(trigger: Trigger, state: 'parked' | 'draining' | 'finishing' | 'paused', probeAt = 0): Promise<void> {
      if (state === 'paused') return void (await triggers.move(trigger, 'pause', { pausedBy: 'admin' }));
      await triggers.move(trigger, 'park', { probeAt, probeDelay: 30_000, parkedBecause: 'HTTP 500' });
      if (state !== 'parked') await triggers.move(trigger, 'drain');
      if (state === 'finishing') await triggers.move(trigger, 'finish');
    },
    async stateOf(trigger: Trigger = 'customer.edit') {
      return (await triggers.read([trigger])).get(trigger)?.state;
    },
    async failed(trigger: Trigger = 'customer.edit') {
      return (await backlog.failed(trigger, 1_000)).failed;
    },
    async parked(trigger: Trigger = 'customer.edit') {
      return (await backlog.parked(trigger, 1_000)).parked;
    },
    /** A notification whose change was a minute ago. */
    one: (overrides: Partial<Notification> = {}) => notification({ changedAt: world.now - 60_000, ...overrides }),
    /** A message with this receive count, first received some seconds ago. */
    received(one: Notification, receives = 1, firstMsAgo = 1_000): SQSRecord {
      return message(one, {
        ApproximateReceiveCount: String(receives),
        ApproximateFirstReceiveTimestamp: String(world.now - firstMsAgo),
      });
    },
  };
}
