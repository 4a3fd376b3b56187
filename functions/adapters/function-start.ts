import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SignatureV4 } from '@smithy/signature-v4';

type Handled = Parameters<DynamoDBClient['config']['requestHandler']['handle']>[0];

/** A start that takes longer is cancelled: the function that starts another one has its own work to do. */
const START_MS = 2_000;

/**
 * Returns a function that starts a Lambda function and does not wait for its end. It throws when Lambda does not accept the request.
 * It signs the request with what the client of DynamoDB has, because the client of Lambda would be 60 KB of a bundle.
 *
 * @param url The URL of the function's `invocations`. The endpoint of the environment, for an emulator, replaces its origin.
 */
export function functionStart(url: string, { config }: Pick<DynamoDBClient, 'config'>): () => Promise<void> {
  const { AWS_ENDPOINT_URL = url } = process.env;
  const { protocol, hostname, port, host } = new URL(AWS_ENDPOINT_URL);
  const { credentials, region, sha256 } = config;
  const signer = new SignatureV4({ credentials, region, sha256, service: 'lambda' });
  return async () => {
    const signed = await signer.sign({
      method: 'POST',
      protocol,
      hostname,
      ...(port && { port: Number(port) }),
      path: new URL(url).pathname,
      query: {},
      headers: { host, 'x-amz-invocation-type': 'Event' },
    });
    const abortSignal = AbortSignal.timeout(START_MS);
    const { response } = await config.requestHandler.handle(signed as Handled, { abortSignal });
    // A connection is used again only after its response was read.
    await config.streamCollector(response.body);
    if (response.statusCode !== 202) throw new Error(`Lambda responded with HTTP ${response.statusCode}.`);
  };
}
