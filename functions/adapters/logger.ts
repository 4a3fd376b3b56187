/**
 * Prints one line of JSON. Fields are counts, names of triggers, opaque ids and responses in words. They never
 * contain a URL, a header, an id of a CRM record or other data of a row.
 */
export function log(level: 'info' | 'warn' | 'error', message: string, fields: Readonly<Record<string, unknown>> = {}) {
  printLine(JSON.stringify({ level, message, ...fields }));
}

/**
 * On Lambda a line goes to standard output itself. Lambda replaces the console's methods: they put each line into a JSON
 * string of another object, in which CloudWatch finds no metrics.
 */
const isOnLambda = process.env.AWS_LAMBDA_FUNCTION_NAME !== undefined;

/** Prints one line of the log. */
export function printLine(line: string): void {
  if (isOnLambda) process.stdout.write(`${line}\n`);
  else console.log(line);
}

/**
 * The fields of an error that can be logged: its name and code. Its message can contain data that must not be logged.
 */
export function errorFields(error: unknown): { error: string } {
  const { name, code } = error as { name?: string; code?: string };
  return { error: [name, code].filter(Boolean).join(' ') || 'unknown' };
}

/** Waits for work. Its error contains only what can be logged, because Lambda logs the error of a function. */
export async function throwingQuietly<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    const quiet = new Error(errorFields(error).error);
    const { stack = '', message = '' } = error as Error;
    quiet.stack = String(quiet) + stack.slice(stack.indexOf(message) + message.length);
    throw quiet;
  }
}
