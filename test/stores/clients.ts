import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  BatchWriteItemCommand,
  type BatchWriteItemCommandInput,
  type BatchWriteItemCommandOutput,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';

interface Command {
  // biome-ignore lint/suspicious/noExplicitAny: inputs of any command
  readonly input: any;
  readonly constructor: { readonly name: string };
}

/** Sends a command, this one or another. */
type Send = (command: Command) => Promise<object>;

/** A client over another one, by the one method that the stores call. */
function over(client: DynamoDBClient, around: (command: Command, send: Send) => Promise<object>): DynamoDBClient {
  const send = (command: Command, options?: object) =>
    around(command, (sent) =>
      (client.send as unknown as (...args: unknown[]) => Promise<object>).call(client, sent, options),
    );
  return { send } as unknown as DynamoDBClient;
}

export const nameOf = (command: Command): string => command.constructor.name.replace(/Command$/, '');

/** The same command once more, as the SDK repeats one whose response was lost. */
function again(command: Command): Command {
  return new (command.constructor as unknown as new (input: object) => Command)(command.input);
}

const writes: ReadonlySet<string> = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem']);

/** Every write is applied and its response lost: the caller gets the response to a repeat. */
export function losingResponses(client: DynamoDBClient): DynamoDBClient {
  return over(client, async (command, send) => {
    if (!writes.has(nameOf(command))) return send(command);
    await send(command).catch(() => {});
    return send(again(command));
  });
}

/** Something else happens just before each command of a name. */
export function interrupted(client: DynamoDBClient, names: readonly string[], by: () => Promise<unknown>) {
  return over(client, async (command, send) => {
    if (names.includes(nameOf(command))) await by();
    return send(command);
  });
}

/** Keeps the inputs of all commands. */
export function recording(client: DynamoDBClient) {
  const requests: { name: string; input: Command['input'] }[] = [];
  const recorded = over(client, (command, send) => {
    requests.push({ name: nameOf(command), input: command.input });
    return send(command);
  });
  return { client: recorded, requests };
}

/** Batches are left half unprocessed, `times` in a row; of a batch of one part, that one. */
export function unprocessing(client: DynamoDBClient, times = Number.POSITIVE_INFINITY): DynamoDBClient {
  let left = times;
  const halves = <Part>(parts: readonly Part[]) => {
    const isLeft = left-- > 0;
    const middle = isLeft ? Math.floor(parts.length / 2) : parts.length;
    return [parts.slice(0, middle), parts.slice(middle)] as const;
  };
  return over(client, async (command, send) => {
    const name = nameOf(command);
    if (name !== 'BatchGetItem' && name !== 'BatchWriteItem') return send(command);
    const [[table, requested] = ['', []]] = Object.entries(command.input.RequestItems) as [string, Requested][];
    if (Array.isArray(requested)) {
      const [now, later] = halves(requested);
      const RequestItems = { [table]: now };
      const response = now.length > 0 ? await send(new BatchWriteItemCommand({ RequestItems })) : {};
      return {
        ...response,
        UnprocessedItems: later.length > 0 ? { [table]: later } : {},
      } as BatchWriteItemCommandOutput;
    }
    const [Keys, later] = halves(requested.Keys ?? []);
    const RequestItems = { [table]: { ...requested, Keys } };
    const response = Keys.length > 0 ? await send(new BatchGetItemCommand({ RequestItems })) : {};
    const UnprocessedKeys = later.length > 0 ? { [table]: { ...requested, Keys: later } } : {};
    return { ...response, UnprocessedKeys } as BatchGetItemCommandOutput;
  });
}

type Requested =
  | NonNullable<BatchWriteItemCommandInput['RequestItems']>[string]
  | NonNullable<BatchGetItemCommandInput['RequestItems']>[string];
