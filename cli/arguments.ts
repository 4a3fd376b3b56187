import { parseArgs } from 'node:util';
import { generalOptions, options } from './command.ts';
import { Misuse } from './misuse.ts';

const parsed = Object.fromEntries(
  Object.entries({ ...options, ...generalOptions }).map(([name, [value]]) => [
    name,
    { type: value === '' ? 'boolean' : 'string' } as const,
  ]),
);

const tokensOf = (args: readonly string[]) =>
  parseArgs({ args: [...args], options: parsed, strict: false, allowPositionals: true, tokens: true }).tokens;

/** Returns whether the arguments select JSON, also if they contain an error. */
export function wantsJson(args: readonly string[]): boolean {
  return tokensOf(args).some(
    (token) =>
      token.kind === 'option' &&
      (token.name === 'json' || (token.name === 'output' && /^jsonl?$/.test(token.value ?? ''))),
  );
}

/**
 * Moves the command before its options, where commander expects it: `--json list` is `list --json`.
 *
 * @throws {Misuse} When an option stands where the value of another is missing: `log --id --json`.
 */
export function commandFirst(args: readonly string[]): string[] {
  const tokens = tokensOf(args);
  for (const token of tokens)
    if (token.kind === 'option' && token.inlineValue === false && /^-./.test(token.value))
      throw new Misuse(
        `--${token.name} has no value.`,
        `To give one that begins with "-", write --${token.name}=VALUE.`,
      );
  const command = tokens.find(({ kind }) => kind === 'positional');
  if (!command) return [...args];
  return [args[command.index] as string, ...args.filter((_, i) => i !== command.index)];
}
