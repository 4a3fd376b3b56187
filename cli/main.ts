#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { CommanderError } from 'commander';
import { asUserError, findDeployment, type OperationDeps } from '../functions/operations/deployment.ts';
import { UserError } from '../functions/operations/user-error.ts';
import { commandFirst } from './arguments.ts';
import { callerName, checkHome } from './check-account.ts';
import type { Command, Options } from './command.ts';
import { useGivenEmulator } from './emulator-environment.ts';
import { Misuse, misuseOf } from './misuse.ts';
import { programOf } from './program.ts';

/** Runs one command. Returns the exit status. */
async function main(given: readonly string[]): Promise<number> {
  const args = commandFirst(given);
  let status = 0;
  const program = programOf(async (command, words, options) => {
    status = await execute(command, words, options);
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const misuse = misuseOf(error, args);
    if (misuse) throw misuse;
  }
  return status;
}

async function execute(command: Command, words: readonly string[], options: Options): Promise<number> {
  await useGivenEmulator(process.env);
  const file = command.reads?.(words);
  const input = file === undefined ? words : [...words, await readText(file)];
  await checkHome(options.stage);
  const printed = await (command.alone?.(options) ?? command.run(await depsFor(options.stage), input, options));
  if (!printed.more) console.log(options.json ? json(printed.json, 2) : printed.text);
  for await (const { json: value, text } of printed.more ?? []) console.log(options.json ? json(value) : text);
  return printed.failed ? 1 : 0;
}

/** The dependencies of a command. Its caller and the deployment are looked up in parallel. */
async function depsFor(stage: string | undefined): Promise<OperationDeps> {
  const [deps, who] = await Promise.all([findDeployment(stage), callerName()]);
  return { ...deps, who };
}

/** JSON in which characters that control a terminal or change the text direction are escaped. */
function json(value: unknown, indent?: number): string {
  const escaped = (text: string) => `\\u${text.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value, null, indent).replace(/[\u007f-\u009f\p{Cf}]/gu, (found) =>
    [...Array(found.length).keys()].map((i) => escaped(found.charAt(i))).join(''),
  );
}

async function readText(file: string): Promise<string> {
  try {
    return await (file === '-' ? text(process.stdin) : readFile(file, 'utf8'));
  } catch (error) {
    throw new UserError(`Cannot read ${file}: ${(error as NodeJS.ErrnoException).code}.`);
  }
}

// Exit quietly when the pipe closes (for example `| head`).
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1));
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (caught) {
  const error = asUserError(caught);
  if (!(error instanceof Misuse || error instanceof UserError)) throw error;
  console.error(error.message + (error instanceof Misuse ? ' See crm-triggers --help.' : ''));
  process.exitCode = error instanceof Misuse ? 2 : 1;
}
