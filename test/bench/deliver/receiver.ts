// The receiver of the bench, in a process of its own. It responds to `/20?…` after 20 ms.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSigned } from '../../support/self-signed.ts';

const response: RequestListener = ({ url = '' }, response) => {
  const milliseconds = Number.parseInt(url.slice(1), 10);
  if (milliseconds > 0) setTimeout(() => response.end('ok'), milliseconds);
  else response.end('ok');
};

const ports = await Promise.all(
  [createServer(response), createTlsServer(selfSigned, response)].map(async (server) => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return (server.address() as AddressInfo).port;
  }),
);
process.on('disconnect', () => process.exit());
process.send?.({ http: `http://127.0.0.1:${ports[0]}`, https: `https://127.0.0.1:${ports[1]}` });
