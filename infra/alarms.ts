import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { longestRetrySeconds } from '../functions/core/backoff.ts';
import { DIMENSION, type Metric as OwnMetric } from '../functions/core/metrics.ts';
import type { AlarmRow, Sampling, Watched } from './alarm-row.ts';

const minutes = Duration.minutes(5);

const everyFunction = ({ captures, deliver, drain }: Watched) => [...captures, deliver, drain];

const each = (functions: readonly IFunction[], metric: string, sampling: Sampling) =>
  functions.map((lambda) => [lambda.node.scope?.node.id ?? '', lambda.metric(metric, sampling)] as const);

/**
 * A metric of each trigger that has values. Each trigger whose values are bad is notified of separately, with its name. CloudWatch
 * requires ORDER BY for this. All names are in double quotes, because queries have many reserved words.
 */
const byTrigger =
  (metric: OwnMetric): AlarmRow['watch'] =>
  ({ namespace }, { statistic, period }) => {
    const select = statistic === 'Sum' ? 'SUM' : 'MAX';
    const expression = `SELECT ${select}("${metric}") FROM SCHEMA("${namespace}", "${DIMENSION}") GROUP BY "${DIMENSION}" ORDER BY ${select}() DESC`;
    return [['', new MathExpression({ expression, period })]];
  };

/** All alarms, by their headings in docs/operations/alarms.md. An alarm notifies when it goes off, not while it stays on. */
export const alarms = {
  'Trigger down': {
    statistic: 'Maximum',
    period: minutes,
    // More than an hour, so that a trigger that goes up and down notifies at most once an hour.
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
    watch: ({ captures }, sampling) => each(captures, 'IteratorAge', sampling),
    sentence:
      'The queue has not accepted changes of this table for more than 5 minutes, and all later changes wait behind them. After 23 hours they go to the bucket Unsent.',
  },
  'Queue behind': {
    statistic: 'Maximum',
    period: minutes,
    above: ({ holdSeconds }) => longestRetrySeconds(holdSeconds),
    watch: ({ queue }, sampling) => [['', queue.metricApproximateAgeOfOldestMessage(sampling)]],
    sentence:
      'A notification has been in the queue for longer than all its attempts take: deliver is too slow, or does not run.',
  },
  'Dead letters': {
    statistic: 'Maximum',
    period: minutes,
    watch: ({ deadLetterQueue }, sampling) => [
      ['', deadLetterQueue.metricApproximateNumberOfMessagesVisible(sampling)],
    ],
    sentence:
      'The dead-letter queue holds messages that deliver could not read, or that made it fail each time. They are kept for 14 days.',
  },
  'Function errors': {
    statistic: 'Sum',
    period: minutes,
    bad: [2, 3],
    watch: (watched, sampling) => each(everyFunction(watched), 'Errors', sampling),
    sentence: 'This function has failed repeatedly for 10 minutes. Its work is retried.',
  },
  'Function throttled': {
    statistic: 'Sum',
    period: minutes,
    bad: [2, 3],
    watch: (watched, sampling) => each(everyFunction(watched), 'Throttles', sampling),
    sentence:
      'Lambda has throttled this function for 10 minutes: the concurrency of the account is used up. Its work is delayed.',
  },
  'Drain stopped': {
    statistic: 'Sum',
    period: minutes,
    bad: [3, 3],
    below: 1,
    missing: 'bad',
    watch: ({ drain }, sampling) => [['', drain.metricInvocations(sampling)]],
    sentence: 'Drain is scheduled every minute, but has not run for at least 15 minutes. Backlogs are not delivered.',
  },
  'Changes unsent': {
    statistic: 'Maximum',
    period: Duration.days(1),
    // S3 publishes this metric once a day, free of charge, and may be late.
    bad: [1, 2],
    watch: ({ undelivered }, sampling) => {
      const dimensionsMap = { BucketName: undelivered.bucketName, StorageType: 'AllStorageTypes' };
      return [['', new Metric({ ...sampling, namespace: 'AWS/S3', metricName: 'NumberOfObjects', dimensionsMap })]];
    },
    sentence:
      'The queue did not accept change records for 23 hours. They are in the bucket Unsent for 90 days, and receivers were not notified of them.',
  },
} as const satisfies Record<string, AlarmRow>;

/** The link to an alarm's heading in docs/operations/alarms.md. */
export function runbookLink(heading: string): string {
  return `docs/operations/alarms.md#${heading.toLowerCase().replaceAll(' ', '-')}`;
}
