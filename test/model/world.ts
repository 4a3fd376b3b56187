import type { DynamoDBRecord } from 'aws-lambda';
import { Backlog } from '../../functions/adapters/backlog.ts';
import { Secrets } from '../../functions/adapters/secret-store.ts';
import { Triggers } from '../../functions/adapters/trigger-store.ts';
import type { Entity, Trigger } from '../../functions/core/entity.ts';
import type { LogEntry } from '../../functions/core/log-entry.ts';
import { fromMessage, type Notification } from '../../functions/core/notification.ts';
import type { OperationDeps } from '../../functions/operations/deployment.ts';
import { streamRecord } from '../support/records.ts';
import { Chance } from './chance.ts';
import type { Time } from './clock.ts';
import { DynamoDBInMemory } from './dynamodb.ts';
import { FifoQueue } from './fifo-queue.ts';
import { ADMIN, Lambda } from './lambda.ts';
import { captureForEver, DRAIN_EACH_MS, deliverForEver, drainForEver, expireForEver } from './mappings.ts';
import { type Invocation, Network } from './network.ts';
import { operationDeps } from './operation-deps.ts';
import { requestOf, tables } from './table-request.ts';
import { Watch } from './watch.ts';
import type { Delivery, WorldOptions } from './world-options.ts';

/** The whole system: its real functions and operations over services in memory. */
export class World {
  readonly clock: Time;
  readonly chance: Chance;
  readonly network: Network;
  readonly deadLetters: FifoQueue;
  readonly queue: FifoQueue;
  readonly dynamodb: DynamoDBInMemory;
  /** The stores without faults. */
  readonly triggers: Triggers;
  readonly backlog: Backlog;
  readonly secrets: Secrets;
  readonly watch: Watch;
  readonly logged: LogEntry[] = [];
  readonly deliveries: Delivery[] = [];
  /** Each notification that the queue accepted, in its latest form, without test calls. */
  readonly queued = new Map<string, Notification>();
  /** Functions whose write to the delivery log failed. */
  readonly unlogged = new Set<Invocation>();
  /** The time at which capture completed a change, by the ID of the notification. */
  readonly captured = new Map<string, number>();
  /** The start of the first attempt at a notification, by ID, even if the call did not arrive. */
  readonly firstBegun = new Map<string, number>();
  readonly begun = new Map<string, number>();
  /** The number of attempts at all notifications of a trigger with one formatted string. */
  readonly begunOfRecord = new Map<string, number>();
  readonly #streams = new Map<Entity, { readonly records: DynamoDBRecord[]; written: () => void }>();
  readonly options: WorldOptions;
  readonly lambda: Lambda;
  drainEachMs = DRAIN_EACH_MS;
  isStopped = false;

  constructor(options: WorldOptions) {
    const { clock, seed, faults, workers } = options;
    this.options = options;
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
    this.lambda = new Lambda(clock, this.chance, this.network, this.watch);
    const undisturbed = this.dynamodb.client(async (command, effect) => {
      const result = effect();
      this.watch.see(requestOf('nobody', command));
      return result;
    });
    this.triggers = new Triggers('triggers', undisturbed);
    this.backlog = new Backlog('backlog', undisturbed);
    this.secrets = new Secrets('secrets', undisturbed, clock.now);
    for (const entity of ['customer', 'task'] as const) void captureForEver(this, entity);
    for (let i = 0; i < workers; i++) void deliverForEver(this);
    void drainForEver(this);
    void expireForEver(this);
  }

  /** Starts nothing new, so that a run in real time ends. */
  stop(): void {
    this.isStopped = true;
  }

  #noteSent(body: string): void {
    const sent = fromMessage(body);
    if ('id' in sent && !sent.test) this.queued.set(sent.id, sent);
  }

  /** Writes a row of a CRM table. @param late The difference by which the stream's time runs back, in milliseconds. */
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
    const stream = this.stream(entity);
    stream.records.push(record);
    stream.written();
    return record;
  }

  #removeRow(entity: Entity, Key: object): void {
    const command = { input: { TableName: entity, Key }, constructor: { name: 'DeleteItemCommand' } };
    // biome-ignore lint/suspicious/noExplicitAny: not the SDK's own command
    void this.dynamodb.client().send(command as any);
  }

  stream(entity: Entity) {
    const stream = this.#streams.get(entity) ?? { records: [], written: () => {} };
    this.#streams.set(entity, stream);
    return stream;
  }

  state(trigger: Trigger): string {
    return this.watch.state(trigger);
  }

  /** The items in one list of all triggers. */
  listed(list: 'held' | 'parked' | 'failed') {
    return this.dynamodb.items('backlog').filter((item) => item.list?.S?.endsWith(`#${list}`));
  }

  /** Whether no message, stream record or function is being processed at this moment. */
  get isIdle(): boolean {
    if (this.lambda.busy > 0 || this.queue.messages.length > 0) return false;
    return [...this.#streams.values()].every(({ records }) => records.length === 0);
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
    return this.lambda.invoke(
      ADMIN,
      24 * 3600_000,
      (environment) => operationDeps(this, environment, requests),
      operation,
    );
  }
}
