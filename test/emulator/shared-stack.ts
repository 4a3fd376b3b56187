import { test } from 'node:test';
import { triggers } from '../../functions/core/entity.ts';
import { takeEffect } from '../support/emulator.ts';
import { sharing } from './sharing.ts';
import { stack } from './stack.ts';

// The tests before can have cleared a URL, and capture caches that for 5 s.
for (const name of sharing) {
  test(`every trigger has a URL before ${name}`, () => takeEffect(stack, ...triggers));
  await import(`./${name}.test.ts`);
}
