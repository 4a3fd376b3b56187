import type { Trigger } from '../../functions/core/entity.ts';
import type { Notification } from '../../functions/core/notification.ts';
import { type Harness, type Item, putItem } from './harness.ts';

export const T: Trigger = 'case.edit';

export const ID = `msg_${'0123456789abcdef'.repeat(2)}`;

export const RECORD = 'ab'.repeat(32);

export const AT = 1_760_000_000_000;

export const EXPIRES = { N: '2000000000' };

export const sent: Notification = {
  id: ID,
  trigger: T,
  formattedString: '?AccountID=a1&CaseID=c1',
  record: RECORD,
  sequence: '4200042',
  changedAt: 1_759_999_999_000,
};

export const put = (harness: Harness, item: Item) => putItem(harness, 'backlog', item);
