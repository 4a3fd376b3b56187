#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { isTrigger, type Trigger, triggers } from '../core/entity.ts';
import { asRefusal, findDeployment, setEmulatorDefaults } from './deployment.ts';
import { type AdminParts, clear, exportUrls, importUrls, list, set, test } from './operations.ts';
import { Refusal } from './refusal.ts';

const HELP = `crm-triggers: the URLs that are called when CRM data changes

  crm-triggers list                  all triggers and their URLs
  crm-triggers set TRIGGER URL       type a trigger's URL; it is called from 5 s later on
  crm-triggers clear TRIGGER         clear it: nobody is told of these changes any more
  crm-triggers test TRIGGER          send a made-up notification and say what the receiver answered
  crm-triggers export                print all URLs as JSON, for a file under version control
  crm-triggers import FILE           type the URLs of such a file (- for standard input); null clears one

  --json   print JSON
  --help   print this

TRIGGER is one of
  ${triggers.slice(0, 6).join(', ')},
  ${triggers.slice(6).join(', ')}.
It works on the stack that the AWS environment variables point at (AWS_PROFILE, AWS_REGION; AWS_ENDPOINT_URL for an
emulator). Exit status: 0 done, 1 refused, 2 wrong usage.`;

/** Wrong usage; exit status 2. */
class Misuse extends Error {}

/** What a command prints for people, and as JSON. */
interface Printed {
  readonly text: string;
  readonly json: unknown;
  /** The command did its work, and the answer is bad news: exit status 1. */
  readonly failed?: boolean;
}

interface Command {
  /** The words behind the command's name, in order. */
  readonly words: readonly string[];
  run(parts: AdminParts, ...words: string[]): Promise<Printed>;
}

const commands: Readonly<Record<string, Command>> = {
  list: {
    words: [],
    async run(parts) {
      const lines = await list(parts);
      return { json: lines, text: lines.map(({ trigger, url }) => `${trigger.padEnd(16)}  ${url ?? '-'}`).join('\n') };
    },
  },
  set: {
    words: ['TRIGGER', 'URL'],
    async run(parts, trigger, typed = '') {
      const url = await set(parts, trigger as Trigger, typed);
      const text = url === typed ? `${trigger} calls ${url}` : `${trigger} calls ${url} (what you typed, normalised)`;
      return { json: { trigger, url }, text };
    },
  },
  clear: {
    words: ['TRIGGER'],
    async run(parts, trigger) {
      await clear(parts, trigger as Trigger);
      return { json: { trigger, url: null }, text: `${trigger} calls nobody` };
    },
  },
  test: {
    words: ['TRIGGER'],
    async run(parts, trigger) {
      const result = await test(parts, trigger as Trigger);
      const verdict = result.delivered ? 'delivered' : 'not delivered';
      const body = result.body && `\n${printable(result.body)}`;
      return {
        json: { trigger, ...result },
        text: `${trigger} ${result.formattedString}: ${verdict}, ${result.answer} after ${result.milliseconds} ms${body}`,
        failed: !result.delivered,
      };
    },
  },
  export: {
    words: [],
    async run(parts) {
      const urls = await exportUrls(parts);
      return { json: urls, text: JSON.stringify(urls, null, 2) };
    },
  },
  import: {
    words: ['FILE'],
    async run(parts, file = '') {
      const imported = await importUrls(parts, await readText(file));
      const text = imported.map(({ trigger, is }) => `${trigger.padEnd(16)}  ${is ?? '-'}`);
      return { json: imported, text: text.join('\n') || 'Nothing to change: all is as in the file.' };
    },
  },
};

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file === '-' ? '/dev/stdin' : file, 'utf8');
  } catch (error) {
    throw new Refusal(`Cannot read ${file}: ${(error as NodeJS.ErrnoException).code}.`);
  }
}

/** A receiver's answer must not drive the terminal. */
function printable(text: string): string {
  return text.replace(/[^\P{C}\n\t]/gu, '\u{fffd}');
}

/** @throws {Misuse} When the words do not fit a command. */
function parse(args: readonly string[]) {
  const { values, positionals } = (() => {
    try {
      return parseArgs({
        args: [...args],
        allowPositionals: true,
        options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
      });
    } catch (error) {
      throw new Misuse((error as Error).message.split('. ')[0]);
    }
  })();
  const [name, ...words] = positionals;
  if (values.help || name === 'help') return { help: true as const };
  if (name === undefined) throw new Misuse('No command is given.');
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new Misuse(`There is no command "${name}".`);
  if (words.length !== command.words.length)
    throw new Misuse(`Write crm-triggers ${[name, ...command.words].join(' ')}.`);
  if (command.words[0] === 'TRIGGER' && !isTrigger(words[0]))
    throw new Misuse(`There is no trigger "${words[0]}": the triggers are ${triggers.join(', ')}.`);
  return { help: false as const, command, words, json: values.json ?? false };
}

/** Runs one command. Returns the exit status. */
async function main(args: readonly string[]): Promise<number> {
  const parsed = parse(args);
  if (parsed.help) {
    console.log(HELP);
    return 0;
  }
  setEmulatorDefaults(process.env);
  const printed = await parsed.command.run(await findDeployment(), ...parsed.words);
  console.log(parsed.json ? JSON.stringify(printed.json, null, 2) : printed.text);
  return printed.failed ? 1 : 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (caught) {
  const error = asRefusal(caught);
  if (!(error instanceof Misuse || error instanceof Refusal)) throw error;
  console.error(error.message + (error instanceof Misuse ? ' See crm-triggers --help.' : ''));
  process.exitCode = error instanceof Misuse ? 2 : 1;
}
