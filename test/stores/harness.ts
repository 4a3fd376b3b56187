import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { Backlog } from '../../functions/adapters/backlog.ts';
import type { Failed, Parked, Tried, Waiting } from '../../functions/adapters/backlog-items.ts';
import { DeliveryLog } from '../../functions/adapters/delivery-log.ts';
import { History } from '../../functions/adapters/history.ts';
import { LogChanges } from '../../functions/adapters/log-changes.ts';
import { PullTokens } from '../../functions/adapters/pull-tokens.ts';
import { RecordCounts } from '../../functions/adapters/record-counts.ts';
import { Secrets } from '../../functions/adapters/secret-store.ts';
import type { Pause, Place } from '../../functions/adapters/table.ts';
import { Triggers } from '../../functions/adapters/trigger-store.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import type { Notification } from '../../functions/core/notification.ts';
import { notification } from '../support/records.ts';

export type Item = Record<string, AttributeValue>;

/** The tables that the stores use, with partition key and sort key. */
export const keys = {
  triggers: ['trigger'],
  backlog: ['list', 'place'],
  audit: ['list', 'place'],
  secrets: ['trigger'],
  log: ['shard', 'written'],
} as const satisfies Record<string, readonly [string, string?]>;

export type TableName = keyof typeof keys;

/** Empty tables, and a client that reaches them. */
export interface Harness {
  readonly client: DynamoDBClient;
  readonly names: Readonly<Record<TableName, string>>;
  /** Deletes the tables. */
  drop(): Promise<void>;
}

export type MakeHarness = () => Promise<Harness>;

const noPause: Pause = async () => {};

/** The stores over the tables of a harness, or over another client that reaches the same. */
export function storesOf({ client, names }: Harness, through = client, pause = noPause) {
  return {
    triggers: new Triggers(names.triggers, through, pause),
    backlog: new Backlog(names.backlog, through, pause),
    secrets: new Secrets(names.secrets, through, Date.now, pause),
    history: new History(names.audit, names.backlog, through, pause),
    log: new DeliveryLog(names.log, through),
    changes: new LogChanges(names.log, through),
    pullTokens: new PullTokens(names.secrets, through),
    counts: (changes: number, perSeconds = 60) =>
      new RecordCounts(names.backlog, { changes, perSeconds }, through, pause),
  };
}

export type Stores = ReturnType<typeof storesOf>;

/** All items of a table. */
export async function itemsOf({ client, names }: Harness, table: TableName): Promise<Item[]> {
  const items: Item[] = [];
  let next: Item | undefined;
  do {
    const input = { TableName: names[table], ConsistentRead: true, ExclusiveStartKey: next };
    const page = await client.send(new ScanCommand(input));
    items.push(...(page.Items ?? []));
    next = page.LastEvaluatedKey;
  } while (next);
  return items;
}

export async function putItem({ client, names }: Harness, table: TableName, item: Item): Promise<void> {
  await client.send(new PutItemCommand({ TableName: names[table], Item: item }));
}

export async function deleteItem({ client, names }: Harness, table: TableName, key: Item): Promise<void> {
  await client.send(new DeleteItemCommand({ TableName: names[table], Key: key }));
}

/** All pages of something that is listed page by page. */
export async function pagesOf<Page extends object, Next>(
  read: (next: Next | undefined) => Promise<Page & { next?: Next }>,
): Promise<Page[]> {
  const pages: Page[] = [];
  let next: Next | undefined;
  do {
    const page = await read(next);
    pages.push(page);
    next = page.next;
  } while (next !== undefined);
  return pages;
}

export function waiting(of: Partial<Notification> = {}, known: Partial<Tried> = {}): Waiting {
  return { notification: notification(of), attempts: 1, firstAttempt: 5, response: 'HTTP 500', nextTry: 7, ...known };
}

export function failed(of: Partial<Failed> = {}): Failed {
  const { id, trigger, changedAt, sequence, record, ...rest } = notification();
  const sent = { id, trigger, changedAt, sequence, record, ...rest };
  return {
    ...{ id, trigger, changedAt, sequence, record },
    ...{ reason: 'HTTP 500', attempts: 5, failedAt: 1_760_000_000_000, notification: sent },
    ...of,
  };
}

/** The whole backlog of a trigger. */
export async function backlogOf(backlog: Backlog, trigger: Trigger): Promise<Parked[]> {
  const pages = await pagesOf((next: Place | undefined) => backlog.parked(trigger, 100, next));
  return pages.flatMap(({ parked }) => parked);
}

/** All that a trigger has in Failed. */
export async function failedOf(backlog: Backlog, trigger: Trigger): Promise<Failed[]> {
  const pages = await pagesOf((next: Place | undefined) => backlog.failed(trigger, 100, next));
  return pages.flatMap(({ failed }) => failed);
}
