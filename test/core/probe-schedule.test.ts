import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstProbe, nextProbe, parkedAfter } from '../../functions/core/probe-schedule.ts';
import { HOUR } from '../support/time.ts';

const NOW = 1_760_000_000_000;

test('schedules the first probe after 30 s and doubles each later delay, up to an hour', () => {
  assert.deepEqual(firstProbe(NOW), { probeAt: NOW + 30_000, probeDelay: 30_000 });
  const delays = [30_000, HOUR / 2, HOUR / 2 + 1, HOUR].map((delay) => nextProbe(delay, NOW));
  assert.deepEqual(
    delays,
    [60_000, HOUR, HOUR, HOUR].map((probeDelay) => ({ probeAt: NOW + probeDelay, probeDelay })),
  );
});

test('schedules no probe before the time in Retry-After', () => {
  assert.deepEqual(firstProbe(NOW, 900), { probeAt: NOW + 900_000, probeDelay: 30_000 });
  assert.deepEqual(firstProbe(NOW, 5), { probeAt: NOW + 30_000, probeDelay: 30_000 });
  assert.deepEqual(nextProbe(30_000, NOW, 900), { probeAt: NOW + 900_000, probeDelay: 30_000 });
  assert.deepEqual(nextProbe(30_000, NOW, 45), { probeAt: NOW + 60_000, probeDelay: 60_000 });
});

test('probes a receiver that throttles at the time in Retry-After, or after one second', () => {
  assert.deepEqual(firstProbe(NOW, 7, true), { probeAt: NOW + 7_000, probeDelay: 1_000 });
  assert.deepEqual(firstProbe(NOW, 0, true), { probeAt: NOW + 1_000, probeDelay: 1_000 });
});

test('probes a receiver that throttles probes too at least once a minute, unless it asks for a later time', () => {
  const delays = [1_000, 2_000, 29_000, 30_000, HOUR].map((delay) => nextProbe(delay, NOW, 0, true));
  assert.deepEqual(
    delays,
    [2_000, 4_000, 58_000, 60_000, 60_000].map((probeDelay) => ({ probeAt: NOW + probeDelay, probeDelay })),
  );
  assert.deepEqual(nextProbe(4_000, NOW, 5, true), { probeAt: NOW + 8_000, probeDelay: 8_000 });
  assert.deepEqual(nextProbe(4_000, NOW, 900, true), { probeAt: NOW + 900_000, probeDelay: 1_000 });
});

test('probes a receiver that throttled and is now down as one that is down', () => {
  assert.deepEqual(nextProbe(1_000, NOW), { probeAt: NOW + 30_000, probeDelay: 30_000 });
});

test('a parked trigger stores its next probe, its latest response, and when it was throttled', () => {
  const response = 'HTTP 503';
  assert.deepEqual(parkedAfter({ kind: 'failed', response, retryAfter: '900' }, NOW), {
    probeAt: NOW + 900_000,
    probeDelay: 30_000,
    parkedBecause: response,
    throttledAt: 0,
  });
  assert.deepEqual(parkedAfter({ kind: 'throttled', response, retryAfter: '7' }, NOW), {
    probeAt: NOW + 7_000,
    probeDelay: 1_000,
    parkedBecause: response,
    throttledAt: NOW,
  });
});
