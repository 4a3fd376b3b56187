// The AWS services of the bench, in a process of its own. The parent sends it the URL of all triggers.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { awsListener } from './aws-listener.ts';

let url = '';
const server = createServer(awsListener(() => url)).listen(0, '127.0.0.1');
await once(server, 'listening');
process.on('message', (entered: string) => {
  url = entered;
  process.send?.('entered');
});
process.on('disconnect', () => process.exit());
process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
