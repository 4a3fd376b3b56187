import assert from 'node:assert/strict';
import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricStatisticsCommand,
  type MetricAlarm,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Trigger } from '../../functions/core/entity.ts';
import { DIMENSION, type Metric, metrics } from '../../functions/core/metrics.ts';
import type { AlarmRow } from '../../infra/alarm-row.ts';
import { alarms } from '../../infra/alarms.ts';
import { plain } from './template.ts';

/** The heading of an alarm in the runbook. */
export type Heading = keyof typeof alarms;

type Series = Pick<MetricAlarm, 'Namespace' | 'MetricName' | 'Dimensions'>;

const NAMESPACE = 'CrmTriggers';

/** A deployed stack as an operator sees it: resources by name, metrics and alarms. */
export async function watchedStack() {
  const { StackResources = [] } = await new CloudFormationClient().send(
    new DescribeStackResourcesCommand({ StackName: NAMESPACE }),
  );
  const names = new Map(
    StackResources.map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [
      plain(LogicalResourceId),
      PhysicalResourceId,
    ]),
  );
  const name = (id: string) => names.get(id) ?? assert.fail(`no ${id}`);
  const cloudwatch = new CloudWatchClient();
  const logs = new CloudWatchLogsClient();
  const lambda = new LambdaClient({ maxAttempts: 1 });

  /** Invokes a function without work. */
  const invoke = (id: string, event: object = { Records: [] }) =>
    lambda.send(new InvokeCommand({ FunctionName: name(id), Payload: JSON.stringify(event) }));

  /** A function's metrics of a trigger's problems since a time. Each line is checked against the table of metrics. */
  async function measured(id: string, metric: Metric, trigger: Trigger, since: number): Promise<number[]> {
    // MiniStack may show the end of a run's log only when the function runs again.
    await invoke(id);
    // LocalStack creates its own log group.
    const groups = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: `/aws/lambda/${name(id)}` }));
    const logGroupName = groups.logGroups?.[0]?.logGroupName ?? name(`${id}Logs`);
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName, startTime: since - 60_000 }));
    const lines = events.flatMap(({ message = '' }) => (message.startsWith('{"_aws"') ? [JSON.parse(message)] : []));
    return lines.flatMap(({ _aws: { Timestamp, CloudWatchMetrics }, ...values }) => {
      const [{ Namespace, Dimensions, Metrics }] = CloudWatchMetrics;
      assert.equal(Namespace, NAMESPACE);
      for (const { Name, Unit } of Metrics) {
        const { unit, per } = metrics[Name as Metric];
        assert.deepEqual([Unit, Dimensions], [unit, [per === 'trigger' ? [DIMENSION] : []]]);
      }
      return Timestamp >= since && values[DIMENSION] === trigger ? [values[metric] ?? []].flat() : [];
    });
  }

  /** Puts values into CloudWatch, as AWS services do. */
  const put = (series: Series, values: readonly number[]) =>
    cloudwatch.send(
      new PutMetricDataCommand({
        Namespace: series.Namespace,
        MetricData: values.map((Value) => ({ MetricName: series.MetricName, Dimensions: series.Dimensions, Value })),
      }),
    );

  /** The deployed alarm of a heading. If there is one per function, `of` names the function. */
  async function alarm(heading: Heading, of = ''): Promise<MetricAlarm> {
    const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ MaxRecords: 100 }));
    const id = `${heading.replaceAll(/ (.)/g, (_, letter) => letter.toUpperCase())}${of}`;
    const wanted = name(`Monitoring${id}`);
    return MetricAlarms.find(({ AlarmName }) => AlarmName === wanted) ?? assert.fail(id);
  }

  /** Whether the latest period of a series is above the fixed limit of its alarm. */
  async function isBad(heading: Heading, { Namespace, MetricName, Dimensions }: Series): Promise<boolean> {
    const { statistic, period, above = 0 }: AlarmRow = alarms[heading];
    const now = Date.now();
    const { Datapoints = [] } = await cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace,
        MetricName,
        Dimensions,
        StartTime: new Date(now - period.toMilliseconds()),
        EndTime: new Date(now + 1_000),
        Period: period.toSeconds(),
        Statistics: [statistic],
      }),
    );
    return Datapoints.some((point) => Number(point[statistic]) > Number(above));
  }

  /** The series of a trigger's metric. */
  const series = (MetricName: Metric, Value: Trigger): Series => ({
    Namespace: NAMESPACE,
    MetricName,
    Dimensions: [{ Name: DIMENSION, Value }],
  });

  return { name, lambda, invoke, measured, put, alarm, isBad, series };
}
