import { addressRule, literalAddress } from './address.ts';

/** The URLs that the settings of the deployment allow. */
export interface UrlPolicy {
  /** Allows http:// beside https://. */
  readonly allowHttp: boolean;
  /** Allowed ports below 1024, beside 80 and 443. */
  readonly allowedPorts: readonly number[];
  /** Private networks (CIDR) that are allowed. */
  readonly allowedPrivateNetworks: readonly string[];
}

/** The target of a call: a parsed URL, or the options of a connection. */
type Target = Pick<URL, 'protocol' | 'hostname' | 'port'>;

/**
 * Returns the reason why a URL is not allowed. The reason is the same when the URL is set, tested and called. It follows
 * the words "The URL for customer.create" and is logged, so it contains no part of the URL.
 */
export interface UrlCheck {
  /** The error and its fix; `undefined` if the URL is allowed. Does not look up the host name. */
  target(target: Target): string | undefined;
  /** The error and its fix; `undefined` if all addresses of the host name are allowed. */
  addresses(found: readonly string[]): string | undefined;
}

export const NOT_A_URL = 'is not a URL. Fix: check the host and the port, as in https://example.com:8443/hook';
export const NOT_HTTP =
  'does not begin with http:// or https://. Fix: set the whole URL, such as https://example.com/hook';
const PLAIN_HTTP = 'begins with http://, which is not encrypted. Fix: use https://, or set allowHttp in cdk.json';
const LOW_PORT =
  'has a port below 1024 that is not 80 or 443. Fix: use another port, or add it to allowedPorts in cdk.json';
const PRIVATE =
  'leads to an address that is not public. Fix: use another host, or add its network to allowedPrivateNetworks in cdk.json';

/** Mail, DNS, file and login servers use lower ports, and an HTTP request can attack them. */
const FIRST_FREE_PORT = 1024;
const WEB_PORTS: readonly number[] = [80, 443];

/** Names of the loopback address, whatever a look-up returns (RFC 6761, 6.3). */
const LOCAL = /(?:^|\.)localhost\.*$/i;

/** @throws If a network is invalid. */
export function urlCheckBy({ allowHttp, allowedPorts, allowedPrivateNetworks }: UrlPolicy): UrlCheck {
  const isAllowedAddress = addressRule(allowedPrivateNetworks);
  const ports = new Set([...WEB_PORTS, ...allowedPorts]);
  const isLoopbackAllowed = isAllowedAddress('127.0.0.1') || isAllowedAddress('::1');

  // The first broken rule gives the most helpful message.
  const rules: readonly { readonly broken: (target: Target) => boolean; readonly reason: string }[] = [
    { broken: ({ protocol }) => protocol !== 'https:' && protocol !== 'http:', reason: NOT_HTTP },
    { broken: ({ protocol }) => protocol === 'http:' && !allowHttp, reason: PLAIN_HTTP },
    // The port is empty if it is the scheme's default.
    {
      broken: ({ port }) => port !== '' && Number(port) < FIRST_FREE_PORT && !ports.has(Number(port)),
      reason: LOW_PORT,
    },
    { broken: ({ hostname }) => LOCAL.test(hostname) && !isLoopbackAllowed, reason: PRIVATE },
    {
      broken: ({ hostname }) => {
        const address = literalAddress(hostname);
        return address !== undefined && !isAllowedAddress(address);
      },
      reason: PRIVATE,
    },
  ];

  return {
    target: (target) => rules.find(({ broken }) => broken(target))?.reason,
    // One private address rejects the host name, because a connection can use any of its addresses.
    addresses: (found) => (found.every(isAllowedAddress) ? undefined : PRIVATE),
  };
}
