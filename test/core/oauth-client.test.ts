import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oauthClient } from '../../functions/core/oauth-client.ts';
import { defaultRules } from '../support/rules.ts';

const entered = { tokenUrl: 'https://ID.example.com/token', clientId: 'us', clientSecret: 'secret' };
const checked = (changed: Partial<Record<string, string>>) =>
  oauthClient('case.edit', { ...entered, ...changed }, defaultRules);

test('stores the token URL as a parser writes it, and leaves out empty optional fields', () => {
  const client = { ...entered, tokenUrl: 'https://id.example.com/token' };
  assert.deepEqual(checked({ scope: '', audience: '' }), { client });
  for (const scope of ['r', 'read', 'read write', 'a b c'])
    assert.deepEqual(checked({ scope, audience: 'x' }), { client: { ...client, scope, audience: 'x' } });
  const longest = 's'.repeat(2048);
  assert.deepEqual(checked({ clientSecret: longest }), { client: { ...client, clientSecret: longest } });
});

const VISIBLE = 'starts or ends with a space, or contains characters other than visible ASCII';

test('rejects a wrong value in one line that has no part of it', () => {
  for (const [changed, line] of [
    [{ tokenUrl: '' }, 'The token URL for case.edit is empty.'],
    [{ tokenUrl: 'http://id.example.com/' }, 'The token URL for case.edit begins with http://'],
    [{ tokenUrl: 'https://a:MARKER@id.example.com/' }, 'The token URL for case.edit has a user name or password.'],
    [{ tokenUrl: 'https://MARKER@id.example.com/' }, 'The token URL for case.edit has a user name or password.'],
    [{ tokenUrl: 'https://:MARKER@id.example.com/' }, 'The token URL for case.edit has a user name or password.'],
    [{ tokenUrl: 'https://id.example.com/#MARKER' }, 'The token URL for case.edit has a fragment.'],
    [{ tokenUrl: 'https://10.0.0.1/' }, 'The token URL for case.edit leads to an address that is not public.'],
    [{ clientId: '' }, 'The client ID for case.edit is empty.'],
    [{ clientId: 'MARKER\nx' }, `The client ID for case.edit ${VISIBLE}.`],
    [{ clientSecret: '' }, 'The client secret for case.edit is empty.'],
    [{ clientSecret: 'MARKER ' }, `The client secret for case.edit ${VISIBLE}.`],
    [{ clientSecret: 'MARKERä' }, `The client secret for case.edit ${VISIBLE}.`],
    [{ clientSecret: `MARKER${'s'.repeat(2043)}` }, 'The client secret for case.edit has more than 2048 characters.'],
    [{ scope: 'MARKER  b' }, 'The scope for case.edit is not a list of scopes.'],
    [{ scope: '"MARKER"' }, 'The scope for case.edit is not a list of scopes.'],
    [{ audience: 'MARKER\r\nx' }, `The audience for case.edit ${VISIBLE}.`],
  ] as const) {
    const result = checked(changed);
    assert.ok('rejected' in result, line);
    assert.ok(result.rejected.startsWith(line), result.rejected);
    assert.doesNotMatch(result.rejected, /MARKER|\n/);
    assert.match(result.rejected, /Fix: .*\.$/);
  }
});
