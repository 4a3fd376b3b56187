import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { OAuthClient } from '../../functions/core/access-token.ts';
import { onLoopback } from './loopback.ts';

interface TokenRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly form: URLSearchParams;
}

/** @param count How many requests there were, with this one. */
type Respond = (response: ServerResponse, count: number) => void;

const issue: Respond = (response, count) =>
  response.end(JSON.stringify({ access_token: `token-${count}`, token_type: 'Bearer', expires_in: 3600 }));

/** A token endpoint on this machine, until it is disposed of. It records the requests and responds with `respond`. */
export async function tokenEndpoint(respond = issue) {
  const requests: TokenRequest[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url: target = '', headers } = request;
    requests.push({ method, target, headers, form: new URLSearchParams(await text(request)) });
    respond(response, requests.length);
  });
  const served = await onLoopback(server);
  const client: OAuthClient = { tokenUrl: `${served.origin}/token`, clientId: 'us', clientSecret: 'MARKER-secret' };
  return { requests, client, ...served };
}
