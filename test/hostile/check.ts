import { literalAddress } from '../../functions/core/address.ts';
import type { UrlPolicy } from '../../functions/core/url-policy.ts';
import { defaultRules } from '../support/rules.ts';
import { type Trap, type Tried, tryUrl } from './attempt.ts';
import { corpus } from './corpus.ts';
import { type Hostile, reasons } from './hosts.ts';

/** The rules for a trial: the strictest, and those that allow http, so that the address decides. */
export function rulesFor({ reason }: Hostile): UrlPolicy[] {
  return reason === 'http' ? [defaultRules] : [defaultRules, { ...defaultRules, allowHttp: true }];
}

/** Returns the error in the result of a hostile receiver, or nothing if it is right. */
export function wrongs(hostile: Hostile, rules: UrlPolicy, tried: Tried): string[] {
  const { url } = hostile;
  // Where http is not allowed, that is what is said first of what a parser takes for http.
  const plain = !rules.allowHttp && URL.parse(url.replaceAll('PORT', '1'))?.protocol === 'http:';
  const reason = reasons[plain ? 'http' : hostile.reason];
  const kept = hostile.input === 'accepted' && !plain;
  const setAsPromised = {
    undefined: tried.input === `The URL for customer.create ${reason}.`,
    syntax: /^The URL for customer\.create [^\n]+: [^\n]+\.$/.test(tried.input ?? ''),
    accepted: kept ? tried.input === undefined : tried.input === `The URL for customer.create ${reason}.`,
  }[`${hostile.input}`];
  const host = URL.parse(url.replaceAll('PORT', '1'))?.hostname.replace(/[[\]]/g, '') ?? '';
  const checks: readonly (readonly [right: boolean | undefined, wrong: string])[] = [
    [tried.connections.length === 0, `connected to ${tried.connections.map(({ address }) => address)}`],
    [setAsPromised, `entered: ${tried.input}`],
    [tried.called === reason, `called: ${tried.called}`],
    [tried.tested === reason, `tested: ${tried.tested}`],
    [tried.parkedBecause === reason, `parked: ${tried.parkedBecause}`],
    [tried.waiting === 1, `${tried.waiting} wait`],
    // Each log contains shorter hosts by chance.
    [host.length < 5 || !tried.log.includes(host), `logged: ${tried.log}`],
  ];
  return checks.flatMap(([right, wrong]) => (right ? [] : [wrong]));
}

/**
 * Tries what is rejected for where it leads with all networks allowed. What is not connected to then was not stopped by the
 * rules, or the watch over connections sees nothing: either way the trial proves nothing.
 */
export async function tryWithoutPolicy(trap: Trap): Promise<{ reached: number; missed: string[] }> {
  const rules = { allowHttp: true, allowedPorts: [], allowedPrivateNetworks: ['0.0.0.0/0', '::/0'] };
  const missed: string[] = [];
  let reached = 0;
  for (const hostile of corpus) {
    const { reason, url, responses = [] } = hostile;
    // Invalid addresses cannot be connected to under any rules.
    const real = responses.at(-1)?.every((address) => literalAddress(address) && !address.includes('%'));
    if (reason !== 'private' || !real) continue;
    const { connections } = await tryUrl(hostile, rules, trap);
    if (connections.length > 0) reached++;
    else missed.push(url);
  }
  return { reached, missed };
}
