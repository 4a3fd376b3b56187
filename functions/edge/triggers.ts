import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { diagram, FIRST_PROBE_MS, type Move, type State } from '../core/breaker.ts';
import { isTrigger, type Trigger } from '../core/entity.ts';
import { batchGet } from './batch-get.ts';

/** A trigger as it stands. Times are epoch milliseconds, 0 for never. */
export interface TriggerNow {
  /** Absent: none is typed, so nobody is told. */
  readonly url?: string;
  /** When the URL was typed or cleared, ISO 8601. */
  readonly urlChangedAt?: string;
  /** Raised each time a URL is typed or cleared; absent when none ever was. */
  readonly urlVersion?: number;
  readonly state: State;
  /** Failures or slow answers in a row. */
  readonly strikes: number;
  /** When the first strike of the row came; absent when there was none since the latest success. */
  readonly failingSince?: number;
  /** The latest success after a strike. */
  readonly lastSuccess: number;
  /** The next probe of a parked trigger, and how long after the one before it comes, milliseconds. */
  readonly probeAt: number;
  readonly probeDelay: number;
  /** Why a trigger is parked: what was answered last, in one line without the URL. */
  readonly parkedBecause?: string;
  /** Why a trigger is paused. */
  readonly pausedBy?: 'admin' | 'gone';
}

export type TriggersNow = ReadonlyMap<Trigger, TriggerNow>;

/** What a move writes beside the state. */
export type MoveFields = Partial<
  Pick<TriggerNow, 'probeAt' | 'probeDelay' | 'parkedBecause' | 'strikes' | 'lastSuccess' | 'pausedBy'>
>;

/** The triggers table: an item a trigger. Every read is strongly consistent; every method throws when the table is silent. */
export class Triggers {
  readonly #table: string;
  readonly #dynamodb: DynamoDBClient;

  constructor(table: string, dynamodb = new DynamoDBClient()) {
    this.#table = table;
    this.#dynamodb = dynamodb;
  }

  /** Those of the triggers that have ever been touched. */
  async read(triggers: readonly Trigger[]): Promise<TriggersNow> {
    const found = new Map<Trigger, TriggerNow>();
    const keys = triggers.map((trigger) => ({ trigger: { S: trigger } }));
    for (const item of await batchGet(this.#dynamodb, this.#table, keys))
      if (isTrigger(item.trigger?.S)) found.set(item.trigger.S, fromItem(item));
    return found;
  }

  /**
   * Types a URL, or clears it. Should the trigger be parked, a probe of the new URL is due.
   *
   * @param at Epoch milliseconds.
   * @param seen The version that the writer saw, 0 for none. Left out, whatever is there is overwritten.
   * @returns Whether nobody else wrote in between.
   */
  async writeUrl(trigger: Trigger, url: string | undefined, at: number, seen?: number): Promise<boolean> {
    const values: Record<string, AttributeValue> = {
      urlChangedAt: { S: new Date(at).toISOString() },
      probeAt: { N: String(at) },
      probeDelay: { N: String(FIRST_PROBE_MS) },
      one: { N: '1' },
      ...(url !== undefined && { url: { S: url } }),
      ...(seen && { seen: { N: String(seen) } }),
    };
    const set = 'SET urlChangedAt = :urlChangedAt, probeAt = :probeAt, probeDelay = :probeDelay';
    const write = url === undefined ? `${set} REMOVE #url` : `${set}, #url = :url`;
    const unseen = seen === undefined ? undefined : 'attribute_not_exists(urlVersion)';
    const condition = seen ? 'urlVersion = :seen' : unseen;
    return (await this.#update(trigger, `${write} ADD urlVersion :one`, values, undefined, condition)) !== undefined;
  }

  /**
   * Counts a strike against an active trigger.
   *
   * @param at Epoch milliseconds.
   * @returns Its strikes in a row, or `undefined` if it is not active.
   */
  async strike(trigger: Trigger, at: number): Promise<number | undefined> {
    const values = { one: { N: '1' }, at: { N: String(at) } };
    const expression = 'SET failingSince = if_not_exists(failingSince, :at) ADD strikes :one';
    const item = await this.#update(trigger, expression, values, ['active']);
    return item && Number(item.strikes?.N);
  }

  /** Forgets the strikes of a trigger whose destination answers, because something was delivered. */
  async clearStrikes(trigger: Trigger, at: number): Promise<void> {
    const values = { zero: { N: '0' }, at: { N: String(at) } };
    await this.#update(trigger, 'SET strikes = :zero, lastSuccess = :at REMOVE failingSince', values, [
      'active',
      'draining',
    ]);
  }

  /** Makes a move of the diagram. @returns Whether the trigger was in a state to make it from. */
  async move(trigger: Trigger, move: Move, fields: MoveFields = {}): Promise<boolean> {
    const { from, to } = diagram[move];
    const values: Record<string, AttributeValue> = { to: { S: to } };
    for (const [name, value] of Object.entries(fields))
      values[name] = typeof value === 'number' ? { N: String(value) } : { S: value };
    const set = Object.keys(fields).map((name) => `, ${name} = :${name}`);
    const forget = fields.strikes === 0 ? ' REMOVE failingSince' : '';
    return (await this.#update(trigger, `SET #state = :to${set.join('')}${forget}`, values, from)) !== undefined;
  }

  /** Sets when a parked trigger is probed next, and what the latest probe was answered. */
  async postponeProbe(trigger: Trigger, probeAt: number, probeDelay: number, parkedBecause: string): Promise<void> {
    await this.#update(
      trigger,
      'SET probeAt = :probeAt, probeDelay = :probeDelay, parkedBecause = :parkedBecause',
      {
        probeAt: { N: String(probeAt) },
        probeDelay: { N: String(probeDelay) },
        parkedBecause: { S: parkedBecause },
      },
      ['parked'],
    );
  }

  /** Takes the right to drain a trigger until a time. @returns Whether nobody else has it. */
  async lease(trigger: Trigger, until: number, now: number): Promise<boolean> {
    const values = { until: { N: String(until) }, now: { N: String(now) } };
    const condition = '(attribute_not_exists(leaseUntil) OR leaseUntil <= :now)';
    return (await this.#update(trigger, 'SET leaseUntil = :until', values, undefined, condition)) !== undefined;
  }

  /** Gives that right back, unless it ran out and somebody else took it. */
  async giveBack(trigger: Trigger, until: number): Promise<void> {
    const values = { until: { N: String(until) } };
    await this.#update(trigger, 'REMOVE leaseUntil', values, undefined, 'leaseUntil = :until');
  }

  /** @returns The item after the update, or `undefined` when it was not in one of the states or met no condition. */
  async #update(
    trigger: Trigger,
    expression: string,
    values: Readonly<Record<string, AttributeValue>>,
    states?: readonly State[],
    condition?: string,
  ): Promise<Record<string, AttributeValue> | undefined> {
    const inState = states?.map((state) => `#state = :${state}`) ?? [];
    // A trigger that has never moved has no state written.
    if (states?.includes('active')) inState.push('attribute_not_exists(#state)');
    const conditions = [
      ...(inState.length > 0 ? [`(${inState.join(' OR ')})`] : []),
      ...(condition ? [condition] : []),
    ];
    const all = [expression, ...conditions].join(' ');
    try {
      const { Attributes } = await this.#dynamodb.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: { trigger: { S: trigger } },
          UpdateExpression: expression,
          ConditionExpression: conditions.join(' AND ') || undefined,
          ExpressionAttributeNames: namesIn(all),
          ExpressionAttributeValues: {
            ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value])),
            ...Object.fromEntries((states ?? []).map((state) => [`:${state}`, { S: state }])),
          },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return Attributes;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }
}

/** `url` and `state` are reserved words. */
function namesIn(expression: string): Record<string, string> | undefined {
  const names = ['url', 'state'].filter((name) => expression.includes(`#${name}`));
  return names.length > 0 ? Object.fromEntries(names.map((name) => [`#${name}`, name])) : undefined;
}

function fromItem(item: Readonly<Record<string, AttributeValue>>): TriggerNow {
  const number = (name: string) => Number(item[name]?.N ?? 0);
  const parkedBecause = item.parkedBecause?.S;
  const pausedBy = item.pausedBy?.S as TriggerNow['pausedBy'];
  return {
    ...(item.url?.S !== undefined && { url: item.url.S }),
    ...(item.urlChangedAt?.S !== undefined && { urlChangedAt: item.urlChangedAt.S }),
    ...(item.urlVersion?.N !== undefined && { urlVersion: number('urlVersion') }),
    ...(item.failingSince?.N !== undefined && { failingSince: number('failingSince') }),
    state: (item.state?.S ?? 'active') as State,
    strikes: number('strikes'),
    lastSuccess: number('lastSuccess'),
    probeAt: number('probeAt'),
    probeDelay: number('probeDelay'),
    ...(parkedBecause && { parkedBecause }),
    ...(pausedBy && { pausedBy }),
  };
}
