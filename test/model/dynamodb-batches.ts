import { checkedItem } from './checked-item.ts';
import type { Context } from './dynamodb.ts';
import { checkedKey, type Input, isFull, reject, rejectDuplicates, request } from './dynamodb-checks.ts';
import { projected } from './dynamodb-updates.ts';
import { copy, type Item, itemSize } from './dynamodb-values.ts';

export function batchGet(context: Context, input: Input, sent: number) {
  const requested: [string, Input][] = Object.entries(input.RequestItems ?? {});
  const all = requested.flatMap(([, { Keys = [] }]) => Keys);
  if (requested.length === 0 || requested.some(([, { Keys = [] }]) => Keys.length === 0))
    reject(
      "1 validation error detected: Value at 'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  if (all.length > 100) reject('Too many items requested for the BatchGetItem call');
  const Responses: Record<string, Item[]> = {};
  const UnprocessedKeys: Record<string, object> = {};
  const leaves = context.leaves();
  let bytes = 0;
  for (const [name, of] of requested) {
    const table = context.table(name);
    const { paths, scope } = request(of, ['ProjectionExpression']);
    const keys = (of.Keys as Item[]).map((key) => [key, checkedKey(table, key)] as const);
    rejectDuplicates(keys.map(([, key]) => key));
    const view = context.view(of.ConsistentRead, sent, true);
    const left: Item[] = [];
    const found: Item[] = [];
    for (const [given, key] of keys) {
      const item = left.length === 0 || !isFull(bytes) ? table.find(key, view) : undefined;
      const size = item ? itemSize(item) : 0;
      if (leaves() || isFull(bytes + size)) {
        left.push(given);
        continue;
      }
      bytes += size;
      if (item) found.push(copy(paths ? projected(item, paths, scope.names) : item));
    }
    // DynamoDB returns items in no particular order.
    Responses[name] = found.reverse();
    if (left.length > 0) UnprocessedKeys[name] = copy({ ...of, Keys: left });
  }
  return { Responses, UnprocessedKeys };
}

export function batchWrite(context: Context, input: Input) {
  const requested: [string, Input[]][] = Object.entries(input.RequestItems ?? {});
  const count = requested.reduce((sum, [, { length }]) => sum + length, 0);
  if (requested.length === 0 || count > 25 || requested.some(([, { length }]) => length === 0))
    reject(
      "1 validation error detected: Value at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]",
    );
  // DynamoDB checks all before it writes any.
  const writes = requested.map(([name, requests]) => {
    const table = context.table(name);
    const keyed = requests.map((one) => {
      const { PutRequest, DeleteRequest } = one;
      if (Boolean(PutRequest) === Boolean(DeleteRequest))
        reject(
          'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
        );
      const key = PutRequest ? checkedItem(table, PutRequest.Item) : checkedKey(table, DeleteRequest.Key);
      return { one, key, item: PutRequest?.Item };
    });
    rejectDuplicates(keyed.map(({ key }) => key));
    return { name, table, keyed };
  });
  const leaves = context.leaves();
  const UnprocessedItems: Record<string, object[]> = {};
  for (const { name, table, keyed } of writes)
    for (const { one, key, item } of keyed) {
      if (leaves()) UnprocessedItems[name] = [...(UnprocessedItems[name] ?? []), copy(one)];
      else if (item) table.write(key, item);
      else table.delete(key);
    }
  return { UnprocessedItems };
}
