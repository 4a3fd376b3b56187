import type { TriggersNow } from '../adapters/trigger-store.ts';
import { isTrigger, type Trigger, triggers } from '../core/entity.ts';
import { isMasked, maskedUrl } from '../core/masked-url.ts';
import type { Deps } from './deployment.ts';
import { note } from './record-change.ts';
import { type CheckUrlDeps, checkInput, keepUrl, type SetUrlDeps, Stale, type StoredUrl } from './set-url.ts';
import { UserError } from './user-error.ts';

/** The URLs as a file for version control: each trigger's URL, or `null`. */
export type UrlFile = Readonly<Record<Trigger, string | null>>;

type ExportDeps = Deps<'triggersTable' | 'history' | 'who'>;

/** @param withSecrets Whether the URLs keep their passwords and the values of their queries. */
export async function exportUrls(deps: ExportDeps, withSecrets: boolean): Promise<UrlFile> {
  return urlFileOf(await readForExport(deps, withSecrets));
}

/** The triggers, for an export; without secrets, their URLs are masked. The history records it first. */
export async function readForExport(deps: ExportDeps, withSecrets: boolean): Promise<TriggersNow> {
  const to = withSecrets ? 'all URLs with secrets' : 'all URLs';
  await note(deps, { what: 'export', trigger: null, from: null, to });
  return withSecrets ? deps.triggersTable.read(triggers) : deps.triggersTable.readShown(triggers);
}

export function urlFileOf(now: TriggersNow): UrlFile {
  return Object.fromEntries(triggers.map((trigger) => [trigger, now.get(trigger)?.url ?? null])) as UrlFile;
}

/** A change that an import made. */
export interface Imported {
  readonly trigger: Trigger;
  readonly was: string | null;
  readonly is: string | null;
  /** If the URL was cleared: the number of pending notifications that move to Failed. */
  readonly pending?: number;
}

/**
 * Sets the URLs of an exported file. `null` clears a URL. Triggers that are not in the file do not change. If the file has
 * an error, no URL changes.
 *
 * @returns The changes.
 * @throws {UserError} With one line for each error.
 */
export async function importUrls(deps: SetUrlDeps, json: string): Promise<Imported[]> {
  let file: unknown;
  try {
    file = JSON.parse(json);
  } catch (error) {
    throw new UserError(`The file is not JSON: ${(error as Error).message}.`);
  }
  return importFile(deps, file);
}

/**
 * Does the same with a parsed file.
 *
 * @param seen The versions that the admin read. Without them, any version is replaced.
 * @throws {Stale} If the version of a trigger is another one. If that happens during the import, earlier changes stay.
 */
export async function importFile(
  deps: SetUrlDeps,
  file: unknown,
  seen?: ReadonlyMap<Trigger, number>,
): Promise<Imported[]> {
  const now = await deps.triggersTable.read(triggers);
  const wanted = await checkFile(deps, file, now);
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
  await note(deps, { what: 'import', trigger: null, from: null, to: `${imported.length} changed` });
  await deps.wakeDrain();
  return imported;
}

async function checkFile(
  deps: CheckUrlDeps,
  file: unknown,
  now: TriggersNow,
): Promise<{ trigger: Trigger; url: string | null }[]> {
  if (typeof file !== 'object' || file === null || Array.isArray(file))
    throw new UserError('The file is not an object such as {"customer.create": "https://example.com/hook"}.');
  const checked = await Promise.all(
    Object.entries(file).map(([trigger, input]) => checkEntry(deps, trigger, input, now)),
  );
  const rejections = checked.flatMap((entry) => ('rejected' in entry ? [entry.rejected] : []));
  if (rejections.length > 0) throw new UserError(rejections.join('\n'));
  return checked.flatMap((entry) => ('rejected' in entry ? [] : [entry]));
}

async function checkEntry(
  deps: CheckUrlDeps,
  trigger: string,
  input: unknown,
  now: TriggersNow,
): Promise<{ rejected: string } | { trigger: Trigger; url: string | null }> {
  if (!isTrigger(trigger))
    return { rejected: `There is no trigger ${JSON.stringify(trigger)}: the triggers are ${triggers.join(', ')}.` };
  if (input === null) return { trigger, url: null };
  if (typeof input !== 'string')
    return { rejected: `The URL for ${trigger} is not text. Fix: write it in quotes, or use null.` };
  const { url } = now.get(trigger) ?? {};
  if (url !== undefined && maskedUrl(url) === input) return { trigger, url };
  if (isMasked(input))
    return { rejected: `The URL for ${trigger} is masked. Fix: export the file again with --with-secrets.` };
  const checked = await checkInput(deps, trigger, input);
  return 'rejected' in checked ? checked : { trigger, url: checked.url };
}
