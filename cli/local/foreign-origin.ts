/** What of a request tells where it comes from. */
export interface Origins {
  readonly method: string;
  readonly path: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** The `Sec-Fetch-Site` header, which browsers set and pages cannot. */
  readonly site: string | undefined;
}

/** Ways in which a browser comes to our page and to what is on it. */
const ours: readonly (string | undefined)[] = [undefined, 'same-origin', 'none'];

interface OriginRule {
  readonly broken: (request: Origins, port: number) => boolean;
  readonly rejection: string;
}

const names = (port: number) => [`127.0.0.1:${port}`, `localhost:${port}`];

const rules: readonly OriginRule[] = [
  {
    // DNS rebinding: another website's name that leads here still stands in the Host header.
    broken: ({ host }, port) => !names(port).includes(host ?? ''),
    rejection: 'This is reached as 127.0.0.1 or localhost alone.',
  },
  {
    broken: ({ origin, host }) => origin !== undefined && origin !== `http://${host}`,
    rejection: 'Another website may not ask this.',
  },
  {
    // A link from elsewhere may lead to the page, but nothing beside it may be fetched from there.
    broken: ({ site, method, path }) => !ours.includes(site) && !(method === 'GET' && path === '/'),
    rejection: 'Another website may not ask this.',
  },
];

/** Why the local server, which has no sign-in, rejects a request; nothing if it accepts it. */
export function rejectForeignOrigin(request: Origins, port: number): string | undefined {
  return rules.find(({ broken }) => broken(request, port))?.rejection;
}
