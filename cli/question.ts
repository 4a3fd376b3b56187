import { createInterface } from 'node:readline/promises';

/** Asks a question on standard error. @returns False without a terminal, and for each reply but `y` and `yes`. */
export async function ask(question: string, input = process.stdin, output = process.stderr): Promise<boolean> {
  if (!input.isTTY || !output.isTTY) return false;
  const terminal = createInterface({ input, output });
  try {
    return /^y(?:es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
