import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import type { Trigger } from '../../functions/core/entity.ts';
import type { Cases } from './conformance.ts';
import { type Item, itemsOf, putItem } from './harness.ts';
import { AT, EXPIRES, ID, put, RECORD, sent, T } from './old-samples.ts';

export const oldTableCases: Cases = {
  'reads old entries of the history with new ones': async ({ history }, harness) => {
    const entry = (at: number) => ({ at, who: 'ada', what: 'url' as const, trigger: T, from: null, to: 'https://x/' });
    const place = `${String(AT).padStart(15, '0')}#0b6f5f0e-3c1d-4f83-9a39-0a3f1f5f0001`;
    await put(harness, {
      list: { S: 'history' },
      place: { S: place },
      entry: { S: JSON.stringify(entry(AT)) },
      expiresAt: EXPIRES,
    });
    await history.add(entry(AT + 1));
    assert.deepEqual((await history.read(5)).entries, [entry(AT + 1), entry(AT)]);
    const first = await history.read(1);
    assert.deepEqual((await history.read(5, first.next)).entries, [entry(AT)]);
  },

  'continues to count the changes of a record': async ({ counts }, harness) => {
    const changes = { list: { S: `${RECORD}#changes` }, place: { S: '1759999980' }, sequences: { SS: ['1', '2'] } };
    await put(harness, { ...changes, expiresAt: EXPIRES });
    const [within, overLimit] = ['3', '4'].map((sequence) => ({ ...sent, sequence, id: `msg_${sequence.repeat(32)}` }));
    assert.ok(within && overLimit);
    assert.deepEqual([...(await counts(3).overLimit([within, overLimit]))], [overLimit]);
    assert.equal((await itemsOf(harness, 'backlog')).length, 1);
  },

  'reads triggers, moves and leases them, and sets their URLs': async ({ triggers }, harness) => {
    const item: Item = {
      trigger: { S: T },
      url: { S: 'https://receiver.example/a' },
      urlChangedAt: { S: '2025-10-09T08:53:20.000Z' },
      urlVersion: { N: '4' },
      state: { S: 'parked' },
      strikes: { N: '10' },
      failingSince: { N: '1759999990000' },
      lastSuccess: { N: '1759999980000' },
      probeAt: { N: String(AT) },
      probeDelay: { N: '60000' },
      parkedBecause: { S: 'HTTP 503' },
      leaseUntil: { N: String(AT) },
    };
    await putItem(harness, 'triggers', item);
    const touched: Item = {
      trigger: { S: 'task.edit' },
      leaseUntil: { N: '5' },
      pausedBy: { S: 'gone' },
      state: { S: 'paused' },
    };
    await putItem(harness, 'triggers', touched);
    const read = await triggers.read([T, 'task.edit']);
    assert.deepEqual(read.get(T), {
      url: 'https://receiver.example/a',
      urlChangedAt: '2025-10-09T08:53:20.000Z',
      urlVersion: 4,
      state: 'parked',
      consecutiveFailures: 10,
      failingSince: 1_759_999_990_000,
      lastSuccess: 1_759_999_980_000,
      probeAt: AT,
      probeDelay: 60_000,
      parkedBecause: 'HTTP 503',
    });
    const paused = {
      state: 'paused',
      pausedBy: 'gone',
      consecutiveFailures: 0,
      lastSuccess: 0,
      probeAt: 0,
      probeDelay: 0,
    };
    assert.deepEqual(read.get('task.edit'), paused);
    assert.equal(await triggers.lease(T, AT + 9, AT - 1), false);
    assert.equal(await triggers.lease(T, AT + 9, AT), true);
    assert.equal(await triggers.move(T, 'drain'), true);
    assert.equal(await triggers.writeUrl(T, 'https://new/', AT, 3), false);
    assert.equal(await triggers.writeUrl(T, 'https://new/', AT, 4), true);
  },

  'reads and changes secrets': async ({ secrets }, harness) => {
    const content = { secret: 'whsec_a', replaced: [{ secret: 'whsec_b', until: 9 }], headers: { 'x-key': 'k' } };
    const write = (trigger: Trigger, of: object) =>
      putItem(harness, 'secrets', { trigger: { S: trigger }, content: { S: JSON.stringify(of) }, version: { N: '3' } });
    await write(T, content);
    await write('task.edit', { replaced: [], headers: {} });
    const read = await secrets.read([T, 'task.edit']);
    assert.deepEqual(read.get(T), { ...content, version: 3 });
    assert.deepEqual(read.get('task.edit'), { replaced: [], headers: {}, version: 3 });
    assert.equal(await secrets.change(T, (now) => ({ ...now, secret: 'whsec_c' })), true);
    assert.deepEqual((await secrets.read([T])).get(T), { ...content, secret: 'whsec_c', version: 4 });
  },

  'reads attempts in the delivery log': async ({ log }, harness) => {
    const rows = [
      [AT, T, ID, sent.formattedString, 1, 'retry', 'HTTP 503', 80, 0, 'busy'],
      [AT + 1, T, ID, sent.formattedString, 2, 'delivered', 'HTTP 200', 40, 3],
    ];
    await putItem(harness, 'log', {
      shard: { S: '3' },
      written: { S: `${String(AT + 2).padStart(15, '0')}#AbC-_123` },
      rows: { B: deflateRawSync(JSON.stringify(rows)) },
      expiresAt: EXPIRES,
    });
    const of = { trigger: T, id: ID, formattedString: sent.formattedString };
    assert.deepEqual((await log.read({}, 10)).entries, [
      {
        ...of,
        at: AT + 1,
        attempt: 2,
        outcome: 'delivered',
        response: 'HTTP 200',
        milliseconds: 40,
        test: true,
        redelivered: true,
      },
      { ...of, at: AT, attempt: 1, outcome: 'failed', response: 'HTTP 503', milliseconds: 80, body: 'busy' },
    ]);
  },
};
