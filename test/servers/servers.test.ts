import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../infra/folders.ts';
import { documentPath, replaced, tableOf, withoutVersions } from './document.ts';
import type { Result } from './exercise.ts';
import { NotHere } from './install.ts';
import { tried } from './run-server.ts';
import { programs, proxies, type Server } from './servers.ts';

console.log = () => {};

/** Installing and compiling included. */
const timeout = 300_000;

const groups = {
  programs: { servers: programs, first: 'how a program reads the target' },
  proxies: { servers: proxies, first: 'setting' },
} as const;

for (const [group, { servers, first }] of Object.entries(groups)) {
  const results = new Map<Server, Result>();

  for (const server of servers) {
    const what = group === 'programs' ? server.name : `${server.name} with ${server.note.replaceAll('\n', ' ')}`;
    test(`${what}: the IDs arrive, and the signatures verify`, { timeout }, async (t) => {
      const result = await tried(server).catch((error) => {
        if (error instanceof NotHere) return void t.skip(error.message);
        throw error;
      });
      if (!result) return;
      results.set(server, result);
      t.diagnostic(`${server.name} ${result.version}: ${JSON.stringify(result.badPaths)}, ${result.longestKb} KB`);
      assert.deepEqual(result.wrongIds, []);
      assert.equal(result.isVerified, !server.changesAll);
      assert.deepEqual(result.badPaths, server.badPaths ?? {});
    });
  }

  // WRITE_DOCUMENT=yes npm run test:receivers writes the tables.
  test(`${documentPath} has these results of the ${group}`, async (t) => {
    if (results.size < servers.length) return t.skip('not all servers ran on this machine');
    const path = join(root, documentPath);
    const document = await readFile(path, 'utf8');
    const current = replaced(document, group, tableOf(first, results));
    if (process.env.WRITE_DOCUMENT === 'yes') return writeFile(path, current);
    assert.equal(withoutVersions(document), withoutVersions(current));
  });
}

test('Traefik: the IDs arrive, and the signatures verify', {
  skip: 'Traefik is in no registry that the tests use',
}, () => {});
