import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { longestRetrySeconds } from '../functions/core/backoff.ts';
import { DIMENSION, type Metric as OwnMetric } from '../functions/core/metrics.ts';
import type { Settings } from './settings.ts';

/** What is watched. */
export interface Watched {
  readonly captures: readonly IFunction[];
  readonly deliver: IFunction;
  readonly drain: IFunction;
  readonly queue: IQueue;
  readonly deadLetterQueue: IQueue;
  readonly unsent: IBucket;
  /** Of our own metrics. */
  readonly namespace: string;
  readonly settings: Settings;
}

/** How a metric is looked at. */
interface How {
  readonly statistic: string;
  readonly period: Duration;
}

/** An alarm: when it goes off, and what the notified person reads. */
export interface AlarmRow {
  readonly statistic: 'Maximum' | 'Sum';
  readonly period: Duration;
  /** It goes off when so many of so many periods are bad; one of one when left out. */
  readonly bad?: readonly [of: number, periods: number];
  /** A value is bad above this, 0 when neither is given … */
  readonly above?: number | ((settings: Settings) => number);
  /** … or below this. */
  readonly below?: number;
  /** Missing values are bad too, once there has been a value. */
  readonly silence?: 'bad';
  /** The metrics that it watches, an alarm each, with the word by which their names differ. */
  readonly watch: (watched: Watched, how: How) => readonly (readonly [word: string, metric: IMetric])[];
  readonly sentence: string;
}

const minutes = Duration.minutes(5);

const everyFunction = ({ captures, deliver, drain }: Watched) => [...captures, deliver, drain];

const each = (functions: readonly IFunction[], metric: string, how: How) =>
  functions.map((one) => [one.node.scope?.node.id ?? '', one.metric(metric, how)] as const);

/**
 * A metric of our own, of each trigger that has values: each that goes off is reported by itself, with its name. CloudWatch wants
 * the order, which does not matter here. Each name is in double quotes, since a bare word may be one that queries reserve.
 */
const byTrigger =
  (metric: OwnMetric): AlarmRow['watch'] =>
  ({ namespace }, { statistic, period }) => {
    const select = statistic === 'Sum' ? 'SUM' : 'MAX';
    const expression = `SELECT ${select}("${metric}") FROM SCHEMA("${namespace}", "${DIMENSION}") GROUP BY "${DIMENSION}" ORDER BY ${select}() DESC`;
    return [['', new MathExpression({ expression, period })]];
  };

/** All alarms, by the heading in docs/operations/alarms.md that says what to do. An alarm notifies when it goes off, not while it is on. */
export const alarms = {
  'Trigger down': {
    statistic: 'Maximum',
    period: minutes,
    // Of more than an hour, so that one that comes and goes is reported once an hour.
    bad: [3, 15],
    watch: byTrigger('down'),
    sentence:
      'Calls of this trigger have failed for 15 minutes, are blocked, or got the response 410 Gone. Nothing is lost: its notifications are pending for up to 72 hours, and are delivered in order once the receiver responds.',
  },
  'Notifications failed': {
    statistic: 'Sum',
    period: Duration.hours(1),
    watch: byTrigger('failed'),
    sentence:
      'Notifications of this trigger moved to Failed within the last hour. They are kept for 30 days and can be redelivered.',
  },
  'Stream behind': {
    statistic: 'Maximum',
    period: minutes,
    above: Duration.minutes(5).toMilliseconds(),
    watch: ({ captures }, how) => each(captures, 'IteratorAge', how),
    sentence:
      'Changes of this table have waited for more than 5 minutes to enter the queue, and all later changes wait behind them. After 23 hours they go to the bucket Unsent.',
  },
  'Queue behind': {
    statistic: 'Maximum',
    period: minutes,
    above: ({ holdSeconds }) => longestRetrySeconds(holdSeconds),
    watch: ({ queue }, how) => [['', queue.metricApproximateAgeOfOldestMessage(how)]],
    sentence:
      'A notification has been in the queue for longer than all its attempts take: deliver is too slow, or does not run.',
  },
  'Dead letters': {
    statistic: 'Maximum',
    period: minutes,
    watch: ({ deadLetterQueue }, how) => [['', deadLetterQueue.metricApproximateNumberOfMessagesVisible(how)]],
    sentence:
      'The dead-letter queue holds messages that deliver could not read, or that made it fail each time. They are kept for 14 days.',
  },
  'Function errors': {
    statistic: 'Sum',
    period: minutes,
    bad: [2, 3],
    watch: (watched, how) => each(everyFunction(watched), 'Errors', how),
    sentence: 'This function has failed repeatedly for 10 minutes. Its work waits and is repeated.',
  },
  'Function throttled': {
    statistic: 'Sum',
    period: minutes,
    bad: [2, 3],
    watch: (watched, how) => each(everyFunction(watched), 'Throttles', how),
    sentence:
      'Lambda has throttled this function for 10 minutes: the concurrency of the account is used up. Its work waits.',
  },
  'Drain stopped': {
    statistic: 'Sum',
    period: minutes,
    bad: [3, 3],
    below: 1,
    silence: 'bad',
    watch: ({ drain }, how) => [['', drain.metricInvocations(how)]],
    sentence: 'Drain runs each minute, and has not run for at least 15 minutes. Backlogs are not delivered.',
  },
  'Changes unsent': {
    statistic: 'Maximum',
    period: Duration.days(1),
    // S3 counts once a day, at no price, and may be late.
    bad: [1, 2],
    watch: ({ unsent }, how) => {
      const dimensionsMap = { BucketName: unsent.bucketName, StorageType: 'AllStorageTypes' };
      return [['', new Metric({ ...how, namespace: 'AWS/S3', metricName: 'NumberOfObjects', dimensionsMap })]];
    },
    sentence:
      'The queue did not accept change records for 23 hours; they are in the bucket Unsent, and receivers were not notified of them. They are kept for 90 days.',
  },
} as const satisfies Record<string, AlarmRow>;

/** Where docs/operations/alarms.md says what to do: the heading as a link names it. */
export function runbookLink(heading: string): string {
  return `docs/operations/alarms.md#${heading.toLowerCase().replaceAll(' ', '-')}`;
}
