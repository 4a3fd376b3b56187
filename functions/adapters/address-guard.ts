import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import build from 'undici/lib/core/connect.js';
import { literalAddress } from '../core/address.ts';
import type { UrlCheck } from '../core/url-policy.ts';
import { connectFirst } from './connect-first.ts';
import type { NameLookup } from './name-lookup.ts';
import { acceptOldHeads } from './response-head.ts';

/** The URL may not be called. The message is the reason, without any part of the URL. */
export class UrlRejected extends Error {
  override readonly name = 'UrlRejected';
}

/** The host name was not looked up in time. */
export const NO_NAME = Object.assign(new Error('the host name was not looked up in time'), { code: 'NO_NAME' });

/** No connection was made in time. */
export const NO_CONNECTION = Object.assign(new Error('no connection in time'), { code: 'NO_CONNECTION' });

interface ConnectOptions {
  /** For the look-up, the connection and the TLS handshake together, milliseconds. */
  readonly timeout: number;
  /** Options of the TLS handshake. */
  readonly tls?: buildConnector.BuildOptions;
}

/**
 * A connector that connects only to checked addresses. It makes every connection. First it checks scheme, port and a literal
 * address, then all addresses of a name. It connects to exactly these addresses, because a second look-up could return
 * others.
 */
export function guardedConnector(
  check: UrlCheck,
  { timeout, tls }: ConnectOptions,
  lookUp: NameLookup,
): buildConnector.connector {
  const secure = build({ ...tls, timeout: 0 });
  return (target, callback) => {
    const rejected = check.target(target);
    if (rejected !== undefined) return callback(new UrlRejected(rejected), null);
    const { protocol, hostname, port } = target;
    const ending = new AbortController();
    let late: Error = NO_NAME;
    const timer = setTimeout(() => ending.abort(late), timeout);
    const connect = async (): Promise<Socket> => {
      const addresses = await checkedAddresses(hostname, check, lookUp, ending.signal);
      late = NO_CONNECTION;
      const socket = await connectFirst(addresses, Number(port) || DEFAULT_PORTS[protocol] || 0, ending.signal);
      return protocol === 'https:' ? handshake(secure, target, socket, ending.signal) : socket;
    };
    connect()
      .finally(() => clearTimeout(timer))
      .then(
        (socket) => callback(null, acceptOldHeads(socket)),
        (error) => callback(error, null),
      );
  };
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'https:': 443, 'http:': 80 };

/**
 * One private address rejects the whole name. Such a name looks like DNS rebinding, and the outcome must not depend on which
 * of its addresses a response contains.
 */
async function checkedAddresses(hostname: string, check: UrlCheck, lookUp: NameLookup, signal: AbortSignal) {
  const literal = literalAddress(hostname);
  if (literal !== undefined) return [literal];
  const found = await lookUp(hostname, signal).catch((error) => {
    throw signal.aborted ? signal.reason : error;
  });
  const addresses = found.map(({ address }) => address);
  if (addresses.length === 0) throw Object.assign(new Error('no address'), { code: 'ENOTFOUND' });
  const rejected = check.addresses(addresses);
  if (rejected !== undefined) throw new UrlRejected(rejected);
  return addresses;
}

function handshake(
  secure: buildConnector.connector,
  target: buildConnector.Options,
  socket: Socket,
  signal: AbortSignal,
): Promise<Socket> {
  const { hostname } = target;
  // A name in a certificate has no trailing dot, and servers reject one in the handshake.
  const servername = literalAddress(hostname) === undefined ? hostname.replace(/\.$/, '') : undefined;
  return new Promise((resolve, reject) => {
    const abort = () => socket.destroy(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    secure({ ...target, ...(servername && { servername }), httpSocket: socket }, (error, secured) => {
      signal.removeEventListener('abort', abort);
      if (secured) resolve(secured);
      else reject(signal.aborted ? signal.reason : error);
    });
  });
}
