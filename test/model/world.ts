import { ProvisionedThroughputExceededException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBRecord, SQSRecord } from 'aws-lambda';
import { Backlog } from '../../functions/adapters/backlog.ts';
import { DeliveryLog } from '../../functions/adapters/delivery-log.ts';
import { DeliveryQueue } from '../../functions/adapters/delivery-queue.ts';
import { History } from '../../functions/adapters/history.ts';
import type { Call } from '../../functions/adapters/http-call.ts';
import { RecordCounts } from '../../functions/adapters/record-counts.ts';
import { remember } from '../../functions/adapters/remember.ts';
import { Secrets } from '../../functions/adapters/secret-store.ts';
import { Triggers } from '../../functions/adapters/trigger-store.ts';
import { capture } from '../../functions/capture/capture.ts';
import { type Entity, entities, entityNames, entityOf, type Trigger, triggers } from '../../functions/core/entity.ts';
import type { LogEntry } from '../../functions/core/log-entry.ts';
import { fromMessage, type Notification, notificationId } from '../../functions/core/notification.ts';
import type { CallResult } from '../../functions/core/outcome.ts';
import type { RecordLimit } from '../../functions/core/record-limit.ts';
import { deliver } from '../../functions/deliver/deliver.ts';
import { drain } from '../../functions/drain/drain.ts';
import type { OperationDeps } from '../../functions/operations/deployment.ts';
import { streamRecord } from '../support/records.ts';
import { defaultRules } from '../support/rules.ts';
import { unmeasured } from '../support/unmeasured.ts';
import { Chance } from './chance.ts';
import type { Time } from './clock.ts';
import { DynamoDBInMemory } from './dynamodb.ts';
import { DEAD_LETTER_URL, FifoQueue, QUEUE_URL, VISIBILITY_MS } from './fifo-queue.ts';
import { Environment, type Faults, Invocation, Network, type Scripted } from './network.ts';
import { Watch } from './watch.ts';

/** One call as a receiver got it. */
export interface Delivery {
  readonly id: string;
  readonly trigger: Trigger;
  /** What was called, without the query. */
  readonly url: string;
  readonly formattedString: string;
  readonly sequence: bigint;
  readonly attempt: number;
  /** Attempts that were begun at this notification so far, with those that were lost on their way. */
  readonly begun: number;
  readonly at: number;
  readonly response: CallResult;
  /** What called. */
  readonly from: Invocation;
}

/** How a receiver behaves: what it responds to a call, and how many milliseconds later. */
export type Behavior = (call: Omit<Delivery, 'response' | 'from'>) => {
  readonly response: CallResult;
  readonly ms: number;
};

/** A request to a table, as scripts and silences see it. */
export interface TableRequest {
  /** `deliver`, `drain`, `customer` and so on for captures, or `admin`. */
  readonly by: string;
  readonly table: TableName;
  /** Such as `PutItem`. */
  readonly name: string;
  /** The trigger that it is about, if it is about one. */
  readonly trigger: Trigger | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: the inputs of nine commands
  readonly input: any;
}

export interface WorldOptions {
  readonly clock: Time;
  readonly seed: number;
  readonly faults: Faults;
  /** Batches of messages that may be handled at once. */
  readonly workers: number;
  /** Receivers in the model's time, or a call to real ones. */
  readonly receivers: { readonly behavior: Behavior } | { readonly call: Call };
  readonly recordLimit?: RecordLimit | undefined;
  /** Tables that do not respond at this moment. */
  readonly isSilent?: (table: TableName) => boolean;
  /** Until when Lambda has no room for deliver, epoch milliseconds. */
  readonly throttledUntil?: () => number;
  /** Whether the deletion of this message is lost. */
  readonly losesDeletion?: (message: SQSRecord) => boolean;
  /** What happens to a request, in place of chance. */
  readonly script?: (request: TableRequest) => Scripted | undefined;
  /** How late an invocation for these messages starts, milliseconds. */
  readonly startsLate?: (messages: readonly SQSRecord[]) => number;
}

const DELIVER_MS = 60_000;
const DRAIN_MS = 300_000;
const DRAIN_EACH_MS = 60_000;
const CAPTURE_MS = 60_000;
const ATTEMPT_MS = 10_000;
const RETRY_DELAYS = [5, 30, 120, 600];
const TRIGGERS_KEPT_MS = 5_000;
/** Somebody's own machine, which is used once. */
const ADMIN = 'admin';
const QUEUE = { queue: QUEUE_URL, deadLetterQueue: DEAD_LETTER_URL };

const tables = {
  triggers: ['trigger'],
  backlog: ['list', 'place'],
  audit: ['list', 'place'],
  secrets: ['trigger'],
  log: ['shard', 'written'],
  customer: entities.customer.key,
  case: entities.case.key,
  followup: entities.followup.key,
  task: entities.task.key,
} as const;

export type TableName = keyof typeof tables;

/** The whole system: its real functions and operations over services in memory. */
export class World {
  readonly clock: Time;
  readonly chance: Chance;
  readonly network: Network;
  readonly deadLetters: FifoQueue;
  readonly queue: FifoQueue;
  readonly dynamodb: DynamoDBInMemory;
  /** The stores as nobody disturbs them. */
  readonly triggers: Triggers;
  readonly backlog: Backlog;
  readonly secrets: Secrets;
  readonly watch: Watch;
  readonly logged: LogEntry[] = [];
  readonly deliveries: Delivery[] = [];
  /** Every notification but tests that the queue ever took, as it took it last. */
  readonly queued = new Map<string, Notification>();
  /** Functions whose write to the delivery log failed. */
  readonly unlogged = new Set<Invocation>();
  /** When capture was done with a change, by the notification's id. */
  readonly captured = new Map<string, number>();
  /** When the first attempt at a notification was begun, by its id; also one that was lost on its way. */
  readonly firstBegun = new Map<string, number>();
  readonly #begun = new Map<string, number>();
  readonly #streams = new Map<Entity, { readonly records: DynamoDBRecord[]; written: () => void }>();
  readonly #pools = new Map<string, { readonly environment: Environment; readonly deps: object }[]>();
  readonly #options: WorldOptions;
  drainEachMs = DRAIN_EACH_MS;
  #busy = 0;
  #stopped = false;

  constructor(options: WorldOptions) {
    const { clock, seed, faults, workers } = options;
    this.#options = options;
    this.clock = clock;
    this.chance = new Chance(seed);
    this.network = new Network(clock, this.chance, faults);
    this.deadLetters = new FifoQueue(this.network, { name: 'd' });
    this.queue = new FifoQueue(this.network, { deadLetters: this.deadLetters, onSent: (body) => this.#noteSent(body) });
    this.dynamodb = new DynamoDBInMemory(tables, clock.now, {
      unprocessed: () => this.chance.happens(this.network.faults.unprocessed ?? 0),
      shown: () => this.chance.happens(0.5),
      stale: (age) => age < 1_000 && this.chance.happens(0.5),
    });
    this.watch = new Watch(this.dynamodb, clock.now);
    const undisturbed = this.dynamodb.client(async (command, effect) => {
      const result = effect();
      this.watch.see(requestOf('nobody', command));
      return result;
    });
    this.triggers = new Triggers('triggers', undisturbed);
    this.backlog = new Backlog('backlog', undisturbed);
    this.secrets = new Secrets('secrets', undisturbed, clock.now);
    for (const entity of ['customer', 'task'] as const) void this.#captureForEver(entity);
    for (let i = 0; i < workers; i++) void this.#deliverForEver();
    void this.#drainForEver();
    void this.#expireForEver();
  }

  /** Nothing new is begun any more: what real time needs to end. */
  stop(): void {
    this.#stopped = true;
  }

  #noteSent(body: string): void {
    const sent = fromMessage(body);
    if ('id' in sent && !sent.test) this.queued.set(sent.id, sent);
  }

  /** Somebody writes to a row of a table. @param late By how much the stream's time is behind the one before. */
  change(
    eventName: 'INSERT' | 'MODIFY' | 'REMOVE',
    account: string,
    entity: 'customer' | 'task' = 'customer',
    late = 0,
  ): DynamoDBRecord {
    const ids: Record<string, string> = { AccountID: account, ...(entity === 'task' && { TaskID: `t${account}` }) };
    const record = streamRecord(entity, eventName, ids);
    const { Keys = {}, NewImage } = record.dynamodb ?? {};
    if (record.dynamodb) record.dynamodb.ApproximateCreationDateTime = Math.floor((this.clock.now() - late) / 1000);
    // biome-ignore lint/suspicious/noExplicitAny: two packages have a type each for the same values
    if (NewImage) this.dynamodb.put(entity, NewImage as any);
    else this.#removeRow(entity, Keys);
    const stream = this.#stream(entity);
    stream.records.push(record);
    stream.written();
    return record;
  }

  #removeRow(entity: Entity, Key: object): void {
    const command = { input: { TableName: entity, Key }, constructor: { name: 'DeleteItemCommand' } };
    // biome-ignore lint/suspicious/noExplicitAny: not the SDK's own command
    void this.dynamodb.client().send(command as any);
  }

  #stream(entity: Entity) {
    const stream = this.#streams.get(entity) ?? { records: [], written: () => {} };
    this.#streams.set(entity, stream);
    return stream;
  }

  state(trigger: Trigger): string {
    return this.watch.state(trigger);
  }

  /** Items in one of the lists, of all triggers. */
  listed(list: 'held' | 'parked' | 'failed') {
    return this.dynamodb.items('backlog').filter((item) => item.list?.S?.endsWith(`#${list}`));
  }

  /** No message, stream record or function is on its way; of the drain's runs, each minute, none at this moment. */
  get isIdle(): boolean {
    if (this.#busy > 0 || this.queue.messages.length > 0) return false;
    return [...this.#streams.values()].every(({ records }) => records.length === 0);
  }

  /** Runs a function until it returns, throws, dies or runs out of time. @returns Nothing when it did neither of the first. */
  async #invoke<Deps extends object, Result>(
    name: string,
    limitMs: number,
    makeDeps: (environment: Environment, now: () => number) => Deps,
    run: (deps: Deps, invocation: Invocation, remainingMs: () => number) => Promise<Result>,
  ): Promise<{ readonly result: Result } | { readonly error: unknown } | undefined> {
    const end = this.clock.now() + limitMs;
    const { environment, deps } = this.#environment(name, makeDeps);
    this.#busy++;
    const result = await new Promise<{ result: Result } | { error: unknown } | undefined>((resolve) => {
      const invocation = new Invocation(this.clock.now(), () => resolve(undefined));
      const cancel = this.clock.after(limitMs, () => environment.die());
      environment.begin(invocation);
      run(deps, invocation, () => end - this.clock.now())
        .then(
          (result) => ({ result }),
          (error) => ({ error }),
        )
        .then((settled) => {
          cancel();
          invocation.settled = true;
          if (!environment.alive) return;
          environment.freeze();
          if (name !== ADMIN) this.#pool(name).push({ environment, deps });
          resolve(settled);
        });
    });
    if (!environment.alive) this.watch.died(environment.name);
    this.#busy--;
    return result;
  }

  #pool(name: string) {
    const pool = this.#pools.get(name) ?? [];
    this.#pools.set(name, pool);
    return pool;
  }

  /** One that is idle, as a rule. */
  #environment<Deps extends object>(
    name: string,
    makeDeps: (environment: Environment, now: () => number) => Deps,
  ): { environment: Environment; deps: Deps } {
    const pool = this.#pool(name);
    const index = Math.floor(this.chance.random() * (pool.length + 0.3));
    const [idle] = pool.splice(index, 1);
    if (idle) return idle as { environment: Environment; deps: Deps };
    const { skewMs } = this.network.faults;
    const skew = skewMs === 0 ? 0 : Math.round(this.chance.between(-skewMs, skewMs));
    const environment = new Environment(name);
    return { environment, deps: makeDeps(environment, () => this.clock.now() + skew) };
  }

  /** The client of a table's users, in an environment. */
  #dynamodbFrom(environment: Environment) {
    return this.dynamodb.client((command, effect) => {
      const request = requestOf(environment.name, command);
      const { faults } = this.network;
      const weight = weightOf(request);
      const sent = this.network.request(
        environment,
        () => {
          const result = effect();
          this.watch.see(request);
          return result;
        },
        {
          weight,
          resends: true,
          scripted: this.#options.script?.(request),
          rejection: () => {
            if (this.#options.isSilent?.(request.table)) return new Error(`the table ${request.table} is silent`);
            if (!faults.throttled || !this.chance.happens(faults.throttled * weight)) return undefined;
            return new ProvisionedThroughputExceededException({ message: 'too many requests', $metadata: {} });
          },
        },
      );
      return sent.catch((error) => {
        if (error.name !== 'ConditionalCheckFailedException') this.watch.failed(request);
        throw error;
      });
    });
  }

  /** A stream mapping: batches in order, one at a time; a failed one again and again. */
  async #captureForEver(entity: 'customer' | 'task'): Promise<void> {
    const stream = this.#stream(entity);
    const mine = triggers.filter((trigger) => entityOf(trigger) === entity);
    while (!this.#stopped) {
      const batch = stream.records.slice(0, 1 + Math.floor(this.chance.between(0, 20)));
      if (batch.length === 0) {
        await new Promise<void>((resolve) => {
          stream.written = resolve;
        });
        await this.clock.sleep(this.chance.between(0, 250));
        continue;
      }
      const ended = await this.#invoke(
        entity,
        CAPTURE_MS,
        (environment, now) => {
          const dynamodb = this.#dynamodbFrom(environment);
          const table = new Triggers('triggers', dynamodb, this.#pauseIn(environment));
          const { recordLimit } = this.#options;
          return {
            entity,
            ...(recordLimit && {
              counts: new RecordCounts('backlog', recordLimit, dynamodb, this.#pauseIn(environment)),
            }),
            triggers: remember(() => table.read(mine), TRIGGERS_KEPT_MS, now),
            queue: new DeliveryQueue(
              QUEUE,
              this.queue.client(environment),
              this.#sleepIn(environment),
              this.chance.random,
            ),
            backlog: new Backlog('backlog', dynamodb, this.#pauseIn(environment)),
            metrics: unmeasured,
            now,
          };
        },
        (deps) => capture(batch, deps),
      );
      if (ended && 'result' in ended) {
        for (const { eventID = '' } of batch)
          for (const trigger of mine) this.captured.set(notificationId(eventID, trigger), this.clock.now());
        if (!this.chance.happens(this.network.faults.repeat)) stream.records.splice(0, batch.length);
      } else await this.clock.sleep(1_000);
    }
  }

  /** A queue mapping's poller. */
  async #deliverForEver(): Promise<void> {
    while (!this.#stopped) {
      await this.clock.sleep(this.chance.between(10, 200));
      const batch = this.queue.receive();
      if (batch.length === 0) {
        await this.queue.changed();
        continue;
      }
      const late = this.#options.startsLate?.(batch) ?? this.#late();
      // Pending notifications for room in Lambda does not keep others from polling.
      if (late > 0) void this.#handle(batch, late);
      else await this.#handle(batch, 0);
    }
  }

  /** As a throttled invocation starts: now and then in the very last second in which Lambda still starts it. */
  #late(): number {
    if (!this.chance.happens(this.network.faults.late ?? 0)) return 0;
    return this.chance.happens(0.7)
      ? VISIBILITY_MS - this.chance.between(1, 1_500)
      : this.chance.between(1, VISIBILITY_MS);
  }

  /** Invokes deliver with a batch, as soon as Lambda has room, and deletes what it does not name. */
  async #handle(batch: readonly SQSRecord[], lateMs: number): Promise<void> {
    const latest = this.clock.now() + VISIBILITY_MS;
    if (lateMs > 0) await this.clock.sleep(lateMs);
    for (;;) {
      const until = this.#options.throttledUntil?.() ?? 0;
      if (until <= this.clock.now()) break;
      await this.clock.sleep(Math.min(until, latest) - this.clock.now() + this.chance.between(0, 500));
      if (this.clock.now() >= latest) return;
    }
    const ended = await this.#invoke(
      'deliver',
      DELIVER_MS,
      (environment, now) => this.#attemptDeps(environment, now),
      (deps, invocation, remainingMs) =>
        deliver(
          batch,
          { ...deps, log: this.#logOf(deps.log, invocation), call: this.#callFrom(deps.environment, invocation) },
          remainingMs,
        ),
    );
    if (!ended || 'error' in ended) return;
    const kept = new Set(ended.result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const message of batch) {
      if (kept.has(message.messageId)) continue;
      const isLost = this.#options.losesDeletion?.(message) || this.chance.happens(this.network.faults.repeat);
      if (!isLost) this.queue.delete(message.receiptHandle);
    }
  }

  #attemptDeps(environment: Environment, now: () => number) {
    const dynamodb = this.#dynamodbFrom(environment);
    const sleep = this.#sleepIn(environment);
    return {
      environment,
      triggers: new Triggers('triggers', dynamodb, this.#pauseIn(environment)),
      backlog: new Backlog('backlog', dynamodb, this.#pauseIn(environment)),
      secrets: new Secrets('secrets', dynamodb, now, this.#pauseIn(environment)),
      log: new DeliveryLog('log', dynamodb),
      logged: 'all' as const,
      metrics: unmeasured,
      queue: new DeliveryQueue(QUEUE, this.queue.client(environment), sleep),
      retryDelays: RETRY_DELAYS,
      attemptMs: ATTEMPT_MS,
      concurrency: 50,
      now,
      random: this.chance.random,
      sleep,
      after: (milliseconds: number, act: () => void) => {
        let cancelled = false;
        void sleep(milliseconds).then(() => {
          if (!cancelled) act();
        });
        return () => {
          cancelled = true;
        };
      },
    };
  }

  /** How a store waits for what DynamoDB left unprocessed: in the model's time. */
  #pauseIn(environment: Environment) {
    const sleep = this.#sleepIn(environment);
    return (attempt: number) => sleep(50 * 2 ** attempt);
  }

  #sleepIn(environment: Environment) {
    return async (milliseconds: number): Promise<void> => {
      await this.clock.sleep(milliseconds);
      await environment.running();
    };
  }

  /** The schedule: each minute, also while an earlier run goes on. */
  async #drainForEver(): Promise<void> {
    while (!this.#stopped) {
      await this.clock.sleep(this.drainEachMs);
      void this.drainNow();
    }
  }

  async drainNow(): Promise<void> {
    if (this.drainEachMs === DRAIN_EACH_MS) this.watch.checkDrains();
    await this.#invoke(
      'drain',
      DRAIN_MS,
      (environment, now) => this.#attemptDeps(environment, now),
      (deps, invocation, remainingMs) =>
        drain(
          { ...deps, log: this.#logOf(deps.log, invocation), call: this.#callFrom(deps.environment, invocation) },
          remainingMs,
        ),
    );
  }

  /** What has expired goes some time after. */
  async #expireForEver(): Promise<void> {
    while (!this.#stopped) {
      await this.clock.sleep(this.chance.between(300_000, 48 * 3600_000));
      this.dynamodb.expire();
    }
  }

  /**
   * Somebody does something by the command line or the page.
   *
   * @param requests It is cut off after so many.
   * @returns The result of it; nothing when it was cut off.
   */
  admin<Result>(
    operation: (deps: OperationDeps) => Promise<Result>,
    requests = Number.POSITIVE_INFINITY,
  ): Promise<{ readonly result: Result } | { readonly error: unknown } | undefined> {
    return this.#invoke(ADMIN, 24 * 3600_000, (environment) => this.#operationDeps(environment, requests), operation);
  }

  #operationDeps(environment: Environment, requests: number): OperationDeps {
    environment.requestsLeft = requests;
    const dynamodb = this.#dynamodbFrom(environment);
    const sqs = this.queue.client(environment);
    const deps = {
      triggersTable: new Triggers('triggers', dynamodb, this.#pauseIn(environment)),
      backlog: new Backlog('backlog', dynamodb, this.#pauseIn(environment)),
      log: new DeliveryLog('log', dynamodb),
      secrets: new Secrets('secrets', dynamodb, this.clock.now, this.#pauseIn(environment)),
      history: new History('audit', 'backlog', dynamodb, this.#pauseIn(environment)),
      who: 'ada',
      queue: new DeliveryQueue(QUEUE, sqs, this.#sleepIn(environment)),
      dynamodb,
      rules: defaultRules,
      lookUp: async () => [{ address: '8.8.8.8', family: 4 as const }],
      crmTables: Object.fromEntries(entityNames.map((entity) => [entity, entity])),
      rowRules: Object.fromEntries(entityNames.map((entity) => [entity, {}])),
      sqs,
      queueUrl: QUEUE_URL,
      deadLetterQueueUrl: DEAD_LETTER_URL,
      testPatienceMs: 75_000,
      wakeDrain: async () => void this.drainNow(),
      sleep: this.#sleepIn(environment),
      now: this.clock.now,
    };
    return deps as unknown as OperationDeps;
  }

  #logOf(log: DeliveryLog, invocation: Invocation) {
    const write = async (entries: readonly LogEntry[]): Promise<void> => {
      await log.write(entries).catch((error) => {
        this.unlogged.add(invocation);
        throw error;
      });
      this.logged.push(...entries);
    };
    return { write };
  }

  #callFrom(from: Environment, invocation: Invocation): Call {
    return (url, headers, cut) => {
      const id = headers['webhook-id'] ?? '';
      const begun = (this.#begun.get(id) ?? 0) + 1;
      this.#begun.set(id, begun);
      if (begun === 1) this.firstBegun.set(id, this.clock.now());
      const { receivers } = this.#options;
      if ('call' in receivers) return receivers.call(url, headers, cut);
      const trigger = headers['crm-trigger'] as Trigger;
      const { origin, pathname, search } = new URL(url);
      const called = origin + pathname;
      this.watch.called(from.name, trigger, called, invocation.startedAt);
      return (
        this.network
          .request(from, () => {
            const call = {
              id,
              trigger,
              url: called,
              formattedString: search,
              sequence: BigInt(headers['crm-trigger-sequence'] ?? '0'),
              attempt: Number(headers['crm-trigger-attempt']),
              begun,
              at: this.clock.now(),
            };
            const { response, ms } = receivers.behavior(call);
            this.deliveries.push({ ...call, response, from: invocation });
            return { response, ms };
          })
          .then(async ({ response, ms }) => {
            const isCut = new Promise<'cut'>((resolve) => cut?.addEventListener('abort', () => resolve('cut')));
            const ends = await Promise.race([isCut, this.clock.sleep(Math.min(ms, ATTEMPT_MS))]);
            await from.running();
            if (ends === 'cut') return { failure: 'cut off' };
            return ms > ATTEMPT_MS ? { failure: 'no response within 10 s' } : response;
          })
          // The way to the receiver fails as any other; a call never throws.
          .catch(() => ({ failure: 'connection broken before a response' }))
      );
    };
  }
}

interface Command {
  readonly input: object;
  readonly constructor: { readonly name: string };
}

function requestOf(by: string, command: Command): TableRequest {
  // biome-ignore lint/suspicious/noExplicitAny: the inputs of nine commands
  const input = command.input as any;
  const table: TableName = input.TableName ?? Object.keys(input.RequestItems ?? {})[0];
  return { by, table, name: command.constructor.name.replace(/Command$/, ''), trigger: triggerOf(input, table), input };
}

/** The trigger that a request is about, if it is about one alone. */
// biome-ignore lint/suspicious/noExplicitAny: the inputs of nine commands
function triggerOf(input: any, table: TableName): Trigger | undefined {
  const { Keys = [input.RequestItems] } = input.RequestItems?.[table] ?? {};
  const key = input.Key ?? input.Item ?? (Keys.length === 1 ? Keys[0] : undefined);
  const values = Object.values((input.ExpressionAttributeValues ?? {}) as Record<string, { S?: string }>);
  const list: string | undefined =
    key?.trigger?.S ?? key?.list?.S ?? values.find(({ S }) => S !== undefined && /^[a-z]+\.[a-z]+#/.test(S))?.S;
  return list?.split('#')[0] as Trigger | undefined;
}

/** Faults are likelier where the state of a trigger hangs on a request: its moves, its lease, and what a probe writes. */
function weightOf({ by, table, name }: TableRequest): number {
  if (table === 'triggers' && name === 'UpdateItem') return 6;
  if (table === 'backlog' && (by === 'drain' || by === 'admin') && name !== 'Query') return 3;
  return 1;
}
