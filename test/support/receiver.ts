import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { onLoopback } from './loopback.ts';

/** A received call. */
export interface Call {
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly at: number;
}

export type Respond = (call: Call, response: ServerResponse, socket: Socket) => void;

/** The prefix of the IDs of marker rows. A marker row shows whether a change has taken effect. */
export const MARKER = 'marker-';

/** A real HTTP server on 127.0.0.1, until it is disposed of. It records the calls and responds with `respond`. */
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
  return {
    calls,
    /** Calls for marker rows. They get 200 at once, and are not in `calls`. */
    markers,
    /** Connections that were opened so far. */
    connections: countConnections(server),
    ...(await onLoopback(server)),
  };
}

function countConnections(server: ReturnType<typeof createServer>): () => number {
  let count = 0;
  server.on('connection', () => count++);
  return () => count;
}
