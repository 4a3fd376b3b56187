import assert from 'node:assert/strict';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Move, State } from '../../functions/core/breaker.ts';
import { triggers as allTriggers, type Trigger } from '../../functions/core/entity.ts';
import { losingResponses, recording } from './clients.ts';
import type { Cases } from './conformance.ts';
import { deleteItem, type Harness, type Stores, storesOf } from './harness.ts';

const T: Trigger = 'customer.edit';

/** The moves of the diagram, listed here once more, apart from the code. */
const moves: Readonly<Record<Move, readonly [from: readonly State[], to: State]>> = {
  park: [['active'], 'parked'],
  drain: [['parked'], 'draining'],
  finish: [['draining'], 'finishing'],
  parkAgain: [['draining'], 'parked'],
  drainAgain: [['finishing', 'active'], 'draining'],
  activate: [['finishing'], 'active'],
  pause: [['active', 'parked', 'draining', 'finishing'], 'paused'],
  resume: [['paused'], 'draining'],
};

/** Moves that lead to each state; a trigger that was never touched is active too. */
const waysTo: Readonly<Record<string, readonly [State, readonly Move[]]>> = {
  untouched: ['active', []],
  active: ['active', ['park', 'drain', 'finish', 'activate']],
  parked: ['parked', ['park']],
  draining: ['draining', ['park', 'drain']],
  finishing: ['finishing', ['park', 'drain', 'finish']],
  paused: ['paused', ['pause']],
};

const now = async ({ triggers }: Stores, trigger: Trigger = T) => (await triggers.read([trigger])).get(trigger);

async function bring({ triggers }: Stores, trigger: Trigger, way: readonly Move[]): Promise<void> {
  for (const move of way) assert.equal(await triggers.move(trigger, move), true, move);
}

/** Sets or clears the URL as release 0.2.0 does. */
export async function asOldRelease(
  { client, names }: { readonly client: Harness['client']; readonly names: Pick<Harness['names'], 'triggers'> },
  url: string | undefined,
): Promise<void> {
  await client.send(
    new UpdateItemCommand({
      TableName: names.triggers,
      Key: { trigger: { S: T } },
      UpdateExpression: `${url === undefined ? 'REMOVE #u' : 'SET #u = :u'} ADD urlVersion :one`,
      ExpressionAttributeNames: { '#u': 'url' },
      ExpressionAttributeValues: { ':one': { N: '1' }, ...(url !== undefined && { ':u': { S: url } }) },
    }),
  );
}

export const triggerCases: Cases = {
  'reads all triggers with one request, without those that were never written': async (stores) => {
    assert.equal((await stores.triggers.read(allTriggers)).size, 0);
    for (const trigger of allTriggers) await stores.triggers.writeUrl(trigger, `https://x/${trigger}`, 1_000);
    const read = await stores.triggers.read(allTriggers);
    assert.deepEqual([...read.keys()].sort(), [...allTriggers].sort());
    for (const [trigger, { url }] of read) assert.equal(url, `https://x/${trigger}`);
  },

  'makes each move of the diagram only from its states': async (stores, harness) => {
    for (const move of Object.keys(moves) as Move[])
      for (const [name, [state, way]] of Object.entries(waysTo)) {
        await deleteItem(harness, 'triggers', { trigger: { S: T } });
        await bring(stores, T, way);
        const [from, to] = moves[move];
        const isMade = await stores.triggers.move(T, move, { parkedBecause: move });
        assert.equal(isMade, from.includes(state), `${move} from ${name}`);
        const after = await now(stores);
        assert.equal(after?.state ?? 'active', isMade ? to : state, `${move} from ${name}`);
        if (!isMade) assert.notEqual(after?.parkedBecause, move, `${move} from ${name} wrote nothing`);
      }
  },

  'writes the fields of a move, and resets the time of the first failure with the failures': async (stores) => {
    await stores.triggers.countFailure(T, 5);
    const fields = { probeAt: 9, probeDelay: 8, parkedBecause: 'HTTP 503' };
    assert.equal(await stores.triggers.move(T, 'park', fields), true);
    const parked = await now(stores);
    assert.deepEqual({ ...parked, ...fields, failingSince: 5, consecutiveFailures: 1, state: 'parked' }, { ...parked });
    await stores.triggers.move(T, 'drain', { consecutiveFailures: 0, lastSuccess: 77 });
    const draining = await now(stores);
    assert.deepEqual(
      [draining?.consecutiveFailures, draining?.lastSuccess, draining?.failingSince],
      [0, 77, undefined],
    );
    await stores.triggers.move(T, 'pause', { pausedBy: 'gone' });
    assert.equal((await now(stores))?.pausedBy, 'gone');
  },

  'counts failures of an active trigger only, from the first since the latest success': async (stores) => {
    assert.equal(await stores.triggers.countFailure(T, 10), 1);
    assert.equal(await stores.triggers.countFailure(T, 20), 2);
    assert.equal((await now(stores))?.failingSince, 10);
    await stores.triggers.clearFailures(T, 30);
    const cleared = await now(stores);
    assert.deepEqual([cleared?.consecutiveFailures, cleared?.lastSuccess, cleared?.failingSince], [0, 30, undefined]);
    assert.equal(await stores.triggers.countFailure(T, 40), 1);
    assert.equal((await now(stores))?.failingSince, 40);
    for (const way of [['park'], ['drain'], ['finish'], ['pause']] as const) {
      await bring(stores, T, way);
      assert.equal(await stores.triggers.countFailure(T, 50), undefined, `after ${way}`);
    }
    assert.equal((await now(stores))?.consecutiveFailures, 1);
  },

  'resets the failures of an active or draining trigger only': async (stores) => {
    for (const [i, [state, way]] of Object.values(waysTo).entries()) {
      const trigger = allTriggers[i] as Trigger;
      await stores.triggers.countFailure(trigger, 1);
      await bring(stores, trigger, way);
      await stores.triggers.clearFailures(trigger, 2);
      const isReset = state === 'active' || state === 'draining';
      assert.equal((await now(stores, trigger))?.consecutiveFailures, isReset ? 0 : 1, state);
    }
  },

  'postpones the probe of a parked trigger only': async (stores) => {
    for (const [i, [state, way]] of Object.values(waysTo).entries()) {
      const trigger = allTriggers[i] as Trigger;
      await bring(stores, trigger, way);
      await stores.triggers.postponeProbe(trigger, 99, 60_000, 'HTTP 502');
      const after = await now(stores, trigger);
      const postponed = [after?.probeAt, after?.probeDelay, after?.parkedBecause];
      assert.deepEqual(postponed.includes(99), state === 'parked', state);
      if (state === 'parked') assert.deepEqual(postponed, [99, 60_000, 'HTTP 502']);
    }
  },

  'sets and clears a URL, raises its version, and makes a probe due': async (stores) => {
    assert.equal(await stores.triggers.writeUrl(T, 'https://one/', 1_000), true);
    const set = await now(stores);
    assert.deepEqual(
      [set?.url, set?.urlVersion, set?.urlChangedAt, set?.probeAt, set?.probeDelay, set?.state],
      ['https://one/', 1, '1970-01-01T00:00:01.000Z', 1_000, 30_000, 'active'],
    );
    assert.equal(await stores.triggers.writeUrl(T, undefined, 2_000), true);
    const cleared = await now(stores);
    assert.deepEqual([cleared?.url, cleared?.urlVersion, cleared?.probeAt], [undefined, 2, 2_000]);
  },

  'tells which triggers have a URL, in every state, and reads no attribute with the URL': async (stores, harness) => {
    for (const [i, [, way]] of Object.values(waysTo).entries()) {
      const trigger = allTriggers[i] as Trigger;
      await stores.triggers.writeUrl(trigger, 'https://ada:pw@one/?k=v', 1);
      await bring(stores, trigger, way);
    }
    await stores.triggers.writeUrl('task.edit', 'https://one/', 1);
    await stores.triggers.writeUrl('task.edit', undefined, 2);
    await stores.triggers.move('task.delete', 'pause');
    const { client, requests } = recording(harness.client);
    const reader = storesOf(harness, client).triggers;
    const withUrl = await reader.withUrl(allTriggers);
    assert.deepEqual([...withUrl].sort(), allTriggers.slice(0, Object.keys(waysTo).length).sort());
    const shown = await reader.readShown(allTriggers);
    assert.equal(shown.get('customer.create')?.url, 'https://ada:***@one/?k=***');
    assert.equal(shown.get('task.edit')?.url, undefined);
    assert.equal(shown.get('task.delete')?.state, 'paused');
    const whole = await stores.triggers.read(allTriggers);
    for (const [trigger, { url: _, ...now }] of whole)
      assert.deepEqual({ ...shown.get(trigger), url: 1 }, { ...now, url: 1 });
    assert.deepEqual(
      requests.map(({ name }) => name),
      ['BatchGetItem', 'BatchGetItem'],
    );
    for (const { input } of requests) {
      const { ProjectionExpression, ExpressionAttributeNames } = input.RequestItems[harness.names.triggers];
      assert.ok(ProjectionExpression);
      assert.ok(!Object.values(ExpressionAttributeNames).includes('url'));
    }
  },

  'takes a URL that release 0.2.0 wrote as set until it is shown, and never shows an outdated one': async (
    stores,
    harness,
  ) => {
    await stores.triggers.writeUrl(T, undefined, 1);
    await asOldRelease(harness, 'https://old/?k=v');
    const isSet = async () => (await stores.triggers.withUrl([T])).has(T);
    const shownUrl = async () => (await stores.triggers.readShown([T])).get(T)?.url;
    assert.deepEqual([await isSet(), await shownUrl()], [true, '***']);
    const old = (await now(stores)) ?? assert.fail();
    await stores.triggers.show(T, old);
    assert.deepEqual([await isSet(), await shownUrl()], [true, 'https://old/?k=***']);
    await asOldRelease(harness, undefined);
    assert.deepEqual([await isSet(), await shownUrl()], [true, '***'], 'unknown');
    await stores.triggers.show(T, old);
    assert.deepEqual([await isSet(), await shownUrl()], [true, '***'], 'the URL was written meanwhile');
    await stores.triggers.show(T, (await now(stores)) ?? assert.fail());
    assert.deepEqual([await isSet(), await shownUrl()], [false, undefined]);
  },

  'writes a URL only over the version that the writer read': async (stores) => {
    assert.equal(await stores.triggers.writeUrl(T, 'https://one/', 1, 0), true);
    assert.equal(await stores.triggers.writeUrl(T, 'https://two/', 2, 0), false);
    assert.equal(await stores.triggers.writeUrl(T, 'https://two/', 2, 1), true);
    assert.equal(await stores.triggers.writeUrl(T, 'https://three/', 3, 1), false);
    const { url, urlVersion, probeAt } = (await now(stores)) ?? {};
    assert.deepEqual([url, urlVersion, probeAt], ['https://two/', 2, 2]);
  },

  'of several parallel writers of a version, one succeeds': async (stores) => {
    const urls = ['https://1/', 'https://2/', 'https://3/', 'https://4/'];
    const won = await Promise.all(urls.map((url) => stores.triggers.writeUrl(T, url, 1, 0)));
    assert.equal(won.filter(Boolean).length, 1);
    assert.deepEqual([(await now(stores))?.url, (await now(stores))?.urlVersion], [urls[won.indexOf(true)], 1]);
  },

  'gives one lease of a trigger at a time, until it expires or is returned': async ({ triggers }) => {
    assert.equal(await triggers.lease(T, 500, 100), true);
    assert.equal(await triggers.lease(T, 900, 499), false);
    assert.equal(await triggers.lease(T, 900, 500), true);
    await triggers.giveBack(T, 500);
    assert.equal(await triggers.lease(T, 1_500, 600), false, 'a lease that ran out gives nothing back');
    await triggers.giveBack(T, 900);
    assert.equal(await triggers.lease(T, 1_500, 600), true);
    const taken = await Promise.all([1, 2, 3, 4].map((n) => triggers.lease('task.edit', 500 + n, 100)));
    assert.equal(taken.filter(Boolean).length, 1);
  },

  'recognizes its own lease when the response was lost': async (stores, harness) => {
    const losing = storesOf(harness, losingResponses(harness.client));
    assert.equal(await losing.triggers.lease(T, 500, 100), true);
    assert.equal(await losing.triggers.lease(T, 600, 100), false, 'that of another run stays one');
    assert.equal(await stores.triggers.lease(T, 600, 100), false);
    await losing.triggers.giveBack(T, 500);
    assert.equal(await stores.triggers.lease(T, 600, 100), true);
  },

  'recognizes its own move when the response was lost': async (stores, harness) => {
    const losing = storesOf(harness, losingResponses(harness.client));
    assert.equal(await losing.triggers.move(T, 'park', { parkedBecause: 'HTTP 500' }), true);
    assert.equal(await losing.triggers.move(T, 'park'), false, 'that of another run stays one');
    assert.equal(await losing.triggers.move(T, 'drain'), true);
    assert.equal(await losing.triggers.move(T, 'pause', { pausedBy: 'admin' }), true);
    assert.equal((await now(stores))?.state, 'paused');
  },

  'recognizes its own URL when the response was lost, and counts one version': async (stores, harness) => {
    const losing = storesOf(harness, losingResponses(harness.client));
    assert.equal(await losing.triggers.writeUrl(T, 'https://one/', 1, 0), true);
    assert.equal((await now(stores))?.urlVersion, 1);
    assert.equal(await losing.triggers.writeUrl(T, 'https://two/', 2, 1), true);
    assert.equal(await losing.triggers.writeUrl(T, 'https://three/', 3, 1), false);
    assert.equal(await losing.triggers.writeUrl(T, undefined, 4, 2), true);
    assert.equal(await losing.triggers.writeUrl(T, 'https://four/', 5), true);
    assert.deepEqual([(await now(stores))?.url, (await now(stores))?.urlVersion], ['https://four/', 4]);
  },

  'counts a failure once when the response was lost': async (stores, harness) => {
    const losing = storesOf(harness, losingResponses(harness.client));
    assert.equal(await losing.triggers.countFailure(T, 1), 1);
    assert.equal(await losing.triggers.countFailure(T, 2), 2);
    assert.deepEqual([(await now(stores))?.consecutiveFailures, (await now(stores))?.failingSince], [2, 1]);
  },
};
