import { test } from 'node:test';
import fc from 'fast-check';
import { play, stories } from './story.ts';

test('whatever happens, nothing is lost, each record keeps its order, and repeats keep their ids', async () => {
  await fc.assert(fc.asyncProperty(stories, play), { numRuns: Number(process.env.STORIES ?? 2000) });
});
