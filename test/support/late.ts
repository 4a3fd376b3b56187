/**
 * An object some of whose methods response late, as a table far away does. It tells what was called and has not responded yet,
 * and the order in which calls began and ended.
 */
export function late<Target extends object>(target: Target, names: readonly string[]) {
  const pending = new Set<string>();
  const events: string[] = [];
  const slow = new Proxy(target, {
    get(of, name) {
      const member = Reflect.get(of, name);
      if (typeof member !== 'function') return member;
      if (!names.includes(String(name))) return member.bind(of);
      return async (...args: unknown[]) => {
        const call = `${String(name)} ${events.length}`;
        pending.add(call);
        events.push(`${String(name)} begins`);
        try {
          const result = await member.apply(of, args);
          for (let turns = 0; turns < 100; turns++) await new Promise(setImmediate);
          return result;
        } finally {
          pending.delete(call);
          events.push(`${String(name)} ends`);
        }
      };
    },
  });
  return { slow, pending, events };
}

/** Records metrics as `name trigger value`. */
export function measured() {
  const all: string[] = [];
  return {
    all,
    metrics: {
      add: (name: string, trigger: string, value?: number) =>
        void all.push([name, trigger, ...(value === undefined ? [] : [value])].join(' ')),
      write: () => void all.push('written'),
    },
  };
}
