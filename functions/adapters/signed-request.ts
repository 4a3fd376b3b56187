import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SignatureV4 } from '@smithy/signature-v4';

type Handled = Parameters<DynamoDBClient['config']['requestHandler']['handle']>[0];

/** A request that takes longer is cancelled: the function that sends it has its own work to do. */
const REQUEST_MS = 2_000;

interface SignedRequest {
  /** The name of the service in signatures. */
  readonly service: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface SignedResponse {
  readonly status: number;
  readonly body: Uint8Array;
}

/**
 * Returns a function that sends a POST to an AWS service. It signs the request with what the client of DynamoDB has, because the client
 * of each other service would be 60 KB of a bundle.
 *
 * @param url The URL of the service. The endpoint of the environment, for an emulator, replaces its origin.
 */
export function signedRequest(
  url: string,
  { config }: Pick<DynamoDBClient, 'config'>,
  { service, headers, body }: SignedRequest,
): () => Promise<SignedResponse> {
  const { AWS_ENDPOINT_URL = url } = process.env;
  const { protocol, hostname, port, host } = new URL(AWS_ENDPOINT_URL);
  const { credentials, region, sha256 } = config;
  const signer = new SignatureV4({ credentials, region, sha256, service });
  return async () => {
    const signed = await signer.sign({
      method: 'POST',
      protocol,
      hostname,
      ...(port && { port: Number(port) }),
      path: new URL(url).pathname,
      query: {},
      headers: { host, ...headers },
      ...(body !== undefined && { body }),
    });
    const abortSignal = AbortSignal.timeout(REQUEST_MS);
    const { response } = await config.requestHandler.handle(signed as Handled, { abortSignal });
    // A connection is used again only after its response was read.
    return { status: response.statusCode, body: await config.streamCollector(response.body) };
  };
}
