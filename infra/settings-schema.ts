import * as z from 'zod';
import { loggedNames } from '../functions/core/log-entry.ts';
import { attachedTables, attributeName, existingRows } from './attached-table.ts';
import {
  consoleDomain,
  emailAddress,
  lowPort,
  network,
  seconds,
  signInSettings,
  stageName,
  topicArn,
  vpcSettings,
} from './setting-values.ts';

/**
 * The settings of a stage, in cdk.json under `context.stages`. `npm run docs` writes docs/configuration.md from the descriptions and
 * defaults. A message says what the value must be; the setting's path stands before it.
 */
const choices = z.strictObject({
  account: z
    .string()
    .regex(/^\d{12}$/, 'expected an AWS account ID: 12 digits in quotes, such as "111122223333"')
    .optional()
    .describe(
      'The AWS account of the stage, as 12 digits in quotes. `cdk deploy` and the command line reject credentials of another account. Default: the account of the credentials.',
    ),
  region: z
    .string()
    .regex(/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/, 'expected an AWS region such as eu-west-1')
    .optional()
    .describe(
      'The AWS region of the stage. `cdk deploy` uses it instead of `AWS_REGION`; the command line rejects another region. Default: the region of the credentials.',
    ),
  keepData: z
    .boolean()
    .default(true)
    .describe(
      'Keep tables, queues, secrets, users and logs when their stack is deleted. A failed first deployment always deletes its resources.',
    ),
  deletionProtection: z
    .boolean()
    .default(false)
    .describe(
      'Protect tables, users and stacks from deletion. Set it to `true` only after the first deployment has succeeded: CloudFormation cannot remove protected resources after a failed one.',
    ),
  tables: attachedTables
    .default({})
    .describe(
      'Existing CRM tables, by entity. The stack uses them instead of creating tables. See [existing-tables.md](existing-tables.md).',
    ),
  silencedBy: attributeName
    .optional()
    .describe(
      'The attribute by which a receiver marks its own writes to a CRM table. A write that changes its value makes no call. See [existing-tables.md](existing-tables.md).',
    ),
  recordLimit: z
    .strictObject({
      changes: z.number().int().min(1).max(100),
      perSeconds: z.number().int().min(1).max(86_400),
    })
    .optional()
    .describe(
      'The maximum number of changes of one record that are sent in a time window: `changes`, from 1 to 100, in `perSeconds`, from 1 to 86400 seconds. Changes over the limit move to Failed. Default: no limit. See [existing-tables.md](existing-tables.md).',
    ),
  emulated: z.boolean().default(false).describe('Leave out the resources that emulators do not support.'),
  allowHttp: z
    .boolean()
    .default(false)
    .describe('Allow `http://` URLs. These calls are not encrypted, so others can read and change them.'),
  allowedPorts: z
    .array(lowPort)
    .default([])
    .describe(
      'The allowed ports below 1024 besides 80 and 443, from 1 to 1023. Ports from 1024 on are always allowed.',
    ),
  allowedPrivateNetworks: z
    .array(network)
    .default([])
    .describe('Private networks whose addresses are allowed, in CIDR notation such as `10.0.0.0/8`. Requires `vpc`.'),
  vpc: vpcSettings
    .optional()
    .describe(
      'An existing VPC for deliver and drain: `id`, 1 to 16 `subnets`, and optionally 1 to 5 `securityGroups`. Without `securityGroups` the stack creates a group that allows all outbound and no inbound traffic. Default: no VPC. See [network.md](network.md).',
    ),
  connectTimeoutSeconds: seconds
    .max(10)
    .default(3)
    .describe('The maximum time to connect, including the DNS lookup, in seconds, up to 10.'),
  attemptTimeoutSeconds: seconds.max(60).default(10).describe('The maximum time of an attempt, in seconds, up to 60.'),
  holdSeconds: z
    .array(z.number().int().min(1).max(900))
    .max(20)
    .default([5, 30, 120, 600])
    .describe(
      'The retry delays after failed attempts, in seconds, from 1 to 900 each, up to 20 delays. The attempt after the last delay is the last one.',
    ),
  deliverConcurrency: z
    .number()
    .int()
    .min(2)
    .max(1000)
    .default(100)
    .describe(
      'The maximum number of batches that deliver processes at once, over all triggers, from 2 to 1000. A batch has up to 10 notifications.',
    ),
  drainConcurrency: z
    .number()
    .int()
    .min(1)
    .max(500)
    .default(50)
    .describe('The maximum number of records of one backlog that drain delivers at once, from 1 to 500.'),
  captureParallelization: z
    .number()
    .int()
    .min(1)
    .max(10)
    .default(1)
    .describe(
      'The number of batches per stream shard that capture processes at once, from 1 to 10. Each record keeps its order.',
    ),
  captureWindowSeconds: z
    .number()
    .int()
    .min(0)
    .max(300)
    .default(0)
    .describe(
      'The time for which Lambda collects changes of a stream before it invokes capture, in seconds, from 0 to 300. Full batches cost less, but calls are made later by up to this time. See [scale.md](scale.md).',
    ),
  architecture: z
    .enum(['arm64', 'x86_64'])
    .default('arm64')
    .describe(
      "The processor architecture of all functions: `arm64` or `x86_64`. Use `x86_64` in a region without arm64; Lambda's compute time then costs a quarter more.",
    ),
  deliveryLog: z
    .enum(loggedNames)
    .default('all')
    .describe(
      'The attempts that the delivery log keeps: `all`, `failures` (attempts that were not delivered) or `off`.',
    ),
  signIn: signInSettings
    .optional()
    .describe(
      'Your OpenID Connect issuer for the console. Default: the console creates a Cognito user pool. See [console.md](console.md).',
    ),
  userPoolId: z
    .string()
    .regex(/^[\w-]+_[0-9a-zA-Z]+$/, 'expected the ID of a user pool such as eu-west-1_AbCdEfGhI')
    .optional()
    .describe('The ID of a user pool that a deleted console stack left. Default: the console creates a user pool.'),
  consoleDomain: consoleDomain
    .optional()
    .describe(
      'A custom domain of the console: `name` and `certificateArn`, the ARN of its certificate in the region of the stage. Point a DNS record at the output `ConsoleDomainTarget`. Default: the domain that API Gateway generates. See [console.md](console.md).',
    ),
  alarms: z
    .strictObject({ email: emailAddress.optional(), topicArn: topicArn.optional() })
    .refine(
      ({ email, topicArn }) => (email === undefined) !== (topicArn === undefined),
      'expected either email or topicArn',
    )
    .optional()
    .describe(
      'The recipient of alarms: `{ "email": "on-call@example.com" }`, or `{ "topicArn": "arn:aws:sns:…" }` for your own topic. Default: no notifications; alarms are visible on the dashboard only. See [monitoring.md](operations/monitoring.md).',
    ),
  cliPolicies: z
    .boolean()
    .default(false)
    .describe(
      'Create two IAM managed policies for users of the command line, `AdminPolicyArn` and `ViewerPolicyArn` in the outputs. See [console.md](console.md#users-of-the-command-line).',
    ),
  tracing: z.boolean().default(false).describe('Trace the functions with X-Ray.'),
  logRetentionDays: z
    .literal([1, 3, 5, 7, 14, 30, 60, 90, 180, 365])
    .default(30)
    .describe('The retention time of logs, in days: 1, 3, 5, 7, 14, 30, 60, 90, 180 or 365.'),
});

export const schema = choices.refine(
  ({ allowedPrivateNetworks, emulated, vpc }) => allowedPrivateNetworks.length === 0 || emulated || vpc !== undefined,
  {
    path: ['allowedPrivateNetworks'],
    error:
      'no function can reach a private network without the setting vpc. To fix this, set vpc to ' +
      '{ "id": "vpc-…", "subnets": ["subnet-…"] }, or remove allowedPrivateNetworks',
    // Checked only if each setting is valid by itself.
    when: ({ issues }) => issues.length === 0,
  },
);

/** The JSON Schema of the settings, with descriptions and defaults. */
export const settingsSchema = z.toJSONSchema(choices, { io: 'input', unrepresentable: 'any' });

/** The settings of a stage, with defaults. */
export type StageSettings = z.output<typeof schema>;

/** The settings that a stack or its app uses, and those that become props of another type. */
const otherProps = { account: true, region: true, tables: true, vpc: true, alarms: true } as const;

/** The props of CrmTriggers that are plain values. */
export const propsSchema = choices.omit({ ...otherProps, signIn: true, userPoolId: true, consoleDomain: true }).extend({
  stage: stageName.default('main'),
  tables: existingRows.default({}),
  alarmEmail: emailAddress.optional(),
});

/** The props of CrmTriggersConsole that are plain values. */
export const consolePropsSchema = choices
  .pick({ signIn: true, userPoolId: true })
  .extend({ domain: consoleDomain.optional() });

/** The checked settings of CrmTriggers, with defaults. */
export type Settings = z.output<typeof propsSchema>;
