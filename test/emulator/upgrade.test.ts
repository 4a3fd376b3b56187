import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { type AdminParts, findDeployment, stackOutputs } from '../../functions/admin/deployment.ts';
import { failed, redeliver } from '../../functions/admin/failed.ts';
import { searchLog } from '../../functions/admin/log.ts';
import { list, resume } from '../../functions/admin/triggers.ts';
import type { Trigger } from '../../functions/core/entity.ts';
import { Agent } from '../../infra/local/agent.ts';
import { root } from '../../infra/local/folders.ts';
import { runningEmulator, until } from '../support/emulator.ts';
import { receiver } from '../support/receiver.ts';

/** The release before this one, as the commit that it was made of. */
const PREVIOUS = { version: '0.1.0', commit: 'a80ae42' };

const git = (...words: string[]) => execFileSync('git', words, { cwd: root, maxBuffer: 2 ** 28 });

/** A checkout without history, or a package, has no older release in it. */
function skipped(): string | false {
  if (process.env.AWS_ENDPOINT_URL) return 'needs an emulator of its own: this release may be on that one already';
  try {
    git('cat-file', '-e', PREVIOUS.commit);
    return false;
  } catch {
    return `the history of this checkout does not reach back to ${PREVIOUS.version}`;
  }
}

/** A module of the older release. */
const ofPrevious = (file: string) => import(pathToFileURL(join(previous, file)).href);

let emulator: Awaited<ReturnType<typeof runningEmulator>>;
let previous: string;

describe(`an upgrade from ${PREVIOUS.version}`, { skip: skipped() }, () => {
  before(async () => {
    previous = await mkdtemp(join(tmpdir(), 'crm-triggers-previous-'));
    execFileSync('tar', ['-x', '-C', previous], { input: git('archive', PREVIOUS.commit) });
    await symlink(join(root, 'node_modules'), join(previous, 'node_modules'));
    emulator = await runningEmulator();
    const { deploy } = await ofPrevious('infra/local/deploy.ts');
    await deploy(emulator.endpoint, new AbortController().signal);
  });
  after(async () => {
    await emulator.stop();
    await rm(previous, { recursive: true, force: true });
  });

  test('loses nothing: what waits, what failed, what is written meanwhile, and what admins typed', async () => {
    let mended = false;
    await using server = await receiver(({ target }, response) => {
      response.writeHead(target.startsWith('/gone') && !mended ? 410 : 200).end();
    });
    const arrived = (path: string) => server.calls.filter(({ target }) => target.startsWith(path)).length;
    const agent = new Agent(await stackOutputs());
    const old = await (await ofPrevious('functions/admin/deployment.ts')).findDeployment();
    const admin = await ofPrevious('functions/admin/triggers.ts');
    // The emulator ends a function that is at work when it is updated, as AWS does not: its batch comes back after this time.
    const Attributes = { VisibilityTimeout: '30' };
    await old.sqs.send(new SetQueueAttributesCommand({ QueueUrl: old.queueUrl, Attributes }));
    for (const trigger of ['customer.create', 'case.create', 'followup.create'])
      await admin.set(old, trigger, `${server.origin}/${trigger}`);
    await admin.set(old, 'task.create', `${server.origin}/gone`);
    await admin.pause(old, 'case.create');
    for (let n = 0; n < 5; n++) await agent.do('create', 'case', { AccountID: `a${n}`, CaseID: 'c' });
    await agent.do('create', 'task', { AccountID: 'a', TaskID: 't' });
    await agent.create('followup', { CaseID: 'c', FollowupID: 'f' });
    await until('what waits', async () => (await waiting(old, 'case.create')) === 5);
    await until('the pause by 410', async () => (await waiting(old, 'task.create')) === 1);
    await until('what failed', async () => (await failed(old, {})).length === 1);

    let written = 0;
    let isUpgrading = true;
    const writing = (async () => {
      for (; isUpgrading; await sleep(20)) await agent.do('create', 'customer', { AccountID: `w${written++}` });
    })();
    await emulator.deploy();
    isUpgrading = false;
    await writing;

    const now = await findDeployment();
    mended = true;
    await resume(now, 'case.create');
    await resume(now, 'task.create');
    await agent.edit('followup', { AccountID: 'a', CaseID: 'c', FollowupID: 'f' });
    await redeliver(now, await failed(now, {}));
    for (const path of ['/case.create?AccountID=a4&', '/gone?AccountID=a&', '/followup.create?AccountID=a&'])
      await until(path, () => arrived(path) > (path.startsWith('/gone') ? 1 : 0), 90_000);
    const targets = () => new Set(server.calls.map(({ target }) => target));
    const missing = () => {
      const arrived = targets();
      const rows = Array.from({ length: written }, (_, n) => `/customer.create?AccountID=w${n}`);
      return rows.filter((target) => !arrived.has(target)).length;
    };
    await until('what was written meanwhile', () => missing() === 0, 120_000).catch(() => assert.equal(missing(), 0));
    assert.equal(targets().size, written + 5 + 1 + 1, 'and nothing that nobody wrote');
    assert.ok(written > 10, `${written} rows were written meanwhile`);
    const outcomes = async () => {
      const { entries } = await searchLog(now, { trigger: 'task.create' }, 10, 10);
      return entries.map(({ outcome }) => outcome).join();
    };
    await until('one log of both releases', async () => (await outcomes()) === 'delivered,gone');
  });
});

async function waiting(parts: AdminParts, trigger: Trigger): Promise<number> {
  return (await list(parts)).find((line) => line.trigger === trigger)?.waiting ?? 0;
}
