import { type Entity, entities, entityOf, type Trigger } from '../../../core/entity.ts';
import { formattedString } from '../../../core/formatted-string.ts';
import { joinFormattedString, parseTriggerUrl } from '../../../core/trigger-url.ts';
import type { UrlRules } from '../../api/trigger-routes.ts';

/** A preview of the call, or the reason why the URL is rejected. */
export interface Preview {
  /** The URL up to the formatted string; empty without a valid URL. */
  readonly head: string;
  /** The formatted string. Its separator belongs to `head`, if there is one. */
  readonly tail: string;
  readonly rejected?: string;
}

/** The sample IDs of the manual. */
const samples: Readonly<Record<string, string>> = { AccountID: 'aaa', CaseID: 'ccc', FollowupID: 'fff', TaskID: 'ttt' };

export const sampleString = (entity: Entity) => formattedString(entity, samples);

/** The names of an entity's IDs, each with its sample. */
export function sampleIds(entity: Entity): readonly (readonly [name: string, value: string])[] {
  return entities[entity].ids.map((name) => [name, samples[name] ?? ''] as const);
}

/** Checks the entered URL by the rules of the API, and shows the call. */
export function preview(trigger: Trigger, entered: string, rules: UrlRules): Preview {
  const tail = sampleString(entityOf(trigger));
  if (entered === '') return { head: '', tail };
  const checked = parseTriggerUrl(trigger, entered, rules);
  if ('rejected' in checked) return { head: '', tail, rejected: checked.rejected };
  const called = joinFormattedString(checked.url, tail);
  return { head: called.slice(0, 1 - tail.length), tail: tail.slice(1) };
}
