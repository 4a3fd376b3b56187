import type { Printed } from './command.ts';
import { tableLines } from './table.ts';
import type { formats } from './values.ts';
import { plain, type View } from './view.ts';

export type Format = (typeof formats)[number];

/**
 * The lines of a command's output. A list that does not end yields each value when it is there.
 *
 * @param format `json` prints one value, and one value per line if the list does not end.
 */
export async function* outputLines(printed: Printed, format: Format, view: View): AsyncGenerator<string> {
  if (!printed.more) yield* lines(printed, format, view, true);
  let isFirst = true;
  for await (const next of printed.more ?? []) {
    yield* lines(next, format === 'json' ? 'jsonl' : format, view, isFirst);
    isFirst = false;
  }
}

function lines({ json, table, text }: Printed, format: Format, view: View, withHead: boolean): string[] {
  if (format === 'json') return [jsonText(json, 2)];
  if (format === 'jsonl') return (Array.isArray(json) ? json : [json]).map((value) => jsonText(value));
  return [...(table ? tableLines(table, view, withHead) : []), ...(text === '' && table ? [] : [text])];
}

/** The output as text, for a pipe. */
export function plainText(printed: Printed): string {
  return lines(printed, 'table', plain, true).join('\n');
}

/** The names of fields with a time in epoch milliseconds. */
const TIMES = /^(?:at|until|redelivered)$|(?:At|Until|Since)$/;

/** JSON with times in ISO 8601, in which characters that control a terminal or change the text direction are escaped. */
export function jsonText(value: unknown, indent?: number): string {
  const escaped = (text: string) => `\\u${text.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const withTimes = (key: string, field: unknown) =>
    typeof field === 'number' && TIMES.test(key) ? new Date(field).toISOString() : field;
  return JSON.stringify(value, withTimes, indent).replace(/[\u007f-\u009f\p{Cf}]/gu, (found) =>
    [...Array(found.length).keys()].map((i) => escaped(found.charAt(i))).join(''),
  );
}
