import type { TriggersNow } from '../../adapters/trigger-store.ts';
import { type Trigger, triggers } from '../../core/entity.ts';
import { UserError } from '../../operations/user-error.ts';

/** The version of one URL as an ETag. */
export const tagOf = (version: number) => `"${version}"`;

/** The versions of all URLs as one ETag, in the order of `triggers`. */
export const tagOfAll = (now: TriggersNow) => `"${triggers.map((t) => now.get(t)?.urlVersion ?? 0).join('.')}"`;

/** @throws {UserError} When the tag is not a version. */
export function versionOf(tag: string): number {
  if (!/^\d{1,15}$/.test(tag))
    throw new UserError('If-Match is not a version. To fix this, send the ETag, or the version, that you read.');
  return Number(tag);
}

/** @throws {UserError} When the tag does not contain one version per trigger. */
export function versionsOf(tag: string): ReadonlyMap<Trigger, number> {
  const versions = tag.split('.');
  if (versions.length !== triggers.length)
    throw new UserError('If-Match is not the ETag of an export. To fix this, export again and send the new ETag.');
  return new Map(triggers.map((trigger, i) => [trigger, versionOf(versions[i] ?? '')]));
}
