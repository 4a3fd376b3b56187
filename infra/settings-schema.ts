import * as z from 'zod';
import { loggedNames } from '../functions/core/log-entry.ts';
import { attachedTables, attributeName } from './attached-table.ts';
import { ec2Id, httpsUrl, lowPort, network, seconds, topicArn } from './setting-values.ts';

/** The settings of a stage, in cdk.json under `context.stages`. docs/configuration.md is generated from these descriptions. */
const choices = z.strictObject({
  account: z
    .string()
    .regex(/^\d{12}$/, 'is not the id of an AWS account: 12 digits in quotes, such as "111122223333"')
    .optional()
    .describe(
      'The ID of the AWS account that the stage belongs to, 12 digits. `cdk deploy` and the command line reject the credentials of another one. Default: the account of the credentials.',
    ),
  region: z
    .string()
    .regex(/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/, 'is not an AWS region such as eu-west-1')
    .optional()
    .describe(
      'The AWS region that the stage belongs to. `cdk deploy` deploys there, whatever `AWS_REGION` says; the command line rejects another one. Default: the region of the credentials.',
    ),
  keepData: z
    .boolean()
    .default(true)
    .describe(
      'Keep tables, queues, secrets, users and logs when their stack is deleted. A failed first deployment deletes what it made in any case.',
    ),
  deletionProtection: z
    .boolean()
    .default(false)
    .describe(
      'Protect tables and users from deletion, and the stacks from `cdk destroy`. Set it to `true` after the first deployment has succeeded: CloudFormation could not clean up after a failed one.',
    ),
  tables: attachedTables
    .default({})
    .describe(
      'Existing CRM tables, by entity, in place of tables that the stack makes. See [existing-tables.md](existing-tables.md).',
    ),
  silencedBy: attributeName
    .optional()
    .describe(
      'The attribute by which a receiver marks its own writes to a CRM table. A write that sets it makes no call. See [existing-tables.md](existing-tables.md).',
    ),
  recordLimit: z
    .strictObject({
      changes: z.number().int().min(1).max(100),
      perSeconds: z.number().int().min(1).max(86_400),
    })
    .optional()
    .describe(
      'At most so many `changes` of one record are sent within a window of `perSeconds` seconds; the others move to Failed. See [existing-tables.md](existing-tables.md).',
    ),
  emulated: z
    .boolean()
    .default(false)
    .describe('The stack is for an emulator: it leaves out what emulators do not accept.'),
  allowHttp: z
    .boolean()
    .default(false)
    .describe('Allow `http://` URLs. Their calls can be read and altered on the way.'),
  allowedPorts: z.array(lowPort).default([]).describe('Ports below 1024 that are allowed, besides 80 and 443.'),
  allowedPrivateNetworks: z
    .array(network)
    .default([])
    .describe('Private networks (CIDR) such as `10.0.0.0/8` whose addresses are allowed; needs `vpc`.'),
  vpc: z
    .strictObject({
      id: ec2Id('vpc'),
      subnets: z.array(ec2Id('subnet')).min(1, 'names no subnet').max(16, 'names more than 16 subnets'),
      securityGroups: z.array(ec2Id('sg')).min(1, 'names no security group').max(5, 'names more than 5').optional(),
    })
    .optional()
    .describe(
      'An existing VPC for deliver and drain: `id`, `subnets` and optionally `securityGroups`. Default for the latter: a group that allows nothing in and everything out. See [network.md](network.md).',
    ),
  connectTimeoutSeconds: seconds
    .max(10)
    .default(3)
    .describe('How long an attempt may take to connect, seconds, at most 10. The look-up of the hostname is included.'),
  attemptTimeoutSeconds: seconds
    .max(60)
    .default(10)
    .describe('How long an attempt may take in all, seconds, at most 60.'),
  holdSeconds: z
    .array(z.number().int().min(1).max(900))
    .max(20)
    .default([5, 30, 120, 600])
    .describe(
      'The retry delays after each failed attempt, seconds, from 1 to 900. The attempt after the last delay is the last one.',
    ),
  deliverConcurrency: z
    .number()
    .int()
    .min(2)
    .max(1000)
    .default(100)
    .describe('How many batches of up to ten notifications are delivered at once, over all triggers, from 2 to 1000.'),
  drainConcurrency: z
    .number()
    .int()
    .min(1)
    .max(500)
    .default(50)
    .describe('How many records of one backlog are delivered in parallel, from 1 to 500.'),
  captureParallelization: z
    .number()
    .int()
    .min(1)
    .max(10)
    .default(1)
    .describe(
      'How many stream batches per shard are processed at once, from 1 to 10. The order within a record stays.',
    ),
  captureWindowSeconds: z
    .number()
    .int()
    .min(0)
    .max(300)
    .default(0)
    .describe(
      'How long changes of a stream are gathered before capture runs, seconds, from 0 to 300. Full batches cost less, and calls are made later by up to this time. See [scale.md](scale.md).',
    ),
  architecture: z
    .enum(['arm64', 'x86_64'])
    .default('arm64')
    .describe(
      "The processor architecture of all functions. `x86_64` is for a region without arm64, and Lambda's time costs a quarter more.",
    ),
  deliveryLog: z
    .enum(loggedNames)
    .default('all')
    .describe('Which attempts the delivery log keeps: `all`, `failures` (those that were not delivered) or `off`.'),
  signIn: z
    .strictObject({
      issuer: httpsUrl,
      clientId: z.string().min(1),
      authorizationEndpoint: httpsUrl,
      tokenEndpoint: httpsUrl,
      endSessionEndpoint: httpsUrl.optional(),
      revocationEndpoint: httpsUrl.optional(),
      /** The claim of an ID token that lists its bearer's groups. */
      groupsClaim: z.string().min(1).default('groups'),
    })
    .optional()
    .describe(
      'Your own OpenID Connect issuer for the console, in place of a Cognito user pool. See [console.md](console.md).',
    ),
  userPoolId: z
    .string()
    .regex(/^[\w-]+_[0-9a-zA-Z]+$/, 'is not the id of a user pool such as eu-west-1_AbCdEfGhI')
    .optional()
    .describe('The ID of the user pool that an earlier console left. Default: the console makes a user pool.'),
  alarms: z
    .strictObject({ email: z.email('is not an e-mail address').optional(), topicArn: topicArn.optional() })
    .refine(
      ({ email, topicArn }) => (email === undefined) !== (topicArn === undefined),
      'needs email or topicArn, one of them',
    )
    .optional()
    .describe(
      'Who is notified of alarms: `{ "email": "on-call@example.com" }`, or `{ "topicArn": "arn:aws:sns:…" }` for your own topic. Default: nobody; alarms only show on the dashboard. See [monitoring.md](operations/monitoring.md).',
    ),
  tracing: z.boolean().default(false).describe('Trace the functions with X-Ray.'),
  logRetentionDays: z
    .literal([1, 3, 5, 7, 14, 30, 60, 90, 180, 365])
    .default(30)
    .describe('How long logs are kept, days.'),
});

export const schema = choices.refine(
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

/** Each setting with its description and its default, as JSON Schema. */
export const settingsSchema = z.toJSONSchema(choices, { io: 'input', unrepresentable: 'any' });

export type Settings = z.output<typeof schema>;
