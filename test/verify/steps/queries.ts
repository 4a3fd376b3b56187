import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { stackName } from '../../../functions/core/stack-name.ts';
import { prove, type World } from '../world.ts';

interface Alarm {
  readonly Type: string;
  readonly Properties: { readonly Metrics?: readonly { readonly Expression?: string; readonly Period?: number }[] };
}

/** The queries of the alarms in a template, with their periods in seconds. */
export function queriesOf(template: { readonly Resources: Readonly<Record<string, Alarm>> }) {
  return Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
    .flatMap(({ Properties: { Metrics = [] } }) => Metrics)
    .flatMap(({ Expression, Period = 300 }) => (Expression === undefined ? [] : [{ Expression, Period }]));
}

export async function queries(world: World): Promise<string> {
  const assembly = await world.cdk();
  const file = join(assembly, 'CrmTriggers.template.json');
  const all = queriesOf(JSON.parse(await readFile(file, 'utf8')));
  prove(all.length > 0, `the template of ${stackName('CrmTriggers', world.stage)} has no alarm on a query`);
  await new CloudWatchClient().send(
    new GetMetricDataCommand({
      MetricDataQueries: all.map((query, i) => ({ Id: `q${i}`, ...query })),
      StartTime: new Date(Date.now() - 3_600_000),
      EndTime: new Date(),
    }),
  );
  return `GetMetricData accepts the queries of ${all.length} alarms, before anything is deployed`;
}
