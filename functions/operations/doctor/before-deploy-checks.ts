import type { Entity } from '../../core/entity.ts';
import type { Check } from './check.ts';
import type { Checked } from './inspector.ts';

/** The quota of tables in an account and region. */
export const TABLES_QUOTA = 'L-F98FE922';
const CONCURRENCY_QUOTA = 'L-B99A9384';

/** The bootstrap version that templates of this CDK require. */
const BOOTSTRAP = 6;

/** The stack's mappings: one for each stream, and one for the queue. */
const NEW_MAPPINGS = 5;

/** DynamoDB serves two readers of each shard of a stream, so one other reader is allowed. */
const OTHER_READERS = 1;

/** The limits of the account. A field is absent if it is unknown. */
export interface AccountFacts {
  readonly where: string;
  readonly concurrency: number | undefined;
  readonly deliverConcurrency: number;
  readonly mappings: number | undefined;
  readonly mappingQuota: number | undefined;
  readonly tables: number | undefined;
  readonly tableQuota: number | undefined;
  /** The number that the stack creates. */
  readonly newTables: number;
  readonly bootstrap: Checked<number>;
}

const increase = (service: string, code: string, desired: number): string =>
  `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value ${desired}`;

/** An unknown quota counts as not reached. */
const exceeds = (used: number | undefined, more: number, quota: number | undefined): boolean =>
  used !== undefined && quota !== undefined && used + more > quota;

export const accountChecks: readonly Check<AccountFacts>[] = [
  {
    wrong: ({ bootstrap }) => bootstrap === null,
    what: () => 'the CDK is not bootstrapped in this account and region',
    fix: () => 'npx cdk bootstrap',
  },
  {
    wrong: ({ bootstrap }) => typeof bootstrap === 'number' && bootstrap < BOOTSTRAP,
    what: ({ bootstrap }) => `its CDK bootstrap has version ${bootstrap}, and a deployment needs ${BOOTSTRAP}`,
    fix: () => 'npx cdk bootstrap',
  },
  {
    wrong: ({ concurrency, deliverConcurrency }) => concurrency !== undefined && concurrency < deliverConcurrency,
    what: ({ concurrency, deliverConcurrency }) =>
      `Lambda runs at most ${concurrency} functions at once here, and deliver alone may take ${deliverConcurrency}: functions are throttled`,
    fix: ({ concurrency }) =>
      `${increase('lambda', CONCURRENCY_QUOTA, 1000)}; until then set deliverConcurrency in cdk.json to at most ${Math.max(2, Math.floor((concurrency ?? 0) / 2))}`,
  },
  {
    wrong: ({ mappings, mappingQuota }) => exceeds(mappings, NEW_MAPPINGS, mappingQuota),
    what: ({ mappings, mappingQuota }) =>
      `it has ${mappings} of ${mappingQuota} event source mappings, and a deployment makes ${NEW_MAPPINGS}`,
    fix: () => 'ask for more at https://console.aws.amazon.com/servicequotas/home/services/lambda/quotas',
  },
  {
    wrong: ({ tables, newTables, tableQuota }) => exceeds(tables, newTables, tableQuota),
    what: ({ tables, newTables, tableQuota }) =>
      `it has ${tables} of ${tableQuota} tables, and a deployment makes ${newTables}`,
    fix: ({ tables = 0, newTables }) => increase('dynamodb', TABLES_QUOTA, tables + newTables),
  },
];

/** A table that the stack will attach to. A field is absent if it is unknown. */
export interface AttachedFacts {
  readonly where: string;
  readonly entity: Entity;
  readonly there: boolean | undefined;
  /** The value in cdk.json. */
  readonly stream: string;
  readonly latest: string | undefined;
  /** The number of other functions that read the stream. */
  readonly readers: number | undefined;
  /** The customer-managed key that encrypts the table. */
  readonly key: string | undefined;
  /** The value in cdk.json. */
  readonly namedKey: string | undefined;
  /** The policy of the key. */
  readonly policy: Checked<string>;
}

export const attachedChecks: readonly Check<AttachedFacts>[] = [
  {
    wrong: ({ there }) => there === false,
    what: () => 'the table is not there, in this account and region',
    fix: ({ entity }) => `set tables.${entity}.stream in cdk.json to the stream of a table that is`,
  },
  {
    wrong: ({ there, stream, latest }) => there === true && stream !== latest,
    what: ({ latest }) => `the stream in cdk.json is not the table's: ${latest ?? 'its stream is off'}`,
    fix: ({ entity, latest }) =>
      `set tables.${entity}.stream in cdk.json to ${latest ?? 'LatestStreamArn, once it is on'}`,
  },
  {
    wrong: ({ readers = 0 }) => readers > OTHER_READERS,
    what: ({ readers }) =>
      `${readers} functions read its stream already, and DynamoDB serves ${OTHER_READERS + 1}: with this one they wait for each other`,
    fix: ({ stream }) => `take one away: aws lambda list-event-source-mappings --event-source-arn ${stream}`,
  },
  {
    wrong: ({ key, namedKey }) => key !== undefined && key !== namedKey,
    what: ({ key }) => `it is encrypted by ${key}, which capture may not use`,
    fix: ({ entity, key }) => `set tables.${entity}.key in cdk.json to ${key}`,
  },
  {
    wrong: ({ key, policy }) => key !== undefined && typeof policy === 'string' && !leavesItToIam(key, policy),
    what: ({ key }) => `the policy of its key ${key} does not let IAM decide, so capture may not decrypt`,
    fix: ({ key }) =>
      `add to the key's policy a statement that allows kms:Decrypt to arn:${key?.split(':')[1]}:iam::${accountOf(key)}:root: aws kms put-key-policy --key-id ${key} --policy-name default`,
  },
];

const accountOf = (key = ''): string => key.split(':')[4] ?? '';

/** Returns whether a statement allows decryption to the key's account. IAM policies can then grant it. */
function leavesItToIam(key: string, policy: string): boolean {
  const { Statement = [] } = JSON.parse(policy || '{}');
  const root = new RegExp(`^(\\*|${accountOf(key)}|arn:[\\w-]+:iam::${accountOf(key)}:root)$`);
  return [Statement]
    .flat()
    .some(
      ({ Effect, Principal, Action }) =>
        Effect === 'Allow' &&
        [Action].flat().some((action) => /^(\*|kms:\*|kms:Decrypt)$/i.test(action)) &&
        [Principal?.AWS ?? Principal].flat().some((one) => typeof one === 'string' && root.test(one)),
    );
}
