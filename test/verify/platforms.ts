/** The platform of a verification. */
export type Platform = 'aws' | 'ministack' | 'localstack';

/** The features that a step can need. For each emulator: `true`, or the reason why it lacks the feature. AWS has all features. */
export const needs = {
  'change sets': { ministack: true, localstack: true },
  'Metrics Insights': {
    ministack: 'it rejects alarms on queries, so the stage is deployed without them',
    localstack: 'it evaluates no query, so the stage is deployed without alarms on queries',
  },
  'metrics from logs': {
    ministack: 'it extracts no metrics from logs',
    localstack: 'it extracts no metrics from logs',
  },
  'HTTP APIs': { ministack: true, localstack: 'it leaves HTTP APIs and user pools out of a stack' },
  'enforced policies': {
    ministack: 'it enforces policies only with AUTH=true, and then without the attributes of BatchGetItem',
    localstack: 'it enforces no IAM policies',
  },
  pollers: {
    ministack: 'it processes a FIFO queue one batch at a time',
    localstack: 'it processes a FIFO queue one batch at a time',
  },
  'failed stream batches': {
    ministack: 'it has no on-failure destination for stream batches',
    localstack: 'it splits no stream batch and has no bucket for failed ones',
  },
  'drift reverted': {
    ministack: 'its CloudFormation detects no drift',
    localstack: 'its CloudFormation detects no drift',
  },
} as const satisfies Record<string, Record<Exclude<Platform, 'aws'>, true | string>>;

export type Need = keyof typeof needs;

/** The reason why a platform lacks one of these features, or `undefined`. */
export function lacking(platform: Platform, needed: readonly Need[]): string | undefined {
  if (platform === 'aws') return undefined;
  return needed.map((need): true | string => needs[need][platform]).find((has) => has !== true);
}

/** The number of records of a load step. Emulators deliver only a few records per second. */
export const recordsOf: Readonly<Record<Platform, number>> = { aws: 300, ministack: 60, localstack: 12 };
