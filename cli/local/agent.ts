import { parseArgs } from 'node:util';
import { DeleteItemCommand, DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type Action, type Entity, entities, entityNames } from '../../functions/core/entity.ts';
import { tableOutputs } from '../../functions/core/table-output.ts';
import { asUserError, stackOutputs } from '../../functions/operations/deployment.ts';
import { UserError } from '../../functions/operations/user-error.ts';
import { useGivenEmulator } from '../emulator-environment.ts';

/** Attribute values of a row; all text, as a person types them. */
export type Row = Readonly<Record<string, string>>;

/** Writes CRM rows as an agent's program would: directly to DynamoDB, without knowledge of triggers. */
export class Agent {
  readonly #dynamodb = new DynamoDBClient();
  readonly #tables: Readonly<Record<Entity, string>>;

  constructor(outputs: Readonly<Record<string, string>>) {
    this.#tables = Object.fromEntries(
      entityNames.map((entity) => [entity, outputs[tableOutputs[entity]] ?? '']),
    ) as Record<Entity, string>;
  }

  /** @throws {UserError} When the row does not allow the action. */
  async do(action: Action, entity: Entity, row: Row): Promise<void> {
    const lacking = entities[entity].ids.filter((name) => !row[name]);
    if (lacking.length > 0) throw new UserError(`A ${entity} needs ${lacking.join(', ')}: write ${lacking[0]}=VALUE.`);
    await this[action](entity, row).catch((error) => {
      if (error.name !== 'ConditionalCheckFailedException') throw error;
      throw new UserError(`This ${entity} is ${action === 'create' ? 'already' : 'not'} there: choose other ids.`);
    });
  }

  async create(entity: Entity, row: Row): Promise<void> {
    const Item = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, { S: value }]));
    const condition = { ConditionExpression: 'attribute_not_exists(#id)', ...this.#idName(entity) };
    await this.#dynamodb.send(new PutItemCommand({ TableName: this.#tables[entity], Item, ...condition }));
  }

  /** Sets the attributes that are not in the key, and the time, so that each edit changes something. */
  async edit(entity: Entity, row: Row): Promise<void> {
    const key = this.#key(entity, row);
    const values = { ...row, editedAt: new Date().toISOString() };
    const set = Object.entries(values).filter(([name]) => !(name in key));
    await this.#dynamodb.send(
      new UpdateItemCommand({
        TableName: this.#tables[entity],
        Key: key,
        UpdateExpression: `SET ${set.map((_, i) => `#n${i} = :v${i}`).join(', ')}`,
        ConditionExpression: 'attribute_exists(#id)',
        ExpressionAttributeNames: {
          ...Object.fromEntries(set.map(([name], i) => [`#n${i}`, name])),
          ...this.#idName(entity).ExpressionAttributeNames,
        },
        ExpressionAttributeValues: Object.fromEntries(set.map(([, value], i) => [`:v${i}`, { S: value }])),
      }),
    );
  }

  async delete(entity: Entity, row: Row): Promise<void> {
    const condition = { ConditionExpression: 'attribute_exists(#id)', ...this.#idName(entity) };
    const Key = this.#key(entity, row);
    await this.#dynamodb.send(new DeleteItemCommand({ TableName: this.#tables[entity], Key, ...condition }));
  }

  #key(entity: Entity, row: Row) {
    return Object.fromEntries(entities[entity].key.map((name) => [name, { S: row[name] ?? '' }]));
  }

  #idName(entity: Entity) {
    return { ExpressionAttributeNames: { '#id': entities[entity].key[0] } };
  }
}

const USAGE = `Writes a row of a CRM table, as an agent's program would.

  npm run -s agent -- create|edit|delete ${entityNames.join('|')} NAME=VALUE …

for instance: npm run -s agent -- create case AccountID=a1 CaseID=c1 Subject=Hello`;

async function main(words: readonly string[]): Promise<void> {
  const [action = '', entity = '', ...pairs] = words;
  if (!['create', 'edit', 'delete'].includes(action)) throw new UserError(USAGE);
  if (!Object.hasOwn(entities, entity)) throw new UserError(USAGE);
  const row = Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', ...value] = pair.split('=');
      if (value.length === 0) throw new UserError(`"${pair}" is not NAME=VALUE.`);
      return [name, value.join('=')];
    }),
  );
  await useGivenEmulator(process.env);
  await new Agent(await stackOutputs()).do(action as Action, entity as Entity, row);
}

if (import.meta.main) {
  try {
    await main(parseArgs({ allowPositionals: true }).positionals);
  } catch (caught) {
    const error = asUserError(caught);
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
