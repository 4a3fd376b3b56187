import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';

type Command = { readonly constructor: { readonly name: string }; readonly input: Readonly<Record<string, unknown>> };

/** The responses of a fake client, by the name of the command. */
export type AwsResponses = Readonly<Record<string, (input: never) => unknown>>;

/** Replaces `send` of all AWS clients in this process, so that they respond at once. Of the SDK only the commands remain. */
export function standInForAws(responses: AwsResponses): void {
  const send = async ({ constructor: { name }, input }: Command) => {
    const response = responses[name.replace(/Command$/, '')];
    if (!response) throw new Error(`The bench has no response to ${name}.`);
    return response(input as never);
  };
  for (const client of [DynamoDBClient, SQSClient]) Object.assign(client.prototype, { send });
}
