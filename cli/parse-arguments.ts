import { CommanderError } from 'commander';
import { commandFirst } from './arguments.ts';
import { misuseOf } from './commander-errors.ts';
import { programOf, type Run } from './program.ts';

/**
 * Parses the arguments of this process, and calls `run` with the command. It prints the help or the version if they select it.
 *
 * @throws {Misuse}
 */
export async function parseArguments(given: readonly string[], run: Run): Promise<void> {
  const args = commandFirst(given);
  try {
    await programOf(run).parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const misuse = misuseOf(error, args);
    if (misuse) throw misuse;
  }
}
