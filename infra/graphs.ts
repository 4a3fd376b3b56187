import { Duration } from 'aws-cdk-lib';
import { GraphWidget, type IMetric, type IWidget, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { DIMENSION, metrics, type Metric as OwnMetric } from '../functions/core/metrics.ts';
import type { Watched } from './alarm-row.ts';

const period = Duration.minutes(5);

/** The graphs of the project's metrics: one line per trigger that has values, or one line for all triggers. */
const ownGraphs: readonly (readonly [title: string, metric: OwnMetric, statistic: string])[] = [
  ['Captured', 'captured', 'Sum'],
  ['Delivered', 'delivered', 'Sum'],
  ['Failed', 'failed', 'Sum'],
  ['From change to delivery, 95 of 100', 'delay', 'p95'],
  ['Attempts, 95 of 100', 'attempt', 'p95'],
  ['Waiting for retry', 'held', 'Sum'],
  ['Waiting in the backlog', 'backlog', 'Maximum'],
  ['Oldest in the backlog', 'oldest', 'Maximum'],
  ['Drained', 'drained', 'Sum'],
];

/** The rows of the dashboard, with three graphs each. */
export function graphs({ captures, deliver, drain, queue, deadLetterQueue, namespace }: Watched): IWidget[][] {
  const functions = [...captures, deliver, drain];
  const graph = (title: string, left: IMetric[], label?: string) =>
    new GraphWidget({ title, left, width: 8, leftYAxis: { min: 0, ...(label && { label, showUnits: false }) } });
  const byTrigger = (metric: OwnMetric, statistic: string) => {
    const schema = `{"${namespace}",${DIMENSION}} MetricName="${metric}"`;
    const expression = `SEARCH('${schema}', '${statistic}', ${period.toSeconds()})`;
    return new MathExpression({ expression, period, label: '' });
  };
  const own = ownGraphs.map(([title, metric, statistic]) => {
    const { per, unit } = metrics[metric];
    const series =
      per === 'trigger'
        ? byTrigger(metric, statistic)
        : new Metric({ namespace, metricName: metric, statistic, period, label: title });
    return graph(title, [series], unit);
  });
  const aws = [
    graph(
      'Streams: age of pending notifications',
      captures.map((capture) => capture.metric('IteratorAge', { statistic: 'Maximum', period })),
    ),
    graph('Queue: age of pending notifications', [
      queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', period }),
    ]),
    graph('Dead letters', [deadLetterQueue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period })]),
    graph(
      'Errors',
      functions.map((lambda) => lambda.metricErrors({ period })),
    ),
    graph(
      'Throttles',
      functions.map((lambda) => lambda.metricThrottles({ period })),
    ),
    graph('Concurrent runs of deliver', [deliver.metric('ConcurrentExecutions', { statistic: 'Maximum', period })]),
  ];
  return [...own, ...aws].flatMap((_, index, widgets) => (index % 3 === 0 ? [widgets.slice(index, index + 3)] : []));
}
