import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { until } from '../../support/emulator.ts';
import { setVariables } from '../../support/function-variables.ts';
import { changes } from './changes.ts';
import type { Pipeline } from './pipeline.ts';

/** The limit of BatchWriteItem. */
const BATCH = 25;

/** Counts the requests of the deployed functions that handle new cases. @returns A function that undoes this. */
export async function countFunctions(pipeline: Pipeline): Promise<() => Promise<void>> {
  const origin = pipeline.proxy.origin;
  const variables = { AWS_ENDPOINT_URL_DYNAMODB: origin, AWS_ENDPOINT_URL_SQS: origin };
  const undo: (() => Promise<unknown>)[] = [];
  for (const part of ['CaptureCase', 'Deliver']) undo.push(await setVariables(pipeline.nameOf(part), variables));
  return async () => {
    for (const back of undo) await back();
  };
}

/** Writes new cases as fast as the emulator accepts them, and waits until each was called. */
export async function burst(pipeline: Pipeline, count: number): Promise<void> {
  const before = pipeline.calls.length;
  const items = changes('case', count, () => 0).map(({ dynamodb }) => ({ PutRequest: { Item: dynamodb?.NewImage } }));
  const dynamodb = new DynamoDBClient();
  for (let i = 0; i < count; i += BATCH) {
    const RequestItems = { [pipeline.outputs.CaseTable ?? '']: items.slice(i, i + BATCH) };
    await dynamodb.send(new BatchWriteItemCommand({ RequestItems } as never));
  }
  await until('each was called', () => pipeline.calls.length - before >= count, 120_000);
}

/**
 * Sends new cases through the deployed stack on the emulator. @returns The requests of the functions, by service and action.
 */
export async function onEmulator(pipeline: Pipeline, count: number): Promise<Readonly<Record<string, number>>> {
  const undo = await countFunctions(pipeline);
  const { requests } = await pipeline.measure(async () => {
    await burst(pipeline, count);
    return count;
  });
  await undo();
  return requests;
}
