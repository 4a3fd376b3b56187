/**
 * One line of JSON. Fields are counts, trigger names, opaque ids and answers in words: never a URL, a header, an id of
 * the CRM or anything else that came from a row.
 */
export function log(level: 'info' | 'warn' | 'error', message: string, fields: Readonly<Record<string, unknown>> = {}) {
  console.log(JSON.stringify({ level, message, ...fields }));
}

/** What can be logged of an error: its name and code. Its message may quote what must not be logged. */
export function errorFields(error: unknown): { error: string } {
  const { name, code } = error as { name?: string; code?: string };
  return { error: [name, code].filter(Boolean).join(' ') || 'unknown' };
}
