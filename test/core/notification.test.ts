import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readChange } from '../../functions/core/change.ts';
import { fromMessage, notificationId, notificationOf, toMessage } from '../../functions/core/notification.ts';
import { notification, streamRecord } from '../support/records.ts';

function notificationFor(eventID: string, eventName: 'INSERT' | 'MODIFY' = 'INSERT') {
  const change = readChange('customer', streamRecord('customer', eventName, { AccountID: 'ä' }, { eventID }), 0);
  assert.equal(change.kind, 'change');
  return notificationOf(change);
}

test('the ID is the same each time the stream returns the record, and differs by record and trigger', () => {
  assert.equal(notificationFor('e1').id, notificationFor('e1').id);
  assert.notEqual(notificationFor('e1').id, notificationFor('e2').id);
  assert.notEqual(notificationId('e1', 'customer.create'), notificationId('e1', 'customer.edit'));
});

test('the ID is valid as a webhook-id and as a deduplication ID of SQS', () => {
  assert.match(notificationFor('e1').id, /^msg_[0-9a-f]{32}$/);
});

test('reads the notification from its message, which is ASCII', () => {
  const sent = notificationFor('e1');
  assert.match(toMessage(sent), /^[\x20-\x7e]+$/);
  assert.deepEqual(fromMessage(toMessage(sent)), sent);
  const test = notification({ test: true });
  assert.deepEqual(fromMessage(toMessage(test)), test);
});

test('reads a message that another program parsed and formatted again', () => {
  const sent = notificationFor('e1');
  assert.deepEqual(fromMessage(JSON.stringify(JSON.parse(toMessage(sent)), null, 2)), sent);
});

const { id, record } = notification();

const unreadable: [string, string, RegExp][] = [
  ['invalid JSON', '{', /not JSON/],
  ['a number', '7', /not of version 1/],
  ['null', 'null', /not of version 1/],
  ['no version', JSON.stringify(notification()), /not of version 1/],
  ['a later version', JSON.stringify({ v: 2, ...notification() }), /not of version 1/],
  ['an unknown trigger', toMessage(notification({ trigger: 'followup.edit' as never })), /message's trigger is/],
  [
    'a formatted string that could end the query',
    toMessage(notification({ formattedString: '?a=b#\r\nx: y' })),
    /formattedString/,
  ],
  ['a sequence that is not a number', toMessage(notification({ sequence: 'x' })), /message's sequence is/],
  ['text before the sequence', toMessage(notification({ sequence: 'x1' })), /message's sequence is/],
  ['text after the sequence', toMessage(notification({ sequence: '1x' })), /message's sequence is/],
  ['text before the ID', toMessage(notification({ id: `x${id}` })), /message's id is/],
  ['text after the ID', toMessage(notification({ id: `${id}0` })), /message's id is/],
  ['a digit before the record', toMessage(notification({ record: `0${record}` })), /message's record is/],
  ['a digit after the record', toMessage(notification({ record: `${record}0` })), /message's record is/],
  [
    'text before the formatted string',
    toMessage(notification({ formattedString: 'x?a=b' })),
    /message's formattedString is/,
  ],
];

for (const [title, body, reason] of unreadable)
  test(`returns why a message with ${title} is unreadable`, () => {
    const read = fromMessage(body);
    assert.ok('unreadable' in read);
    assert.match(read.unreadable, reason);
  });
