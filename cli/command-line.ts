import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { findDeployment, type OperationDeps } from '../functions/operations/deployment.ts';
import { UserError } from '../functions/operations/user-error.ts';
import { wantsJson } from './arguments.ts';
import { callerName, checkHome } from './check-account.ts';
import type { Command, Options, Printed } from './command.ts';
import { commands } from './commands.ts';
import { useGivenEmulator } from './emulator-environment.ts';
import { type Format, outputLines } from './output.ts';
import { parseArguments } from './parse-arguments.ts';
import { reportOf } from './report-error.ts';
import { viewOf } from './view.ts';

/**
 * Runs one command of the command line, and prints its result or its error.
 *
 * @returns The exit status.
 * @throws An internal error, unless the output is JSON.
 */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  let status = 0;
  try {
    await parseArguments(args, async (command, words, options) => {
      status = await execute(command, words, options);
    });
    return status;
  } catch (caught) {
    const { text: line, status: failed } = reportOf(caught, wantsJson(args));
    console.error(line);
    return failed;
  }
}

async function execute(command: Command, words: readonly string[], options: Options): Promise<number> {
  const printed = command.offline
    ? await command.run({} as OperationDeps, words, options, commands)
    : await runWith(command, words, options);
  // A list that does not end is ended by the user, so this is no failure.
  if (printed.more) process.once('SIGINT', () => process.exit(0));
  const format = (options.output as Format | undefined) ?? (options.json ? 'json' : 'table');
  for await (const line of outputLines(printed, format, viewOf(process.stdout, process.env))) console.log(line);
  return printed.failed ? 1 : 0;
}

async function runWith(command: Command, words: readonly string[], options: Options): Promise<Printed> {
  if (options.profile) process.env.AWS_PROFILE = options.profile;
  if (options.region) process.env.AWS_REGION = options.region;
  await useGivenEmulator(process.env);
  const file = command.reads?.(words);
  const input = file === undefined ? words : [...words, await readText(file)];
  await checkHome(options.stage);
  return command.alone?.(options) ?? command.run(await depsFor(options.stage), input, options, commands);
}

/** The dependencies of a command. Its caller and the deployment are looked up in parallel. */
async function depsFor(stage: string | undefined): Promise<OperationDeps> {
  const [deps, who] = await Promise.all([findDeployment(stage), callerName()]);
  return { ...deps, who };
}

async function readText(file: string): Promise<string> {
  try {
    return await (file === '-' ? text(process.stdin) : readFile(file, 'utf8'));
  } catch (error) {
    throw new UserError(`Cannot read ${file}: ${(error as NodeJS.ErrnoException).code}.`);
  }
}
