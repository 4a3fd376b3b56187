import type { Trigger } from '../../core/entity.ts';

/** Unsaved input, with the version of the URL when the input began. */
export interface Draft {
  readonly text: string;
  readonly seen: number;
}

const drafts = new Map<Trigger, Draft>();

/** Unsaved input, kept while another view is shown. */
export const draftOf = (trigger: Trigger) => drafts.get(trigger);

export function keepDraft(trigger: Trigger, draft: Draft | undefined): void {
  if (draft) drafts.set(trigger, draft);
  else drafts.delete(trigger);
}

/** The browser asks before it discards unsaved input. */
export function guardDrafts(): void {
  addEventListener('beforeunload', (event) => {
    if (drafts.size > 0) event.preventDefault();
  });
}
