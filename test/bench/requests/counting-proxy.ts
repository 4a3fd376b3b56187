import { createServer } from 'node:http';
import { forward, readAll } from '../../support/http-forward.ts';
import { onLoopback } from '../../support/loopback.ts';
import type { Exchange } from './ledger.ts';

/** A proxy in front of AWS or an emulator that reports each request. */
export async function countingProxy(endpoint: string, note: (exchange: Exchange) => void) {
  const server = createServer(async (incoming, outgoing) => {
    const from = performance.now();
    const body = await readAll(incoming);
    const response = await forward(endpoint, incoming, body);
    const target = String(incoming.headers['x-amz-target']);
    note({ target, request: parse(body), response: parse(response.body), from, to: performance.now() });
    outgoing.writeHead(response.status, response.headers).end(response.body);
  });
  return onLoopback(server);
}

function parse(body: Buffer): unknown {
  return body.length === 0 ? {} : JSON.parse(body.toString());
}
