import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { Backlog } from '../../functions/adapters/backlog.ts';
import type { Failed, Parked, TestResult, Waiting } from '../../functions/adapters/backlog-items.ts';
import { DeliveryLog, type LogEntry } from '../../functions/adapters/delivery-log.ts';
import { History, type HistoryEntry } from '../../functions/adapters/history.ts';
import { Secrets, type TriggerSecrets } from '../../functions/adapters/secret-store.ts';
import { type TriggerNow, Triggers } from '../../functions/adapters/trigger-store.ts';
import { triggers as allTriggers, type Trigger } from '../../functions/core/entity.ts';
import { unpacked } from '../../functions/core/log-item.ts';
import { fromMessage, type Notification } from '../../functions/core/notification.ts';
import { DynamoDBInMemory } from '../model/dynamodb.ts';
import { unmeasured } from './unmeasured.ts';

const tables = {
  triggers: ['trigger'],
  backlog: ['list', 'place'],
  audit: ['list', 'place'],
  secrets: ['trigger'],
  log: ['shard', 'written'],
} as const;

// biome-ignore lint/suspicious/noExplicitAny: a row of any table in plain values
type Row = Record<string, any>;

const rowsOf = (db: DynamoDBInMemory, table: keyof typeof tables): Row[] =>
  db.items(table).map((item) => unmarshall(item));

const untouched: TriggerNow = { state: 'active', consecutiveFailures: 0, lastSuccess: 0, probeAt: 0, probeDelay: 0 };

/** The triggers table, with its items by trigger. */
export class InspectedTriggers extends Triggers {
  readonly #db: DynamoDBInMemory;
  #counted = 0;
  /** Moves of the diagram that were made. */
  moves = 0;

  constructor(db: DynamoDBInMemory) {
    super('triggers', db.client());
    this.#db = db;
  }

  get items(): ReadonlyMap<Trigger, TriggerNow> {
    const named = ({ trigger, strikes = 0, state = 'active', ...now }: Row): [Trigger, TriggerNow] => [
      trigger,
      { ...untouched, ...now, consecutiveFailures: strikes, state: state === 'closing' ? 'finishing' : state },
    ];
    return new Map(rowsOf(this.#db, 'triggers').map(named));
  }

  /** Writes an item with the attribute names and values that are stored. */
  put(trigger: Trigger, { consecutiveFailures: strikes, state, ...now }: TriggerNow): void {
    const stored = { trigger, ...now, strikes, state: state === 'finishing' ? 'closing' : state };
    this.#db.put('triggers', marshall(stored, { removeUndefinedValues: true }));
  }

  override async move(...args: Parameters<Triggers['move']>): Promise<boolean> {
    const isMade = await super.move(...args);
    if (isMade) this.moves++;
    return isMade;
  }

  /** Items written since this was set to 0. */
  get writes(): number {
    return this.#db.writesTo('triggers') - this.#counted;
  }

  set writes(count: number) {
    this.#counted = this.#db.writesTo('triggers') - count;
  }
}

/** The backlog table, with the items of all triggers' lists by the notification's id. */
export class InspectedBacklog extends Backlog {
  readonly #db: DynamoDBInMemory;

  constructor(db: DynamoDBInMemory) {
    super('backlog', db.client());
    this.#db = db;
  }

  get retryItems(): ReadonlyMap<string, Waiting> {
    return this.#list('held', (row) => ({ ...pendingOf(row), ...(row.alone && { alone: row.alone }) }));
  }

  get parkedItems(): ReadonlyMap<string, Parked> {
    return this.#list('parked', (row) => ({ ...pendingOf(row), parkedAt: row.parkedAt }));
  }

  get failedItems(): ReadonlyMap<string, Failed> {
    return this.#list('failed', ({ list, place: _, v: __, token: ___, expiresAt: ____, message, keys, ...row }) => ({
      ...(row as Failed),
      trigger: list.split('#')[0],
      ...(message && { notification: fromMessage(message) as Notification }),
      ...(keys && { keys: JSON.parse(keys) }),
    }));
  }

  get tests(): ReadonlyMap<string, TestResult> {
    return this.#list('test', ({ result }) => {
      const { answer, ...stored } = JSON.parse(result);
      return { ...stored, response: answer };
    });
  }

  /** Items written so far, history and counts of records among them. */
  get writes(): number {
    return this.#db.writesTo('backlog');
  }

  #list<Item>(list: string, toItem: (row: Row) => Item): ReadonlyMap<string, Item> {
    const rows = rowsOf(this.#db, 'backlog').filter((row) => row.list.endsWith(`#${list}`) && !row.done);
    return new Map(rows.map((row) => [row.place.split('#')[2], toItem(row)]));
  }
}

function pendingOf({ message, attempts, firstAttempt, answer, nextTry }: Row): Waiting {
  return { notification: fromMessage(message) as Notification, attempts, firstAttempt, response: answer, nextTry };
}

/** The secrets table, with its items by trigger. */
export class InspectedSecrets extends Secrets {
  readonly #db: DynamoDBInMemory;

  constructor(db: DynamoDBInMemory, now?: () => number) {
    super('secrets', db.client(), now);
    this.#db = db;
  }

  get items(): ReadonlyMap<Trigger, TriggerSecrets> {
    return new Map(
      rowsOf(this.#db, 'secrets').map(({ trigger, content, version }) => [
        trigger,
        { ...JSON.parse(content), version },
      ]),
    );
  }

  put(trigger: Trigger, { version, ...content }: TriggerSecrets): void {
    this.#db.put('secrets', marshall({ trigger, content: JSON.stringify(content), version }));
  }
}

/** The delivery log, with its entries in the order in which they were written. */
export class InspectedLog extends DeliveryLog {
  readonly #db: DynamoDBInMemory;

  constructor(db: DynamoDBInMemory) {
    super('log', db.client());
    this.#db = db;
  }

  get entries(): LogEntry[] {
    return this.#puts().flatMap(({ input }) => unpacked(input.Item.rows.B));
  }

  /** Items written so far. */
  get writes(): number {
    return this.#puts().length;
  }

  #puts() {
    return this.#db.requests.filter(({ name, input }) => name === 'PutItem' && input.TableName === 'log');
  }
}

/** The history, with its entries, the latest first. */
export class InspectedHistory extends History {
  readonly #db: DynamoDBInMemory;

  constructor(db: DynamoDBInMemory) {
    super('audit', 'backlog', db.client());
    this.#db = db;
  }

  get entries(): HistoryEntry[] {
    const puts = this.#db.requests.filter(({ name, input }) => name === 'PutItem' && input.Item.list?.S === 'history');
    return puts.map(({ input }) => JSON.parse(input.Item.entry.S)).reverse();
  }
}

/** The stores over a DynamoDB in memory, each with access to its items. */
export function storesInMemory(now?: () => number) {
  const db = new DynamoDBInMemory(tables, now);
  return {
    db,
    triggers: new InspectedTriggers(db),
    backlog: new InspectedBacklog(db),
    secrets: new InspectedSecrets(db, now),
    history: new InspectedHistory(db),
    log: new InspectedLog(db),
  };
}

/** The times of deliveries of a function that calls all receivers: it needs no slow start. */
export const calledLately = () => new Map(allTriggers.map((trigger) => [trigger, Number.POSITIVE_INFINITY]));

/** The dependencies of a function that makes attempts, except for the calls: stores in memory, and no metrics. */
export function attemptDeps(now: () => number = Date.now) {
  const { triggers, backlog, secrets, log } = storesInMemory(now);
  const retryDelays = [5, 30, 120, 600];
  return {
    triggers,
    backlog,
    secrets,
    log,
    logged: 'all' as const,
    metrics: unmeasured,
    retryDelays,
    now,
    random: () => 0.5,
    deliveredAt: calledLately(),
  };
}
