import type { SQSRecord } from 'aws-lambda';
import type { Call } from '../../functions/adapters/http-call.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import type { CallResult } from '../../functions/core/outcome.ts';
import type { RecordLimit } from '../../functions/core/record-limit.ts';
import type { Time } from './clock.ts';
import type { Faults, Invocation, Scripted } from './network.ts';

import type { TableName, TableRequest } from './table-request.ts';

/** A call that a receiver got. */
export interface Delivery {
  readonly id: string;
  readonly trigger: Trigger;
  /** The called URL without the query. */
  readonly url: string;
  readonly formattedString: string;
  readonly sequence: bigint;
  readonly attempt: number;
  /** The number of attempts that were started, including those that did not arrive. */
  readonly begun: number;
  /** The same for all notifications of the trigger with this formatted string. */
  readonly ofRecord: number;
  /** The number of changes that the call stands for. */
  readonly coalesced: number;
  readonly at: number;
  readonly response: CallResult;
  /** The invocation that made the call. */
  readonly from: Invocation;
}

/** The behavior of a receiver: its response to a call, and the delay in milliseconds. */
export type Behavior = (call: Omit<Delivery, 'response' | 'from'>) => {
  readonly response: CallResult;
  readonly ms: number;
};

export interface WorldOptions {
  readonly clock: Time;
  readonly seed: number;
  readonly faults: Faults;
  /** The number of batches that are processed in parallel. */
  readonly workers: number;
  /** Receivers in the model's time, or a function that calls real ones. */
  readonly receivers: { readonly behavior: Behavior } | { readonly call: Call };
  readonly recordLimit?: RecordLimit | undefined;
  /** Whether a table does not respond at this moment. */
  readonly isSilent?: (table: TableName) => boolean;
  /** The time until which Lambda has no capacity for deliver, in epoch milliseconds. */
  readonly throttledUntil?: () => number;
  /** Whether the deletion of this message is lost. */
  readonly losesDeletion?: (message: SQSRecord) => boolean;
  /** Returns the effect of a script on a request. */
  readonly script?: (request: TableRequest) => Scripted | undefined;
  /** The delay of an invocation for these messages, in milliseconds. */
  readonly startsLate?: (messages: readonly SQSRecord[]) => number;
}
