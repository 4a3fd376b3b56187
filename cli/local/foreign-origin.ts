/** The data in a request that shows its origin. */
export interface Origins {
  readonly method: string;
  readonly path: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** The `Sec-Fetch-Site` header, which browsers set and pages cannot. */
  readonly site: string | undefined;
}

/** Values of `Sec-Fetch-Site` for requests of the page itself, of the address bar and of programs. */
const ownSites: readonly (string | undefined)[] = [undefined, 'same-origin', 'none'];

interface OriginRule {
  readonly broken: (request: Origins, port: number) => boolean;
  readonly rejection: string;
}

const names = (port: number) => [`127.0.0.1:${port}`, `localhost:${port}`];

const rules: readonly OriginRule[] = [
  {
    // DNS rebinding: the Host header contains the name of the other website.
    broken: ({ host }, port) => !names(port).includes(host ?? ''),
    rejection: 'The host is not 127.0.0.1 or localhost. To fix this, use the address that npm start printed.',
  },
  {
    broken: ({ origin, host }) => origin !== undefined && origin !== `http://${host}`,
    rejection: 'Requests from other websites are not allowed.',
  },
  {
    // Another website may link to the page. It may not fetch anything else.
    broken: ({ site, method, path }) => !ownSites.includes(site) && !(method === 'GET' && path === '/'),
    rejection: 'Requests from other websites are not allowed.',
  },
];

/** Why the local server, which has no sign-in, rejects a request; nothing if it accepts it. */
export function rejectForeignOrigin(request: Origins, port: number): string | undefined {
  return rules.find(({ broken }) => broken(request, port))?.rejection;
}
