import { readFile } from 'node:fs/promises';
import { DescribeTableCommand, DynamoDBClient, paginateListTables } from '@aws-sdk/client-dynamodb';
import { DescribeKeyCommand, GetKeyPolicyCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetAccountSettingsCommand, LambdaClient, paginateListEventSourceMappings } from '@aws-sdk/client-lambda';
import { GetServiceQuotaCommand, paginateListServiceQuotas, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type Entity, entityNames } from '../../core/entity.ts';
import { stackName } from '../../core/stack-name.ts';
import {
  type AccountFacts,
  type AttachedFacts,
  accountChecks,
  attachedChecks,
  TABLES_QUOTA,
} from './before-deploy-checks.ts';
import { examine, type Finding } from './check.ts';
import { type Checked, Checking, type Inconclusive } from './inspector.ts';

/** The default of the setting in infra/settings.ts. */
const DELIVER_CONCURRENCY = 100;

/** The default name. A bootstrap with another qualifier has another name. */
const VERSION = '/cdk-bootstrap/hnb659fds/version';

/** The AWS clients for checks before a deployment. Only the command line uses them, so no function's bundle has them. */
const liveClients = () => ({
  dynamodb: new DynamoDBClient(),
  kms: new KMSClient(),
  lambda: new LambdaClient(),
  quotas: new ServiceQuotasClient(),
  ssm: new SSMClient(),
});

type Clients = ReturnType<typeof liveClients>;

/** The settings of a stage in cdk.json that these checks use. */
interface Stage {
  readonly deliverConcurrency?: number;
  readonly tables?: Partial<Record<Entity, { readonly stream: string; readonly key?: string }>>;
}

/** @returns `{}` if the file or the stage does not exist, because then the defaults are deployed. */
export async function stageOf(stage: string, file = 'cdk.json'): Promise<Stage> {
  try {
    return JSON.parse(await readFile(file, 'utf8')).context.stages[stage] ?? {};
  } catch {
    return {};
  }
}

/** Checks whether the account and the attached tables allow a first deployment. It changes nothing. */
export async function beforeDeploy(
  stage: string,
  settings: Stage,
  aws: Clients = liveClients(),
): Promise<{ findings: readonly Finding[]; inconclusive: readonly Inconclusive[] }> {
  const inspector = new Checking();
  const [account, attached] = await Promise.all([
    accountFacts(settings, aws, inspector),
    Promise.all(
      entityNames.flatMap((entity) => {
        const table = settings.tables?.[entity];
        return table ? [attachedFacts(entity, stage, table, aws, inspector)] : [];
      }),
    ),
  ]);
  return {
    findings: [...examine([account], accountChecks), ...examine(attached, attachedChecks)],
    inconclusive: inspector.inconclusive,
  };
}

async function accountFacts(settings: Stage, aws: Clients, inspector: Checking): Promise<AccountFacts> {
  const attached = Object.keys(settings.tables ?? {}).length;
  const [limits, mappings, mappingQuota, tables, tableQuota, bootstrap] = await Promise.all([
    inspector.ask('the concurrency of the account', aws.lambda.send(new GetAccountSettingsCommand())),
    inspector.ask(
      'the event source mappings',
      count(paginateListEventSourceMappings({ client: aws.lambda }, {}), (page) => page.EventSourceMappings),
    ),
    inspector.ask('the quotas of Lambda', mappingQuotaOf(aws)),
    inspector.ask(
      'the tables',
      count(paginateListTables({ client: aws.dynamodb }, {}), (page) => page.TableNames),
    ),
    inspector.ask(
      'the quota of tables',
      aws.quotas.send(new GetServiceQuotaCommand({ ServiceCode: 'dynamodb', QuotaCode: TABLES_QUOTA })),
    ),
    inspector.ask('the bootstrap version', aws.ssm.send(new GetParameterCommand({ Name: VERSION }))),
  ]);
  return {
    where: 'the account',
    concurrency: limits?.AccountLimit?.ConcurrentExecutions,
    deliverConcurrency: settings.deliverConcurrency ?? DELIVER_CONCURRENCY,
    mappings: mappings ?? undefined,
    mappingQuota: mappingQuota ?? undefined,
    tables: tables ?? undefined,
    tableQuota: tableQuota?.Quota?.Value,
    newTables: 8 - attached,
    bootstrap: bootstrap === null ? null : bootstrap && Number(bootstrap.Parameter?.Value),
  };
}

/** Reads a quota of functions. AWS documents no default for it, but an account can have one. */
async function mappingQuotaOf({ quotas }: Clients): Promise<number | undefined> {
  for await (const { Quotas = [] } of paginateListServiceQuotas({ client: quotas }, { ServiceCode: 'lambda' }))
    for (const { QuotaName = '', Value } of Quotas) if (/^event source mappings\b/i.test(QuotaName)) return Value;
  return undefined;
}

async function count<Page>(pages: AsyncIterable<Page>, list: (page: Page) => readonly unknown[] | undefined) {
  let found = 0;
  for await (const page of pages) found += list(page)?.length ?? 0;
  return found;
}

async function attachedFacts(
  entity: Entity,
  stage: string,
  { stream, key }: { readonly stream: string; readonly key?: string },
  aws: Clients,
  inspector: Checking,
): Promise<AttachedFacts> {
  const arn = stream.slice(0, stream.indexOf('/stream/'));
  const name = arn.slice(arn.indexOf('/') + 1);
  const own = `:function:${stackName('CrmTriggers', stage)}-Capture`;
  const [table, readers] = await Promise.all([
    inspector.ask(
      `the table ${name}`,
      aws.dynamodb.send(new DescribeTableCommand({ TableName: name })).then(({ Table }) => Table),
    ),
    inspector.ask(
      `readers of ${stream}`,
      count(paginateListEventSourceMappings({ client: aws.lambda }, { EventSourceArn: stream }), (page) =>
        page.EventSourceMappings?.filter(({ FunctionArn = '' }) => !FunctionArn.includes(own)),
      ),
    ),
  ]);
  const encrypting = table?.SSEDescription?.KMSMasterKeyArn;
  const policed = encrypting && (await isOwn(encrypting, aws, inspector)) ? encrypting : undefined;
  return {
    where: `${entity}, table ${name}`,
    entity,
    there: table === null ? false : table && true,
    stream,
    latest: table?.LatestStreamArn,
    readers: readers ?? undefined,
    key: policed,
    namedKey: key,
    policy: policed ? await policyOf(policed, aws, inspector) : undefined,
  };
}

async function isOwn(key: string, { kms }: Clients, inspector: Checking): Promise<boolean> {
  const response = await inspector.ask(`the key ${key}`, kms.send(new DescribeKeyCommand({ KeyId: key })));
  return response?.KeyMetadata?.KeyManager === 'CUSTOMER';
}

function policyOf(key: string, { kms }: Clients, inspector: Checking): Promise<Checked<string>> {
  const get = new GetKeyPolicyCommand({ KeyId: key, PolicyName: 'default' });
  return inspector.ask(
    `the policy of ${key}`,
    kms.send(get).then(({ Policy = '' }) => Policy),
  );
}
