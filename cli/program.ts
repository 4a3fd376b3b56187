import { Argument, Command as Program } from 'commander';
import { triggers } from '../functions/core/entity.ts';
import { loggedOutcomes } from '../functions/core/log-entry.ts';
import { VERSION } from '../functions/core/version.ts';
import { type Command, generalOptions, type Options, optionRows } from './command.ts';
import { commands } from './commands.ts';
import { Misuse } from './misuse.ts';
import { checkValue } from './values.ts';

const NOTES = `
TRIGGER is one of ${triggers.join(', ')}.
OUTCOME is one of ${loggedOutcomes.join(', ')}.

The AWS environment variables (AWS_PROFILE, AWS_REGION; AWS_ENDPOINT_URL for an emulator) select the
account and the region; --profile and --region replace them. Exit status: 0 done, 1 rejected or a problem found, 2 wrong usage.`;

export type Run = (command: Command, words: readonly string[], options: Options) => Promise<void>;

/** The command line for commander. @param run Called with the command that the user entered. */
export function programOf(run: Run): Program {
  const program = new Program('crm-triggers')
    .description('Manage the URLs that are called when CRM data changes.')
    .version(VERSION, '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .configureHelp({ subcommandTerm: (sub) => [sub.name(), ...(commands[sub.name()]?.words ?? [])].join(' ') })
    .configureOutput({ writeErr: () => {} })
    .addHelpText('after', NOTES)
    .exitOverride();
  for (const [name, command] of Object.entries(commands)) {
    const sub = program
      .command(name)
      .summary(command.summary)
      .description([`${command.summary}.`, command.details?.replaceAll('`', '')].filter(Boolean).join(' '))
      .addHelpText('after', `\nExamples:\n${command.examples.map((line) => `  crm-triggers ${line}`).join('\n')}`);
    for (const word of command.words) sub.addArgument(argumentOf(word));
    for (const [option, row] of [...optionRows(command), ...Object.entries(generalOptions)])
      sub.option(...flagOf(option, row));
    sub.action(async (...given) => {
      const words = given.slice(0, command.words.length).filter((word) => word !== undefined);
      const values = valuesOf(command, given[command.words.length]);
      check(command, words, values);
      await run(command, words, values);
    });
  }
  return program;
}

function argumentOf(word: string): Argument {
  if (word.startsWith('[')) return new Argument(word);
  const argument = new Argument(`<${word}>`);
  return word.includes('|') ? argument.choices(word.split('|')) : argument;
}

function flagOf(name: string, [value, text]: readonly [string, string]): [string, string] {
  return [value ? `--${name} <${value}>` : `--${name}`, text];
}

/** Commander stores the values under names in camel case. */
function valuesOf({ options: own = [] }: Command, values: Readonly<Record<string, unknown>>): Options {
  const names = [...own, ...Object.keys(generalOptions)];
  const camel = (name: string) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
  return Object.fromEntries(
    names.flatMap((name) => (values[camel(name)] === undefined ? [] : [[name, values[camel(name)]]])),
  );
}

function check(command: Command, words: readonly string[], values: Options): void {
  for (const [index, word] of words.entries()) checkValue(command.words[index] ?? '', command.words[index] ?? '', word);
  for (const [name, [placeholder]] of [...optionRows(command), ...Object.entries(generalOptions)]) {
    const value = values[name as keyof Options];
    if (typeof value === 'string') checkValue(placeholder, `--${name}`, value);
  }
  if (values.json && values.output !== undefined && values.output !== 'json')
    throw new Misuse(`--json and --output ${values.output} contradict each other.`);
  command.check?.(words, values);
}
