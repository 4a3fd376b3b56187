import type { Trigger } from '../core/entity.ts';
import {
  type SettingChanges,
  type SettingName,
  settingsRejection,
  settingText,
  type TriggerSettings,
} from '../core/trigger-settings.ts';
import type { Deps } from './deployment.ts';
import { note } from './record-change.ts';
import { UserError } from './user-error.ts';

export type SettingDeps = Deps<'triggersTable' | 'history' | 'who'>;

/** The names of the settings in the history. */
const kinds = { maxPerSecond: 'limit', coalesce: 'coalesce' } as const satisfies Record<SettingName, string>;

/**
 * Changes settings of a trigger. They take effect within a few seconds, and change neither its URL nor its state.
 *
 * @throws {UserError} If a value is not allowed. Nothing changes then.
 */
export async function changeSettings(deps: SettingDeps, trigger: Trigger, changes: SettingChanges): Promise<void> {
  const { maxPerSecond, coalesce } = changes;
  const rejected = settingsRejection(trigger, { maxPerSecond, coalesce });
  if (rejected !== undefined) throw new UserError(rejected);
  const now = (await deps.triggersTable.read([trigger])).get(trigger) ?? {};
  if (maxPerSecond !== undefined) await keep(deps, trigger, 'maxPerSecond', now, maxPerSecond ?? undefined);
  if (coalesce !== undefined) await keep(deps, trigger, 'coalesce', now, coalesce || undefined);
}

async function keep<Name extends SettingName>(
  deps: SettingDeps,
  trigger: Trigger,
  name: Name,
  { [name]: was }: TriggerSettings,
  is: TriggerSettings[Name] | undefined,
): Promise<void> {
  if (was === is) return;
  await deps.triggersTable.writeSetting(trigger, name, is);
  const [from = null, to = null] = [settingText(name, was), settingText(name, is)];
  await note(deps, { what: kinds[name], trigger, from, to });
}
