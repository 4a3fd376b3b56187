import { lambdaVariables } from '../aws-responses.ts';
import type { Figures } from '../figures.ts';
import { forked, type Worked, workers } from '../workers.ts';
import { ways } from './ways.ts';

const names = Object.keys(ways) as (keyof typeof ways)[];

const perSecond = ({ done, seconds }: Worked) => done / seconds;
const perCoreSecond = ({ done, cpuSeconds }: Worked) => done / cpuSeconds;

/** Stream records → messages in the queue, by our handler and by common code. */
export async function capture(quick: boolean): Promise<Figures> {
  const url = 'https://example.com/hook';
  await using aws = await forked<string>('aws-server.ts');
  await aws.ask(url);
  const variables = { ...lambdaVariables, ENTITY: 'task', AWS_ENDPOINT_URL: aws.first };
  await using all = await workers(new URL('ways.ts', import.meta.url), names, variables);
  await all.take(1, { milliseconds: quick ? 1 : 600, url });
  const worked = await all.take(quick ? 1 : 4, { milliseconds: quick ? 1 : 500, url });
  const found = Object.fromEntries(names.map((name, i) => [name, worked[i]])) as Record<(typeof names)[number], Worked>;
  return {
    ratios: [
      {
        what: 'records per CPU second: capture / one send per record',
        value: perCoreSecond(found.capture) / perCoreSecond(found['one send per record']),
        better: 'more',
        target: 5,
      },
      {
        what: 'records per second: capture / one send per record',
        value: perSecond(found.capture) / perSecond(found['one send per record']),
        better: 'more',
        target: 5,
      },
      {
        what: 'records per CPU second, without the AWS SDK: capture / one send per record',
        value:
          perCoreSecond(found['capture, without the AWS SDK']) /
          perCoreSecond(found['one send per record, without the AWS SDK']),
        better: 'more',
      },
    ],
    tables: [
      {
        title: 'Stream records',
        rows: names.map((way) => ({
          way,
          'per second': perSecond(found[way]),
          'per CPU second': perCoreSecond(found[way]),
        })),
      },
    ],
  };
}
