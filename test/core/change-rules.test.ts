import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readChange } from '../../functions/core/change.ts';
import { streamRecord } from '../support/records.ts';

const NOW = 1_770_000_000_000;

/** An edit from one row to another. `view` are the images in the record. */
function edit(before: Record<string, string>, after: Record<string, string>, view = ['OldImage', 'NewImage'] as const) {
  const record = streamRecord('task', 'MODIFY', { AccountID: 'a', TaskID: 't', ...after });
  const { dynamodb: old } = streamRecord('task', 'MODIFY', { AccountID: 'a', TaskID: 't', ...before });
  Object.assign(record.dynamodb ?? {}, { OldImage: old?.OldImage });
  for (const image of ['OldImage', 'NewImage'] as const) if (!view.includes(image)) delete record.dynamodb?.[image];
  return record;
}

test('ignores an edit of ignored attributes only, but no other edit, create or delete', () => {
  const rules = { ignore: ['seen'] };
  assert.equal(readChange('task', edit({ seen: '1' }, { seen: '2' }), NOW, rules).kind, 'ignored');
  assert.equal(readChange('task', edit({ seen: '1' }, { seen: '2', note: 'n' }), NOW, rules).kind, 'change');
  assert.equal(readChange('task', edit({ seen: '1' }, { seen: '2' }), NOW).kind, 'change', 'without a rule');
  for (const eventName of ['INSERT', 'REMOVE'] as const) {
    const record = streamRecord('task', eventName, { AccountID: 'a', TaskID: 't', seen: '1' });
    assert.equal(readChange('task', record, NOW, rules).kind, 'change', eventName);
  }
});

test('an edit that only reorders a set changes nothing and is not suppressed', () => {
  const reordered = edit({}, {});
  Object.assign(reordered.dynamodb?.OldImage ?? {}, { tags: { SS: ['x', 'y'] }, seen: { S: '1' } });
  Object.assign(reordered.dynamodb?.NewImage ?? {}, { tags: { SS: ['y', 'x'] }, seen: { S: '2' } });
  assert.equal(readChange('task', reordered, NOW, { ignore: ['seen'] }).kind, 'ignored');
  assert.equal(readChange('task', reordered, NOW, { silencedBy: 'tags' }).kind, 'change');
});

test('ignores writes of the replicator of global tables version 2017.11.29', () => {
  const before = { note: 'n', 'aws:rep:updateregion': 'eu-west-1' };
  for (const rules of [{}, { ignore: ['seen'] }, { silencedBy: 'by' }]) {
    const read = (from: Record<string, string>, to: Record<string, string>) =>
      readChange('task', edit(from, to), NOW, rules).kind;
    assert.equal(read({ note: 'n' }, { ...before, 'aws:rep:updatetime': '1' }), 'ignored', 'after a create');
    assert.equal(read(before, { ...before, 'aws:rep:updateregion': 'eu-west-2' }), 'ignored', 'after an edit');
    assert.equal(read(before, { ...before, 'aws:rep:deleting': 'true' }), 'ignored', 'before a delete');
    assert.equal(
      read(before, { note: 'm', 'aws:rep:updateregion': 'eu-west-2' }),
      'change',
      'an edit in another region',
    );
    assert.equal(
      read({ note: 'n', 'aws:report': '1' }, { note: 'n', 'aws:report': '2' }),
      'change',
      'an attribute with a similar name',
    );
  }
  for (const eventName of ['INSERT', 'REMOVE'] as const)
    assert.equal(
      readChange('task', streamRecord('task', eventName, { AccountID: 'a', TaskID: 't', ...before }), NOW).kind,
      'change',
    );
  assert.equal(
    readChange('task', edit(before, { ...before, 'aws:rep:deleting': 'true' }, ['NewImage'] as never), NOW).kind,
    'change',
  );
});

test('suppresses a marked write of a receiver, but not a later write to the same row', () => {
  const rules = { silencedBy: 'receiver' };
  assert.partialDeepStrictEqual(readChange('task', edit({}, { receiver: 'r1', note: 'n' }), NOW, rules), {
    kind: 'suppressed',
    trigger: 'task.edit',
  });
  assert.equal(readChange('task', edit({ receiver: 'r1' }, { receiver: 'r2' }), NOW, rules).kind, 'suppressed');
  assert.equal(readChange('task', edit({ receiver: 'r2' }, { receiver: 'r2', note: 'n' }), NOW, rules).kind, 'change');
  const deleted = streamRecord('task', 'REMOVE', { AccountID: 'a', TaskID: 't', receiver: 'r2' });
  assert.equal(readChange('task', deleted, NOW, rules).kind, 'change');
});

test('never suppresses an edit whose old image is null', () => {
  const record = edit({}, { by: 'r1' });
  Object.assign(record.dynamodb ?? {}, { OldImage: null });
  assert.equal(readChange('task', record, NOW, { silencedBy: 'by' }).kind, 'change');
});

test('ignores and suppresses no edit if the stream has no old images', () => {
  const withoutOldImage = edit({ seen: '1' }, { seen: '2' }, ['NewImage'] as never);
  assert.equal(readChange('task', withoutOldImage, NOW, { ignore: ['seen'] }).kind, 'change');
  assert.equal(readChange('task', withoutOldImage, NOW, { silencedBy: 'seen' }).kind, 'change');
});
