import { type AttributeValue, DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { parse } from './dynamodb-expressions.ts';
import type { Range } from './dynamodb-key-condition.ts';
import type { Schema, Table } from './dynamodb-table.ts';
import { checkValue, type Item } from './dynamodb-values.ts';
import { type Kind, resolve, type Scope } from './expression-parts.ts';

/** The name of a table's partition key, and of its sort key. A name may end with the key's type, as in `id:N`. */
export type Tables = Readonly<Record<string, readonly [partition: string, sort?: string]>>;

export const MB = 1024 * 1024;

export const MAX_ITEM = 400 * 1024;

const MAX_BATCH = 16 * MB;

// biome-ignore lint/suspicious/noExplicitAny: the inputs of nine commands
export type Input = any;

export function schemaOf(keys: readonly (string | undefined)[]): Schema {
  return keys.flatMap((key) => {
    if (key === undefined) return [];
    const [name = '', type = 'S'] = key.split(':');
    return [{ name, type }];
  });
}

export const isFull = (bytes: number): boolean => bytes > MAX_BATCH;

export function reject(message: string): never {
  throw new DynamoDBServiceException({
    name: 'ValidationException',
    $fault: 'client',
    message,
    $metadata: { httpStatusCode: 400 },
  });
}

const common = ['TableName', 'ReturnConsumedCapacity', 'ExpressionAttributeNames'];

const reads = [...common, 'ConsistentRead', 'ProjectionExpression'];

const listings = [
  ...reads,
  'IndexName',
  'FilterExpression',
  'ExpressionAttributeValues',
  'Select',
  'Limit',
  'ExclusiveStartKey',
];

const changes = [
  ...common,
  'ConditionExpression',
  'ExpressionAttributeValues',
  'ReturnValues',
  'ReturnItemCollectionMetrics',
  'ReturnValuesOnConditionCheckFailure',
];

/** The allowed members of a request. The SDK omits unknown names, so a misspelled one would have no effect on AWS. */
const members: Readonly<Record<string, readonly string[]>> = {
  GetItem: [...reads, 'Key'],
  PutItem: [...changes, 'Item'],
  DeleteItem: [...changes, 'Key'],
  UpdateItem: [...changes, 'Key', 'UpdateExpression'],
  Query: [...listings, 'KeyConditionExpression', 'ScanIndexForward'],
  Scan: listings,
  BatchGetItem: ['RequestItems', 'ReturnConsumedCapacity'],
  BatchWriteItem: ['RequestItems', 'ReturnConsumedCapacity', 'ReturnItemCollectionMetrics'],
  DescribeTable: ['TableName'],
};

export function rejectUnknown(name: string, input: object): void {
  for (const member of Object.keys(input))
    if (members[name] && !members[name].includes(member))
      throw new Error(`DynamoDBInMemory does not know ${member} of ${name}.`);
}

export function oneOf(name: string, value: string | undefined, allowed: readonly string[]): void {
  if (value === undefined || allowed.includes(value)) return;
  reject(
    name === 'returnValues'
      ? 'Return values set to invalid value'
      : `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: Member must satisfy enum value set: [${allowed.join(', ')}]`,
  );
}

/** Parses the expressions of a request. @throws If placeholders do not match. */
export function request(input: Input, kinds: readonly Kind[]) {
  const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = input;
  const expressions = kinds.flatMap((kind) =>
    input[kind] === undefined ? [] : [[kind, parse(kind, input[kind])] as const],
  );
  if (expressions.length === 0) {
    if (names) reject('ExpressionAttributeNames can only be specified when using expressions');
    if (values) reject('ExpressionAttributeValues can only be specified when using expressions');
  }
  const scope: Scope = { item: undefined, names: names ?? {}, values: values ?? {} };
  checkPlaceholders('ExpressionAttributeNames', /^#\w+$/, names, expressions, 'names');
  checkPlaceholders('ExpressionAttributeValues', /^:\w+$/, values, expressions, 'values');
  for (const value of Object.values(scope.values)) checkValue(value);
  for (const [, { checks }] of expressions) for (const check of checks) check(scope);
  const of = (kind: Kind) => expressions.find(([one]) => one === kind)?.[1];
  return {
    scope,
    condition: of('ConditionExpression')?.condition,
    filter: of('FilterExpression')?.condition,
    key: of('KeyConditionExpression')?.condition,
    paths: of('ProjectionExpression')?.paths,
    update: of('UpdateExpression'),
  };
}

function checkPlaceholders(
  member: string,
  pattern: RegExp,
  given: Readonly<Record<string, unknown>> | undefined,
  expressions: readonly (readonly [Kind, ReturnType<typeof parse>])[],
  what: 'names' | 'values',
): void {
  const word = what === 'names' ? 'name' : 'value';
  if (given && Object.keys(given).length === 0) reject(`${member} must not be empty`);
  for (const name of Object.keys(given ?? {}))
    if (!pattern.test(name)) reject(`${member} contains invalid key: Syntax error; key: "${name}"`);
  for (const [kind, parsed] of expressions)
    for (const name of parsed[what])
      if (given?.[name] === undefined)
        reject(
          `Invalid ${kind}: An expression attribute ${word} used in ${what === 'names' ? 'the document path' : 'expression'} is not defined; attribute ${word}: ${name}`,
        );
  const unused = Object.keys(given ?? {}).filter((name) => !expressions.some(([, parsed]) => parsed[what].has(name)));
  if (unused.length > 0) reject(`Value provided in ${member} unused in expressions: keys: {${unused.join(', ')}}`);
}

export function checkedKey(table: Table, key: Item | undefined): Item {
  const names = Object.keys(key ?? {});
  const fits =
    key &&
    names.length === table.schema.length &&
    table.schema.every(({ name, type }) => typeof key[name] === 'object' && type in key[name]);
  if (!fits) reject('The provided key element does not match the schema');
  for (const name of names) checkValue(key[name] as AttributeValue);
  checkKeyContent(table, key);
  return key;
}

export function checkKeyContent({ schema }: Table, key: Item): void {
  for (const [i, { name }] of schema.entries()) {
    const { S, B } = key[name] as AttributeValue;
    const bytes = S === undefined ? B?.length : Buffer.byteLength(S);
    if (bytes === 0)
      reject(
        `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${S === '' ? 'string' : 'binary'} value. Key: ${name}`,
      );
    if (i === 0 && bytes !== undefined && bytes > 2048)
      reject(
        'One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes',
      );
    if (i === 1 && bytes !== undefined && bytes > 1024)
      reject(
        'One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
      );
  }
}

export function rejectDuplicates(keys: readonly Item[]): void {
  if (new Set(keys.map((key) => JSON.stringify(Object.entries(key).sort()))).size < keys.length)
    reject('Provided list of item keys contains duplicates');
}

export function rejectKeysInFilter(table: Table, { filter, scope }: ReturnType<typeof request>): void {
  const pending = filter ? [filter] : [];
  for (const { inner, operands } of pending) {
    pending.push(...inner);
    for (const { path } of operands) {
      const [name] = resolve(path ?? [], scope.names);
      if (table.schema.some((attribute) => attribute.name === name))
        reject(`Filter Expression can only contain non-primary key attributes: Primary key attribute: ${name}`);
    }
  }
}

export function checkStart(table: Table, start: Item, range?: Range): void {
  const names = Object.keys(start);
  if (names.length !== table.schema.length || !table.schema.every(({ name, type }) => type in (start[name] ?? {})))
    reject('The provided starting key is invalid: The provided key element does not match the schema');
  if (range && !range.includes(start))
    reject('The provided starting key is outside query boundaries based on provided conditions');
}
