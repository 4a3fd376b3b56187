import type { NameLookup } from '../adapters/name-lookup.ts';
import { literalAddress } from '../core/address.ts';
import type { Trigger } from '../core/entity.ts';
import { type ParsedUrl, parseTriggerUrl, rejection } from '../core/trigger-url.ts';
import { type UrlCheck, urlCheckBy } from '../core/url-policy.ts';
import type { Deps } from './deployment.ts';
import { note } from './record-change.ts';
import { ensureSecret, hasCredentials } from './signing-secrets.ts';
import { countPending } from './trigger-status.ts';
import { UserError } from './user-error.ts';

export type CheckUrlDeps = Deps<'rules' | 'lookUp'>;
type KeepUrlDeps = Deps<'triggersTable' | 'secrets' | 'backlog' | 'history' | 'who'>;
export type SetUrlDeps = CheckUrlDeps & KeepUrlDeps & Deps<'startDrain'>;

/** A trigger's URL and its version. A writer passes the version that it read. */
export interface StoredUrl {
  readonly url: string | null;
  readonly version: number;
}

/** The result of a write of a URL. */
export interface Written extends StoredUrl {
  /** The number of pending notifications that move to Failed because the URL was cleared; 0 if they cannot be counted. */
  readonly pending: number;
}

/** Another admin has changed the URL meanwhile. The stored URL stays. */
export class Stale extends UserError {
  readonly current: StoredUrl;

  constructor(trigger: Trigger, current: StoredUrl) {
    super(
      `Someone else changed the URL for ${trigger} meanwhile. Fix: read the current URL, then set yours again.`,
      'stale',
    );
    this.current = current;
  }
}

/**
 * Sets a URL. A parked trigger is probed with it at once.
 *
 * @returns The URL as it is stored.
 * @throws {UserError} If the URL may not be called.
 */
export async function set(deps: SetUrlDeps, trigger: Trigger, input: string): Promise<string> {
  const { url } = await setUrl(deps, trigger, input);
  return url ?? '';
}

/**
 * Sets a URL, or clears it with `null`.
 *
 * @param seen The version that the admin read. Without it, any version is replaced.
 * @throws {Stale} If the stored version is another one.
 * @throws {UserError} If the URL may not be called.
 */
export async function setUrl(
  deps: SetUrlDeps,
  trigger: Trigger,
  input: string | null,
  seen?: number,
): Promise<Written> {
  const checked = input === null ? { url: null } : await checkInput(deps, trigger, input);
  if ('rejected' in checked) throw new UserError(checked.rejected);
  const second = checked.url === null ? undefined : await secondAuthorization(deps, trigger, checked.url);
  if (second !== undefined) throw new UserError(second, 'conflict');
  const kept = await keepUrl(deps, trigger, checked.url, seen);
  // After a clear, drain moves the backlog to Failed. If it cannot be invoked, its schedule does so within a minute.
  if (kept.url !== null) await deps.startDrain();
  else await deps.startDrain().catch(() => undefined);
  return kept;
}

/**
 * Returns why the calls would have two values of `Authorization`: a user name or password in the URL, and a custom header or an
 * access token.
 */
export async function secondAuthorization(
  { secrets }: Deps<'secrets'>,
  trigger: Trigger,
  url: string,
): Promise<string | undefined> {
  if (!hasCredentials(url)) return undefined;
  const { headers = {}, oauth } = (await secrets.read([trigger])).get(trigger) ?? {};
  if ('authorization' in headers)
    return `${trigger} has a custom header Authorization: remove the user name and password from the URL, or remove the header first.`;
  if (oauth)
    return `${trigger} has an OAuth client, whose token is sent as Authorization: remove the user name and password from the URL.`;
  return undefined;
}

/** Writes a URL on condition of the version that it read, so that the history has the right URL before the change. */
export async function keepUrl(
  deps: KeepUrlDeps,
  trigger: Trigger,
  url: string | null,
  seen?: number,
): Promise<Written> {
  for (let tries = 0; tries < 3; tries++) {
    const now = (await deps.triggersTable.read([trigger])).get(trigger);
    const { url: was = null, urlVersion: version = 0 } = now ?? {};
    if (seen !== undefined && seen !== version) throw new Stale(trigger, { url: was, version });
    // The secret comes first, so that no call to the URL goes out unsigned.
    if (url !== null) await ensureSecret(deps, trigger);
    // Calls must stop even if the backlog cannot be counted.
    const pending = url === null ? await countPending(deps, trigger).catch(() => 0) : 0;
    if (!(await deps.triggersTable.writeUrl(trigger, url ?? undefined, Date.now(), version))) continue;
    if (was !== url) await note(deps, { what: 'url', trigger, from: was, to: url });
    return { url, version: version + 1, pending };
  }
  throw new UserError(`Someone else is changing the URL for ${trigger} now. Fix: try again.`, 'conflict');
}

/** Checks a URL, and the addresses that its host has now. */
export async function checkInput({ rules, lookUp }: CheckUrlDeps, trigger: Trigger, input: string): Promise<ParsedUrl> {
  const checked = parseTriggerUrl(trigger, input, rules);
  if ('rejected' in checked) return checked;
  const rejected = await checkHost(new URL(checked.url), urlCheckBy(rules), lookUp);
  return rejected === undefined ? checked : { rejected: rejection(trigger, rejected) };
}

/**
 * Clears a trigger's URL. Calls stop, and its pending notifications move to Failed.
 *
 * @returns The number of these notifications, without messages that were never received.
 */
export async function clear(deps: SetUrlDeps, trigger: Trigger): Promise<number> {
  return (await setUrl(deps, trigger, null)).pending;
}

/**
 * Checks the addresses that a URL's host name has now. Deliver checks them again at each connection.
 *
 * @returns Why the URL may not be called. Nothing if the look-up fails, because a URL can be set before its name exists.
 */
export async function checkHost({ hostname }: URL, check: UrlCheck, lookUp: NameLookup): Promise<string | undefined> {
  if (literalAddress(hostname) !== undefined) return undefined;
  const found = await lookUp(hostname).catch(() => []);
  return check.addresses(found.map(({ address }) => address));
}
