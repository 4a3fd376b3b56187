import type { DynamoDBRecord } from 'aws-lambda';
import { capture } from '../../functions/capture/capture.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import type { LogEntry } from '../../functions/core/log-entry.ts';
import type { Answer } from '../../functions/core/outcome.ts';
import { deliver } from '../../functions/deliver/deliver.ts';
import { drain } from '../../functions/drain/drain.ts';
import type { Call } from '../../functions/edge/http.ts';
import { DeliveryQueue } from '../../functions/edge/queue.ts';
import { streamRecord } from '../support/records.ts';
import { unmeasured } from '../support/unmeasured.ts';
import { Chance } from './chance.ts';
import type { Time } from './clock.ts';
import { FifoQueue } from './fifo-queue.ts';
import { type Faults, Invocation, Network, remote } from './network.ts';
import { BacklogInMemory, LogInMemory, SecretsInMemory, TriggersInMemory } from './tables.ts';

/** One call as a receiver got it. */
export interface Delivery {
  readonly id: string;
  readonly trigger: Trigger;
  readonly formattedString: string;
  readonly sequence: bigint;
  readonly attempt: number;
  /** Attempts that were begun at this notification so far, with those that were lost on their way. */
  readonly begun: number;
  readonly at: number;
  readonly answer: Answer;
  /** What called. */
  readonly from: Invocation;
}

/** How a destination behaves: what it answers to a call, and how many milliseconds later. */
export type Behaviour = (call: Omit<Delivery, 'answer' | 'from'>) => { readonly answer: Answer; readonly ms: number };

interface WorldOptions {
  readonly clock: Time;
  readonly seed: number;
  readonly faults: Faults;
  /** Deliver functions that may run at once. */
  readonly workers: number;
  /** Destinations in the model's time, or a call to real ones. */
  readonly destinations: { readonly behaviour: Behaviour } | { readonly call: Call };
}

const DELIVER_MS = 60_000;
const DRAIN_MS = 300_000;
const ATTEMPT_MS = 10_000;
const HOLDS = [5, 30, 120, 600];
const QUEUE = { queue: 'queue', deadLetterQueue: 'dead' };

/** The whole system: its real functions over services in memory. */
export class World {
  readonly clock: Time;
  readonly chance: Chance;
  readonly network: Network;
  readonly queue: FifoQueue;
  readonly triggers = new TriggersInMemory();
  readonly backlog: BacklogInMemory;
  readonly log = new LogInMemory();
  readonly deliveries: Delivery[] = [];
  /** Functions of which a write to the delivery log failed. */
  readonly unlogged = new Set<Invocation>();
  readonly #secrets = new SecretsInMemory();
  readonly #stream: DynamoDBRecord[] = [];
  readonly #destinations: WorldOptions['destinations'];
  /** When the first attempt at a notification was begun, by its id; also one that was lost on its way. */
  readonly firstBegun = new Map<string, number>();
  readonly #begun = new Map<string, number>();
  #busy = 0;
  #stopped = false;
  #written: () => void = () => {};

  constructor({ clock, seed, faults, workers, destinations }: WorldOptions) {
    this.clock = clock;
    this.chance = new Chance(seed);
    this.network = new Network(this.clock, this.chance, faults);
    this.queue = new FifoQueue(this.network);
    this.backlog = new BacklogInMemory(async () => {
      await this.clock.sleep(this.chance.between(0, 1_000));
      return () => this.chance.happens(0.5);
    });
    this.#destinations = destinations;
    void this.#captureForEver();
    for (let i = 0; i < workers; i++) void this.#deliverForEver();
    void this.#drainForEver();
  }

  /** Nothing new is begun any more: what real time needs to end. */
  stop(): void {
    this.#stopped = true;
  }

  /** Somebody writes to a row of the customer table. */
  change(eventName: 'INSERT' | 'MODIFY' | 'REMOVE', account: string): DynamoDBRecord {
    const record = streamRecord('customer', eventName, { AccountID: account });
    if (record.dynamodb) record.dynamodb.ApproximateCreationDateTime = Math.floor(this.clock.now() / 1000);
    this.#stream.push(record);
    this.#written();
    return record;
  }

  /** Nothing is on its way any more. */
  get quiet(): boolean {
    const active = [...this.triggers.items.values()].every(({ state }) => state === 'active');
    const empty = this.queue.messages.length === 0 && this.backlog.parkedItems.size === 0;
    return active && empty && this.#stream.length === 0 && this.#busy === 0;
  }

  /** Runs a function until it returns, throws, dies or runs out of time. */
  async #invoke<Result>(
    limitMs: number,
    run: (from: Invocation, remainingMs: () => number, now: () => number) => Promise<Result>,
  ) {
    const end = this.clock.now() + limitMs;
    const { skewMs } = this.network.faults;
    const skew = skewMs === 0 ? 0 : Math.round(this.chance.between(-skewMs, skewMs));
    this.#busy++;
    const result = await new Promise<Result | 'died' | Error>((resolve) => {
      const invocation = new Invocation(() => resolve('died'));
      const cancel = this.clock.after(limitMs, () => invocation.die());
      run(
        invocation,
        () => end - this.clock.now(),
        () => this.clock.now() + skew,
      )
        .finally(cancel)
        .then(resolve, resolve);
    });
    this.#busy--;
    return result;
  }

  /** A stream mapping: batches in order, one at a time; a failed one again and again. */
  async #captureForEver(): Promise<void> {
    while (!this.#stopped) {
      const batch = this.#stream.slice(0, 1 + Math.floor(this.chance.between(0, 20)));
      if (batch.length === 0) {
        await new Promise<void>((resolve) => {
          this.#written = resolve;
        });
        await this.clock.sleep(this.chance.between(0, 250));
        continue;
      }
      const result = await this.#invoke(60_000, (from, _, now) =>
        capture(batch, {
          entity: 'customer',
          triggers: () =>
            remote(this.triggers, this.network, from).read(['customer.create', 'customer.edit', 'customer.delete']),
          queue: new DeliveryQueue(QUEUE, this.queue.client(from), this.clock.sleep, this.chance.random),
          backlog: remote(this.backlog, this.network, from),
          metrics: unmeasured,
          now,
        }),
      );
      if (result === undefined && !this.chance.happens(this.network.faults.repeat))
        this.#stream.splice(0, batch.length);
      else await this.clock.sleep(1_000);
    }
  }

  /** A queue mapping's poller: deletes what the function does not name. */
  async #deliverForEver(): Promise<void> {
    while (!this.#stopped) {
      await this.clock.sleep(this.chance.between(10, 200));
      const batch = this.queue.receive();
      if (batch.length === 0) {
        await this.queue.changed();
        continue;
      }
      const result = await this.#invoke(DELIVER_MS, (from, remainingMs, now) =>
        deliver(
          batch,
          {
            triggers: remote(this.triggers, this.network, from),
            backlog: this.#backlogFrom(from),
            secrets: this.#secrets,
            log: this.#logFrom(from),
            logged: 'all',
            metrics: unmeasured,
            queue: new DeliveryQueue(QUEUE, this.queue.client(from), this.clock.sleep, this.chance.random),
            call: this.#callFrom(from),
            holds: HOLDS,
            attemptMs: ATTEMPT_MS,
            now,
            random: this.chance.random,
            after: this.clock.after,
          },
          remainingMs,
        ),
      );
      if (typeof result !== 'object' || result instanceof Error) continue;
      const kept = new Set(result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      for (const { messageId, receiptHandle } of batch)
        if (!kept.has(messageId) && !this.chance.happens(this.network.faults.repeat)) this.queue.delete(receiptHandle);
    }
  }

  /** The schedule: each minute, also while an earlier run goes on. */
  async #drainForEver(): Promise<void> {
    while (!this.#stopped) {
      await this.clock.sleep(60_000);
      void this.drainNow();
    }
  }

  drainNow(): Promise<unknown> {
    return this.#invoke(DRAIN_MS, (from, remainingMs, now) =>
      drain(
        {
          triggers: remote(this.triggers, this.network, from),
          backlog: remote(this.backlog, this.network, from),
          secrets: this.#secrets,
          log: this.#logFrom(from),
          logged: 'all',
          metrics: unmeasured,
          call: this.#callFrom(from),
          holds: HOLDS,
          attemptMs: ATTEMPT_MS,
          concurrency: 50,
          now,
          random: this.chance.random,
          sleep: this.clock.sleep,
        },
        remainingMs,
      ),
    );
  }

  /** DynamoDB takes the items of one write one by one, in no order, and some only when it is asked again. */
  #backlogFrom(from: Invocation): BacklogInMemory {
    const backlog = remote(this.backlog, this.network, from);
    const park: BacklogInMemory['park'] = async (waiting, at) => {
      await Promise.all(waiting.map((one) => backlog.park([one], at)));
    };
    return new Proxy(backlog, { get: (target, name) => (name === 'park' ? park : Reflect.get(target, name)) });
  }

  #logFrom(from: Invocation) {
    const write = async (entries: readonly LogEntry[]): Promise<void> => {
      await remote(this.log, this.network, from)
        .write(entries)
        .catch((error) => {
          this.unlogged.add(from);
          throw error;
        });
    };
    return { write };
  }

  #callFrom(from: Invocation): Call {
    return (url, headers, cut) => {
      const id = headers['webhook-id'] ?? '';
      const begun = (this.#begun.get(id) ?? 0) + 1;
      this.#begun.set(id, begun);
      if (begun === 1) this.firstBegun.set(id, this.clock.now());
      if ('call' in this.#destinations) return this.#destinations.call(url, headers, cut);
      const { behaviour } = this.#destinations;
      return (
        this.network
          .request(from, () => {
            const call = {
              id,
              trigger: headers['crm-trigger'] as Trigger,
              formattedString: new URL(url).search,
              sequence: BigInt(headers['crm-trigger-sequence'] ?? '0'),
              attempt: Number(headers['crm-trigger-attempt']),
              begun,
              at: this.clock.now(),
            };
            const { answer, ms } = behaviour(call);
            this.deliveries.push({ ...call, answer, from });
            return { answer, ms };
          })
          .then(async ({ answer, ms }) => {
            const isCut = new Promise<'cut'>((resolve) => cut?.addEventListener('abort', () => resolve('cut')));
            const ends = await Promise.race([isCut, this.clock.sleep(Math.min(ms, ATTEMPT_MS))]);
            if (ends === 'cut') return { failure: 'cut off' };
            return ms > ATTEMPT_MS ? { failure: 'no answer within 10 s' } : answer;
          })
          // The way to the receiver fails as any other; a call never throws.
          .catch(() => ({ failure: 'connection broken before an answer' }))
      );
    };
  }
}
