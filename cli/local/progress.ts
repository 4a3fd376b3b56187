const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Runs one step of a longer way and says how it went and how long it took. A failure goes on to the caller. */
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
