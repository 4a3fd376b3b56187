import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asOldRelease } from '../stores/triggers.ts';
import { draining } from '../support/drain-scenes.ts';
import { protocol, type World } from '../support/protocol.ts';
import { HOUR } from '../support/time.ts';
import { wrapped } from '../support/wrapped.ts';

/** Sets the URL as release 0.2.0 does, which writes no masked form. */
const setByOldRelease = ({ dynamodb }: World) =>
  asOldRelease({ client: dynamodb.client(), names: { triggers: 'triggers' } }, 'https://old/?k=v');

const shownUrl = async (p: World) => (await p.triggers.readShown(['customer.edit'])).get('customer.edit')?.url;

test('adds the masked form of a URL that release 0.2.0 set', async () => {
  const p = await protocol();
  await setByOldRelease(p);
  assert.equal(await shownUrl(p), '***');
  await p.drain();
  assert.equal(await shownUrl(p), 'https://old/?k=***');
  p.dynamodb.requests.length = 0;
  await p.drain();
  assert.equal(p.dynamodb.requests.filter(({ name }) => name === 'UpdateItem').length, 0, 'it is added once');
});

test('drains, and logs it, when the masked form cannot be added', async () => {
  const p = await protocol();
  await setByOldRelease(p);
  await draining(p);
  await p.drain({ triggers: wrapped(p.triggers, { show: () => Promise.reject(new TypeError('silent')) }) });
  assert.deepEqual([p.calls.length, await p.stateOf()], [1, 'active']);
  const [line] = p.lines.filter(({ level }) => level === 'error');
  assert.partialDeepStrictEqual(line, { message: 'drain failed', trigger: 'customer.edit', error: 'TypeError' });
});

test('moves an unreadable notification that was left in the backlog of an active trigger to Failed', async () => {
  const p = await protocol();
  const unreadable = await p.parkUnreadable();
  p.world.now += HOUR - (p.world.now % HOUR);
  await p.drain();
  assert.deepEqual(
    (await p.failed()).map(({ id }) => id),
    [unreadable.id],
  );
  assert.deepEqual([(await p.parked()).length, await p.stateOf()], [0, 'active']);
});
