import type { Trigger } from '../../functions/core/entity.ts';

export const T: Trigger = 'customer.edit';

export const AT = 1_760_000_000_000;

export const known = { attempts: 3, firstAttempt: 11, response: 'HTTP 503', nextTry: 22 };
