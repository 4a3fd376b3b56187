import { createServer } from 'node:net';
import { UserError } from '../../functions/operations/user-error.ts';

/** The ports from 20,000 on are below those that systems give to connections, and to servers that accept any port. */
const [FIRST_PORT, PORTS] = [20_000, 12_768];

/** How often a program is started that finds its port in use. */
const ATTEMPTS = 3;

/** A program found that another one listens on its port. */
export class PortInUse extends UserError {}

/** The preferred port if it is free, otherwise any free port. A preferred port of 0 stands for any. */
export async function freePort(preferred = 0): Promise<number> {
  const others = Array.from({ length: 20 }, () => FIRST_PORT + Math.floor(Math.random() * PORTS));
  for (const port of preferred ? [preferred, ...others] : others) if (await isFree(port)) return port;
  return preferred || FIRST_PORT;
}

/**
 * Starts a program on a free port. Another program can take the port before this one listens on it: then it is started again
 * on another port.
 *
 * @param start Starts it. @throws {PortInUse} When its port is in use.
 */
export async function onFreePort<T>(preferred: number, start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++)
    try {
      return await start(await freePort(attempt === 1 ? preferred : 0));
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof PortInUse)) throw error;
    }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
