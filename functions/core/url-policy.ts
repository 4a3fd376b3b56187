import { addressRule, literalAddress } from './address.ts';

/** The URLs that are allowed, from the settings of the deployment. */
export interface UrlPolicy {
  /** http:// too, not https:// alone. */
  readonly allowHttp: boolean;
  /** Ports below 1024, beside 80 and 443. */
  readonly allowedPorts: readonly number[];
  /** Networks (CIDR) to call though they are private. */
  readonly allowedPrivateNetworks: readonly string[];
}

/** Where a call goes: a parsed URL, or what a connection is made with. */
type Target = Pick<URL, 'protocol' | 'hostname' | 'port'>;

/**
 * Says why a URL is not allowed, in the same words when it is set, tested and called. The words follow "The URL for
 * customer.create" and are logged, so they contain no part of the URL.
 */
export interface UrlCheck {
  /** What is wrong and how to fix it; nothing if it may be called, as far as can be said without a look-up. */
  target(target: Target): string | undefined;
  /** The same of all the addresses that a host name leads to. */
  addresses(found: readonly string[]): string | undefined;
}

export const NOT_A_URL = 'is not a URL: check the host and the port, as in https://example.com:8443/hook';
export const NOT_HTTP = 'does not begin with http:// or https://: set the whole URL, such as https://example.com/hook';
const PLAIN_HTTP = 'begins with http://, which is not encrypted: use https://, or set allowHttp in cdk.json';
const LOW_PORT = 'has a port below 1024 that is not 80 or 443: use another, or add it to allowedPorts in cdk.json';
const PRIVATE =
  'leads to an address that is not public: use another, or add its network to allowedPrivateNetworks in cdk.json';

/** Mail, name, file and login servers use lower ports, and an HTTP request could attack them. */
const FIRST_FREE_PORT = 1024;
const WEB_PORTS: readonly number[] = [80, 443];

/** Names of the caller itself, whatever a look-up returns (RFC 6761, 6.3). */
const LOCAL = /(?:^|\.)localhost\.*$/i;

/** @throws When a network is invalid. */
export function urlCheckBy({ allowHttp, allowedPorts, allowedPrivateNetworks }: UrlPolicy): UrlCheck {
  const mayStandAt = addressRule(allowedPrivateNetworks);
  const ports = new Set([...WEB_PORTS, ...allowedPorts]);
  const mayBeLocal = mayStandAt('127.0.0.1') || mayStandAt('::1');

  // The first rule that is broken gives the most helpful message.
  const rules: readonly { readonly broken: (to: Target) => boolean; readonly reason: string }[] = [
    { broken: ({ protocol }) => protocol !== 'https:' && protocol !== 'http:', reason: NOT_HTTP },
    { broken: ({ protocol }) => protocol === 'http:' && !allowHttp, reason: PLAIN_HTTP },
    // An empty port is the scheme's own.
    {
      broken: ({ port }) => port !== '' && Number(port) < FIRST_FREE_PORT && !ports.has(Number(port)),
      reason: LOW_PORT,
    },
    { broken: ({ hostname }) => LOCAL.test(hostname) && !mayBeLocal, reason: PRIVATE },
    {
      broken: ({ hostname }) => {
        const address = literalAddress(hostname);
        return address !== undefined && !mayStandAt(address);
      },
      reason: PRIVATE,
    },
  ];

  return {
    target: (to) => rules.find(({ broken }) => broken(to))?.reason,
    // One private address rejects the name: see the address guard.
    addresses: (found) => (found.every(mayStandAt) ? undefined : PRIVATE),
  };
}
