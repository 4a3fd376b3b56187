import { BatchGetItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetRoleCommand, IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, type Credentials, STSClient } from '@aws-sdk/client-sts';
import { Triggers } from '../../../functions/adapters/trigger-store.ts';
import { triggers } from '../../../functions/core/entity.ts';
import { stackName } from '../../../functions/core/stack-name.ts';
import { Inspector, liveAws } from '../../../functions/operations/doctor/inspector.ts';
import { prove, until, type World } from '../world.ts';

const iam = new IAMClient();

/** Reads the triggers with the credentials of capture: its own request, and others that could return a URL. */
export async function attributes(world: World): Promise<string> {
  const look = await new Inspector(liveAws()).at(stackName('CrmTriggers', world.stage));
  const table = look.find('AWS::DynamoDB::GlobalTable', 'TablesTriggers') ?? '';
  const RoleName = look.find('AWS::IAM::Role', 'CaptureCaseFunctionRole') ?? '';
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  const trust = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
  const trusted = (PolicyDocument: string) => iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
  try {
    await trusted(trustingAccount(trust, Role?.Arn ?? ''));
    const credentials = await until(world, 'the role of capture can be assumed', () => assumed(Role?.Arn ?? ''), 5_000);
    return await checkReads(table, new DynamoDBClient({ credentials }));
  } finally {
    await trusted(trust);
  }
}

/** The trust policy of a role with a statement that lets users of its account assume it. */
export function trustingAccount(policy: string, roleArn: string): string {
  const [, partition, , , account] = roleArn.split(':');
  const { Statement, ...document } = JSON.parse(policy);
  const Principal = { AWS: `arn:${partition}:iam::${account}:root` };
  const added = { Effect: 'Allow', Principal, Action: 'sts:AssumeRole' };
  return JSON.stringify({ ...document, Statement: [...Statement, added] });
}

/** The credentials of a role; nothing while IAM does not know its changed trust policy yet. */
async function assumed(RoleArn: string) {
  const request = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'crm-triggers-verify' });
  const { Credentials: given } = await new STSClient().send(request).catch((error) => {
    if (error.name !== 'AccessDenied') throw error;
    return { Credentials: undefined };
  });
  return given && credentialsOf(given);
}

const credentialsOf = ({ AccessKeyId = '', SecretAccessKey = '', SessionToken = '' }: Partial<Credentials>) => ({
  accessKeyId: AccessKeyId,
  secretAccessKey: SecretAccessKey,
  sessionToken: SessionToken,
});

/** @throws When capture's own read is denied, or another read is not. */
export async function checkReads(table: string, dynamodb: DynamoDBClient): Promise<string> {
  const store = new Triggers(table, dynamodb);
  await store.withUrl(triggers);
  const Keys = triggers.map((trigger) => ({ trigger: { S: trigger } }));
  const reading = (projection: object) =>
    dynamodb.send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ...projection } } }));
  const denied: Readonly<Record<string, () => Promise<unknown>>> = {
    'a read of all attributes': () => store.read(triggers),
    'a read of the masked URLs': () => store.readShown(triggers),
    'a read of the URLs': () => reading({ ProjectionExpression: '#url', ExpressionAttributeNames: { '#url': 'url' } }),
    'a read of the URLs beside allowed attributes': () =>
      reading({ ProjectionExpression: '#url, isSet', ExpressionAttributeNames: { '#url': 'url' } }),
    'a read of the URLs in the older form': () => reading({ AttributesToGet: ['url'] }),
  };
  for (const [what, read] of Object.entries(denied)) {
    const result = await read().then(
      () => 'allowed',
      ({ name }) => name,
    );
    prove(result === 'AccessDeniedException', `${what} with the role of capture is not denied: ${result}`);
  }
  return `with the role of capture DynamoDB tells which triggers have a URL, and denies ${Object.keys(denied).length} reads of other attributes`;
}
