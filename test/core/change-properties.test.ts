import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { readChange } from '../../functions/core/change.ts';
import { entityNames } from '../../functions/core/entity.ts';
import { fromMessage, notificationOf, toMessage } from '../../functions/core/notification.ts';

const NOW = 1_770_000_000_000;

test('never throws, and the message of a change can be read, whatever the record', () => {
  const value = fc.oneof(
    fc.constant(undefined),
    fc.dictionary(fc.constantFrom('S', 'N', 'B', 'L', 'M', 'SS', 'X'), fc.oneof(fc.string(), fc.jsonValue())),
    fc.jsonValue(),
  );
  const names = fc.constantFrom('AccountID', 'CaseID', 'FollowupID', 'TaskID', 'aws:rep:deleting');
  const image = fc.oneof(fc.constantFrom(undefined, null), fc.dictionary(names, value), fc.jsonValue());
  const record = fc.record(
    {
      eventID: fc.oneof(fc.string(), fc.constant(null)),
      eventName: fc.constantFrom('INSERT', 'MODIFY', 'REMOVE', 'OTHER', 'constructor', undefined, null),
      userIdentity: fc.anything(),
      dynamodb: fc.oneof(
        fc.record(
          {
            Keys: image,
            NewImage: image,
            OldImage: image,
            SequenceNumber: fc.jsonValue(),
            ApproximateCreationDateTime: fc.jsonValue(),
          },
          { requiredKeys: [] },
        ),
        fc.jsonValue(),
      ),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.constantFrom(...entityNames), record, (entity, broken) => {
      const rules = { names: { AccountID: 'CaseID' }, ignore: ['TaskID'], silencedBy: 'FollowupID' };
      for (const setting of [undefined, rules]) {
        const change = readChange(entity, broken as DynamoDBRecord, NOW, setting);
        assert.ok(['change', 'unusable', 'suppressed', 'ignored'].includes(change.kind));
        if (change.kind !== 'change') continue;
        const notification = notificationOf(change);
        assert.deepEqual(fromMessage(toMessage(notification)), notification);
      }
    }),
  );
});
