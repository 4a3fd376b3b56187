import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Call, RESPONSE_MS } from './receiver-core.ts';

/**
 * The first record whose calls arrived out of order, nothing when all are in order. A record is reported by its query string.
 *
 * @param calls One of each notification, in the order in which they arrived.
 */
export function outOfOrder(calls: readonly Call[]): string | undefined {
  for (const [query, ofRecord] of Map.groupBy(calls, ({ query }) => query)) {
    const sequences = ofRecord.map(({ sequence }) => BigInt(sequence));
    if (sequences.some((sequence, i) => i > 0 && sequence <= (sequences[i - 1] as bigint)))
      return `${query}: ${sequences.join(', ')}`;
  }
  return undefined;
}

/** How many calls were open at once at most. */
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
 * Whether a call is signed with a secret, as Standard Webhooks says. Written out, not made by the code that signs.
 *
 * @param secret `whsec_` and base64.
 * @param prefix The path of the receiver's base URL, which the receiver does not see.
 */
export function isSigned({ id, timestamp, path, query, signature }: Call, secret: string, prefix = ''): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${prefix}${path}${query}`).digest();
  return signature.split(' ').some((part) => {
    const given = Buffer.from(part.replace(/^v1,/, ''), 'base64');
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

/** The value below which such a share of the values is. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
