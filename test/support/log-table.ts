import assert from 'node:assert/strict';
import { type AttributeValue, type DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';

type Item = Record<string, AttributeValue>;

/** The table of the delivery log in memory, with counts of requests. */
export function logTable() {
  const items: Item[] = [];
  let queries = 0;
  const send = async (command: object) => {
    if (command instanceof PutItemCommand) {
      items.push(command.input.Item ?? {});
      return {};
    }
    assert.ok(command instanceof QueryCommand);
    queries++;
    const { ExpressionAttributeValues = {}, ScanIndexForward = true, Limit = 40, ExclusiveStartKey } = command.input;
    const value = (name: string) => ExpressionAttributeValues[name]?.S ?? '';
    assert.ok(value(':from') !== '' && value(':from') <= value(':to'), 'DynamoDB rejects other bounds');
    const place = ({ written }: Item) => written?.S ?? '';
    const after = ExclusiveStartKey && place(ExclusiveStartKey);
    const found = items
      .filter((item) => item.shard?.S === value(':shard'))
      .filter((item) => place(item) >= value(':from') && place(item) <= value(':to'))
      .sort((a, b) => (place(a) < place(b) === ScanIndexForward ? -1 : 1))
      .filter((item) => after === undefined || (ScanIndexForward ? place(item) > after : place(item) < after));
    const page = found.slice(0, Limit);
    const last = page.at(-1);
    return { Items: page, ...(found.length >= Limit && last && { LastEvaluatedKey: last }) };
  };
  return { client: { send } as unknown as DynamoDBClient, items, queries: () => queries };
}

/** The size of an item by DynamoDB's rules, in bytes: names and values; a number has half its digits and one. */
export function itemBytes(item: Item): number {
  const value = ({ S, N, B }: AttributeValue) =>
    S !== undefined ? Buffer.byteLength(S) : N !== undefined ? Math.ceil(N.length / 2) + 1 : (B?.length ?? 0);
  return Object.entries(item).reduce((sum, [name, attribute]) => sum + name.length + value(attribute), 0);
}
