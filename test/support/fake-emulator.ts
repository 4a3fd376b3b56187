import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A received request. It can be one for a proxy to forward. */
interface Checked {
  /** A path, or for a proxy a URL or `host:port`. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Replaces an emulator, a proxy or another service, and records its requests.
 *
 * @param respondsToCalls Whether calls get an error response; otherwise they get none. Health checks always get a response.
 */
export async function fakeEmulator({ respondsToCalls }: { readonly respondsToCalls: boolean }) {
  const asked: Checked[] = [];
  const server = createServer(({ url: target = '', headers }, response) => {
    if (target.startsWith('/_localstack/')) return response.end();
    asked.push({ target, headers });
    if (respondsToCalls) response.writeHead(400, { 'content-type': 'application/json' }).end('{"__type":"NotHere"}');
  });
  server.on('connect', ({ url: target = '', headers }, socket) => {
    asked.push({ target, headers });
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
