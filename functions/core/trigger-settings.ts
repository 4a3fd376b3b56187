import type { Trigger } from './entity.ts';

/** The most calls a second that a trigger can be limited to, and the least. */
export const MAX_LIMIT = 1000;
export const MIN_LIMIT = 0.001;

/** The settings of a trigger that limit its calls. */
export interface TriggerSettings {
  /** The most calls a second. Absent: no limit. */
  readonly maxPerSecond?: number;
  /** Whether pending edits of one record are merged into one call. Absent: they are not. */
  readonly coalesce?: boolean;
}

export type SettingName = keyof TriggerSettings;

/** New values of settings. `null` removes the limit. A setting that is absent does not change. */
export interface SettingChanges {
  readonly maxPerSecond?: number | null;
  readonly coalesce?: boolean;
}

export const isLimit = (value: unknown): value is number =>
  typeof value === 'number' && value >= MIN_LIMIT && value <= MAX_LIMIT;

/** Only the edits of a record repeat each other: a create or a delete is the only one of its record. */
export const canCoalesce = (trigger: Trigger): boolean => trigger.endsWith('.edit');

/** Checks new values of settings. Returns nothing, or a validation error in one line. */
export function settingsRejection(
  trigger: Trigger,
  { maxPerSecond, coalesce }: Readonly<Record<SettingName, unknown>>,
): string | undefined {
  if (maxPerSecond !== undefined && maxPerSecond !== null && !isLimit(maxPerSecond))
    return `The limit of ${trigger} is not a number of calls per second from ${MIN_LIMIT} to ${MAX_LIMIT}. Fix: enter a number such as 5 or 0.5.`;
  if (coalesce !== undefined && typeof coalesce !== 'boolean')
    return `The setting coalesce of ${trigger} is neither true nor false. Fix: enter one of them.`;
  if (coalesce && !canCoalesce(trigger))
    return `${trigger} cannot merge calls: only edits of one record can be merged. Fix: choose a trigger that ends with .edit.`;
  return undefined;
}

type Value = number | boolean | null | undefined;

const texts: Readonly<Record<SettingName, (value: Value) => string>> = {
  maxPerSecond: (value) => `at most ${value}/s`,
  coalesce: () => 'merges pending edits',
};

/** A setting as text, such as `at most 5/s`. Nothing if it is off. */
export function settingText(name: SettingName, value: Value): string | undefined {
  return value ? texts[name](value) : undefined;
}
