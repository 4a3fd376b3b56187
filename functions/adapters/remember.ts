/** Caches the result of a read for a time. Calls during a read wait for the same read. A failed read is not cached. */
export function remember<Value>(read: () => Promise<Value>, milliseconds: number, now: () => number) {
  let latest: { readonly value: Promise<Value>; readonly until: number } | undefined;
  return (): Promise<Value> => {
    if (latest && now() < latest.until) return latest.value;
    // The time starts before the read, so that a result is never older than `milliseconds`.
    const until = now() + milliseconds;
    const mine = { value: read(), until };
    latest = mine;
    mine.value.catch(() => {
      if (latest === mine) latest = undefined;
    });
    return mine.value;
  };
}
