import type { SQSRecord } from 'aws-lambda';
import type { Call } from '../../functions/adapters/http-call.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import type { CallResult } from '../../functions/core/outcome.ts';
import type { RecordLimit } from '../../functions/core/record-limit.ts';
import type { Time } from './clock.ts';
import type { Faults, Invocation, Scripted } from './network.ts';

import type { TableName, TableRequest } from './table-request.ts';

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
