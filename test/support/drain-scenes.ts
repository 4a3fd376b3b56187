import type { World } from './protocol.ts';
import { wrapped } from './wrapped.ts';

export const draining = async (p: World) => {
  await p.state('customer.edit', 'draining');
  await p.park([p.one()]);
};

export const parked = async (p: World) => {
  await p.state('customer.edit', 'parked');
  await p.park([p.one()]);
};

/** Counts the calls of a method, and calls a function before each. */
export function counting<Target extends object>(
  target: Target,
  method: string,
  before: (call: number) => Promise<unknown>,
) {
  const made = { calls: 0 };
  const counted = wrapped(target, {
    async [method](call: () => Promise<unknown>) {
      await before(++made.calls);
      return call();
    },
  });
  return { made, counted };
}

export const looksAt = (p: World) =>
  p.dynamodb.requests.filter(({ name, input }) => name === 'Query' && input.Limit === 500).length;
