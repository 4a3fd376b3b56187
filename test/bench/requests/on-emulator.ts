import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { until } from '../../support/emulator.ts';
import { setVariables } from '../../support/function-variables.ts';
import { changes, type Pipeline } from './pipeline.ts';

/** What BatchWriteItem takes at once. */
const BATCH = 25;

/** New cases go their whole way on the emulator, as deployed. @returns The requests of the functions, by service and action. */
export async function onEmulator(pipeline: Pipeline, count: number): Promise<Readonly<Record<string, number>>> {
  const origin = pipeline.proxy.origin;
  const variables = { AWS_ENDPOINT_URL_DYNAMODB: origin, AWS_ENDPOINT_URL_SQS: origin };
  const undo = [];
  for (const part of ['CaptureCase', 'Deliver']) undo.push(await setVariables(pipeline.nameOf(part), variables));
  const { requests } = await pipeline.measure(async () => {
    const before = pipeline.calls.length;
    const items = changes('case', count, () => 0).map(({ dynamodb }) => ({ PutRequest: { Item: dynamodb?.NewImage } }));
    const dynamodb = new DynamoDBClient();
    for (let i = 0; i < count; i += BATCH) {
      const RequestItems = { [pipeline.outputs.CaseTable ?? '']: items.slice(i, i + BATCH) };
      await dynamodb.send(new BatchWriteItemCommand({ RequestItems } as never));
    }
    await until('each was called', () => pipeline.calls.length - before >= count, 120_000);
    return count;
  });
  for (const back of undo) await back();
  return requests;
}
