import { once } from 'node:events';
import { createServer } from 'node:net';
import { constants } from 'node:os';

/** The connections that this process tried to make. */
export interface Connection {
  readonly address: string;
  readonly port: number;
}

type Connect = (request: unknown, address: string, port: number, ...rest: unknown[]) => number;

/**
 * Records every TCP connection that this process begins, with or without TLS, to a name or an address. It replaces the system's
 * handle, the last step in JavaScript. Connections that are not allowed fail as if the network were unreachable, so no test can
 * leave this machine.
 */
export async function watchConnections(letThrough: (to: Connection) => boolean = () => false) {
  const attempts: Connection[] = [];
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { _handle } = server as unknown as { _handle: object };
  const handle = Object.getPrototypeOf(_handle) as { connect: Connect; connect6: Connect };
  server.close();
  const { connect, connect6 } = handle;
  const watch = (original: Connect): Connect =>
    function (this: unknown, request, address, port, ...rest) {
      attempts.push({ address, port });
      if (!letThrough({ address, port })) return -constants.errno.ENETUNREACH;
      return original.call(this, request, address, port, ...rest);
    };
  handle.connect = watch(connect);
  handle.connect6 = watch(connect6);
  return {
    attempts,
    [Symbol.dispose]() {
      Object.assign(handle, { connect, connect6 });
    },
  };
}
