import type { Trigger } from '../core/entity.ts';

/** Why nothing can be sent for a trigger, and how to fix that. It ends a sentence, without its full stop. */
export const noUrl = (trigger: Trigger): string =>
  `no URL is set for ${trigger}. To fix this, set one with crm-triggers set ${trigger} URL`;
