import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { Entity } from '../functions/core/entity.ts';

/** An existing CRM table. */
export interface CrmTableProps {
  /**
   * The table. All its rows belong to one entity, and its stream contains new and old images.
   * A table without such a stream stops the synthesis.
   */
  readonly table: ITable;
  /**
   * The attribute of each ID that has another name: `{ AccountID: 'account_id' }`.
   * An unknown ID, or one attribute for two IDs, stops the synthesis.
   * @default - each ID is in the attribute of its own name
   */
  readonly names?: Readonly<Record<string, string>>;
  /**
   * An edit that changes only these attributes makes no call.
   * An empty list or name stops the synthesis.
   * @default - each edit makes a call
   */
  readonly ignore?: readonly string[];
}

/** The settings of CrmTriggers that are plain values. In cdk.json of the repository they have the same names. */
export interface CrmTriggersSettings {
  /**
   * Keep tables, queues, secrets, users and logs when their stack is deleted.
   * A failed first deployment always deletes its resources.
   * @default true
   */
  readonly keepData?: boolean;
  /**
   * Protect tables and users from deletion. Set it to `true` only after the first deployment has succeeded:
   * CloudFormation cannot remove protected resources after a failed one.
   * @default false
   */
  readonly deletionProtection?: boolean;
  /**
   * The attribute by which a receiver marks its own writes to a CRM table. A write that changes its value makes no call.
   * A name that is empty or longer than 255 characters stops the synthesis.
   * @default - every write makes a call
   */
  readonly silencedBy?: string;
  /**
   * The maximum number of changes of one record that are sent in a time window: `changes`, from 1 to 100, in `perSeconds`,
   * from 1 to 86400 seconds. Changes over the limit move to Failed. Other numbers stop the synthesis.
   * @default - no limit
   */
  readonly recordLimit?: { readonly changes: number; readonly perSeconds: number };
  /**
   * Leave out the resources that emulators do not support.
   * @default false
   */
  readonly emulated?: boolean;
  /**
   * Allow `http://` URLs. These calls are not encrypted, so others can read and change them.
   * @default false
   */
  readonly allowHttp?: boolean;
  /**
   * The allowed ports below 1024 besides 80 and 443, from 1 to 1023. Ports from 1024 on are always allowed.
   * Another port stops the synthesis.
   * @default []
   */
  readonly allowedPorts?: readonly number[];
  /**
   * Private networks whose addresses are allowed, in CIDR notation such as `10.0.0.0/8`.
   * An invalid network, or a network without the prop `vpc`, stops the synthesis.
   * @default []
   */
  readonly allowedPrivateNetworks?: readonly string[];
  /**
   * The maximum time to connect, including the DNS lookup, in seconds, up to 10. Another number stops the synthesis.
   * @default 3
   */
  readonly connectTimeoutSeconds?: number;
  /**
   * The maximum time of an attempt, in seconds, up to 60. Another number stops the synthesis.
   * @default 10
   */
  readonly attemptTimeoutSeconds?: number;
  /**
   * The retry delays after failed attempts, in seconds, from 1 to 900 each, up to 20 delays. The attempt after the last
   * delay is the last one. Other numbers stop the synthesis.
   * @default [5, 30, 120, 600]
   */
  readonly holdSeconds?: readonly number[];
  /**
   * The maximum number of batches that deliver processes at once, over all triggers, from 2 to 1000. A batch has up to 10
   * notifications. Another number stops the synthesis.
   * @default 100
   */
  readonly deliverConcurrency?: number;
  /**
   * The maximum number of records of one backlog that drain delivers at once, from 1 to 500. Another number stops the
   * synthesis.
   * @default 50
   */
  readonly drainConcurrency?: number;
  /**
   * The number of batches per stream shard that capture processes at once, from 1 to 10. Each record keeps its order.
   * Another number stops the synthesis.
   * @default 1
   */
  readonly captureParallelization?: number;
  /**
   * The time for which Lambda collects changes of a stream before it invokes capture, in seconds, from 0 to 300. Full batches
   * cost less, but calls are made later by up to this time. Another number stops the synthesis.
   * @default 0
   */
  readonly captureWindowSeconds?: number;
  /**
   * The processor architecture of all functions. Use `x86_64` in a region without arm64; Lambda's compute time then costs a
   * quarter more. Another value stops the synthesis.
   * @default 'arm64'
   */
  readonly architecture?: 'arm64' | 'x86_64';
  /**
   * The attempts that the delivery log keeps: `all`, `failures` (attempts that were not delivered) or `off`.
   * Another value stops the synthesis.
   * @default 'all'
   */
  readonly deliveryLog?: 'all' | 'failures' | 'off';
  /**
   * Create two IAM managed policies for users of the command line: outputs `AdminPolicyArn` and `ViewerPolicyArn`.
   * @default false
   */
  readonly cliPolicies?: boolean;
  /**
   * Trace the functions with X-Ray.
   * @default false
   */
  readonly tracing?: boolean;
  /**
   * The retention time of logs, in days: 1, 3, 5, 7, 14, 30, 60, 90, 180 or 365. Another number stops the synthesis.
   * @default 30
   */
  readonly logRetentionDays?: 1 | 3 | 5 | 7 | 14 | 30 | 60 | 90 | 180 | 365;
}

/** The props of CrmTriggers. Each is optional. An invalid value stops the synthesis with one line. */
export interface CrmTriggersProps extends CrmTriggersSettings {
  /**
   * Existing CRM tables, by entity. One table for two entities stops the synthesis.
   * @default - the construct creates a table for each entity
   */
  readonly tables?: Readonly<Partial<Record<Entity, CrmTableProps>>>;
  /**
   * The VPC for deliver and drain, so that they reach private receivers or call from a fixed address.
   * @default - the functions are outside a VPC
   */
  readonly vpc?: IVpc;
  /**
   * The 1 to 16 subnets of `vpc` for deliver and drain. Another number of subnets, or subnets without `vpc`, stop the synthesis.
   * @default - the private subnets of `vpc`
   */
  readonly vpcSubnets?: SubnetSelection;
  /**
   * The 1 to 5 security groups of deliver and drain. Another number of groups, or groups without `vpc`, stop the synthesis.
   * @default - a new group that allows all outbound and no inbound traffic
   */
  readonly securityGroups?: readonly ISecurityGroup[];
  /**
   * The actions of all alarms, such as `new SnsAction(topic)`.
   * @default - the alarms are visible on the dashboard only
   */
  readonly alarmActions?: readonly IAlarmAction[];
  /**
   * An email address that is notified of alarms, through an encrypted topic that the construct creates.
   * Another text stops the synthesis.
   * @default - no topic
   */
  readonly alarmEmail?: string;
  /**
   * The name of the deployment stage, for messages: a letter, followed by up to 31 letters, digits or hyphens.
   * Another text stops the synthesis.
   * @default 'main'
   */
  readonly stage?: string;
}
