import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keptHeaders } from '../../functions/core/response-headers.ts';

test('keeps only headers without cookies and credentials, as lines', () => {
  const headers = {
    'content-type': 'text/html',
    'content-length': '12',
    date: 'Fri, 27 Nov 2026 14:00:00 GMT',
    server: 'nginx',
    'retry-after': '7',
    'set-cookie': ['session=MARKER'],
    authorization: 'MARKER',
    'www-authenticate': 'Basic realm="MARKER"',
    'x-amz-security-token': 'MARKER',
  };
  assert.equal(
    keptHeaders(headers),
    'content-type: text/html\ncontent-length: 12\ndate: Fri, 27 Nov 2026 14:00:00 GMT\nretry-after: 7\nserver: nginx',
  );
  assert.equal(keptHeaders({ 'set-cookie': 'a=b' }), '');
});

test('masks the target of a redirect, also credentials in its fragment', () => {
  const masked = (location: string) => keptHeaders({ location });
  assert.equal(
    masked('https://ada:MARKER@example.com/in?token=MARKER#access_token=MARKER'),
    'location: https://ada:***@example.com/in?token=***',
  );
  assert.doesNotMatch(masked('/in?token=MARKER'), /MARKER/);
});

test('keeps at most 1 KiB, and no repeated header', () => {
  const long = 'x'.repeat(60_000);
  const all = ['content-type', 'content-length', 'date', 'retry-after', 'server'];
  const kept = keptHeaders({ ...Object.fromEntries(all.map((name) => [name, long])), location: `https://a/${long}` });
  assert.ok(kept.length <= 1024, `${kept.length}`);
  assert.equal(keptHeaders({ server: ['a', 'b'] }), '');
});
