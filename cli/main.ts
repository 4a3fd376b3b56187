#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { isTrigger, triggers } from '../functions/core/entity.ts';
import { outcomeKinds } from '../functions/core/outcome.ts';
import { stagePattern } from '../functions/core/stack-name.ts';
import { asUserError, findDeployment } from '../functions/operations/deployment.ts';
import { UserError } from '../functions/operations/user-error.ts';
import { checkHome } from './check-account.ts';
import { commands, type Options, options } from './commands.ts';
import { useGivenEmulator } from './emulator-environment.ts';

const HELP = `crm-triggers: the URLs that are called when CRM data changes

  crm-triggers list                  all triggers, their URLs, their status and how many notifications are pending
  crm-triggers set TRIGGER URL       set a trigger's URL; it is called from 5 s later on
  crm-triggers clear TRIGGER         clear it: no calls are made, pending notifications move to Failed
  crm-triggers test TRIGGER          send an invented notification and say the receiver's response
  crm-triggers pause TRIGGER         let its notifications wait in its backlog
  crm-triggers resume TRIGGER        deliver them, in order, and new ones; needs a URL
  crm-triggers secret show TRIGGER   what its calls are signed with
  crm-triggers secret rotate TRIGGER sign with a new one; the old one signs too for another 24 hours
  crm-triggers header set TRIGGER NAME     send a header with each call; its value comes from standard input
  crm-triggers header remove TRIGGER NAME  send it no more
  crm-triggers export                print all URLs as JSON, for a file under version control
  crm-triggers import FILE           set the URLs of such a file (- for standard input); null clears one
  crm-triggers log                   the latest attempts and their responses, the newest last
                                     [--trigger T] [--outcome O] [--id ID] [--since TIME] [--limit N] [--follow]
  crm-triggers history               who changed what, the latest 100 first
  crm-triggers failed                what was moved to Failed, and why   [--trigger T] [--since TIME]
  crm-triggers redeliver [ID]        send it again, if its trigger has a URL: one, or --trigger T, --since TIME, --all
  crm-triggers doctor                what keeps notifications from going their way, and how to fix it
                                     --before-deploy looks at the account before there is a stack
  crm-triggers dead-letters          messages that no code could read; --send-back queues all of them again
  crm-triggers backfill TRIGGER      send the create or edit of every row, for a URL that was set late
                                     [--since VALUE [--by ATTRIBUTE]] [--pace PER-SECOND]

  --yes          really redeliver or backfill; without it they say what they would do
  --stage NAME   work on the stack of this stage of cdk.json, not on that of main
  --json         print JSON
  --help         print this

TRIGGER is one of
  ${triggers.slice(0, 6).join(', ')},
  ${triggers.slice(6).join(', ')}.
O is one of ${outcomeKinds.join(', ')}. ID is a notification's, or one that stands in the formatted string.
With --follow it prints new notifications, as JSON an entry a line, until Ctrl-C.
TIME is a date such as 2026-11-23 or 2026-11-23T09:00Z. A backfill that was stopped goes on where it stood.
It works on the stack that the AWS environment variables point at (AWS_PROFILE, AWS_REGION; AWS_ENDPOINT_URL for an
emulator). Exit status: 0 done, 1 rejected, 2 wrong usage.`;

/** What each command takes. */
const general: ReadonlySet<string> = new Set(['json', 'stage']);

/** Wrong usage; exit status 2. */
class Misuse extends Error {}

/** @throws {Misuse} When the words do not fit a command. */
function parse(args: readonly string[]) {
  const { values, positionals } = read(args);
  const [name, ...words] = positionals;
  if (values.help || name === 'help') return { help: true as const };
  if (name === undefined) throw new Misuse('No command is given.');
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new Misuse(`There is no command "${name}".`);
  const required = command.words.filter((word) => !word.startsWith('['));
  const isWrong = (word: string, i: number) => word.includes('|') && !word.split('|').includes(words[i] ?? '');
  if (words.length < required.length || words.length > command.words.length || command.words.some(isWrong))
    throw new Misuse(`Write crm-triggers ${[name, ...command.words].join(' ')}.`);
  for (const trigger of [words[command.words.indexOf('TRIGGER')], values.trigger])
    if (trigger !== undefined && !isTrigger(trigger))
      throw new Misuse(`There is no trigger "${trigger}": the triggers are ${triggers.join(', ')}.`);
  if (values.stage !== undefined && !stagePattern.test(values.stage))
    throw new Misuse('--stage is the name of a stage in cdk.json.');
  const foreign = Object.keys(values).find(
    (option) => !general.has(option) && !command.options?.includes(option as never),
  );
  if (foreign) throw new Misuse(`${name} has no option --${foreign}.`);
  return { help: false as const, command, words, values: values as Options };
}

function read(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new Misuse((error as Error).message.split('. ')[0]);
  }
}

/** Runs one command. Returns the exit status. */
async function main(args: readonly string[]): Promise<number> {
  const parsed = parse(args);
  if (parsed.help) {
    console.log(HELP);
    return 0;
  }
  await useGivenEmulator(process.env);
  const { command, words, values } = parsed;
  const file = command.reads?.(words);
  const input = file === undefined ? words : [...words, await readText(file)];
  await checkHome(values.stage);
  const printed = await (command.alone?.(values) ?? command.run(await findDeployment(values.stage), input, values));
  if (!printed.more) console.log(values.json ? json(printed.json, 2) : printed.text);
  for await (const { json: value, text } of printed.more ?? []) console.log(values.json ? json(value) : text);
  return printed.failed ? 1 : 0;
}

/** JSON that reads the same, with nothing in it that drives a terminal or turns its text around. */
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
