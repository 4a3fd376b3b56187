import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Redelivery } from '../../functions/console/api/failed-routes.ts';
import { summary } from '../../functions/console/page/failed/redelivery-texts.ts';

test('the summary of a redelivery has each reason once', () => {
  const rejected = (id: string, reason: string) => ({ id, trigger: 'task.edit', rejected: reason }) as const;
  const chosen: Redelivery['chosen'] = [
    { id: 'msg_1', trigger: 'task.edit' },
    rejected('msg_2', 'no URL'),
    rejected('msg_3', 'no row'),
    rejected('msg_4', 'no row'),
  ];
  assert.equal(
    summary({ confirmed: true, chosen }),
    '1 of 4 sent again. msg_2: not sent, no URL. 2 notifications: not sent, no row.',
  );
  assert.equal(summary({ confirmed: true, chosen: chosen.slice(0, 1) }), '1 of 1 sent again.');
});
