import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as z from 'zod/mini';
import { type Trigger, triggers } from './entity.ts';
import type { LogEntry } from './log-entry.ts';
import { inBatchesOfBytes } from './waves.ts';

/**
 * DynamoDB accepts items of up to 400 KB. This limit is applied before compression, so no response can make an item too
 * large or slow to read.
 */
const MAX_BYTES = 350_000;

/**
 * Most items are small. With zlib's defaults, the allocation of 256 KiB for each of them takes more time than the compression. With
 * these the items have the same size, and large ones are 2 % smaller.
 */
const compression = { level: 1, windowBits: 13, memLevel: 6, chunkSize: 4096 };

/**
 * Stored names of outcomes, as release 0.2.0 reads them. `retry` is stored for `failed`, and with the flag `THROTTLED` for
 * `throttled`; `delivered` with the flag `MERGED` for `merged`.
 */
const storedNames = {
  delivered: 'delivered',
  merged: 'delivered',
  failed: 'retry',
  throttled: 'retry',
  gone: 'gone',
  blocked: 'blocked',
} as const;
const outcomes = { delivered: 'delivered', retry: 'failed', gone: 'gone', blocked: 'blocked' } as const;

/**
 * A stored entry: at, trigger, id, formatted string, attempt, outcome, response, milliseconds, flags, and if there are any
 * the body and the headers. Release 0.2.0 ignores the headers. A list compresses better than an object because it does not
 * repeat names.
 */
const row = z.tuple(
  [
    z.number(),
    z.enum(triggers as [Trigger, ...Trigger[]]),
    z.string(),
    z.string(),
    z.number(),
    z.enum(['delivered', 'retry', 'gone', 'blocked']),
    z.string(),
    z.number(),
    z.number(),
  ],
  z.string(),
);

type Row = z.output<typeof row>;

const TEST = 1;
const REDELIVERED = 2;
const THROTTLED = 4;
const MERGED = 8;

/** Compresses entries into as few items as possible. */
export function packed(entries: readonly LogEntry[]): Uint8Array[] {
  const rows = entries.map((entry) => JSON.stringify(toRow(entry)));
  return inBatchesOfBytes(rows, MAX_BYTES).map((batch) => deflateRawSync(`[${batch}]`, compression));
}

/**
 * Returns the entries of an item in the order in which they were packed.
 *
 * @param needle A text that an entry must contain. An item without it is not parsed, and has no entries.
 */
export function unpacked(item: Uint8Array, needle = ''): LogEntry[] {
  const json = inflateRawSync(item).toString();
  return json.includes(needle) ? z.parse(z.array(row), JSON.parse(json)).map(fromRow) : [];
}

function toRow(entry: LogEntry): Row {
  const { at, trigger, id, formattedString, attempt, outcome, response, milliseconds, body = '', headers } = entry;
  const flags =
    (entry.test ? TEST : 0) |
    (entry.redelivered ? REDELIVERED : 0) |
    (outcome === 'throttled' ? THROTTLED : 0) |
    (outcome === 'merged' ? MERGED : 0);
  const row: Row = [at, trigger, id, formattedString, attempt, storedNames[outcome], response, milliseconds, flags];
  if (headers) row.push(body, headers);
  else if (body) row.push(body);
  return row;
}

function outcomeIn(stored: keyof typeof outcomes, flags: number): LogEntry['outcome'] {
  if (flags & MERGED) return 'merged';
  return flags & THROTTLED ? 'throttled' : outcomes[stored];
}

function fromRow([at, trigger, id, formattedString, attempt, outcome, response, milliseconds, flags, ...texts]: Row) {
  const [body, headers] = texts;
  return {
    at,
    trigger,
    id,
    formattedString,
    attempt,
    outcome: outcomeIn(outcome, flags),
    response,
    milliseconds,
    ...(body && { body }),
    ...(headers && { headers }),
    ...(flags & TEST && { test: true as const }),
    ...(flags & REDELIVERED && { redelivered: true as const }),
  };
}
