import assert from 'node:assert/strict';
import { logEntry } from '../support/log-entries.ts';
import { type Harness, itemsOf, type Stores } from './harness.ts';

type Case = (stores: Stores, harness: Harness) => Promise<void>;

/** What receivers pull: the changes of their trigger, with a token. */
export const pullCases: Readonly<Record<string, Case>> = {
  'changes: each attempt of a trigger once, oldest first, in pages of any size': async ({ log, changes }) => {
    const from = Date.now();
    const ids = Array.from({ length: 40 }, (_, n) => `id-${n}`);
    for (const [n, id] of ids.entries())
      await log.write([
        logEntry({ id, trigger: 'case.edit', at: from + n }),
        logEntry({ trigger: 'task.edit', at: from }),
      ]);
    for (const most of [1, 7, 1_000]) {
      const found: string[] = [];
      let place = from - 1_000;
      for (let more = true; more; ) {
        const page = await changes.read('case.edit', place, from + 60_000, most);
        found.push(...page.entries.map(({ id }) => id));
        place = page.next;
        more = page.more;
      }
      assert.deepEqual(found.toSorted(), ids.toSorted());
      assert.deepEqual((await changes.read('case.edit', place, from + 60_000)).entries, []);
    }
  },

  'pull tokens: a hash per trigger, which a change of the secrets does not touch': async (stores, harness) => {
    const { pullTokens, secrets } = stores;
    assert.equal(await pullTokens.hashOf('case.edit'), undefined);
    await pullTokens.put('case.edit', 'a');
    await secrets.change('case.edit', (now) => ({ ...now, secret: 's' }));
    await pullTokens.put('case.edit', 'b');
    assert.equal(await pullTokens.hashOf('case.edit'), 'b');
    assert.equal(await pullTokens.hashOf('task.edit'), undefined);
    assert.equal((await secrets.read(['case.edit', 'task.edit'])).size, 1);
    await pullTokens.put('case.edit', '');
    assert.equal(await pullTokens.hashOf('case.edit'), undefined);
    assert.equal((await itemsOf(harness, 'secrets')).length, 2);
  },
};
