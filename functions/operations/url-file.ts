import type { TriggersNow } from '../adapters/trigger-store.ts';
import { isTrigger, type Trigger, triggers } from '../core/entity.ts';
import type { Imported, ImportedSetting } from '../core/import-diff.ts';
import { isMasked, MASK, maskedUrl } from '../core/masked-url.ts';
import { type SettingChanges, settingsRejection } from '../core/trigger-settings.ts';
import type { Deps } from './deployment.ts';
import { quotedName } from './quoted-name.ts';
import { note } from './record-change.ts';
import {
  type CheckUrlDeps,
  checkInput,
  keepUrl,
  type SetUrlDeps,
  Stale,
  type StoredUrl,
  secondAuthorization,
} from './set-url.ts';
import { changeSettings } from './trigger-settings.ts';
import { changedSettings, entryFor, type FileEntry, fieldsOf, missingHeader } from './url-file-entry.ts';
import { UserError } from './user-error.ts';

/** The URLs and the settings of all triggers as a file for version control. */
export type UrlFile = Readonly<Record<Trigger, FileEntry>>;

type ExportDeps = Deps<'triggersTable' | 'history' | 'who'>;

/** @param withSecrets Whether the URLs keep their passwords and the values of their queries. */
export async function exportUrls(deps: ExportDeps, withSecrets: boolean): Promise<UrlFile> {
  return urlFileOf(await readForExport(deps, withSecrets));
}

/** The same with the names of the custom headers. Their values are never exported. */
export async function exportWithHeaders(deps: ExportDeps & Deps<'secrets'>, withSecrets: boolean): Promise<UrlFile> {
  const file = await exportUrls(deps, withSecrets);
  const secrets = await deps.secrets.read(triggers);
  const headersOf = (trigger: Trigger) =>
    Object.fromEntries(Object.keys(secrets.get(trigger)?.headers ?? {}).map((name) => [name, MASK]));
  const entries = triggers.map((trigger) => {
    const entry = file[trigger];
    const whole = typeof entry === 'object' && entry !== null ? entry : { url: entry };
    return [trigger, { ...whole, headers: headersOf(trigger) }];
  });
  return Object.fromEntries(entries) as UrlFile;
}

/** The triggers, for an export; without secrets, their URLs are masked. The history records it first. */
export async function readForExport(deps: ExportDeps, withSecrets: boolean): Promise<TriggersNow> {
  const to = withSecrets ? 'all URLs with secrets' : 'all URLs';
  await note(deps, { what: 'export', trigger: null, from: null, to });
  return withSecrets ? deps.triggersTable.read(triggers) : deps.triggersTable.readShown(triggers);
}

export function urlFileOf(now: TriggersNow): UrlFile {
  return Object.fromEntries(triggers.map((trigger) => [trigger, entryFor(now.get(trigger))])) as UrlFile;
}

/** A change whose URLs are masked, for people and for logs. */
export function maskedImport(change: Imported): Imported {
  if ('setting' in change) return change;
  const mask = (url: string | null) => (url === null ? null : maskedUrl(url));
  return { ...change, was: mask(change.was), is: mask(change.is) };
}

/**
 * Sets the URLs and settings of an exported file. `null` clears a URL. Triggers and settings that are not in the file do not
 * change. If the file has an error, nothing changes.
 *
 * @returns The changes.
 * @throws {UserError} With one line for each error.
 */
export async function importUrls(deps: SetUrlDeps, json: string): Promise<Imported[]> {
  return importFile(deps, fromJson(json));
}

/** Returns the changes that `importUrls` would make, and makes none. @throws {UserError} With one line for each error. */
export async function planImport(deps: CheckFileDeps, json: string): Promise<Imported[]> {
  return planFile(deps, fromJson(json));
}

/** Does the same with a parsed file. @throws {Stale} If the version of a trigger is not the one in `seen`. */
export async function planFile(
  deps: CheckFileDeps,
  file: unknown,
  seen?: ReadonlyMap<Trigger, number>,
): Promise<Imported[]> {
  return (await changesOf(deps, file, seen)).flatMap(({ trigger, was, url, settings }) => [
    ...settings,
    ...(was.url === url ? [] : [{ trigger, was: was.url, is: url }]),
  ]);
}

function fromJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    // The message can end with a part of the file, which contains URLs.
    const reason = (error as Error).message.replace(/,? *(?:\.{3})?".*is not valid JSON$/s, '');
    throw new UserError(`The file is not JSON: ${reason}.`);
  }
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
  const imported: Imported[] = [];
  for (const { trigger, was, url, settings } of await changesOf(deps, file, seen)) {
    // The settings come first, so that a limit applies to the first call to a new URL.
    for (const { setting, is } of settings) await changeSettings(deps, trigger, { [setting]: is });
    imported.push(...settings);
    if (was.url === url) continue;
    const { pending } = await keepUrl(deps, trigger, url, seen?.get(trigger));
    imported.push({ trigger, was: was.url, is: url, ...(url === null && { pending }) });
  }
  await note(deps, { what: 'import', trigger: null, from: null, to: `${imported.length} changed` });
  await deps.startDrain();
  return imported;
}

type CheckFileDeps = CheckUrlDeps & Deps<'triggersTable' | 'secrets'>;

/** What a file changes of a trigger. */
interface Planned {
  readonly trigger: Trigger;
  readonly was: StoredUrl;
  readonly url: string | null;
  readonly settings: readonly ImportedSetting[];
}

async function changesOf(
  deps: CheckFileDeps,
  file: unknown,
  seen?: ReadonlyMap<Trigger, number>,
): Promise<readonly Planned[]> {
  const now = await deps.triggersTable.read(triggers);
  const wanted = (await checkFile(deps, file, now)).map(({ trigger, url, changes }): Planned => {
    const { url: is = null, urlVersion: version = 0 } = now.get(trigger) ?? {};
    const settings = changedSettings(trigger, now.get(trigger), changes);
    return { trigger, was: { url: is, version }, url, settings };
  });
  const stale = wanted.find(({ trigger, was }) => seen && seen.get(trigger) !== was.version);
  if (stale) throw new Stale(stale.trigger, stale.was);
  return wanted.filter(({ was, url, settings }) => was.url !== url || settings.length > 0);
}

async function checkFile(deps: CheckFileDeps, file: unknown, now: TriggersNow): Promise<CheckedEntry[]> {
  if (typeof file !== 'object' || file === null || Array.isArray(file))
    throw new UserError('The file is not an object such as {"customer.create": "https://example.com/hook"}.');
  const checked = await Promise.all(
    Object.entries(file).map(([trigger, entry]) => checkEntry(deps, trigger, entry, now)),
  );
  const rejections = checked.flatMap((entry) => ('rejected' in entry ? [entry.rejected] : []));
  if (rejections.length > 0) throw new UserError(rejections.join('\n'));
  return checked.flatMap((entry) => ('rejected' in entry ? [] : [entry]));
}

interface CheckedEntry {
  readonly trigger: Trigger;
  readonly url: string | null;
  readonly changes: SettingChanges;
}

async function checkEntry(
  deps: CheckFileDeps,
  trigger: string,
  entry: unknown,
  now: TriggersNow,
): Promise<{ rejected: string } | CheckedEntry> {
  if (!isTrigger(trigger))
    return { rejected: `There is no trigger ${quotedName(trigger)}: the triggers are ${triggers.join(', ')}.` };
  const fields = fieldsOf(entry);
  if ('unknown' in fields)
    return { rejected: `${trigger} has no field ${quotedName(fields.unknown)} in a file. Fix: remove it.` };
  const { url: input, headers, maxPerSecond, coalesce } = fields;
  const missing = await missingHeader(deps, trigger, Object.keys(Object(headers)));
  if (missing !== undefined)
    return {
      rejected: `${trigger} has no header ${JSON.stringify(missing)}, and files have no values of headers. Fix: set it with header set ${trigger} ${missing}.`,
    };
  const rejected = settingsRejection(trigger, { maxPerSecond, coalesce });
  if (rejected !== undefined) return { rejected };
  const url = await checkUrl(deps, trigger, input, now);
  return 'rejected' in url ? url : { trigger, url: url.url, changes: { maxPerSecond, coalesce } as SettingChanges };
}

async function checkUrl(
  deps: CheckFileDeps,
  trigger: Trigger,
  input: unknown,
  now: TriggersNow,
): Promise<{ rejected: string } | { url: string | null }> {
  if (input === null) return { url: null };
  if (typeof input !== 'string')
    return { rejected: `The URL for ${trigger} is not text. Fix: write it in quotes, or use null.` };
  const { url } = now.get(trigger) ?? {};
  if (url !== undefined && maskedUrl(url) === input) return { url };
  if (isMasked(input))
    return { rejected: `The URL for ${trigger} is masked. Fix: export the file again with --with-secrets.` };
  const checked = await checkInput(deps, trigger, input);
  if ('rejected' in checked) return checked;
  const rejected = await secondAuthorization(deps, trigger, checked.url);
  return rejected === undefined ? checked : { rejected };
}
