import type { Duration } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Settings } from './settings.ts';

/** The monitored resources. */
export interface Watched {
  readonly captures: readonly IFunction[];
  readonly deliver: IFunction;
  readonly drain: IFunction;
  readonly queue: IQueue;
  readonly deadLetterQueue: IQueue;
  readonly undelivered: IBucket;
  /** The namespace of the project's metrics. */
  readonly namespace: string;
  readonly settings: Settings;
}

/** The statistic and period of an alarm's metric. */
export interface Sampling {
  readonly statistic: string;
  readonly period: Duration;
}

/** A kind of alarm: its metrics, its condition, and the text that the notified person reads. */
export interface AlarmRow {
  readonly statistic: 'Maximum' | 'Sum';
  readonly period: Duration;
  /** The alarm goes off when `bad` of the last `periods` periods are bad. Default: one of one. */
  readonly bad?: readonly [bad: number, periods: number];
  /** A value above this is bad. Default: 0. */
  readonly above?: number | ((settings: Settings) => number);
  /** A value below this is bad. Replaces `above`. */
  readonly below?: number;
  /** Missing values are bad, but only after the first value. */
  readonly missing?: 'bad';
  /** The metrics, with an alarm for each. `suffix` makes the logical ID of the alarm unique. */
  readonly watch: (watched: Watched, sampling: Sampling) => readonly (readonly [suffix: string, metric: IMetric])[];
  /** One or more sentences: the problem, and its effect on the notifications. */
  readonly sentence: string;
}
