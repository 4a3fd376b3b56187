import { joinFormattedString } from '../../../core/trigger-url.ts';
import type { LogEntry } from '../../api/log-routes.ts';

/** Quotes a text as one word of a POSIX shell. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** The headers of an attempt that the log contains, as lines. */
export function headerLines({ id, trigger, attempt, test }: LogEntry): string[] {
  const headers = {
    'webhook-id': id,
    'crm-trigger': trigger,
    'crm-trigger-attempt': String(attempt),
    ...(test && { 'crm-trigger-test': 'true' }),
  };
  return Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
}

/** The call of an attempt as a curl command. It calls `url` and has no signature, because a signature soon expires. */
export function curl(url: string, entry: LogEntry): string {
  return [
    `curl --globoff --include ${quoted(joinFormattedString(url, entry.formattedString))}`,
    ...headerLines(entry).map((line) => `  --header ${quoted(line)}`),
  ].join(' \\\n');
}
