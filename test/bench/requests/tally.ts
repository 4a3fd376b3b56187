import { type Runs, type Stage, stages } from '../../../cli/cost/measured.ts';
import type { Run } from './hosted.ts';
import { waits } from './ledger.ts';

interface Span {
  readonly from: number;
  readonly to: number;
}

const none: Runs = { invocations: 0, cpuMs: 0, awsWaits: 0, callWaits: 0, logLines: 0, logBytes: 0 };

/** The resources of the runs of each function. */
export class Tally {
  runs: Record<Stage, Runs> = Object.fromEntries(stages.map((stage) => [stage, none])) as Record<Stage, Runs>;

  /** The CloudWatch metrics in the log lines (embedded metric format): each name with the values of its dimensions. */
  readonly metrics = new Set<string>();

  note(stage: Stage, { cpuMs, log }: Run, requests: readonly Span[], calls: readonly Span[]): void {
    const before = this.runs[stage];
    this.runs[stage] = {
      invocations: before.invocations + 1,
      cpuMs: before.cpuMs + cpuMs,
      awsWaits: before.awsWaits + waits(requests),
      callWaits: before.callWaits + waits(calls),
      logLines: before.logLines + log.split('\n').length - 1,
      logBytes: before.logBytes + Buffer.byteLength(log),
    };
    for (const line of log.split('\n')) for (const metric of metricsIn(line)) this.metrics.add(metric);
  }
}

interface Embedded {
  readonly CloudWatchMetrics: readonly {
    readonly Namespace: string;
    readonly Dimensions?: readonly (readonly string[])[];
    readonly Metrics: readonly { readonly Name: string }[];
  }[];
}

/** The names of the metrics in a log line; empty without metrics. */
export function metricsIn(line: string): string[] {
  if (!line.includes('"_aws"')) return [];
  const { _aws, ...fields } = JSON.parse(line) as { readonly _aws: Embedded } & Readonly<Record<string, unknown>>;
  return _aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions = [[]], Metrics }) =>
    Metrics.flatMap(({ Name }) =>
      Dimensions.map((names) => [Namespace, Name, ...names.map((name) => `${name}=${fields[name]}`)].join(' ')),
    ),
  );
}
