import type { Trigger } from '../../core/entity.ts';

/** What is being entered, on the version that was there when the input began. */
export interface Draft {
  readonly text: string;
  readonly seen: number;
}

const drafts = new Map<Trigger, Draft>();

/** What was set and not saved, also before another view was looked at. */
export const draftOf = (trigger: Trigger) => drafts.get(trigger);

export function keepDraft(trigger: Trigger, draft: Draft | undefined): void {
  if (draft) drafts.set(trigger, draft);
  else drafts.delete(trigger);
}

/** The browser asks before it throws away what was set. */
export function guardDrafts(): void {
  addEventListener('beforeunload', (event) => {
    if (drafts.size > 0) event.preventDefault();
  });
}
