import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { diagram, type Move } from '../core/breaker.ts';
import type { Trigger } from '../core/entity.ts';
import { maskedUrl } from '../core/masked-url.ts';
import { FIRST_PROBE_MS } from '../core/probe-schedule.ts';
import type { SettingName, TriggerSettings } from '../core/trigger-settings.ts';
import { type Pause, type Row, Table } from './table.ts';
import {
  fromRow,
  inState,
  isSetInRow,
  type MoveFields,
  row,
  SET_ATTRIBUTES,
  SHOWN_ATTRIBUTES,
  shownFromRow,
  storedState,
  type TriggerNow,
  type TriggersNow,
  VERSION,
} from './trigger-rows.ts';
import { takeSlot, type WantedSlot } from './trigger-slots.ts';

export type { MoveFields, TriggerNow, TriggersNow } from './trigger-rows.ts';

/**
 * The triggers table: one item per trigger. Every read is strongly consistent. Every method throws when the table
 * does not respond. When the SDK repeats a write whose response was lost, the write is recognized as applied.
 */
export class Triggers {
  readonly #table: Table;

  constructor(table: string, dynamodb = new DynamoDBClient(), pause?: Pause) {
    this.#table = new Table(table, dynamodb, pause);
  }

  /** Reads triggers. A trigger that was never written is absent. */
  async read(triggers: readonly Trigger[]): Promise<TriggersNow> {
    return new Map((await this.#rows(triggers)).map(fromRow));
  }

  /** Reads triggers with masked URLs, without the permission to read URLs. */
  async readShown(triggers: readonly Trigger[]): Promise<TriggersNow> {
    return new Map((await this.#rows(triggers, SHOWN_ATTRIBUTES)).map(shownFromRow));
  }

  /** Returns those of these triggers that have a URL, without the permission to read URLs. */
  async withUrl(triggers: readonly Trigger[]): Promise<ReadonlySet<Trigger>> {
    const rows = (await this.#rows(triggers, SET_ATTRIBUTES)).map(isSetInRow);
    return new Set(rows.flatMap(([trigger, isSet]) => (isSet ? [trigger] : [])));
  }

  #rows(triggers: readonly Trigger[], attributes?: readonly string[]): Promise<Row[]> {
    return this.#table.getAll(
      triggers.map((trigger) => ({ trigger })),
      attributes,
    );
  }

  /**
   * Sets or clears a URL. If the trigger is parked, a probe of the new URL is due.
   *
   * @param at Epoch milliseconds.
   * @param expectedVersion The version that the writer read, 0 for none. Without it, every version is overwritten.
   * @returns False when another version is stored.
   */
  async writeUrl(trigger: Trigger, url: string | undefined, at: number, expectedVersion?: number): Promise<boolean> {
    const set =
      'SET #v = :v, #urlChangedAt = :urlChangedAt, #probeAt = :probeAt, #probeDelay = :probeDelay, #isSet = :isSet';
    const version = 'if_not_exists(#urlVersion, :zero) + :one';
    const versions = `#urlVersion = ${version}, #shownVersion = ${version}`;
    const isFirst = expectedVersion === undefined ? undefined : 'attribute_not_exists(#urlVersion)';
    return this.#write(trigger, {
      update: `${set}, ${versions}${url === undefined ? ' REMOVE #url, #shownUrl' : ', #url = :url, #shownUrl = :shownUrl'}`,
      condition: expectedVersion ? '#urlVersion = :expectedVersion' : isFirst,
      values: {
        v: VERSION,
        urlChangedAt: new Date(at).toISOString(),
        probeAt: at,
        probeDelay: FIRST_PROBE_MS,
        zero: 0,
        one: 1,
        isSet: url !== undefined,
        ...(url !== undefined && { url, shownUrl: maskedUrl(url) }),
        ...(expectedVersion && { expectedVersion }),
      },
      token: 'urlToken',
    });
  }

  /** Adds the masked URL to an item whose URL release 0.2.0 wrote. Does nothing if the URL was written meanwhile. */
  async show(trigger: Trigger, { url, urlVersion }: Pick<TriggerNow, 'url' | 'urlVersion'>): Promise<void> {
    await this.#write(trigger, {
      update: `SET #isSet = :isSet, #shownVersion = :urlVersion${url === undefined ? ' REMOVE #shownUrl' : ', #shownUrl = :shownUrl'}`,
      condition: '#urlVersion = :urlVersion',
      values: { isSet: url !== undefined, urlVersion, ...(url !== undefined && { shownUrl: maskedUrl(url) }) },
    });
  }

  /** Writes one setting of a trigger, or removes it with `undefined`. Nothing else of the trigger changes. */
  async writeSetting<Name extends SettingName>(
    trigger: Trigger,
    name: Name,
    value: TriggerSettings[Name] | undefined,
  ): Promise<void> {
    // The next call's time came from the old limit.
    const update =
      value === undefined ? `REMOVE #${name}, #nextSlot` : `SET #v = :v, #${name} = :value REMOVE #nextSlot`;
    await this.#write(trigger, { update, ...(value !== undefined && { values: { v: VERSION, value } }) });
  }

  /** Reserves a call of a trigger that has a limit: see `takeSlot`. */
  takeSlot(trigger: Trigger, wanted: WantedSlot): Promise<number | undefined> {
    return takeSlot(this.#table, trigger, wanted);
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

  /** Resets the consecutive failures of a trigger after a delivery. @param rate The rate of a receiver that throttles. */
  async clearFailures(trigger: Trigger, at: number, rate?: Pick<TriggerNow, 'throttledRate'>): Promise<void> {
    const { condition, values } = inState(['active', 'draining']);
    await this.#write(trigger, {
      update: `SET #v = :v, #strikes = :zero, #lastSuccess = :at${rate ? ', #throttledRate = :throttledRate' : ''} REMOVE #failingSince`,
      condition,
      values: { ...values, v: VERSION, zero: 0, at, ...rate },
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
   * Sets when a parked trigger is probed next, and the response to the latest probe.
   *
   * @param expectedVersion The version of the URL that was probed. Without it, any version.
   * @returns Whether the trigger is parked, and its URL has that version.
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

  /**
   * Takes the lease of a trigger until a time.
   *
   * @returns False when another run has it.
   */
  async lease(trigger: Trigger, until: number, now: number): Promise<boolean> {
    return this.#write(trigger, {
      update: 'SET #v = :v, #leaseUntil = :until',
      condition: '(attribute_not_exists(#leaseUntil) OR #leaseUntil <= :now)',
      values: { v: VERSION, until, now },
      token: 'leaseToken',
    });
  }

  /** Returns the lease, unless it has expired and another run has taken it. */
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
