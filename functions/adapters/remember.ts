/** Remembers what a read gave for a while; who asks while it runs waits for it too. A failed read is not remembered. */
export function remember<Value>(read: () => Promise<Value>, milliseconds: number, now: () => number) {
  let latest: { readonly value: Promise<Value>; readonly until: number } | undefined;
  return (): Promise<Value> => {
    if (latest && now() < latest.until) return latest.value;
    // Counted from before the read, so that nothing older than `milliseconds` is ever given.
    const until = now() + milliseconds;
    const mine = { value: read(), until };
    latest = mine;
    mine.value.catch(() => {
      if (latest === mine) latest = undefined;
    });
    return mine.value;
  };
}
