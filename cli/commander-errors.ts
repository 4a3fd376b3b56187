import type { CommanderError } from 'commander';
import { generalOptions, options } from './command.ts';
import { commands } from './commands.ts';
import { Misuse } from './misuse.ts';
import { similarCommand } from './suggest.ts';

/**
 * Converts an error of commander to one line.
 *
 * @param args The arguments that commander parsed.
 * @returns Nothing when the error only ends the program, as `--help` and `--version` do.
 */
export function misuseOf({ code, message, exitCode }: CommanderError, args: readonly string[]): Misuse | undefined {
  if (args.length === 0) return new Misuse('No command is given.');
  if (exitCode === 0) return undefined;
  const [name = '', topic = ''] = args;
  if (code === 'commander.help') return unknownCommand(topic);
  if (code === 'commander.unknownCommand') return unknownCommand(name);
  if (code === 'commander.unknownOption') return unknownOption(name, message);
  const words = commandWords(name);
  if (/Argument/.test(code) && words && !/option/.test(message))
    return new Misuse(`Write crm-triggers ${[name, ...words].join(' ')}.`);
  return sentence(message);
}

function unknownCommand(name: string): Misuse {
  const meant = /\w/.test(name) && similarCommand(name, Object.keys(commands));
  return new Misuse(`There is no command "${name}".`, meant ? `Did you mean ${meant}?` : '');
}

function unknownOption(name: string, message: string): Misuse {
  const [, option = '', value] = /unknown option '--([\w-]+)(=)?/.exec(message) ?? [];
  if (!Object.hasOwn({ ...options, ...generalOptions }, option)) return sentence(message);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) return new Misuse('No command is given.');
  const takes: readonly string[] = [...(command.options ?? []), ...Object.keys(generalOptions)];
  return new Misuse(
    value && takes.includes(option) ? `--${option} takes no value.` : `${name} has no option --${option}.`,
  );
}

function commandWords(name: string): readonly string[] | undefined {
  return Object.hasOwn(commands, name) ? commands[name]?.words : undefined;
}

/** `error: too many arguments` is `Too many arguments.` */
function sentence(message: string): Misuse {
  return new Misuse(`${message.replace(/^error: (.)/, (_, letter) => letter.toUpperCase()).split('\n')[0]}.`);
}
