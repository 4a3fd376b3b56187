import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { diagram, FIRST_PROBE_MS, type Move, type State, states } from '../core/breaker.ts';
import { triggers as allTriggers, type Trigger } from '../core/entity.ts';
import { type Pause, type Row, Table } from './table.ts';

/** A trigger as it stands. Times are epoch milliseconds, 0 for never. */
export interface TriggerNow {
  /** Absent: none is set, so no call is made. */
  readonly url?: string;
  /** When the URL was set or cleared, ISO 8601. */
  readonly urlChangedAt?: string;
  /** Raised each time a URL is set or cleared; absent when none ever was. */
  readonly urlVersion?: number;
  readonly state: State;
  /** Failures or slow responds in a row. */
  readonly consecutiveFailures: number;
  /** When the first failure of the row came; absent when there was none since the latest success. */
  readonly failingSince?: number;
  /** The latest success after a failure. */
  readonly lastSuccess: number;
  /** The next probe of a parked trigger, and how long after the one before it comes, milliseconds. */
  readonly probeAt: number;
  readonly probeDelay: number;
  /** Why a trigger is parked: the response last, in one line without the URL. */
  readonly parkedBecause?: string;
  /** Why a trigger is paused. */
  readonly pausedBy?: 'admin' | 'gone';
}

export type TriggersNow = ReadonlyMap<Trigger, TriggerNow>;

/** What a move writes beside the state. */
export type MoveFields = Partial<
  Pick<TriggerNow, 'probeAt' | 'probeDelay' | 'parkedBecause' | 'consecutiveFailures' | 'lastSuccess' | 'pausedBy'>
>;

/** The version of the items in the triggers table. Release 0.2.0 wrote none; its items are read as well. */
const VERSION = 1;

// What this version does not know of one trigger must not keep it from reading the others.
const time = z.catch(z._default(z.number(), 0), 0);

/** Release 0.2.0 called the state `finishing` by this name, and the attribute is still written so. */
const FINISHING = 'closing';
const storedState = (state: State) => (state === 'finishing' ? FINISHING : state);

const row = z.object({
  trigger: z.enum(allTriggers as [Trigger, ...Trigger[]]),
  url: z.optional(z.string()),
  urlChangedAt: z.catch(z.optional(z.string()), undefined),
  urlVersion: z.catch(z.optional(z.number()), undefined),
  // While a trigger is in a state that this version does not know, its messages wait, as in `finishing`: nothing is lost.
  state: z._default(z.catch(z.enum(states.map(storedState)), FINISHING), 'active'),
  strikes: time,
  failingSince: z.catch(z.optional(z.number()), undefined),
  lastSuccess: time,
  probeAt: time,
  probeDelay: time,
  parkedBecause: z.catch(z.optional(z.string()), undefined),
  pausedBy: z.catch(z.optional(z.enum(['admin', 'gone'])), undefined),
});

/** `strikes` is the stored name of the consecutive failures. */
function fromRow(item: Row): [Trigger, TriggerNow] {
  const { trigger, strikes, state, ...now } = z.parse(row, item);
  const known = states.find((one) => storedState(one) === state) ?? 'finishing';
  return [trigger, { ...now, state: known, consecutiveFailures: strikes } as TriggerNow];
}

/**
 * The triggers table: an item a trigger. Every read is strongly consistent; every method throws when the table does not
 * response. A write whose response was lost, and that the SDK repeats, is recognized as having been applied.
 */
export class Triggers {
  readonly #table: Table;

  constructor(table: string, dynamodb = new DynamoDBClient(), pause?: Pause) {
    this.#table = new Table(table, dynamodb, pause);
  }

  /** Those of the triggers that have ever been touched. */
  async read(triggers: readonly Trigger[]): Promise<TriggersNow> {
    const rows = await this.#table.getAll(triggers.map((trigger) => ({ trigger })));
    return new Map(rows.map(fromRow));
  }

  /**
   * Sets a URL, or clears it. Should the trigger be parked, a probe of the new URL is due.
   *
   * @param at Epoch milliseconds.
   * @param seen The version that the writer saw, 0 for none. Left out, whatever is there is overwritten.
   * @returns Whether nobody else wrote in between.
   */
  async writeUrl(trigger: Trigger, url: string | undefined, at: number, expectedVersion?: number): Promise<boolean> {
    const set = 'SET #v = :v, #urlChangedAt = :urlChangedAt, #probeAt = :probeAt, #probeDelay = :probeDelay';
    const isFirst = expectedVersion === undefined ? undefined : 'attribute_not_exists(#urlVersion)';
    return this.#write(trigger, {
      update: `${set}${url === undefined ? ' REMOVE #url' : ', #url = :url'} ADD #urlVersion :one`,
      condition: expectedVersion ? '#urlVersion = :expectedVersion' : isFirst,
      values: {
        v: VERSION,
        urlChangedAt: new Date(at).toISOString(),
        probeAt: at,
        probeDelay: FIRST_PROBE_MS,
        one: 1,
        ...(url !== undefined && { url }),
        ...(expectedVersion && { expectedVersion }),
      },
      token: 'urlToken',
    });
  }

  /**
   * Counts a consecutive failure of an active trigger.
   *
   * @param at Epoch milliseconds.
   * @returns Its consecutive failures, or `undefined` if it is not active.
   */
  async countFailure(trigger: Trigger, at: number): Promise<number | undefined> {
    const { condition, values } = inState(['active']);
    const counted = await this.#table.update(
      { trigger },
      {
        update: 'SET #v = :v, #failingSince = if_not_exists(#failingSince, :at) ADD #strikes :one',
        condition,
        values: { ...values, v: VERSION, at, one: 1 },
        token: 'strikeToken',
      },
    );
    return 'row' in counted ? z.parse(row, counted.row).strikes : undefined;
  }

  /** Resets the consecutive failures of a trigger after a delivery. */
  async clearFailures(trigger: Trigger, at: number): Promise<void> {
    const { condition, values } = inState(['active', 'draining']);
    await this.#write(trigger, {
      update: 'SET #v = :v, #strikes = :zero, #lastSuccess = :at REMOVE #failingSince',
      condition,
      values: { ...values, v: VERSION, zero: 0, at },
    });
  }

  /** Makes a move of the diagram. @returns Whether the trigger was in a state to make it from. */
  async move(trigger: Trigger, move: Move, fields: MoveFields = {}): Promise<boolean> {
    const { from, to } = diagram[move];
    const { condition, values } = inState(from);
    const { consecutiveFailures, ...others } = fields;
    const stored = { ...others, ...(consecutiveFailures !== undefined && { strikes: consecutiveFailures }) };
    const set = Object.keys(stored).map((name) => `, #${name} = :${name}`);
    return this.#write(trigger, {
      update: `SET #v = :v, #state = :to${set.join('')}${consecutiveFailures === 0 ? ' REMOVE #failingSince' : ''}`,
      condition,
      values: { ...stored, ...values, v: VERSION, to: storedState(to) },
      token: 'moveToken',
    });
  }

  /**
   * Sets when a parked trigger is probed next, and what the latest probe was responded.
   *
   * @param seen The version of the URL that was probed. Left out, whatever URL is there.
   * @returns Whether the trigger is parked, and its URL is still of that version.
   */
  async postponeProbe(
    trigger: Trigger,
    probeAt: number,
    probeDelay: number,
    parkedBecause: string,
    expectedVersion?: number,
  ): Promise<boolean> {
    const { condition, values } = inState(['parked']);
    const isSame =
      expectedVersion === undefined ? '' : ' AND (attribute_not_exists(#urlVersion) OR #urlVersion = :expectedVersion)';
    return this.#write(trigger, {
      update: 'SET #v = :v, #probeAt = :probeAt, #probeDelay = :probeDelay, #parkedBecause = :parkedBecause',
      condition: `${condition}${isSame}`,
      values: {
        ...values,
        v: VERSION,
        probeAt,
        probeDelay,
        parkedBecause,
        ...(expectedVersion !== undefined && { expectedVersion }),
      },
    });
  }

  /** Takes the right to drain a trigger until a time. @returns Whether nobody else has it. */
  async lease(trigger: Trigger, until: number, now: number): Promise<boolean> {
    return this.#write(trigger, {
      update: 'SET #v = :v, #leaseUntil = :until',
      condition: '(attribute_not_exists(#leaseUntil) OR #leaseUntil <= :now)',
      values: { v: VERSION, until, now },
      token: 'leaseToken',
    });
  }

  /** Gives that right back, unless it ran out and somebody else took it. */
  async giveBack(trigger: Trigger, until: number): Promise<void> {
    await this.#write(trigger, {
      update: 'REMOVE #leaseUntil',
      condition: '#leaseUntil = :until',
      values: { until },
    });
  }

  async #write(trigger: Trigger, update: Parameters<Table['update']>[1]): Promise<boolean> {
    return 'row' in (await this.#table.update({ trigger }, update));
  }
}

/** The condition that a trigger is in one of these states. One that has never moved has no state written. */
function inState(states: readonly State[]): { readonly condition: string; readonly values: Row } {
  const conditions = states.map((state) => `#state = :${state}`);
  if (states.includes('active')) conditions.push('attribute_not_exists(#state)');
  return {
    condition: `(${conditions.join(' OR ')})`,
    values: Object.fromEntries(states.map((state) => [state, storedState(state)])),
  };
}
