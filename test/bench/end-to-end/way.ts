import type { Exchange } from '../requests/ledger.ts';

/** The times of the steps of one change, epoch milliseconds. */
export interface Way {
  /** The request that wrote the row, and its response. */
  readonly written: number;
  readonly inTable: number;
  /** Capture's request to the queue, and its response. */
  readonly sent: number;
  readonly queued: number;
  /** Deliver's first request, and its response. */
  readonly begun: number;
  readonly known: number;
  /** The receiver got the call. */
  readonly called: number;
}

/**
 * Finds the path of each change in the functions' requests.
 *
 * @param origin The zero of the requests' times, epoch milliseconds. It is read once, because the clock can be adjusted during the run.
 */
export function ways(
  written: ReadonlyMap<string, Pick<Way, 'written' | 'inTable'>>,
  exchanges: readonly Exchange[],
  called: ReadonlyMap<string, number>,
  origin: number,
): Way[] {
  const epoch = (at: number): number => origin + at;
  const sends = new Map<string, Exchange>();
  for (const exchange of exchanges)
    if (exchange.target.endsWith('.SendMessageBatch'))
      for (const { MessageBody } of exchange.request.Entries)
        sends.set(JSON.parse(MessageBody).formattedString, exchange);
  // Capture reads all triggers of its entity. Deliver reads those of its batch, which is one here.
  const looks = exchanges.filter(
    ({ target, request }) => target.endsWith('.BatchGetItem') && keysOf(request).length === 1,
  );
  return [...written].flatMap(([ids, write]) => {
    const at = called.get(ids);
    const send = sends.get(ids);
    const look = looks.findLast(({ from }) => at !== undefined && epoch(from) <= at);
    if (at === undefined || !send || !look) return [];
    const [sent, queued, begun, known] = [send.from, send.to, look.from, look.to].map(epoch) as [
      number,
      number,
      number,
      number,
    ];
    return [{ ...write, sent, queued, begun, known, called: at }];
  });
}

function keysOf({ RequestItems }: Exchange['request']): unknown[] {
  return Object.values(RequestItems as Record<string, { Keys: unknown[] }>).flatMap(({ Keys }) => Keys);
}
