import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Failed } from './backlog-items.ts';
import { toFailedRow } from './backlog-rows.ts';
import { type Pause, Table } from './table.ts';

/** The write of the lists Failed, for the function that only adds to them. It throws when the table does not respond. */
export class FailedWriter {
  protected readonly table: Table;

  constructor(table: string, dynamodb = new DynamoDBClient(), pause?: Pause) {
    this.table = new Table(table, dynamodb, pause);
  }

  /** Adds a notification to Failed, where an operator can see and redeliver it. */
  async fail(failed: Failed): Promise<void> {
    await this.table.put(toFailedRow(failed));
  }
}
