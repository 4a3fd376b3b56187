import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { signedRequest } from './signed-request.ts';

/**
 * Returns a function that starts a Lambda function and does not wait for its end. It throws when Lambda does not accept the request.
 *
 * @param url The URL of the function's `invocations`.
 */
export function functionStart(url: string, client: Pick<DynamoDBClient, 'config'>): () => Promise<void> {
  const start = signedRequest(url, client, { service: 'lambda', headers: { 'x-amz-invocation-type': 'Event' } });
  return async () => {
    const { status } = await start();
    if (status !== 202) throw new Error(`Lambda responded with HTTP ${status}.`);
  };
}
