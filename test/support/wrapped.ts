// biome-ignore lint/suspicious/noExplicitAny: a method of any store
type Wrap = (call: () => any, ...args: any[]) => unknown;

/**
 * An object with some methods replaced, for tests that disturb a store.
 *
 * @param wraps By the name of the method. `call` makes the original call; the arguments of the call follow it.
 */
export function wrapped<Target extends object>(target: Target, wraps: Readonly<Record<string, Wrap>>): Target {
  return new Proxy(target, {
    get(of, name) {
      const member = Reflect.get(of, name);
      if (typeof member !== 'function') return member;
      const wrap = Object.hasOwn(wraps, name) ? wraps[String(name)] : undefined;
      if (!wrap) return member.bind(of);
      return (...args: unknown[]) => wrap(() => member.apply(of, args), ...args);
    },
  });
}
