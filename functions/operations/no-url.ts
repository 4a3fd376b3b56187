import type { Trigger } from '../core/entity.ts';

/** The end of a sentence: why nothing can be sent for a trigger, and how to fix it. It has no full stop. */
export const noUrl = (trigger: Trigger): string =>
  `no URL is set for ${trigger}. To fix this, set one with crm-triggers set ${trigger} URL`;
