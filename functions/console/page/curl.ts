import type { LogEntry } from '../../core/log-entry.ts';
import { joinFormattedString } from '../../core/trigger-url.ts';

/** A word of a POSIX shell, whatever is in it. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * The call of an attempt as a command for a terminal, with the current URL. It has no signature, because one is valid
 * for minutes only.
 */
export function curl(url: string, { id, trigger, attempt, formattedString, test }: LogEntry): string {
  const headers = {
    'webhook-id': id,
    'crm-trigger': trigger,
    'crm-trigger-attempt': String(attempt),
    ...(test && { 'crm-trigger-test': 'true' }),
  };
  return [
    `curl --globoff --include ${quoted(joinFormattedString(url, formattedString))}`,
    ...Object.entries(headers).map(([name, value]) => `  --header ${quoted(`${name}: ${value}`)}`),
  ].join(' \\\n');
}
