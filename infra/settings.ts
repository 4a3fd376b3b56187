import { BlockList, isIP } from 'node:net';
import { RemovalPolicy } from 'aws-cdk-lib';
import type { Node } from 'constructs';
import * as z from 'zod';
import type { Entity } from '../functions/core/entity.ts';
import { loggedNames } from '../functions/core/log-entry.ts';
import type { RowRules } from '../functions/core/row-rules.ts';
import { stagePattern } from '../functions/core/stack-name.ts';
import { attachedTables, attributeName } from './attached-table.ts';

const seconds = z.number().positive();

/** `10.0.0.0/8` or `fd00::/8`. */
const network = z.string().refine((cidr) => {
  const [address = '', prefix = '', ...rest] = cidr.split('/');
  const family = isIP(address);
  if (family === 0 || !/^\d{1,3}$/.test(prefix) || rest.length > 0) return false;
  try {
    new BlockList().addSubnet(address, Number(prefix), family === 4 ? 'ipv4' : 'ipv6');
    return true;
  } catch {
    return false;
  }
}, 'is not a network such as 10.0.0.0/8 or fd00::/8');

const lowPort = z
  .number()
  .refine((port) => Number.isInteger(port) && port >= 1 && port < 1024, 'is not a port from 1 to 1023');

const httpsUrl = z
  .string()
  .refine((text) => URL.canParse(text) && text.startsWith('https://'), 'is not an https:// URL');

const topicArn = z
  .string()
  .regex(
    /^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]+$/,
    'is not the ARN of an SNS topic such as arn:aws:sns:eu-west-1:111122223333:alarms',
  );

/** An id that EC2 gives out, such as `vpc-0a1b2c3d`. */
function ec2Id(prefix: string) {
  return z
    .string()
    .regex(new RegExp(`^${prefix}-[\\da-f]{8}([\\da-f]{9})?$`), `is not an id such as ${prefix}-0a1b2c3d`);
}

/** What can be chosen at deployment, per stage, in cdk.json under `stages`. */
const choices = z.strictObject({
  /** The id of the AWS account that the stage belongs to, 12 digits. Default: the account of the credentials. */
  account: z
    .string()
    .regex(/^\d{12}$/, 'is not the id of an AWS account: 12 digits in quotes, such as "111122223333"')
    .optional(),
  /** The AWS region that the stage belongs to. Default: the region of the credentials' profile or of AWS_REGION. */
  region: z
    .string()
    .regex(/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/, 'is not an AWS region such as eu-west-1')
    .optional(),
  /** Keep tables, queues and logs when the stack is deleted. */
  keepData: z.boolean().default(true),
  /**
   * Reject to delete tables, users and stacks. To be set once the first deployment has succeeded: CloudFormation could not
   * clean up after a failed one.
   */
  deletionProtection: z.boolean().default(false),
  /** Tables that are there already, by entity, in place of those that the stack would make. */
  tables: attachedTables.default({}),
  /** The attribute by which a receiver marks what it writes to a CRM table as its own: such a change makes no call. */
  silencedBy: attributeName.optional(),
  /** So many changes of one record are reported within one window of so many seconds; what is beyond is in Failed. */
  recordLimit: z
    .strictObject({
      changes: z.number().int().min(1).max(100),
      perSeconds: z.number().int().min(1).max(86_400),
    })
    .optional(),
  /** The stack is for an emulator: what those do not take is left out. */
  emulated: z.boolean().default(false),
  /** Call http:// URLs too. Their calls can be read and altered on the way. */
  allowHttp: z.boolean().default(false),
  /** Ports below 1024 that may be called, beside 80 and 443. */
  allowedPorts: z.array(lowPort).default([]),
  /** Private networks (CIDR) that receivers may stand in; needs `vpc`. None: every private address is rejected. */
  allowedPrivateNetworks: z.array(network).default([]),
  /**
   * An existing VPC for deliver and drain, which call the receivers: its id, one or more of its subnets, and security groups
   * (default: the stack makes one that lets nobody in and everything out). Default: the functions are in no VPC.
   */
  vpc: z
    .strictObject({
      id: ec2Id('vpc'),
      subnets: z.array(ec2Id('subnet')).min(1, 'names no subnet').max(16, 'names more than 16 subnets'),
      securityGroups: z.array(ec2Id('sg')).min(1, 'names no security group').max(5, 'names more than 5').optional(),
    })
    .optional(),
  /** An attempt may take this long to connect … */
  connectTimeoutSeconds: seconds.max(10).default(3),
  /** … and this long in all. */
  attemptTimeoutSeconds: seconds.max(60).default(10),
  /** How long a notification waits for a retry after each failed attempt; after the last retry delay it gets its last attempt. */
  holdSeconds: z.array(z.number().int().min(1).max(900)).max(20).default([5, 30, 120, 600]),
  /** How many batches (of up to ten notifications) are delivered at once, over all triggers. */
  deliverConcurrency: z.number().int().min(2).max(1000).default(100),
  /** How many records of one trigger's backlog are worked off side by side. */
  drainConcurrency: z.number().int().min(1).max(500).default(50),
  /** Stream batches handled at once per shard; one record's changes keep their order at any number. */
  captureParallelization: z.number().int().min(1).max(10).default(1),
  /**
   * How long a stream mapping waits until a batch is full, in whole seconds from 0 (the default: it does not wait) to 300.
   * Fuller batches cost less; a change is called later by up to this time.
   */
  captureWindowSeconds: z.number().int().min(0).max(300).default(0),
  /** The processor architecture of all functions: `arm64` (the default), or `x86_64` for a region without arm64. */
  architecture: z.enum(['arm64', 'x86_64']).default('arm64'),
  /** Which attempts the delivery log keeps: `all`, `failures` (all that was not delivered) or `off`. */
  deliveryLog: z.enum(loggedNames).default('all'),
  /**
   * Who signs admins in, in place of a Cognito user pool of the console's own: any issuer of OpenID Connect, by what its
   * /.well-known/openid-configuration says. Its client is public (PKCE) and sends people back to ConsoleUrl.
   */
  signIn: z
    .strictObject({
      issuer: httpsUrl,
      clientId: z.string().min(1),
      authorizationEndpoint: httpsUrl,
      tokenEndpoint: httpsUrl,
      endSessionEndpoint: httpsUrl.optional(),
      /** The claim of an ID token that lists its bearer's groups. */
      groupsClaim: z.string().min(1).default('groups'),
    })
    .optional(),
  /** The id of the user pool that an earlier console left, for the next one; without, the console makes a pool of its own. */
  userPoolId: z
    .string()
    .regex(/^[\w-]+_[0-9a-zA-Z]+$/, 'is not the id of a user pool such as eu-west-1_AbCdEfGhI')
    .optional(),
  /**
   * Who hears of alarms: an e-mail address (of a person, a list or a pager), for which the stack makes a topic; or a topic
   * of your own. Without, the alarms are there and tell nobody.
   */
  alarms: z
    .strictObject({ email: z.email('is not an e-mail address').optional(), topicArn: topicArn.optional() })
    .refine(
      ({ email, topicArn }) => (email === undefined) !== (topicArn === undefined),
      'needs email or topicArn, one of them',
    )
    .optional(),
  /** Have X-Ray trace the functions. */
  tracing: z.boolean().default(false),
  /** How long logs are kept. */
  logRetentionDays: z.literal([1, 3, 5, 7, 14, 30, 60, 90, 180, 365]).default(30),
});

const schema = choices.refine(
  ({ allowedPrivateNetworks, emulated, vpc }) => allowedPrivateNetworks.length === 0 || emulated || vpc !== undefined,
  {
    path: ['allowedPrivateNetworks'],
    error:
      'no function can reach a private network without the setting vpc. To fix this, set vpc to ' +
      '{ "id": "vpc-…", "subnets": ["subnet-…"] }, or remove allowedPrivateNetworks',
    // Settings that are wrong in themselves are said first.
    when: ({ issues }) => issues.length === 0,
  },
);

export type Settings = z.output<typeof schema>;

/** What is said of an entity's rows. */
export function rowRulesOf(entity: Entity, { tables, silencedBy }: Settings): RowRules {
  const { names, ignore } = tables[entity] ?? {};
  return { ...(names && { names }), ...(ignore && { ignore }), ...(silencedBy && { silencedBy }) };
}

/** What becomes of a thing that retryDelays data when the stack is deleted. A failed first deployment deletes what it made. */
export function removalPolicy({ keepData }: Settings): RemovalPolicy {
  return keepData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}

/** The stage that `-c stage=NAME` names. @throws {Error} When it cannot be part of a stack's name. */
export function readStage(node: Node): string {
  const stage = node.tryGetContext('stage') ?? 'main';
  if (stagePattern.test(stage)) return stage;
  throw new Error(`"${stage}" cannot be a stage: its name is a letter, and up to 31 letters, digits or hyphens.`);
}

/**
 * Reads the settings of the stage that `-c stage=NAME` names (`main` when it is not given).
 *
 * @throws {Error} One line per wrong setting: which, what is wrong, where to fix it.
 */
export function readSettings(node: Node): Settings {
  const stage = readStage(node);
  const stages = node.tryGetContext('stages') ?? {};
  if (!Object.hasOwn(stages, stage))
    throw new Error(
      `There is no stage "${stage}": cdk.json has ${Object.keys(stages).join(', ') || 'none'} under context.stages.`,
    );
  const read = schema.safeParse(stages[stage]);
  if (read.success) return read.data;
  throw new Error(
    read.error.issues
      .map((issue) => `Setting ${['stages', stage, ...issue.path].join('.')} in cdk.json: ${issue.message}.`)
      .join('\n'),
  );
}
