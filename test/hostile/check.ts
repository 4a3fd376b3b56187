import { literalAddress } from '../../functions/core/address.ts';
import type { UrlPolicy } from '../../functions/core/url-policy.ts';
import { defaultRules } from '../support/rules.ts';
import { type Trap, type Tried, type tryTokenUrl, tryUrl } from './attempt.ts';
import { corpus } from './corpus.ts';
import { type Hostile, reasons } from './hosts.ts';

/** The rules of a trial: the strictest, and those that allow http, so that only the address decides. */
export function rulesFor({ reason, allowed }: Hostile): UrlPolicy[] {
  const strictest = allowed ? { ...defaultRules, allowedPrivateNetworks: allowed } : defaultRules;
  return reason === 'http' ? [strictest] : [strictest, { ...strictest, allowHttp: true }];
}

/** Returns the error in the result of a hostile receiver, or nothing if the result is correct. */
export function wrongs(hostile: Hostile, rules: UrlPolicy, tried: Tried): string[] {
  const { url } = hostile;
  // If http is not allowed, the message about http comes first.
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

/** Returns the error in the result of a hostile token endpoint, or nothing if the result is correct. */
export function wrongsOfToken(
  { url, reason: usual, input }: Hostile,
  { allowHttp }: UrlPolicy,
  tried: Awaited<ReturnType<typeof tryTokenUrl>>,
): string[] {
  const parsed = URL.parse(url.replaceAll('PORT', '1'));
  const isPlain = !allowHttp && parsed?.protocol === 'http:';
  const reason = reasons[isPlain ? 'http' : usual];
  const host = parsed?.hostname.replace(/[[\]]/g, '') ?? '';
  const mayBeSet = input === 'accepted' && !isPlain;
  const checks: readonly (readonly [right: boolean, wrong: string])[] = [
    [tried.connections.length === 0, `connected to ${tried.connections.map(({ address }) => address)}`],
    [
      mayBeSet ? tried.input === undefined : /^The token URL for customer\.create [^\n]+\.$/.test(tried.input ?? ''),
      `set: ${tried.input}`,
    ],
    [tried.called === `the token endpoint ${reason}`, `called: ${tried.called}`],
    [host.length < 5 || !tried.log.includes(host), `logged: ${tried.log}`],
  ];
  return checks.flatMap(([right, wrong]) => (right ? [] : [wrong]));
}

/**
 * Tries the receivers that are rejected for their address again, with all networks allowed. If no connection is made then, the
 * rules did not stop it, or the record of connections does not work. Then the trial proves nothing.
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
