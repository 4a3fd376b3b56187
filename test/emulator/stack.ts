import { after, before } from 'node:test';
import { type Trigger, triggers } from '../../functions/core/entity.ts';
import { set } from '../../functions/operations/set-url.ts';
import { deployedStack, takeEffect } from '../support/emulator.ts';

/** The stack of a test file. It is deployed before the first test, and every trigger then has a URL that capture knows. */
export let stack: Awaited<ReturnType<typeof deployedStack>>;

before(async () => {
  stack = await deployedStack();
  await takeEffect(stack, ...triggers);
});
after(() => stack?.end(...triggers));

let count = 0;

/** An ID that no other test uses. */
export const uniqueId = (prefix: string) => `${prefix}-${process.pid}-${Date.now().toString(36)}-${++count}`;

/** Sets URLs of one receiver for these triggers. The path of each URL is the name of its trigger. */
export async function setUrls(origin: string, ...changed: readonly Trigger[]) {
  for (const trigger of changed) await set(stack.deps, trigger, `${origin}/${trigger}`);
}
