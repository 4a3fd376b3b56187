import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Call, RESPONSE_MS } from './receiver-core.ts';

/**
 * The query string and sequences of the first record whose calls arrived out of order, or `undefined`.
 *
 * @param calls One call of each notification, in the order of arrival.
 */
export function outOfOrder(calls: readonly Call[]): string | undefined {
  for (const [query, ofRecord] of Map.groupBy(calls, ({ query }) => query)) {
    const sequences = ofRecord.map(({ sequence }) => BigInt(sequence));
    if (sequences.some((sequence, i) => i > 0 && sequence <= (sequences[i - 1] as bigint)))
      return `${query}: ${sequences.join(', ')}`;
  }
  return undefined;
}

/** The maximum number of calls that were open at once. */
export function mostAtOnce(calls: readonly Call[]): number {
  const times = calls.map(({ at }) => at).sort((a, b) => a - b);
  let most = 0;
  for (let last = 0, first = 0; last < times.length; last++) {
    while ((times[first] as number) <= (times[last] as number) - RESPONSE_MS) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

/**
 * Whether the signature of a call is valid by Standard Webhooks. It shares no code with the functions.
 *
 * @param secret `whsec_` and base64.
 * @param prefix The path of the receiver's base URL, which is not part of the recorded path.
 */
export function isSigned({ id, timestamp, path, query, signature }: Call, secret: string, prefix = ''): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${prefix}${path}${query}`).digest();
  return signature.split(' ').some((part) => {
    const actual = Buffer.from(part.replace(/^v1,/, ''), 'base64');
    return actual.length === expected.length && timingSafeEqual(actual, expected);
  });
}

/** A percentile of the values. @param share From 0 to 1. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
