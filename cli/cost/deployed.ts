import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { root } from '../../infra/folders.ts';
import { CrmTriggersStack } from '../../infra/stack.ts';
import { type Stage, stages } from './measured.ts';

interface DeployedFunction {
  readonly memoryMiB: number;
  readonly logDays: number;
  /** Whether Lambda writes START and REPORT lines for successful runs. */
  readonly isEachRunLogged: boolean;
}

/** The properties of the synthesized template that affect the cost. */
export interface Deployed {
  readonly functions: Readonly<Record<Stage, DeployedFunction>>;
  readonly captureBatch: number;
  readonly deliverBatch: number;
  readonly captureParallelization: number;
  /** Longest wait of a stream mapping for a full batch. */
  readonly captureWindowSeconds: number;
  readonly architecture: 'arm64' | 'x86_64';
  readonly deliverConcurrency: number;
  readonly drainConcurrency: number;
  /** Tables with point-in-time recovery, by their names in infra/tables.ts. */
  readonly restorable: readonly string[];
  /** Scheduled runs of functions per month. */
  readonly scheduledRuns: number;
  readonly keys: number;
  readonly alarms: number;
  readonly dashboards: number;
}

// biome-ignore lint/suspicious/noExplicitAny: a template is JSON of any shape
type Resource = { readonly Type: string; readonly Properties: any };

const MINUTES_A_MONTH = 30 * 24 * 60;

/** Synthesizes a stage of the stack without bundles. @throws {Error} One line, when the stage does not exist. */
export function deployed(stage = 'main'): Deployed {
  const { context } = JSON.parse(readFileSync(`${root}cdk.json`, 'utf8'));
  const app = new App({
    context: { ...context, stage, 'aws:cdk:bundling-stacks': [] },
    // The template is only read. A deployment validates it.
    builtinCloudFormationValidation: false,
  });
  const stack = new CrmTriggersStack(app, 'CrmTriggers');
  return read(app.synth().getStackByName(stack.stackName).template.Resources);
}

export function read(resources: Readonly<Record<string, Resource>>): Deployed {
  const of = (...types: string[]) => Object.entries(resources).filter(([, { Type }]) => types.includes(Type));
  const count = (...types: string[]) => of(...types.map((type) => `AWS::${type}`)).length;
  const functions = of('AWS::Lambda::Function');
  const functionOf = (stage: Stage) => functions.find(([id]) => id.toLowerCase().startsWith(stage))?.[1].Properties;
  const mappings = of('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => Properties);
  const stream = mappings.find((properties) => 'StartingPosition' in properties);
  const queue = mappings.find((properties) => !('StartingPosition' in properties));
  return {
    functions: Object.fromEntries(
      stages.map((stage) => {
        const found = functionOf(stage);
        const { LogGroup, SystemLogLevel } = found?.LoggingConfig ?? {};
        const logs = resources[LogGroup?.Ref];
        const isEachRunLogged = SystemLogLevel !== 'WARN';
        return [stage, { memoryMiB: found?.MemorySize, logDays: logs?.Properties.RetentionInDays, isEachRunLogged }];
      }),
    ) as Deployed['functions'],
    captureBatch: stream.BatchSize,
    captureParallelization: stream.ParallelizationFactor,
    captureWindowSeconds: stream.MaximumBatchingWindowInSeconds ?? 0,
    architecture: functionOf('deliver')?.Architectures?.[0] ?? 'x86_64',
    deliverBatch: queue.BatchSize,
    deliverConcurrency: queue.ScalingConfig.MaximumConcurrency,
    drainConcurrency: Number(functionOf('drain')?.Environment.Variables.DRAIN_CONCURRENCY),
    restorable: of('AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table')
      .filter(([, { Properties: p }]) => isRestorable(p.Replicas?.[0] ?? p))
      .map(([id]) => id.replace(/^Tables|[0-9A-F]{8}$/g, '')),
    scheduledRuns: of('AWS::Events::Rule')
      .map(([, { Properties }]) => Number(/^rate\((\d+) minutes?\)$/.exec(Properties.ScheduleExpression)?.[1]))
      .reduce((sum, minutes) => sum + (minutes > 0 ? MINUTES_A_MONTH / minutes : 0), 0),
    keys: count('KMS::Key'),
    // An alarm on a query costs by the number of time series that it finds: none without problems.
    alarms: of('AWS::CloudWatch::Alarm').filter(([, { Properties }]) => !Properties.Metrics).length,
    dashboards: count('CloudWatch::Dashboard'),
  };
}

function isRestorable({ PointInTimeRecoverySpecification: recovery }: Resource['Properties']): boolean {
  return recovery?.PointInTimeRecoveryEnabled === true;
}
