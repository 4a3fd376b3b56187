import { existsSync, readFileSync } from 'node:fs';

export const stages = ['capture', 'deliver', 'drain'] as const;
export type Stage = (typeof stages)[number];

/** The sum of the runs of one function. */
export interface Runs {
  readonly invocations: number;
  /** Milliseconds on one whole core. */
  readonly cpuMs: number;
  /** Sequential requests to AWS. Concurrent requests count as one. */
  readonly awsWaits: number;
  /** Sequential calls to receivers. Concurrent calls count as one. */
  readonly callWaits: number;
  readonly logLines: number;
  /** UTF-8. */
  readonly logBytes: number;
}

/** The resources that a number of notifications used in one situation. */
export interface Measured {
  readonly notifications: number;
  readonly runs: Readonly<Record<Stage, Runs>>;
  /** By service and action: `SQS SendMessageBatch`. */
  readonly requests: Readonly<Record<string, number>>;
  /** By the table's name in infra/tables.ts. */
  readonly writeUnits: Readonly<Record<string, number>>;
  readonly readUnits: Readonly<Record<string, number>>;
  /** Stored data until its time to live ends, by table: bytes × months. */
  readonly byteMonths: Readonly<Record<string, number>>;
  /** Bytes that the receivers' sockets read. */
  readonly bytesCalled: number;
}

/** The measurements of `npm run bench -- --write requests`. */
export interface Measurements {
  /** ISO 8601. */
  readonly day: string;
  /** CloudWatch metrics per hour in which all eleven triggers are used without problems. */
  readonly usedMetrics: number;
  /** More pending notifications than fit into a batch. */
  readonly busy: Measured;
  /** One change at a time. */
  readonly trickle: Measured;
  /** During an outage: notifications are parked. */
  readonly parked: Measured;
  /** A whole outage: the parked notifications are delivered at its end. */
  readonly dead: Measured;
  /** One run of drain with empty backlogs. */
  readonly idleMinute: Measured;
  /** One run of drain with a full page in a backlog. */
  readonly deadMinute: Measured;
}

const file = new URL('measured.json', import.meta.url);

/** @throws {Error} When nothing is measured yet. */
export function measurements(): Measurements {
  if (!existsSync(file))
    throw new Error('Nothing is measured yet. To fix this, run npm run bench -- --write requests.');
  return JSON.parse(readFileSync(file, 'utf8'));
}
