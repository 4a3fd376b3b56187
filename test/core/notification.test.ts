import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readChange } from '../../functions/core/change.ts';
import { fromMessage, notificationId, notificationOf, toMessage } from '../../functions/core/notification.ts';
import { notification, streamRecord } from '../support/records.ts';

function made(eventID: string, eventName: 'INSERT' | 'MODIFY' = 'INSERT') {
  const change = readChange('customer', streamRecord('customer', eventName, { AccountID: 'ä' }, { eventID }), 0);
  assert.equal(change.kind, 'change');
  return notificationOf(change);
}

test('the id is the same however often the stream hands the record out, and another for another record or trigger', () => {
  assert.equal(made('e1').id, made('e1').id);
  assert.notEqual(made('e1').id, made('e2').id);
  assert.notEqual(notificationId('e1', 'customer.create'), notificationId('e1', 'customer.edit'));
});

test('the id suits a webhook-id and a deduplication id', () => {
  assert.match(made('e1').id, /^msg_[0-9a-f]{32}$/);
});

test('a message carries its notification there and back, in ASCII', () => {
  const sent = made('e1');
  assert.match(toMessage(sent), /^[\x20-\x7e]+$/);
  assert.deepEqual(fromMessage(toMessage(sent)), sent);
  const test = notification({ test: true });
  assert.deepEqual(fromMessage(toMessage(test)), test);
});

test('a message may have been written anew by what handed it on', () => {
  const sent = made('e1');
  assert.deepEqual(fromMessage(JSON.stringify(JSON.parse(toMessage(sent)), null, 2)), sent);
});

const { id, record } = notification();

const unreadable: [string, string, RegExp][] = [
  ['no JSON', '{', /not JSON/],
  ['no object', '7', /not of version 1/],
  ['null', 'null', /not of version 1/],
  ['no version', JSON.stringify(notification()), /not of version 1/],
  ['a later version', JSON.stringify({ v: 2, ...notification() }), /not of version 1/],
  ['no such trigger', toMessage(notification({ trigger: 'followup.edit' as never })), /message's trigger is/],
  [
    'a string that could break out of the query',
    toMessage(notification({ formattedString: '?a=b#\r\nx: y' })),
    /formattedString/,
  ],
  ['a sequence that is no number', toMessage(notification({ sequence: 'x' })), /message's sequence is/],
  ['something before a sequence', toMessage(notification({ sequence: 'x1' })), /message's sequence is/],
  ['something behind a sequence', toMessage(notification({ sequence: '1x' })), /message's sequence is/],
  ['something before an id', toMessage(notification({ id: `x${id}` })), /message's id is/],
  ['something behind an id', toMessage(notification({ id: `${id}0` })), /message's id is/],
  ['something before a record', toMessage(notification({ record: `0${record}` })), /message's record is/],
  ['something behind a record', toMessage(notification({ record: `${record}0` })), /message's record is/],
  ['something before a query', toMessage(notification({ formattedString: 'x?a=b' })), /message's formattedString is/],
];

for (const [title, body, reason] of unreadable)
  test(`a message with ${title} is unreadable, with the reason`, () => {
    const read = fromMessage(body);
    assert.ok('unreadable' in read);
    assert.match(read.unreadable, reason);
  });
