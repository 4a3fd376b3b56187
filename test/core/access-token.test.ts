import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokenOf, tokenRequest } from '../../functions/core/access-token.ts';
import type { CallResult } from '../../functions/core/outcome.ts';

const client = { tokenUrl: 'https://id.example.com/token', clientId: 'us', clientSecret: 'secret' };

test('a token request sends the form-encoded ID and secret as Basic authorization, and the scope and audience in the form', () => {
  const odd = { ...client, clientId: 'a:b c', clientSecret: 'ä+/%', scope: 'read write', audience: 'https://api' };
  const { headers, form } = tokenRequest(odd);
  const [, basic = ''] = headers.authorization.split(' ');
  assert.equal(Buffer.from(basic, 'base64').toString(), 'a%3Ab+c:%C3%A4%2B%2F%25');
  assert.equal(form, 'grant_type=client_credentials&scope=read+write&audience=https%3A%2F%2Fapi');
  assert.equal(tokenRequest(client).form, 'grant_type=client_credentials');
});

const issued = (fields: object, status = 200): CallResult => ({ status, body: JSON.stringify(fields) });

test('a token is kept for its lifetime without a margin, for a short time without a lifetime, and never longer than an hour', () => {
  const lifetimes: readonly (readonly [unknown, number])[] = [
    [3600, 3570],
    ['600', 570],
    [60, 30],
    [10, 5],
    [0, 0],
    [-5, 0],
    ['-5', 0],
    [1e12, 3570],
    ['1e400', 3570],
    [undefined, 30],
    [null, 30],
    ['', 30],
    ['soon', 30],
    [{}, 30],
  ];
  for (const [lifetime, seconds] of lifetimes) {
    const fields = { access_token: 't', token_type: 'bearer', expires_in: lifetime };
    assert.deepEqual(tokenOf(issued(fields)), { token: 't', seconds }, String(lifetime));
  }
  assert.deepEqual(tokenOf(issued({ access_token: 't' })), { token: 't', seconds: 30 });
});

test('a response without a token is an outcome: an outage, a request for fewer calls, or what only an admin can fix', () => {
  const body = '{"error":"invalid_client","error_description":"MARKER"}';
  const outcomes: readonly (readonly [CallResult, string, string])[] = [
    [{ failure: 'connection refused' }, 'failed', 'token endpoint: connection refused'],
    [{ blocked: 'leads elsewhere' }, 'blocked', 'the token endpoint leads elsewhere'],
    [{ status: 500, body }, 'failed', 'token endpoint responded with HTTP 500 (invalid_client)'],
    [{ status: 503, body: '' }, 'failed', 'token endpoint responded with HTTP 503'],
    [{ status: 408, body: '' }, 'failed', 'token endpoint responded with HTTP 408'],
    [{ status: 302, body: '' }, 'blocked', 'token endpoint responded with HTTP 302'],
    [{ status: 400, body }, 'blocked', 'token endpoint responded with HTTP 400 (invalid_client)'],
    [{ status: 401, body: 'MARKER' }, 'blocked', 'token endpoint responded with HTTP 401'],
    [{ status: 404, body: '{"error":"MARKER"}' }, 'blocked', 'token endpoint responded with HTTP 404'],
    [{ status: 200, body: '<html>MARKER' }, 'failed', 'token endpoint sent no usable token'],
    [{ status: 200, body: 'null' }, 'failed', 'token endpoint sent no usable token'],
    [issued({ access_token: 7 }), 'failed', 'token endpoint sent no usable token'],
    [issued({ access_token: '' }), 'failed', 'token endpoint sent no usable token'],
    [issued({ access_token: 'MARKER\r\nx: y' }), 'failed', 'token endpoint sent no usable token'],
    [issued({ access_token: 'MARKER ä' }), 'failed', 'token endpoint sent no usable token'],
    [
      issued({ access_token: 'MARKER', token_type: 'mac' }),
      'failed',
      'token endpoint sent a token that is not of the type Bearer',
    ],
  ];
  for (const [result, kind, response] of outcomes)
    assert.deepEqual(tokenOf(result), { outcome: { kind, response } }, response);
});

test('Retry-After of the token endpoint delays the attempt', () => {
  const outcome = (kind: string, status: number) => ({
    outcome: { kind, response: `token endpoint responded with HTTP ${status}`, retryAfter: '7' },
  });
  for (const [status, kind] of [
    [429, 'throttled'],
    [503, 'throttled'],
    [500, 'failed'],
  ] as const)
    assert.deepEqual(tokenOf({ status, retryAfter: '7', body: '' }), outcome(kind, status));
  assert.deepEqual(tokenOf({ status: 400, retryAfter: '7', body: '' }), {
    outcome: { kind: 'blocked', response: 'token endpoint responded with HTTP 400' },
  });
});
