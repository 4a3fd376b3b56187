import { existsSync, readFileSync } from 'node:fs';

export const stages = ['capture', 'deliver', 'drain'] as const;
export type Stage = (typeof stages)[number];

/** The sum over all runs of one function. */
export interface Runs {
  readonly invocations: number;
  /** On one whole core, milliseconds. */
  readonly cpuMs: number;
  /** Requests to AWS that it waited for one after another. */
  readonly awsWaits: number;
  /** Calls to receivers that it waited for one after another. */
  readonly callWaits: number;
  readonly logLines: number;
  /** UTF-8. */
  readonly logBytes: number;
}

/** The use of resources for a number of notifications in one situation. */
export interface Measured {
  readonly notifications: number;
  readonly runs: Readonly<Record<Stage, Runs>>;
  /** By service and action: `SQS SendMessageBatch`. */
  readonly requests: Readonly<Record<string, number>>;
  /** By table, named as in infra/tables.ts. */
  readonly writeUnits: Readonly<Record<string, number>>;
  readonly readUnits: Readonly<Record<string, number>>;
  /** What stays in the tables until its time to live ends: bytes × months. */
  readonly byteMonths: Readonly<Record<string, number>>;
  /** What the receivers' sockets read. */
  readonly bytesCalled: number;
}

/** The results of `npm run bench -- --write requests`. */
export interface Measurements {
  /** ISO 8601. */
  readonly day: string;
  /** CloudWatch metrics that are made in each hour in which all eleven triggers are used and all goes well. */
  readonly usedMetrics: number;
  /** Always more waiting than a batch takes. */
  readonly busy: Measured;
  /** One change at a time. */
  readonly trickle: Measured;
  /** An outage, while it lasts: all is parked. */
  readonly parked: Measured;
  /** The whole of it: what was parked is delivered too. */
  readonly dead: Measured;
  /** One run of drain with nothing to do; and one with a full page parked. */
  readonly idleMinute: Measured;
  readonly deadMinute: Measured;
}

const file = new URL('measured.json', import.meta.url);

/** @throws {Error} When there are none. */
export function measurements(): Measurements {
  if (!existsSync(file)) throw new Error('Nothing is measured yet: npm run bench -- --write requests.');
  return JSON.parse(readFileSync(file, 'utf8'));
}
