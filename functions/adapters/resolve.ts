import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { literalAddress } from '../core/address.ts';
import type { UrlCheck } from '../core/url-policy.ts';

/** All addresses of a host name; it rejects when there are none to be had. */
export type Resolve = (hostname: string, options: LookupOptions) => Promise<readonly LookupAddress[]>;

export const resolveByDns: Resolve = (hostname, options) => lookup(hostname, { ...options, all: true });

/**
 * Checks where a URL's host name leads to now, for the one who sets it; the guard checks anew at each connection.
 *
 * @returns Why it may not be called. Nothing also when it cannot be looked up: a name may be set before it is set up.
 */
export async function checkHost({ hostname }: URL, check: UrlCheck, resolve: Resolve): Promise<string | undefined> {
  if (literalAddress(hostname) !== undefined) return undefined;
  const found = await resolve(hostname, {}).catch(() => []);
  return check.addresses(found.map(({ address }) => address));
}
