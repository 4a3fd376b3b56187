import type { Context } from './dynamodb.ts';
import { checkStart, type Input, MB, oneOf, reject, rejectKeysInFilter, request } from './dynamodb-checks.ts';
import { keyCondition } from './dynamodb-key-condition.ts';
import type { Entry, Table } from './dynamodb-table.ts';
import { projected } from './dynamodb-updates.ts';
import { copy, type Item, itemSize } from './dynamodb-values.ts';

/** The maximum size of a page of a query or scan. */
const MAX_PAGE = MB;

export function query(context: Context, input: Input, sent: number) {
  const table = context.table(input.TableName);
  if (input.IndexName) reject(`The table does not have the specified index: ${input.IndexName}`);
  if (input.KeyConditionExpression === undefined)
    reject('Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.');
  const parsed = request(input, ['KeyConditionExpression', 'FilterExpression', 'ProjectionExpression']);
  const range = keyCondition(parsed.key, parsed.scope, table.schema);
  rejectKeysInFilter(table, parsed);
  if (input.ExclusiveStartKey) checkStart(table, input.ExclusiveStartKey, range);
  const view = context.view(input.ConsistentRead, sent, true);
  const entries = table.range(range, input.ExclusiveStartKey, input.ScanIndexForward !== false, view);
  return page(table, input, parsed, entries);
}

export function scan(context: Context, input: Input, sent: number) {
  const table = context.table(input.TableName);
  if (input.IndexName) reject(`The table does not have the specified index: ${input.IndexName}`);
  const parsed = request(input, ['FilterExpression', 'ProjectionExpression']);
  if (input.ExclusiveStartKey) checkStart(table, input.ExclusiveStartKey);
  const view = context.view(input.ConsistentRead, sent, true);
  return page(table, input, parsed, table.scan(input.ExclusiveStartKey, view));
}

/** Returns a page of the items that match the filter of a query or scan. */
function page(table: Table, input: Input, parsed: ReturnType<typeof request>, entries: Iterable<[Entry['key'], Item]>) {
  const { filter, paths, scope } = parsed;
  if (input.Limit !== undefined && !(input.Limit >= 1))
    reject(
      `1 validation error detected: Value '${input.Limit}' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1`,
    );
  oneOf('select', input.Select, ['ALL_ATTRIBUTES', 'COUNT', 'SPECIFIC_ATTRIBUTES']);
  if (paths && input.Select && input.Select !== 'SPECIFIC_ATTRIBUTES')
    reject(`Cannot specify the ProjectionExpression when choosing to get ${input.Select}`);
  if (!paths && input.Select === 'SPECIFIC_ATTRIBUTES')
    reject('Must specify the ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES');
  const found: Item[] = [];
  let [scanned, bytes, next] = [0, 0, undefined as Item | undefined];
  let last: Item | undefined;
  for (const [key, item] of entries) {
    const size = itemSize(item);
    if (bytes + size > MAX_PAGE) {
      next = last;
      break;
    }
    last = key;
    bytes += size;
    scanned++;
    if (!filter || filter.isMet({ ...scope, item })) found.push(item);
    if (scanned === input.Limit) {
      // DynamoDB returns a key even if no item is left.
      next = key;
      break;
    }
  }
  return {
    ...(input.Select !== 'COUNT' && {
      Items: found.map((item) => copy(paths ? projected(item, paths, scope.names) : item)),
    }),
    Count: found.length,
    ScannedCount: scanned,
    ...(next && { LastEvaluatedKey: copy(table.keyOf(next)) }),
  };
}
