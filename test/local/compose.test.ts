import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../infra/folders.ts';

const folder = join(root, 'cli', 'local');

/** The services of compose.yaml by their names, as text. */
const services = Object.fromEntries(
  readFileSync(join(folder, 'compose.yaml'), 'utf8')
    .split(/^ {2}(?=\w+:$)/m)
    .slice(1)
    .map((text) => [text.slice(0, text.indexOf(':')), text]),
);

const { ministack = assert.fail(), localstack = assert.fail() } = services;

test('the emulators in Docker listen on the loopback interface only', () => {
  assert.match(ministack, /^ +BIND_HOST: 127\.0\.0\.1$/m);
  assert.match(ministack, /^ +IOT_MTLS_ENABLED: "0"$/m, 'its MQTT broker listens on all interfaces');
  assert.match(localstack, /^ +GATEWAY_LISTEN: 127\.0\.0\.1:\$\{PORT\}$/m);
  for (const text of Object.values(services)) assert.doesNotMatch(text, /0\.0\.0\.0|^ +ports:/m);
});

test('MiniStack in Docker rejects browsers by the same program as without Docker', () => {
  const [, file = ''] = /^ +- \.\/(\S+):\/run_ministack\.py:ro$/m.exec(ministack) ?? [];
  assert.ok(existsSync(join(folder, file)), file);
  assert.match(ministack, /^ +entrypoint: \[python, \/run_ministack\.py\]$/m);
  assert.match(ministack, /^ +ALLOW_BROWSERS: "0"$/m);
  const required = [...readFileSync(join(folder, file), 'utf8').matchAll(/os\.environ\["(\w+)"\]/g)];
  assert.ok(required.length > 1);
  for (const [, name] of required) assert.match(ministack, new RegExp(`^ +${name}: \\S`, 'm'));
  assert.doesNotMatch(localstack, /CORS/, 'LocalStack rejects foreign origins unless it is configured otherwise');
});

test('each image has a version, and the one with access to Docker is pinned by its digest', () => {
  for (const text of Object.values(services)) assert.match(text, /^ +image: \S+:\d+\.\d+\.\d+(?:@\S+)?$/m);
  for (const text of Object.values(services))
    if (text.includes('docker.sock')) assert.match(text, /^ +image: \S+@sha256:[\da-f]{64}$/m);
});
