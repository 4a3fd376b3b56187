import { connect, type Socket } from 'node:net';

/** The delay before the next address is also tried (RFC 8305, section 5), in milliseconds. */
const NEXT_ADDRESS_MS = 250;

/** The value of undici's own connector. */
const socketOptions = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000, highWaterMark: 64 * 1024 };

/**
 * Connects to the first of several addresses that accepts. Each address is tried 250 ms after the one before, or as soon as
 * that one has failed. Earlier attempts continue. Node's `autoSelectFamily` ends an attempt when the next one begins, so it
 * cannot reach an address that needs longer.
 *
 * @param addresses At least one, in order of preference.
 * @param signal Ends all attempts.
 * @returns A connected socket. If all addresses fail, it rejects with the error of the first.
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
