import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import type { buildConnector } from 'undici';
import build from 'undici/lib/core/connect.js';
import type { AddressRule } from '../core/address.ts';

/** The destination's host stands at no address that may be called. */
class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
  readonly code = 'ADDRESS_REFUSED';
}

/**
 * A connector that connects to judged addresses only. The addresses that a name resolves to are judged and handed on, so
 * there is no second look-up that could answer otherwise; a literal address, for which no look-up happens, is judged
 * before it is connected to.
 */
export function guardedConnector(mayCall: AddressRule, options: buildConnector.BuildOptions): buildConnector.connector {
  const connect = build({ ...options, lookup: guardedLookup(mayCall) });
  return (target, callback) => {
    const host = target.hostname.replace(/^\[(.*)\]$/, '$1');
    if (isIP(host) && !mayCall(host)) return callback(new AddressRefused('the address is private'), null);
    connect(target, callback);
  };
}

function guardedLookup(mayCall: AddressRule): LookupFunction {
  return (hostname, options, callback) => {
    dnsLookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error) return callback(error, []);
      const judged = found.filter(({ address }) => mayCall(address));
      const [first] = judged;
      if (!first) return callback(new AddressRefused('the host name leads to a private address'), []);
      if (options.all) callback(null, judged);
      else callback(null, first.address, first.family);
    });
  };
}
