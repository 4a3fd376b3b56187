import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSigned } from '../../support/self-signed.ts';
import { lambdaVariables } from '../aws-responses.ts';
import { drawn } from '../chart.ts';
import type { Figures, Ratio } from '../figures.ts';
import { forked, type Worked, workers } from '../workers.ts';
import { ways } from './ways.ts';

type Way = keyof typeof ways;

const names = Object.keys(ways) as Way[];

/** Receivers by their response time in milliseconds, and the number of turns with each. */
const receivers = [
  { delay: 0, turns: 11 },
  { delay: 20, turns: 7 },
  { delay: 200, turns: 2 },
];

/** The response time of a usual receiver. */
const NEAR = 20;

/** Whether receivers with this delay get enough calls to measure the cost of a call. */
const isCpuReported = (delay: number) => delay <= NEAR;

interface Found {
  readonly scheme: string;
  readonly delay: number;
  readonly worked: Readonly<Record<Way, Worked>>;
}

/**
 * Turns messages of the queue into calls: our handler and others, over HTTP and TLS, with receivers of three response times.
 */
export async function deliver(quick: boolean): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), 'crm-triggers-bench-'));
  const certificate = join(folder, 'certificate.pem');
  await writeFile(certificate, selfSigned.cert);
  await using receiver = await forked<Record<string, string>>('deliver/receiver.ts');
  await using aws = await forked<string>('aws-server.ts');
  await using all = await workers(new URL('ways.ts', import.meta.url), names, {
    ...lambdaVariables,
    AWS_ENDPOINT_URL: aws.first,
    NODE_EXTRA_CA_CERTS: certificate,
  });
  const found: Found[] = [];
  for (const [scheme, origin] of Object.entries(receiver.first))
    for (const { delay, turns } of quick ? [{ delay: 0, turns: 1 }] : receivers) {
      const url = `${origin}/${delay}`;
      await aws.ask(url);
      // Compiling and connecting are not measured.
      if (delay === 0) await all.take(1, { milliseconds: quick ? 1 : 600, url });
      const worked = await all.take(turns, { milliseconds: quick ? 1 : 400, url });
      found.push({
        scheme,
        delay,
        worked: Object.fromEntries(names.map((way, i) => [way, worked[i]])) as Found['worked'],
      });
    }
  await rm(folder, { recursive: true });
  const near = found.find(({ scheme, delay }) => scheme === 'http' && delay === NEAR);
  return {
    ratios: found.flatMap(ratiosOf),
    tables: [
      { title: 'Deliveries per second', rows: rows(found, perSecond) },
      {
        title: 'CPU per 1,000 deliveries, milliseconds',
        rows: rows(
          found.filter(({ delay }) => isCpuReported(delay)),
          cpuPerThousand,
        ),
      },
    ],
    ...(near && { files: { 'docs/performance.svg': chartOf(near) } }),
  };
}

const perSecond = ({ done, seconds }: Worked) => done / seconds;
const cpuPerThousand = ({ done, cpuSeconds }: Worked) => (cpuSeconds / done) * 1e6;

function chartOf({ delay, worked }: Found): string {
  return drawn({
    title: `Deliveries per second to a receiver that responds after ${delay} ms`,
    bars: names.map((label) => ({ label, value: perSecond(worked[label]), isOurs: label.startsWith('deliver') })),
  });
}

function rows(found: readonly Found[], of: (worked: Worked) => number) {
  return names.map((way) => ({
    way,
    ...Object.fromEntries(found.map(({ scheme, delay, worked }) => [`${scheme}, ${delay} ms`, of(worked[way])])),
  }));
}

/** No real receiver responds at once, so the rates at 0 ms have no target. Only the CPU is compared there. */
function ratiosOf({ scheme, delay, worked }: Found): Ratio[] {
  const { deliver, 'undici request, bare': bare, 'axios, in sequence': axios } = worked;
  const where = `${scheme}, ${delay} ms`;
  const ratios: Ratio[] = [
    {
      what: `deliveries per second: deliver / bare loop (${where})`,
      value: perSecond(deliver) / perSecond(bare),
      better: 'more',
      ...(delay > 0 && { target: 0.8 }),
    },
    {
      what: `deliveries per second: deliver / axios (${where})`,
      value: perSecond(deliver) / perSecond(axios),
      better: 'more',
      ...(delay === NEAR && { target: 5 }),
    },
  ];
  if (isCpuReported(delay))
    ratios.push({
      what: `CPU per delivery: deliver / bare loop (${where})`,
      value: cpuPerThousand(deliver) / cpuPerThousand(bare),
      better: 'less',
      target: 2,
      // The process is idle most of the time, so the CPU per call depends on the sleep states of the machine.
      isOfTheMachine: delay > 0,
    });
  return ratios;
}
