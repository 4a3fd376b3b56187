import type { Trigger } from './entity.ts';
import { type SettingName, settingText } from './trigger-settings.ts';

/** A change of a URL by an import. */
interface ImportedUrl {
  readonly trigger: Trigger;
  readonly was: string | null;
  readonly is: string | null;
  /** Only of a cleared URL that was applied: the pending notifications that move to Failed. */
  readonly pending?: number;
}

/** A change of a setting by an import. `null` is no limit. */
export interface ImportedSetting {
  readonly trigger: Trigger;
  readonly setting: SettingName;
  readonly was: number | boolean | null;
  readonly is: number | boolean | null;
}

export type Imported = ImportedUrl | ImportedSetting;

/** A line of a diff: a value that goes, or one that comes. */
export interface DiffLine {
  readonly sign: '-' | '+';
  readonly trigger: Trigger;
  readonly text: string;
}

/** The changes of an import as a diff. The URLs must be masked. */
export function importDiff(changes: readonly Imported[]): DiffLine[] {
  return changes.flatMap((change) => {
    const { trigger } = change;
    const [was, is] = 'setting' in change ? settingTexts(change) : urlTexts(change);
    return [
      ...(was === undefined ? [] : [{ sign: '-', trigger, text: was } as const]),
      ...(is === undefined ? [] : [{ sign: '+', trigger, text: is } as const]),
    ];
  });
}

const settingTexts = ({ setting, was, is }: ImportedSetting) => [settingText(setting, was), settingText(setting, is)];

const urlTexts = ({ was, is }: ImportedUrl) => [
  was ?? undefined,
  is === null ? undefined : `${is}${is === was ? '  (a masked value differs)' : ''}`,
];
