import { after, before } from 'node:test';
import { type Trigger, triggers } from '../../functions/core/entity.ts';
import { set } from '../../functions/operations/set-url.ts';
import { deployedStack, takeEffect } from '../support/emulator.ts';
import type { Call } from '../support/receiver.ts';

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

/** The calls for rows with this text in an ID. Notifications of earlier tests can be retried, and arrive at the URLs of now. */
export const callsWith = ({ calls }: { readonly calls: readonly Call[] }, id: string): Call[] =>
  calls.filter(({ target }) => target.includes(id));

/** Sets URLs of one receiver for these triggers. The path of each URL is the name of its trigger. */
export async function setUrls(origin: string, ...changed: readonly Trigger[]) {
  for (const trigger of changed) await set(stack.deps, trigger, `${origin}/${trigger}`);
}
