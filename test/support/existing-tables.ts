import {
  type AttributeValue,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Entity, entityNames } from '../../functions/core/entity.ts';

type Row = Readonly<Record<string, string>>;

/** The tables of a team with its own names for the key and the attributes of the IDs. */
const theirs = {
  customer: { key: ['account_id'], names: { AccountID: 'account_id' } },
  case: { key: ['number'], names: { AccountID: 'account', CaseID: 'number' } },
  followup: { key: ['pk', 'sk'], names: { AccountID: 'account', CaseID: 'case', FollowupID: 'sk' } },
  task: { key: ['AccountID', 'id'], names: { TaskID: 'id' } },
} as const satisfies Record<Entity, { key: readonly string[]; names: Row }>;

/** Creates four tables outside of any stack, and writes their rows. */
export async function existingTables(run: string) {
  const dynamodb = new DynamoDBClient();
  const name = (entity: Entity) => `${run}-${entity}`;
  const entered = (row: Row) => Object.fromEntries(Object.entries(row).map(([at, value]) => [at, { S: value }]));
  const keyOf = (entity: Entity, row: Row) =>
    entered(Object.fromEntries(theirs[entity].key.map((at) => [at, row[at] ?? ''])));
  const describe = async (entity: Entity) => {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: name(entity) }));
    return Table;
  };
  for (const entity of entityNames)
    await dynamodb.send(
      new CreateTableCommand({
        TableName: name(entity),
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: theirs[entity].key.map((at) => ({ AttributeName: at, AttributeType: 'S' })),
        KeySchema: theirs[entity].key.map((at, i) => ({ AttributeName: at, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      }),
    );
  const attached = async (entity: Entity) => {
    const stream = (await describe(entity))?.LatestStreamArn ?? '';
    return [entity, { stream, names: theirs[entity].names, ignore: ['updated_at'] }] as const;
  };
  return {
    dynamodb,
    name,
    describe,
    /** The setting `tables` for all four. */
    settings: Object.fromEntries(await Promise.all(entityNames.map(attached))),
    put: (entity: Entity, row: Row) =>
      dynamodb.send(new PutItemCommand({ TableName: name(entity), Item: entered(row) })),
    /** Sets attributes outside the key. */
    update: (entity: Entity, row: Row, values: Row) =>
      dynamodb.send(
        new UpdateItemCommand({
          TableName: name(entity),
          Key: keyOf(entity, row),
          UpdateExpression: `SET ${Object.keys(values)
            .map((_, i) => `#${i} = :${i}`)
            .join(', ')}`,
          ExpressionAttributeNames: Object.fromEntries(Object.keys(values).map((at, i) => [`#${i}`, at])),
          ExpressionAttributeValues: Object.fromEntries(
            Object.values(values).map((value, i): [string, AttributeValue] => [`:${i}`, { S: value }]),
          ),
        }),
      ),
    async drop() {
      for (const entity of entityNames) await dynamodb.send(new DeleteTableCommand({ TableName: name(entity) }));
    },
    delete: (entity: Entity, row: Row) =>
      dynamodb.send(new DeleteItemCommand({ TableName: name(entity), Key: keyOf(entity, row) })),
  };
}
