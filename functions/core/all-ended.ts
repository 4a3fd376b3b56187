/**
 * Waits until every promise has ended, then gives all results or throws the first failure. `Promise.all` throws at once:
 * Lambda then freezes the function, and the requests that are still in flight take effect much later, or never.
 */
export async function allEnded<const Promises extends readonly Promise<unknown>[]>(promises: Promises) {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
