import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  type MetricAlarm,
  PutMetricAlarmCommand,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import { stackName } from '../../../functions/core/stack-name.ts';
import { prove, until, type World } from '../world.ts';

const cloudwatch = new CloudWatchClient();

const briefName = ({ stage }: World) => `${stackName('CrmTriggers', stage)}-TriggerDownBrief`;

/** The deployed alarm *Trigger down*. */
async function deployedAlarm({ stage }: World): Promise<MetricAlarm> {
  const AlarmNamePrefix = `${stackName('CrmTriggers', stage)}-MonitoringTriggerDown`;
  for await (const { MetricAlarms: [alarm] = [] } of paginateDescribeAlarms(
    { client: cloudwatch },
    { AlarmNamePrefix },
  ))
    if (alarm) return alarm;
  prove(false, 'the alarm Trigger down is not deployed');
}

/**
 * Creates an alarm on the same query that goes off after one bad minute and returns to OK after one good minute. The deployed alarm
 * needs three bad periods of five minutes, and returns to OK only when they are no longer among its last fifteen periods.
 */
export async function watchBriefly(world: World): Promise<void> {
  const { Metrics = [], ComparisonOperator, Threshold, TreatMissingData } = await deployedAlarm(world);
  const AlarmName = briefName(world);
  world.undo.push(() => cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [AlarmName] })));
  const brief = { AlarmName, ComparisonOperator, Threshold, TreatMissingData };
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      ...brief,
      EvaluationPeriods: 2,
      DatapointsToAlarm: 1,
      Metrics: Metrics.map((metric) => ({ ...metric, Period: 60 })),
    }),
  );
}

export async function briefState(world: World): Promise<string | undefined> {
  const describe = new DescribeAlarmsCommand({ AlarmNames: [briefName(world)] });
  return (await cloudwatch.send(describe)).MetricAlarms?.[0]?.StateValue;
}

export async function alarm(world: World): Promise<string> {
  const since = world.state.outageBegan ?? Date.now();
  const minutes = () => ((Date.now() - since) / 60_000).toFixed(1);
  await until(
    world,
    'the alarm of one bad minute is in ALARM',
    async () => (await briefState(world)) === 'ALARM',
    5_000,
  );
  const first = minutes();
  const isOff = async () => (await deployedAlarm(world)).StateValue === 'ALARM';
  await until(world, 'the deployed alarm Trigger down is in ALARM', isOff, 10_000);
  return `the deployed alarm Trigger down is in ALARM ${minutes()} minutes after the outage began; the alarm of one bad minute after ${first}`;
}
