import { connect, type Socket } from 'node:net';

/** How long an address has the connection to itself before the next one is tried beside it (RFC 8305, section 5), milliseconds. */
const NEXT_ADDRESS_MS = 250;

/** As undici's own connector has it. */
const socketOptions = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000, highWaterMark: 64 * 1024 };

/**
 * Connects to the first of some addresses that accepts. Each is tried 250 ms after the one before it, or as soon as that one has
 * failed; those that were tried go on meanwhile. Node's own `autoSelectFamily` ends an attempt when it begins the next one, so it
 * does not reach an address that needs longer than that.
 *
 * @param addresses At least one, in order of preference.
 * @param signal Ends all attempts.
 * @returns A connected socket. It rejects with the failure of the first address, when all have failed.
 */
export function connectFirst(addresses: readonly string[], port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const sockets = new Set<Socket>();
    const failures: Error[] = [];
    let tried = 0;
    let timer: NodeJS.Timeout | undefined;

    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      for (const socket of sockets) socket.destroy();
    };
    const abort = () => {
      end();
      reject(signal.reason);
    };
    const tryNext = () => {
      clearTimeout(timer);
      const host = addresses[tried++];
      if (host === undefined) return;
      const socket = connect({ ...socketOptions, host, port });
      sockets.add(socket);
      socket.once('error', (error) => {
        sockets.delete(socket);
        failures[addresses.indexOf(host)] = error;
        if (sockets.size === 0 && tried >= addresses.length) {
          end();
          reject(failures.find(Boolean));
        } else tryNext();
      });
      socket.once('connect', () => {
        sockets.delete(socket);
        socket.removeAllListeners('error');
        end();
        resolve(socket);
      });
      timer = setTimeout(tryNext, NEXT_ADDRESS_MS);
    };

    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    tryNext();
  });
}
