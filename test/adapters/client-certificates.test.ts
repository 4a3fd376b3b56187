import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import { test } from 'node:test';
import tls, { type TLSSocket } from 'node:tls';
import { describe } from '../../functions/adapters/failure.ts';
import { makeCall } from '../../functions/adapters/http-call.ts';
import { nameLookup } from '../../functions/adapters/name-lookup.ts';
import { client, expired, intermediate, root, rsaClient } from '../support/client-certificates.ts';
import { onLoopback } from '../support/loopback.ts';
import { defaultRules, loopbackRules } from '../support/rules.ts';
import { selfSigned } from '../support/self-signed.ts';
import { tokenEndpoint } from '../support/token-endpoint.ts';

tls.setDefaultCACertificates([selfSigned.cert]);

const withChain = { cert: `${client.cert}\n${intermediate}`, key: client.key };
const unknown = { cert: selfSigned.cert, key: selfSigned.key };

/** A receiver that asks for a client certificate. @param requires Whether it rejects a connection without one. */
async function receiver(options: { readonly requires: boolean; readonly maxVersion?: 'TLSv1.2' }) {
  const calls: { readonly by: string | undefined; readonly connection: number; readonly authorization?: string }[] = [];
  const connections: TLSSocket[] = [];
  const { requires: rejectUnauthorized, ...more } = options;
  const server = createServer({ ...selfSigned, ca: root, requestCert: true, rejectUnauthorized, ...more });
  server.on('request', ({ socket, headers: { authorization } }, response) => {
    const { subject } = (socket as TLSSocket).getPeerCertificate();
    const connection = connections.indexOf(socket as TLSSocket);
    calls.push({ by: subject?.CN?.toString(), connection, ...(authorization && { authorization }) });
    response.end();
  });
  server.on('secureConnection', (socket) => connections.push(socket));
  const { origin, ...served } = await onLoopback(server);
  return { calls, connections, origin: origin.replace('http:', 'https:'), ...served };
}

const options = { connectTimeoutSeconds: 1, attemptTimeoutSeconds: 2, rules: loopbackRules };
const newCall = () => makeCall(options, nameLookup());
const delivered = { status: 200, body: '' };

test('a call presents the certificate of its trigger with its chain, by EC and RSA keys, over TLS 1.2 and 1.3', async () => {
  for (const version of [{}, { maxVersion: 'TLSv1.2' as const }]) {
    await using server = await receiver({ requires: true, ...version });
    const call = newCall();
    const calls = [withChain, rsaClient].map((certificate, index) =>
      call(server.origin, {}, undefined, { trigger: index ? 'case.edit' : 'case.create', certificate }),
    );
    assert.partialDeepStrictEqual(await Promise.all(calls), [delivered, delivered]);
    assert.deepEqual(server.calls.map(({ by }) => by).sort(), ['crm-triggers', 'crm-triggers RSA']);
  }
});

test('a connection with a certificate is kept for its trigger, and is used for no other trigger', async () => {
  await using server = await receiver({ requires: false });
  const call = newCall();
  const credentials = { trigger: 'case.edit', certificate: withChain } as const;
  await call(server.origin, {}, undefined, credentials);
  await call(server.origin, {}, undefined, { ...credentials, certificate: { ...withChain } });
  await call(server.origin, {}, undefined, { ...credentials, trigger: 'case.create' });
  await call(server.origin, {});
  await call(server.origin, {}, undefined, { ...credentials, certificate: rsaClient });
  assert.deepEqual(server.calls, [
    { by: 'crm-triggers', connection: 0 },
    { by: 'crm-triggers', connection: 0 },
    { by: 'crm-triggers', connection: 1 },
    { by: undefined, connection: 2 },
    { by: 'crm-triggers RSA', connection: 3 },
  ]);
});

test('a missing and a rejected certificate are failures', async () => {
  const broken = { failure: 'connection broken before a response' };
  for (const version of [{}, { maxVersion: 'TLSv1.2' as const }]) {
    await using server = await receiver({ requires: true, ...version });
    for (const certificate of [unknown, client, expired])
      assert.deepEqual(await newCall()(server.origin, {}, undefined, { trigger: 'case.edit', certificate }), broken);
    const failure = version.maxVersion ? 'TLS handshake rejected (handshake failure)' : broken.failure;
    assert.deepEqual(await newCall()(server.origin, {}), { failure });
    assert.equal(server.calls.length, 0);
  }
});

test('the alert with which a receiver ends the handshake is in the failure', () => {
  const seconds = { connectTimeoutSeconds: 1, attemptTimeoutSeconds: 2 };
  for (const [code, alert] of [
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'certificate required'],
    ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED', 'certificate expired'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'unknown ca'],
  ] as const)
    assert.equal(describe(code, seconds), `TLS handshake rejected (${alert})`);
});

test('a call with a certificate connects only to allowed addresses', async () => {
  await using server = await receiver({ requires: true });
  const call = makeCall({ ...options, rules: defaultRules }, nameLookup());
  const made = await call(server.origin, {}, undefined, { trigger: 'case.edit', certificate: withChain });
  assert.ok('blocked' in made);
  assert.equal(server.connections.length, 0);
});

test('a call can have a certificate and a token, and the token endpoint does not get the certificate', async () => {
  await using tokens = await tokenEndpoint();
  await using server = await receiver({ requires: true });
  const credentials = { trigger: 'case.edit', certificate: withChain, oauth: tokens.client } as const;
  assert.partialDeepStrictEqual(await newCall()(server.origin, {}, undefined, credentials), delivered);
  assert.deepEqual(server.calls, [{ by: 'crm-triggers', connection: 0, authorization: 'Bearer token-1' }]);
});
