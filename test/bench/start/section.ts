import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { outputNames } from '../../../functions/operations/deployment.ts';
import { lambdaVariables } from '../aws-responses.ts';
import type { Figures, Table } from '../figures.ts';
import { handlers, type Stage, stages } from './bundles.ts';

/** Cold processes for each handler; their median counts. */
const PROCESSES = 20;

/** Smaller packages are one row. */
const SMALL_BYTES = 3_000;

interface Started {
  readonly milliseconds: number;
  readonly heapBytes: number;
}

/** The start of each function: bundle size, import time and memory. */
export async function start(quick: boolean): Promise<Figures> {
  await using made = await handlers();
  const files = ['empty', ...stages.flatMap((stage) => [stage, `${stage}-unbundled`])];
  const started = new Map(files.map((file): [string, Started[]] => [file, []]));
  // In turns, so that other load on the machine affects all of them.
  for (let turn = 0; turn < (quick ? 1 : PROCESSES); turn++)
    for (const [file, all] of started) all.push(await importIn(made.path(file)));
  const median = (file: string, of: keyof Started) => middle((started.get(file) ?? []).map((one) => one[of]));
  const overLimit = (file: string, of: keyof Started) => median(file, of) - median('empty', of);
  const kilobytes = (stage: Stage) => (made.bundles[stages.indexOf(stage)]?.bytes.length ?? 0) / 1000;
  return {
    ratios: [
      ...stages.map((stage) => ({
        what: `${stage}'s bundle, KB`,
        value: kilobytes(stage),
        better: 'less' as const,
        ...(stage === 'deliver' && { target: 350 }),
      })),
      {
        what: 'import of deliver minus import of an empty handler, ms',
        value: overLimit('deliver', 'milliseconds'),
        better: 'less',
        target: 90,
        isOfTheMachine: true,
      },
      ...stages.map((stage) => ({
        what: `${stage}'s import with a bundle / without a bundle`,
        value: overLimit(stage, 'milliseconds') / overLimit(`${stage}-unbundled`, 'milliseconds'),
        better: 'less' as const,
      })),
    ],
    tables: [
      {
        title: 'Start of a function minus start of an empty handler',
        rows: stages.map((stage) => ({
          function: stage,
          'bundle, KB': kilobytes(stage),
          'import, ms': overLimit(stage, 'milliseconds'),
          'without a bundle, ms': overLimit(`${stage}-unbundled`, 'milliseconds'),
          'heap, MB': overLimit(stage, 'heapBytes') / 1e6,
          'without a bundle, MB': overLimit(`${stage}-unbundled`, 'heapBytes') / 1e6,
        })),
      },
      contents(made.bundles.map(({ packages }) => packages)),
    ],
  };
}

/** The packages in the bundles, the largest first. */
function contents(bundles: readonly ReadonlyMap<string, number>[]): Table {
  const largest = new Map<string, number>();
  for (const packages of bundles)
    for (const [name, bytes] of packages) largest.set(name, Math.max(bytes, largest.get(name) ?? 0));
  const isSmall = (name: string) => (largest.get(name) ?? 0) < SMALL_BYTES;
  const row = (label: string, has: (name: string) => boolean) => ({
    package: label,
    ...Object.fromEntries(
      stages.map((stage, index) => {
        const inIt = [...(bundles[index] ?? [])].filter(([name]) => has(name));
        return [stage, inIt.reduce((sum, [, bytes]) => sum + bytes, 0) / 1000];
      }),
    ),
  });
  const large = [...largest.keys()].filter((name) => !isSmall(name));
  large.sort((a, b) => (largest.get(b) ?? 0) - (largest.get(a) ?? 0));
  return {
    title: 'Packages in the bundles, KB',
    rows: [...large.map((one) => row(one || 'our own code', (name) => name === one)), row('smaller packages', isSmall)],
  };
}

const MEASURE = `
  const start = performance.now();
  await import(process.argv[1]);
  const milliseconds = performance.now() - start;
  globalThis.gc();
  console.log(JSON.stringify({ milliseconds, heapBytes: process.memoryUsage().heapUsed }));
  process.exit();
`;

/** Imports a file in a process of its own. */
async function importIn(path: string): Promise<Started> {
  const args = ['--expose-gc', '--input-type=module', '--eval', MEASURE, path];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...variables } });
  return JSON.parse(stdout);
}

const https = 'https://id.example.com/';
/** The requests of all functions at their start. */
export const variables = {
  ...lambdaVariables,
  ENTITY: 'task',
  DRAIN_CONCURRENCY: '10',
  ALARM_NAMES: '/crm-triggers/CrmTriggers/AlarmNames',
  OUTPUTS: JSON.stringify({
    ...Object.fromEntries(
      outputNames.map((name) => [name, '{"allowHttp":false,"allowedPorts":[],"allowedPrivateNetworks":[]}']),
    ),
    DeliveryQueueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/queue.fifo',
  }),
  SIGN_IN: JSON.stringify({
    issuer: https,
    clientId: 'bench',
    authorizationEndpoint: https,
    tokenEndpoint: https,
    groupsClaim: 'groups',
  }),
};

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0)) / 2;
}
