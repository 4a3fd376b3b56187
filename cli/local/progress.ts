const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Runs a step, and prints whether it succeeded and how long it took. Errors go to the caller. */
export async function step<Result>(label: string, work: () => Promise<Result>): Promise<Result> {
  const started = performance.now();
  const terminal = process.stdout.isTTY;
  if (terminal) process.stdout.write(`  … ${label}`);
  try {
    const result = await work();
    process.stdout.write(`${terminal ? '\r\x1b[2K' : ''}  ✓ ${label}  (${seconds(started)})\n`);
    return result;
  } catch (error) {
    process.stdout.write(`${terminal ? '\r\x1b[2K' : ''}  ✗ ${label}  (${seconds(started)})\n`);
    throw error;
  }
}

/** Prints a line during a step. */
export function note(line: string): void {
  process.stdout.write(`${process.stdout.isTTY ? '\r\x1b[2K' : ''}  – ${line}\n`);
}
