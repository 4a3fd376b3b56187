import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A query without a response is repeated after this time, at the same or the next name server, in milliseconds. */
const TRY_MS = 1_000;
const TRIES = 3;

/** How long the addresses of one family wait for those of the other (RFC 8305, section 3, recommends 50), milliseconds. */
const OTHER_FAMILY_MS = 100;

/** The codes of c-ares for a name without such addresses. All other codes mean that the look-up failed. */
const NO_ADDRESS: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'ENODATA']);

/** Names of the machine itself, without a query to a name server (RFC 6761, section 6.3). */
const LOCALHOST = /(?:^|\.)localhost$/;

const HOSTS_FILE = process.platform === 'win32' ? 'C:\\Windows\\System32\\drivers\\etc\\hosts' : '/etc/hosts';

interface NameLookupOptions {
  /** Name servers, as `address` or `address:port`. Default: those of the operating system. */
  readonly servers?: readonly string[];
  /** The path of the hosts file. Default: that of the operating system. */
  readonly hostsFile?: string;
}

/**
 * All addresses of a host name, IPv4 first.
 *
 * @throws {Error} With the code `ENOTFOUND`, or with `EAI_AGAIN` if a name server fails. The message does not contain the
 *   name.
 */
export type NameLookup = (hostname: string, signal?: AbortSignal) => Promise<readonly LookupAddress[]>;

/**
 * Looks up host names with c-ares. `dns.lookup` runs in two of libuv's threads: one silent name server would block the look-ups of
 * all other names, and those of the AWS SDK.
 */
export function nameLookup({ servers, hostsFile = HOSTS_FILE }: NameLookupOptions = {}): NameLookup {
  return async (hostname, signal) => {
    const name = hostname.replace(/\.$/, '').toLowerCase();
    const listed = LOCALHOST.test(name) ? ['127.0.0.1', '::1'] : await addressesInFile(hostsFile, name);
    if (listed.length > 0) return listed.map((address) => ({ address, family: isIP(address) }));
    // Each look-up has its own resolver, so that only this look-up is cancelled.
    const resolver = new Resolver({ timeout: TRY_MS, tries: TRIES });
    if (servers) resolver.setServers(servers);
    const cancel = () => resolver.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await bothFamilies(resolver, hostname);
    } finally {
      signal?.removeEventListener('abort', cancel);
      cancel();
    }
  };
}

async function bothFamilies(resolver: Resolver, hostname: string): Promise<LookupAddress[]> {
  const families = [
    resolver.resolve4(hostname).then((found) => found.map((address) => ({ address, family: 4 }))),
    resolver.resolve6(hostname).then((found) => found.map((address) => ({ address, family: 6 }))),
  ];
  const all = Promise.allSettled(families);
  // Some name servers never respond for one of the families.
  const first = await Promise.any(families).catch(() => undefined);
  const results = await Promise.race([all, ...(first ? [sleep(OTHER_FAMILY_MS, undefined)] : [])]);
  const found = results?.flatMap((result) => (result.status === 'fulfilled' ? result.value : [])) ?? first ?? [];
  if (found.length > 0) return found;
  const codes = (await all).map((result) => result.status === 'rejected' && result.reason.code);
  const isAbsent = codes.every((code) => NO_ADDRESS.has(code));
  throw Object.assign(new Error('the host name has no address'), { code: isAbsent ? 'ENOTFOUND' : 'EAI_AGAIN' });
}

/** Returns the addresses of a name in a hosts file; none if the file does not exist. */
async function addressesInFile(file: string, name: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    return isIP(address) !== 0 && names.some((one) => one.toLowerCase() === name) ? [address] : [];
  });
}
