import type { TriggersNow } from '../../adapters/trigger-store.ts';
import { type Trigger, triggers } from '../../core/entity.ts';
import { UserError } from '../../operations/user-error.ts';

/** A URL's version as an ETag, and back; and those of all triggers in one, in the order in which people see them. */

export const tagOf = (version: number) => `"${version}"`;

export const tagOfAll = (now: TriggersNow) => `"${triggers.map((t) => now.get(t)?.urlVersion ?? 0).join('.')}"`;

/** @throws {UserError} When it is no version. */
export function versionOf(tag: string): number {
  if (!/^\d{1,15}$/.test(tag))
    throw new UserError('If-Match is no version: send the ETag, or the version, that you saw.');
  return Number(tag);
}

/** @throws {UserError} When these are not as many versions as there are triggers. */
export function versionsOf(tag: string): ReadonlyMap<Trigger, number> {
  const versions = tag.split('.');
  if (versions.length !== triggers.length)
    throw new UserError('If-Match is not what an export was sent with: export, and send its ETag.');
  return new Map(triggers.map((trigger, i) => [trigger, versionOf(versions[i] ?? '')]));
}
