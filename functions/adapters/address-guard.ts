import type { LookupFunction } from 'node:net';
import type { buildConnector } from 'undici';
import build from 'undici/lib/core/connect.js';
import type { UrlCheck } from '../core/url-policy.ts';
import type { Resolve } from './resolve.ts';

/** The receiver may not be called. The message says why, without a word of the URL. */
export class UrlRejected extends Error {
  override readonly name = 'UrlRejected';
}

/**
 * A connector that connects to checked addresses only. It stands below everything that could choose another receiver
 * (a redirect, a retry, a pool): whatever is to be connected to comes through here. Scheme, port and a literal address,
 * for which no look-up happens, are checked first; then the addresses that a name leads to, and just these are handed on,
 * so that there is no second look-up which could response otherwise.
 */
export function guardedConnector(
  check: UrlCheck,
  options: buildConnector.BuildOptions,
  resolve: Resolve,
): buildConnector.connector {
  const connect = build({ ...options, lookup: guardedLookup(check, resolve) });
  return (target, callback) => {
    const rejected = check.target(target);
    if (rejected !== undefined) return callback(new UrlRejected(rejected), null);
    connect(target, callback);
  };
}

/**
 * One private address among a name's condemns them all. To leave it out and connect to the others would be as safe for
 * this connection; but nobody means such a name, it is what rebinding looks like halfway, and whether it is called must
 * not hang on which of its addresses a response happens to hold.
 */
function guardedLookup(check: UrlCheck, resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, options).then(
      (found) => {
        const [first] = found;
        if (!first) return callback(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), []);
        const rejected = check.addresses(found.map(({ address }) => address));
        if (rejected !== undefined) callback(new UrlRejected(rejected), []);
        else if (options.all) callback(null, [...found]);
        else callback(null, first.address, first.family);
      },
      (error) => callback(error, []),
    );
  };
}
