import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import type { Trigger } from '../core/entity.ts';
import { Table } from './table.ts';

/** The version of the items. */
const VERSION = 1;

const row = z.object({ hash: z.string() });

/**
 * The hashes of the tokens with which receivers read the changes of a trigger. They are items of their own in the secrets
 * table, so that a change of a secret does not touch them. Every read is strongly consistent, so that a revoked token is
 * rejected at once. Every method throws when the table does not respond.
 */
export class PullTokens {
  readonly #table: Table;

  constructor(table: string, dynamodb = new DynamoDBClient()) {
    this.#table = new Table(table, dynamodb);
  }

  /** Returns the SHA-256 of a trigger's token; nothing if it has none. */
  async hashOf(trigger: Trigger): Promise<string | undefined> {
    const [item] = await this.#table.getAll([keyOf(trigger)]);
    return item && (z.parse(row, item).hash || undefined);
  }

  /** Replaces the hash. @param hash Empty: no token is valid. */
  async put(trigger: Trigger, hash: string): Promise<void> {
    await this.#table.update(keyOf(trigger), { update: 'SET #v = :v, #hash = :hash', values: { v: VERSION, hash } });
  }
}

const keyOf = (trigger: Trigger) => ({ trigger: `pull#${trigger}` });
