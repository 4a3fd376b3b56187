import type { LogEntry } from '../functions/core/log-entry.ts';
import type { Column, Row, Table } from './table.ts';

/** The maximum length of a response's body in a line. */
const LINE_BODY = 200;

/** The least widths let the rows of a followed log stand below each other. */
const columns: readonly Column[] = [
  { head: 'TIME', least: 24 },
  { head: 'TRIGGER', least: 15 },
  { head: 'OUTCOME', least: 9, color: (outcome) => (outcome === 'delivered' ? 'green' : 'red') },
  { head: 'RESPONSE', least: 16 },
  { head: 'ID', least: 36, below: 'together' },
  { head: 'ATTEMPT', least: 9, below: 'together' },
  { head: 'FORMATTED STRING', below: 'together' },
];

/** Attempts as a table. The beginning of the response follows below an attempt that was not delivered. */
export function logTable(entries: readonly LogEntry[]): Table {
  return { columns, rows: entries.map(rowOf) };
}

function rowOf(entry: LogEntry): Row {
  const { at, trigger, id, formattedString, attempt, outcome, response, milliseconds, body = '' } = entry;
  const notes = [entry.test && 'test', entry.redelivered && 'sent again'].filter(Boolean);
  const note = outcome === 'delivered' ? '' : body.replace(/\s+/g, ' ').trim().slice(0, LINE_BODY);
  const cells = [
    new Date(at).toISOString(),
    trigger,
    outcome,
    `${response}, ${milliseconds} ms`,
    id,
    [`attempt ${attempt}`, ...notes].join(', '),
    formattedString,
  ];
  return { cells, ...(note && { note }) };
}
