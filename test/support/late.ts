import { wrapped } from './wrapped.ts';

/** An object with slow methods. It records the calls without a response yet, and the order in which calls began and ended. */
export function late<Target extends object>(target: Target, names: readonly string[]) {
  const pending = new Set<string>();
  const events: string[] = [];
  const responds = (name: string) => async (act: () => Promise<unknown>) => {
    const call = `${name} ${events.length}`;
    pending.add(call);
    events.push(`${name} begins`);
    try {
      const result = await act();
      for (let turns = 0; turns < 100; turns++) await new Promise(setImmediate);
      return result;
    } finally {
      pending.delete(call);
      events.push(`${name} ends`);
    }
  };
  const slow = wrapped(target, Object.fromEntries(names.map((name) => [name, responds(name)])));

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
