import assert from 'node:assert/strict';
import { CreateTableCommand, DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Writer } from './all-triggers.ts';

/** Creates a table with a stream. @returns The ARN of the stream. */
export async function newTable(TableName: string, keys: readonly string[]): Promise<string> {
  const { TableDescription } = await new DynamoDBClient().send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keys.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
  return TableDescription?.LatestStreamArn ?? assert.fail();
}

/** Writes rows of the tables with other names, as a program that knows nothing of crm-triggers. */
export const writeExisting: Writer = (action, entity, { AccountID = '', CaseID = '' }) => {
  if (entity !== 'customer' && entity !== 'case') return undefined;
  const Key = { account_id: { S: AccountID }, ...(entity === 'case' && { number: { S: CaseID } }) };
  const TableName = entity === 'customer' ? 'Accounts' : 'Tickets';
  const Item = { ...Key, state: { S: action } };
  return action === 'delete'
    ? new DynamoDBClient().send(new DeleteItemCommand({ TableName, Key }))
    : new DynamoDBClient().send(new PutItemCommand({ TableName, Item }));
};
