import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { entities, entityNames } from '../../functions/core/entity.ts';
import { formattedString, percentEncode } from '../../functions/core/formatted-string.ts';
import { anyText } from '../support/any-text.ts';

test('contains the IDs of each entity, in the order of the manual', () => {
  const ids = { AccountID: 'aaa', CaseID: 'ccc', FollowupID: 'fff', TaskID: 'ttt' };
  assert.equal(formattedString('customer', ids), '?AccountID=aaa');
  assert.equal(formattedString('case', ids), '?AccountID=aaa&CaseID=ccc');
  assert.equal(formattedString('followup', ids), '?AccountID=aaa&CaseID=ccc&FollowupID=fff');
  assert.equal(formattedString('task', ids), '?AccountID=aaa&TaskID=ttt');
});

test('percent-encodes all characters except the unreserved ones of RFC 3986', () => {
  assert.equal(percentEncode('AZaz09-._~'), 'AZaz09-._~');
  assert.equal(percentEncode("!'()*"), '%21%27%28%29%2A');
  assert.equal(percentEncode(' +&=?#/%"<>\\^`{|}'), '%20%2B%26%3D%3F%23%2F%25%22%3C%3E%5C%5E%60%7B%7C%7D');
  assert.equal(percentEncode('Müller 東京 🎧'), 'M%C3%BCller%20%E6%9D%B1%E4%BA%AC%20%F0%9F%8E%A7');
  assert.equal(percentEncode('\u0000\r\n'), '%00%0D%0A');
});

test('a URL parser reads the same IDs, with any Unicode text', () => {
  const id = anyText({ minLength: 1 });
  fc.assert(
    fc.property(fc.constantFrom(...entityNames), id, id, id, id, (entity, AccountID, CaseID, FollowupID, TaskID) => {
      const ids: Record<string, string> = { AccountID, CaseID, FollowupID, TaskID };
      const { searchParams } = new URL(`https://example.com/${formattedString(entity, ids)}`);
      assert.deepEqual(
        [...searchParams],
        entities[entity].ids.map((name) => [name, ids[name]]),
      );
    }),
    { numRuns: 1000 },
  );
});

test('a missing ID has an empty value', () => {
  assert.equal(formattedString('case', { CaseID: 'c' }), '?AccountID=&CaseID=c');
});
