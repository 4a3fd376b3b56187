import { randomUUID } from 'node:crypto';
import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Call, Mode, Store } from './receiver-core.ts';

/** The receiver's table. It has an item for each call, for each lane with a mode, and for each second of a lane in mode 429. */
export class ReceiverTable implements Store {
  readonly #name: string;
  readonly #dynamodb = new DynamoDBClient();

  constructor(name: string) {
    this.#name = name;
  }

  async mode(lane: string): Promise<Mode> {
    const Key = marshall({ lane: 'mode', place: lane });
    const get = new GetItemCommand({ TableName: this.#name, Key, ConsistentRead: true });
    const { Item } = await this.#dynamodb.send(get);
    return (Item && unmarshall(Item).mode) ?? '200';
  }

  async setMode(lane: string, mode: Mode): Promise<void> {
    await this.#put({ lane: 'mode', place: lane, mode });
  }

  async count(lane: string, second: number): Promise<number> {
    const { Attributes } = await this.#dynamodb.send(
      new UpdateItemCommand({
        TableName: this.#name,
        Key: marshall({ lane: 'second', place: `${lane} ${second}` }),
        UpdateExpression: 'ADD #count :one',
        ExpressionAttributeNames: { '#count': 'count' },
        ExpressionAttributeValues: marshall({ ':one': 1 }),
        ReturnValues: 'UPDATED_NEW',
      }),
    );
    return Number(Attributes?.count?.N);
  }

  async record(call: Call): Promise<void> {
    await this.#put({ ...call, lane: `call ${call.lane}`, place: `${call.at} ${randomUUID()}` });
  }

  /** The calls of a lane, the oldest first. */
  async calls(lane: string): Promise<Call[]> {
    const query = {
      TableName: this.#name,
      ConsistentRead: true,
      KeyConditionExpression: '#lane = :lane',
      ExpressionAttributeNames: { '#lane': 'lane' },
      ExpressionAttributeValues: marshall({ ':lane': `call ${lane}` }),
    };
    const calls: Call[] = [];
    for await (const { Items = [] } of paginateQuery({ client: this.#dynamodb }, query))
      for (const item of Items) calls.push({ ...(unmarshall(item) as Call), lane });
    return calls;
  }

  async #put(item: object): Promise<void> {
    await this.#dynamodb.send(new PutItemCommand({ TableName: this.#name, Item: marshall(item) }));
  }
}
