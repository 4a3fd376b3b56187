import type { Trigger } from '../../../core/entity.ts';

/** A URL that is entered and not saved. */
export interface Draft {
  readonly text: string;
  /** The version of the URL when the admin began to enter this one. */
  readonly expectedVersion: number;
}

/** Drafts outlive their view, so that an admin can look at another view and return. */
const drafts = new Map<Trigger, Draft>();

export const draftOf = (trigger: Trigger) => drafts.get(trigger);

export function storeDraft(trigger: Trigger, draft: Draft | undefined): void {
  if (draft) drafts.set(trigger, draft);
  else drafts.delete(trigger);
}

/** Makes the browser ask before it leaves the page with unsaved drafts. */
export function guardDrafts(): void {
  addEventListener('beforeunload', (event) => {
    if (drafts.size > 0) event.preventDefault();
  });
}
