import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { preview } from '../../functions/console/page/triggers/preview.ts';
import { parseTriggerUrl } from '../../functions/core/trigger-url.ts';
import { defaultRules, loopbackRules } from '../support/rules.ts';

describe('the preview of a URL', () => {
  test('shows the URL that will be called', () => {
    const shown = (entered: string) => {
      const { head, tail } = preview('followup.create', entered, defaultRules);
      return [head, tail];
    };
    const ids = 'AccountID=aaa&CaseID=ccc&FollowupID=fff';
    assert.deepEqual(shown(''), ['', `?${ids}`]);
    assert.deepEqual(shown('https://example.com/x'), ['https://example.com/x?', ids]);
    assert.deepEqual(shown('https://example.com/x?k=v#part'), ['https://example.com/x?k=v&', ids]);
    assert.deepEqual(shown('https://EXAMPLE.com'), ['https://example.com/?', ids]);
  });

  test('shows the error with which the API rejects the URL', () => {
    for (const entered of [
      'example.com',
      'http://example.com',
      'https://10.1.2.3',
      'https://x/?AccountID=1',
      'https://localhost',
    ]) {
      const checked = parseTriggerUrl('task.edit', entered, defaultRules);
      assert.ok('rejected' in checked);
      assert.equal(preview('task.edit', entered, defaultRules).rejected, checked.rejected);
    }
    assert.equal(preview('task.edit', 'http://127.0.0.1:4000/', loopbackRules).rejected, undefined);
  });
});
