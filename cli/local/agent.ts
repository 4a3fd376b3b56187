import { DeleteItemCommand, DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type Action, type Entity, entities, perEntity } from '../../functions/core/entity.ts';
import { tableOutputs } from '../../functions/core/table-output.ts';
import { UserError } from '../../functions/operations/user-error.ts';

/** The attributes of a row. All values are text. */
export type Row = Readonly<Record<string, string>>;

/** Writes CRM rows directly to DynamoDB, like an agent's program. It does not know of triggers. */
export class Agent {
  readonly #dynamodb = new DynamoDBClient();
  readonly #tables: Readonly<Record<Entity, string>>;

  constructor(outputs: Readonly<Record<string, string>>) {
    this.#tables = perEntity((entity) => outputs[tableOutputs[entity]] ?? '');
  }

  /** @throws {UserError} When IDs are missing, the row to create exists, or the row to change does not. */
  async do(action: Action, entity: Entity, row: Row): Promise<void> {
    const missing = entities[entity].ids.filter((name) => !row[name]);
    if (missing.length > 0)
      throw new UserError(`A ${entity} needs ${missing.join(', ')}. To fix this, add ${missing[0]}=VALUE.`);
    await this[action](entity, row).catch((error) => {
      if (error.name !== 'ConditionalCheckFailedException') throw error;
      throw new UserError(
        `This ${entity} ${action === 'create' ? 'already exists' : 'does not exist'}. To fix this, choose other IDs.`,
      );
    });
  }

  async create(entity: Entity, row: Row): Promise<void> {
    const Item = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, { S: value }]));
    const condition = { ConditionExpression: 'attribute_not_exists(#id)', ...this.#idName(entity) };
    await this.#dynamodb.send(new PutItemCommand({ TableName: this.#tables[entity], Item, ...condition }));
  }

  /** Sets the attributes outside the key, and the time, so that each edit changes the row. */
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
