import type { RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { awsResponses } from './aws-responses.ts';

/**
 * DynamoDB and SQS over HTTP for the SDK.
 *
 * @param url The URL of every trigger.
 * @param credentials What the secrets of every trigger have beside the signing secret.
 */
export function awsListener(url: () => string, credentials?: () => object): RequestListener {
  const handlers: Readonly<Record<string, (input: never) => unknown>> = awsResponses(url, credentials);
  return async (request, response) => {
    const [, command = ''] = `${request.headers['x-amz-target']}`.split('.');
    const input = JSON.parse(await text(request));
    const handler = handlers[command];
    if (!handler) return response.writeHead(400).end(`{"__type":"There is no response to ${command}"}`);
    response.end(JSON.stringify(handler(input as never)));
  };
}
