import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** One call as it came in. */
export interface Call {
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly at: number;
}

export type Respond = (call: Call, response: ServerResponse, socket: Socket) => void;

/** Rows with ids that begin so are written to see whether something has taken effect. */
export const MARKER = 'marker-';

/** A real HTTP server on 127.0.0.1 that keeps the calls and responds with `respond`, until it is disposed of. */
export async function receiver(respond: Respond = (_, response) => response.end('ok')) {
  const calls: Call[] = [];
  const markers: Call[] = [];
  const server = createServer((request, response) => {
    const call = { target: request.url ?? '', headers: request.headers, at: Date.now() };
    if (call.target.includes(`AccountID=${MARKER}`)) {
      markers.push(call);
      return void response.end();
    }
    calls.push(call);
    respond(call, response, request.socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    calls,
    /** Calls for marker rows: responded at once with 200, and not among `calls`. */
    markers,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Connections that were opened so far. */
    connections: countConnections(server),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function countConnections(server: ReturnType<typeof createServer>): () => number {
  let count = 0;
  server.on('connection', () => count++);
  return () => count;
}
