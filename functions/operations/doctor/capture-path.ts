import { DescribeTableCommand, ScanCommand, type TableDescription } from '@aws-sdk/client-dynamodb';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { type EventSourceMappingConfiguration, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { capital } from '../../core/capital.ts';
import { type Entity, entityNames } from '../../core/entity.ts';
import type { RowRules } from '../../core/row-rules.ts';
import type { Deps } from '../deployment.ts';
import type { Checked, Checking, Inspector } from './inspector.ts';

/** The number of rows that are read to find their attributes. */
const SAMPLE = 20;

const STREAM_ACTIONS = ['GetRecords', 'GetShardIterator', 'DescribeStream'];

/** An entity's capture path: its table, the table's stream, and the mapping that reads it. */
export interface CapturePath {
  readonly where: string;
  readonly entity: Entity;
  readonly stage: string;
  readonly name: string;
  /** Whether the stack created the table. Otherwise it is attached. `undefined`: it is not known. */
  readonly made: boolean | undefined;
  readonly rules: RowRules;
  readonly table: Checked<TableDescription>;
  /** The attributes that some rows have. */
  readonly attributes: ReadonlySet<string>;
  readonly mapping: Checked<EventSourceMappingConfiguration>;
  /** The number of functions that read the stream, in any stack. */
  readonly readers: number;
  /** The actions that capture needs but may not do. */
  readonly denied: readonly string[];
}

type CaptureDeps = Deps<'outputs' | 'crmTables' | 'rowRules' | 'dynamodb'>;

export function capturePaths(deps: CaptureDeps, inspector: Inspector): Promise<CapturePath[]> {
  return Promise.all(entityNames.map((entity) => capturePath(entity, deps, inspector)));
}

/** The part of the capture paths that needs no client but that of DynamoDB: the tables. */
export function tableFacts(deps: CaptureDeps, checking: Checking): Promise<CapturePath[]> {
  return Promise.all(entityNames.map((entity) => tablePath(entity, deps, checking)));
}

async function tablePath(
  entity: Entity,
  { outputs, crmTables, rowRules, dynamodb }: CaptureDeps,
  checking: Checking,
): Promise<CapturePath> {
  const name = crmTables[entity];
  const describe = dynamodb.send(new DescribeTableCommand({ TableName: name })).then(({ Table }) => Table);
  const [table, rows] = await Promise.all([
    checking.ask(`the table ${name}`, describe),
    checking.ask(`rows of ${name}`, dynamodb.send(new ScanCommand({ TableName: name, Limit: SAMPLE }))),
  ]);
  return {
    where: `${entity}, table ${name}`,
    entity,
    stage: outputs.Stage,
    name,
    made: undefined,
    rules: rowRules[entity],
    table,
    attributes: new Set(rows?.Items?.flatMap((row) => Object.keys(row))),
    mapping: undefined,
    readers: 0,
    denied: [],
  };
}

async function capturePath(entity: Entity, deps: CaptureDeps, inspector: Inspector): Promise<CapturePath> {
  const stage = `Capture${capital(entity)}`;
  const [path, mapping, capture] = await Promise.all([
    tablePath(entity, deps, inspector),
    inspector.mapping(stage),
    inspector.function(stage),
  ]);
  const { table, name } = path;
  const readers = table?.LatestStreamArn && (await readersOf(table.LatestStreamArn, inspector));
  const role = capture?.Role;
  return {
    ...path,
    made: inspector.find('AWS::DynamoDB::GlobalTable', `Tables${capital(entity)}`) === name,
    mapping,
    readers: readers || 0,
    denied: role ? await deniedTo(role, table, mapping, inspector) : [],
  };
}

async function readersOf(stream: string, inspector: Inspector): Promise<number | undefined> {
  const list = new ListEventSourceMappingsCommand({ EventSourceArn: stream });
  return (await inspector.ask(`readers of ${stream}`, inspector.aws.lambda.send(list)))?.EventSourceMappings?.length;
}

async function deniedTo(
  role: string,
  table: CapturePath['table'],
  mapping: CapturePath['mapping'],
  inspector: Inspector,
): Promise<string[]> {
  const stream = mapping?.EventSourceArn;
  const key = table?.SSEDescription?.KMSMasterKeyArn;
  const actions = STREAM_ACTIONS.map((action) => `dynamodb:${action}`);
  return [
    ...(stream ? await inspector.denied(role, actions, stream) : []),
    // This action has no resource in IAM.
    ...(stream ? await inspector.denied(role, ['dynamodb:ListStreams'], '*') : []),
    ...(key && (await isOwn(key, inspector)) ? await inspector.denied(role, ['kms:Decrypt'], key) : []),
  ];
}

/** Returns whether a key is customer-managed. An AWS-managed key needs no extra permission. */
async function isOwn(key: string, inspector: Inspector): Promise<boolean> {
  const response = await inspector.ask(
    `the key ${key}`,
    inspector.aws.kms.send(new DescribeKeyCommand({ KeyId: key })),
  );
  return response?.KeyMetadata?.KeyManager === 'CUSTOMER';
}

/** The names of a table's key attributes. */
export function keysOf(table: Checked<TableDescription>): string[] {
  return (table?.KeySchema ?? []).map(({ AttributeName = '' }) => AttributeName);
}
