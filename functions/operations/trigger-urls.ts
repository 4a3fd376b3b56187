import { checkHost } from '../adapters/resolve.ts';
import type { TriggerNow, TriggersNow } from '../adapters/trigger-store.ts';
import type { State } from '../core/breaker.ts';
import { isTrigger, type Trigger, triggers } from '../core/entity.ts';
import { type ParsedUrl, parseTriggerUrl, rejection } from '../core/trigger-url.ts';
import { urlCheckBy } from '../core/url-policy.ts';
import type { OperationDeps } from './deployment.ts';
import { noUrl } from './no-url.ts';
import type { Pending } from './pending.ts';
import { note } from './record-change.ts';
import { ensureSecret } from './signing-secrets.ts';
import { UserError } from './user-error.ts';

/** One line of the CRM Triggers tab. */
export interface TriggerStatus extends Pending {
  readonly trigger: Trigger;
  /** `null`: none is set, so no call is made. */
  readonly url: string | null;
  /** When it was set or cleared, ISO 8601, or `null` when it never was. */
  readonly changedAt: string | null;
  /** Raised each time it is set or cleared; 0 when it never was. */
  readonly version: number;
  readonly state: State;
  /** Failures or slow responds in a row. */
  readonly consecutiveFailures: number;
  /** When the first of these was, epoch milliseconds. */
  readonly failingSince: number | null;
  /** What a parked trigger's receiver responded last, or why it may not be called. */
  readonly parkedBecause: string | null;
  readonly pausedBy: 'admin' | 'gone' | null;
  /** The names of the headers that are sent to its receiver; their values are never shown. */
  readonly headers: readonly string[];
}

/** All eleven triggers, what is set for them and their status. */
export async function list({ triggersTable, backlog, secrets }: OperationDeps): Promise<TriggerStatus[]> {
  const [now, secret, waiting] = await Promise.all([
    triggersTable.read(triggers),
    secrets.read(triggers),
    backlog.retryCounts(),
  ]);
  return Promise.all(
    triggers.map(async (trigger) => {
      const {
        url = null,
        urlChangedAt: changedAt = null,
        urlVersion: version = 0,
        failingSince = null,
        state = 'active',
        consecutiveFailures = 0,
        ...why
      } = now.get(trigger) ?? ({} as Partial<TriggerNow>);
      const pending = pendingOf(waiting.get(trigger), await backlog.count(trigger, 'parked'));
      const parkedBecause = (state === 'parked' && why.parkedBecause) || null;
      const pausedBy = (state === 'paused' && why.pausedBy) || null;
      const headers = Object.keys(secret.get(trigger)?.headers ?? {});
      const doing = { state, consecutiveFailures, failingSince, parkedBecause, pausedBy };
      return { trigger, url, changedAt, version, ...doing, ...pending, headers };
    }),
  );
}

function pendingOf(waiting: { waiting: number; behind: number } | undefined, inBacklog: number): Pending {
  const { waiting: waitingForRetry, behind } = waiting ?? { waiting: 0, behind: 0 };
  return { waiting: waitingForRetry + behind + inBacklog, waitingForRetry, behind, inBacklog };
}

/** A trigger's URL and its version: what the next one to write must have seen. */
export interface StoredUrl {
  readonly url: string | null;
  readonly version: number;
}

/** What a write of a URL came to. */
export interface Written extends StoredUrl {
  /** How many pending notifications move to Failed, since there is no URL any more; 0 when they cannot be counted. */
  readonly pending: number;
}

/** Somebody else entered a URL since the one who writes looked; theirs stays. */
export class Stale extends UserError {
  readonly current: StoredUrl;

  constructor(trigger: Trigger, current: StoredUrl) {
    super(`Somebody else changed ${trigger} in the meantime: see what it is now, and type yours again.`, 'stale');
    this.current = current;
  }
}

/**
 * Sets a URL. A trigger that is parked is tried with it at once.
 *
 * @returns The URL as it is kept.
 * @throws {UserError} When it is no URL to call.
 */
export async function set(deps: OperationDeps, trigger: Trigger, input: string): Promise<string> {
  const { url } = await setUrl(deps, trigger, input);
  return url ?? '';
}

/**
 * Sets a URL, or clears it with `null`, on the version that the admin saw; who names none takes whatever is there.
 *
 * @throws {Stale} When it is another version by now.
 * @throws {UserError} When it is no URL to call.
 */
export async function setUrl(
  deps: OperationDeps,
  trigger: Trigger,
  input: string | null,
  seen?: number,
): Promise<Written> {
  const checked = input === null ? { url: null } : await checkInput(deps, trigger, input);
  if ('rejected' in checked) throw new UserError(checked.rejected);
  const kept = await keepUrl(deps, trigger, checked.url, seen);
  // After a clear, drain moves the backlog to Failed; woken or not, it does so within a minute.
  if (kept.url !== null) await deps.wakeDrain();
  else await deps.wakeDrain().catch(() => undefined);
  return kept;
}

/** Always written on the version that was read, so that the history says truly what was there before. */
async function keepUrl(deps: OperationDeps, trigger: Trigger, url: string | null, seen?: number): Promise<Written> {
  for (let tries = 0; tries < 3; tries++) {
    const now = (await deps.triggersTable.read([trigger])).get(trigger);
    const { url: was = null, urlVersion: version = 0 } = now ?? {};
    if (seen !== undefined && seen !== version) throw new Stale(trigger, { url: was, version });
    // The secret comes first, so that no call to the URL goes out unsigned.
    if (url !== null) await ensureSecret(deps, trigger);
    // A backlog that cannot be counted must not keep calls from being stopped.
    const pending = url === null ? await countPending(deps, trigger).catch(() => 0) : 0;
    if (!(await deps.triggersTable.writeUrl(trigger, url ?? undefined, Date.now(), version))) continue;
    if (was !== url) await note(deps, { what: 'url', trigger, from: was, to: url });
    return { url, version: version + 1, pending };
  }
  throw new UserError(`Somebody else types URLs for ${trigger} at this moment: try again.`, 'conflict');
}

async function countPending({ backlog }: OperationDeps, trigger: Trigger): Promise<number> {
  const [waiting, inBacklog] = await Promise.all([backlog.retryCounts(), backlog.count(trigger, 'parked')]);
  return pendingOf(waiting.get(trigger), inBacklog).waiting;
}

/** Checks a URL by what was set, and by where its host leads to now. */
async function checkInput({ rules, resolve }: OperationDeps, trigger: Trigger, input: string): Promise<ParsedUrl> {
  const checked = parseTriggerUrl(trigger, input, rules);
  if ('rejected' in checked) return checked;
  const rejected = await checkHost(new URL(checked.url), urlCheckBy(rules), resolve);
  return rejected === undefined ? checked : { rejected: rejection(trigger, rejected) };
}

/**
 * Clears a trigger's URL. No calls are made from now on: its pending notifications move to Failed.
 *
 * @returns How many these are. Messages that were never received are not counted.
 */
export async function clear(deps: OperationDeps, trigger: Trigger): Promise<number> {
  return (await setUrl(deps, trigger, null)).pending;
}

/** Pauses a trigger: its notifications go to its backlog until it is resumed. */
export async function pause(deps: OperationDeps, trigger: Trigger): Promise<void> {
  const { state: from = 'active' } = (await deps.triggersTable.read([trigger])).get(trigger) ?? {};
  if (!(await deps.triggersTable.move(trigger, 'pause', { pausedBy: 'admin' })))
    throw new UserError(`${trigger} is paused already.`, 'conflict');
  await note(deps, { what: 'state', trigger, from, to: 'paused' });
}

/**
 * Resumes a paused trigger: its backlog is delivered, in order, and then new notifications.
 *
 * @throws {UserError} When it is not paused, or has no URL.
 */
export async function resume(deps: OperationDeps, trigger: Trigger): Promise<void> {
  const { state, url } = (await deps.triggersTable.read([trigger])).get(trigger) ?? {};
  if (state === 'paused' && url === undefined)
    throw new UserError(`${trigger} cannot be resumed: ${noUrl(trigger)}.`, 'conflict');
  if (!(await deps.triggersTable.move(trigger, 'resume'))) throw new UserError(`${trigger} is not paused.`, 'conflict');
  await note(deps, { what: 'state', trigger, from: 'paused', to: 'draining' });
  await deps.wakeDrain();
}

/** The URLs as a file for version control: each trigger's URL, or `null`. */
export type UrlFile = Readonly<Record<Trigger, string | null>>;

export async function exportUrls({ triggersTable }: OperationDeps): Promise<UrlFile> {
  return urlFileOf(await triggersTable.read(triggers));
}

export function urlFileOf(now: TriggersNow): UrlFile {
  return Object.fromEntries(triggers.map((trigger) => [trigger, now.get(trigger)?.url ?? null])) as UrlFile;
}

/** What an import did to a trigger. */
export interface Imported {
  readonly trigger: Trigger;
  readonly was: string | null;
  readonly is: string | null;
  /** Of a URL that was cleared: how many pending notifications move to Failed. */
  readonly pending?: number;
}

/**
 * Sets the URLs of an exported file. `null` clears one; a trigger that the file does not name stays as it is. Nothing is
 * written unless all of the file is right.
 *
 * @returns What changed.
 * @throws {UserError} A line for each thing that is wrong.
 */
export async function importUrls(deps: OperationDeps, json: string): Promise<Imported[]> {
  let file: unknown;
  try {
    file = JSON.parse(json);
  } catch (error) {
    throw new UserError(`The file is not JSON: ${(error as Error).message}.`);
  }
  return importFile(deps, file);
}

/**
 * The same of a file that was read.
 *
 * @param seen The versions that the admin saw; who names none takes whatever is there.
 * @throws {Stale} When one of them is another by now. What was written before it, should it change in this very moment, stays.
 */
export async function importFile(
  deps: OperationDeps,
  file: unknown,
  seen?: ReadonlyMap<Trigger, number>,
): Promise<Imported[]> {
  const wanted = await checkFile(deps, file);
  const now = await deps.triggersTable.read(triggers);
  const is = (trigger: Trigger): StoredUrl => {
    const { url = null, urlVersion: version = 0 } = now.get(trigger) ?? {};
    return { url, version };
  };
  const stale = wanted.find(({ trigger }) => seen && seen.get(trigger) !== is(trigger).version);
  if (stale) throw new Stale(stale.trigger, is(stale.trigger));
  const changes = wanted.filter(({ trigger, url }) => is(trigger).url !== url);
  const imported: Imported[] = [];
  for (const { trigger, url } of changes) {
    const { pending } = await keepUrl(deps, trigger, url, seen?.get(trigger));
    imported.push({ trigger, was: is(trigger).url, is: url, ...(url === null && { pending }) });
  }
  await deps.wakeDrain();
  return imported;
}

async function checkFile(deps: OperationDeps, file: unknown): Promise<{ trigger: Trigger; url: string | null }[]> {
  if (typeof file !== 'object' || file === null || Array.isArray(file))
    throw new UserError('The file is not an object such as {"customer.create": "https://example.com/hook"}.');
  const checked = await Promise.all(Object.entries(file).map(([trigger, input]) => checkEntry(deps, trigger, input)));
  const rejections = checked.flatMap((entry) => ('rejected' in entry ? [entry.rejected] : []));
  if (rejections.length > 0) throw new UserError(rejections.join('\n'));
  return checked.flatMap((entry) => ('rejected' in entry ? [] : [entry]));
}

async function checkEntry(
  deps: OperationDeps,
  trigger: string,
  input: unknown,
): Promise<{ rejected: string } | { trigger: Trigger; url: string | null }> {
  if (!isTrigger(trigger))
    return { rejected: `There is no trigger ${JSON.stringify(trigger)}: the triggers are ${triggers.join(', ')}.` };
  if (input === null) return { trigger, url: null };
  if (typeof input !== 'string')
    return { rejected: `The URL for ${trigger} is not text: write it in quotes, or null.` };
  const checked = await checkInput(deps, trigger, input);
  return 'rejected' in checked ? checked : { trigger, url: checked.url };
}
