/**
 * Waits until every promise has ended. Then returns all results, or throws the first error. `Promise.all` throws at
 * once: Lambda would freeze the function, and requests in flight would take effect much later, or never.
 */
export async function allEnded<const Promises extends readonly Promise<unknown>[]>(promises: Promises) {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
