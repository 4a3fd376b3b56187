import type { protocol } from './protocol.ts';

export type World = Awaited<ReturnType<typeof protocol>>;

export const HOUR = 3_600_000;

export const record = (n: number) => n.toString(16).padStart(64, '0');

export const draining = async (p: World) => {
  await p.state('customer.edit', 'draining');
  await p.park([p.one()]);
};

export const parked = async (p: World) => {
  await p.state('customer.edit', 'parked');
  await p.park([p.one()]);
};

/** Counts the calls of a method, and does something before one of them. */
export function counting<Target extends object>(
  target: Target,
  method: string,
  before: (call: number) => Promise<unknown>,
) {
  const made = { calls: 0 };
  const counted = new Proxy(target, {
    get(of, name) {
      const member = Reflect.get(of, name);
      if (typeof member !== 'function') return member;
      if (name !== method) return member.bind(of);
      return async (...args: unknown[]) => {
        await before(++made.calls);
        return member.apply(of, args);
      };
    },
  });
  return { made, counted };
}

export const looksAt = (p: World) =>
  p.dynamodb.requests.filter(({ name, input }) => name === 'Query' && input.Limit === 500).length;
