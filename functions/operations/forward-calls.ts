import { BlockList, isIP } from 'node:net';
import { localCall } from '../adapters/local-call.ts';
import { requestHeaders } from '../attempt/request-headers.ts';
import { literalAddress } from '../core/address.ts';
import type { Trigger } from '../core/entity.ts';
import type { LogEntry } from '../core/log-entry.ts';
import { outcomeOf } from '../core/outcome.ts';
import { joinFormattedString } from '../core/trigger-url.ts';
import type { Deps } from './deployment.ts';
import { follow } from './search-log.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** Names of the loopback address, whatever a name server returns (RFC 6761, section 6.3). */
const LOCALHOST = /(?:^|\.)localhost\.?$/;

/** A call of a trigger that was forwarded. */
export interface ForwardedCall {
  /** The attempt in the delivery log. */
  readonly entry: LogEntry;
  /** The response of the local server: `HTTP 200`, `connection refused` … */
  readonly response: string;
  readonly isDelivered: boolean;
  readonly milliseconds: number;
}

/** Returns whether a URL leads to this machine, whatever a name server returns. */
export function isLocalUrl(text: string): boolean {
  const { protocol = '', hostname = '' } = URL.parse(text) ?? {};
  if (protocol !== 'http:' && protocol !== 'https:') return false;
  const address = literalAddress(hostname);
  if (address === undefined) return LOCALHOST.test(hostname);
  return loopback.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Forwards the calls of a trigger to a URL of this machine, without end and one after another. A forwarded call is a copy
 * of an attempt in the delivery log, with a new signature for the local URL. It is not logged, counted or repeated.
 * Custom headers are left out, because their values are shown to nobody.
 *
 * @param url A URL for which `isLocalUrl` is true.
 * @param pause The time between two reads of the log.
 */
export async function* forwardCalls(
  deps: Deps<'log' | 'secrets'>,
  trigger: Trigger,
  url: string,
  pause?: () => Promise<unknown>,
): AsyncGenerator<ForwardedCall> {
  for await (const entry of follow(deps, { trigger }, 0, pause)) {
    if (entry.outcome === 'blocked' || entry.outcome === 'merged') continue;
    const at = Date.now();
    const called = joinFormattedString(url, entry.formattedString);
    const secrets = { ...(await deps.secrets.of(trigger)), headers: {} };
    const outcome = outcomeOf(
      await localCall(called, requestHeaders(notificationOf(entry), entry.attempt, called, secrets, at)),
    );
    const { kind, response } = outcome;
    yield { entry, response, isDelivered: kind === 'delivered', milliseconds: Date.now() - at };
  }
}

/** The log has no record and no sequence. No header contains the record. */
function notificationOf({ id, trigger, formattedString, at, test }: LogEntry) {
  return { id, trigger, formattedString, record: '', sequence: '0', changedAt: at, ...(test && { test }) };
}
