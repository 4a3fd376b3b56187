import type { TriggerNow } from '../adapters/trigger-store.ts';
import type { Trigger } from '../core/entity.ts';
import type { ImportedSetting } from '../core/import-diff.ts';
import type { SettingChanges, SettingName } from '../core/trigger-settings.ts';
import type { Deps } from './deployment.ts';

/** More of a trigger than its URL. A setting that an object does not name does not change. */
interface FileObject extends SettingChanges {
  readonly url: string | null;
  /** The names of the custom headers, with masks in place of their values. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A trigger in a file: its URL or `null`, or an object if the file has more of it. */
export type FileEntry = string | null | FileObject;

/** The entry of a trigger for an export: its URL alone if it has no settings. */
export function entryFor(now: Partial<TriggerNow> = {}): FileEntry {
  const { url = null, maxPerSecond, coalesce } = now;
  if (maxPerSecond === undefined && !coalesce) return url;
  return { url, ...(maxPerSecond !== undefined && { maxPerSecond }), ...(coalesce && { coalesce }) };
}

/** The fields of an entry, which are not checked yet. */
interface EnteredFields {
  readonly url: unknown;
  readonly headers?: unknown;
  readonly maxPerSecond?: unknown;
  readonly coalesce?: unknown;
}

const fields = ['url', 'headers', 'maxPerSecond', 'coalesce'];

/** Returns the fields of an entry, or the name of a field that no entry has. */
export function fieldsOf(entry: unknown): EnteredFields | { readonly unknown: string } {
  if (typeof entry !== 'object' || entry === null || !('url' in entry)) return { url: entry };
  const unknown = Object.keys(entry).find((name) => !fields.includes(name));
  return unknown === undefined ? entry : { unknown };
}

/** The settings that an entry of a file changes. */
export function changedSettings(
  trigger: Trigger,
  { maxPerSecond, coalesce = false }: Partial<TriggerNow> = {},
  changes: SettingChanges,
): ImportedSetting[] {
  const now = { maxPerSecond: maxPerSecond ?? null, coalesce };
  return (Object.keys(now) as SettingName[]).flatMap((setting) => {
    const { [setting]: was } = now;
    const { [setting]: is = was } = changes;
    return was === is ? [] : [{ trigger, setting, was, is }];
  });
}

/** A file has the names of headers only, so an import checks that they exist. */
export async function missingHeader(
  { secrets }: Deps<'secrets'>,
  trigger: Trigger,
  names: readonly string[],
): Promise<string | undefined> {
  if (names.length === 0) return undefined;
  const { headers = {} } = (await secrets.read([trigger])).get(trigger) ?? {};
  return names.find((name) => !Object.hasOwn(headers, name));
}
