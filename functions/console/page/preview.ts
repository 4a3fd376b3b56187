import { entities, entityOf, type Trigger } from '../../core/entity.ts';
import { formattedString } from '../../core/formatted-string.ts';
import { joinFormattedString, parseTriggerUrl } from '../../core/trigger-url.ts';
import type { UrlPolicy } from '../../core/url-policy.ts';

/** What a call will look like, or why there will be none. */
export interface Preview {
  /** The URL up to the formatted string; empty when none is set, or a wrong one. */
  readonly head: string;
  /** The formatted string; the separator before it belongs to `head`, unless there is none. */
  readonly tail: string;
  readonly rejected?: string;
}

/** The ids as the manual writes them. */
const samples: Readonly<Record<string, string>> = { AccountID: 'aaa', CaseID: 'ccc', FollowupID: 'fff', TaskID: 'ttt' };

export function sampleString(trigger: Trigger): string {
  return formattedString(entityOf(trigger), samples);
}

/** The names of the ids, and what stands for each. */
export function sampleIds(trigger: Trigger): readonly (readonly [name: string, value: string])[] {
  return entities[entityOf(trigger)].ids.map((name) => [name, samples[name] ?? ''] as const);
}

/** Checks what is set so far by the rules that it will be kept by, and shows what will be called. */
export function preview(trigger: Trigger, entered: string, rules: UrlPolicy): Preview {
  const tail = sampleString(trigger);
  if (entered === '') return { head: '', tail };
  const checked = parseTriggerUrl(trigger, entered, rules);
  if ('rejected' in checked) return { head: '', tail, rejected: checked.rejected };
  const called = joinFormattedString(checked.url, tail);
  return { head: called.slice(0, 1 - tail.length), tail: tail.slice(1) };
}
