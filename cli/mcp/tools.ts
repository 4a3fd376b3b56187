import { type Command, type Commands, type Options, optionRows } from '../command.ts';
import { Misuse } from '../misuse.ts';
import { checkValue, wordsOf } from '../values.ts';

type Property = Readonly<Record<string, unknown>>;

/** A tool as the protocol describes it. */
export interface ToolDescription {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: { readonly type: 'object'; readonly [name: string]: unknown };
  readonly annotations: { readonly readOnlyHint: boolean; readonly destructiveHint: boolean };
}

/** The arguments of a tool as the words and options of its command. */
export interface Invocation {
  readonly words: readonly string[];
  readonly options: Options;
}

const CONFIRM = 'confirm';
const NUMBERS: ReadonlySet<string> = new Set(['N', 'PER-SECOND']);
/** Completion offers some of their values, and there are others. */
const OPEN: ReadonlySet<string> = new Set(['TIME', 'RATE']);

/** The commands that are offered. */
export function offered(commands: Commands, allowWrites: boolean): readonly (readonly [string, Command])[] {
  return Object.entries(commands).filter(([, { tool }]) => tool && (allowWrites || !tool.writes));
}

export function describe(name: string, command: Command): ToolDescription {
  const inputs = inputsOf(command);
  const writes = command.tool?.writes ?? false;
  const confirm = {
    type: 'boolean',
    description: 'Do it. Set it only after a call without it, which returns a preview.',
  };
  return {
    name,
    description: [`${command.summary}.`, command.details].filter(Boolean).join(' '),
    inputSchema: {
      type: 'object',
      properties: {
        ...Object.fromEntries(inputs.map(({ key, placeholder, meaning }) => [key, propertyOf(placeholder, meaning)])),
        ...(writes && { [CONFIRM]: confirm }),
      },
      required: inputs.filter(({ isRequired }) => isRequired).map(({ key }) => key),
      additionalProperties: false,
    },
    annotations: { readOnlyHint: !writes, destructiveHint: writes },
  };
}

interface Input {
  readonly key: string;
  readonly placeholder: string;
  readonly meaning: string;
  readonly isRequired: boolean;
  /** Absent for a word. */
  readonly option?: string;
}

function inputsOf(command: Command): Input[] {
  const { tool, words, reads } = command;
  const hidden: readonly string[] = [
    ...(tool?.without ?? []),
    ...Object.keys({ ...tool?.preview, ...tool?.confirmed }),
  ];
  const own = words.map((word): Input => {
    const isFile = reads !== undefined && word === 'FILE';
    const name = word.replace(/[[\]]/g, '');
    return {
      key: isFile ? 'content' : name.includes('|') ? 'choice' : name.toLowerCase(),
      placeholder: isFile ? '' : name,
      meaning: isFile ? 'The content of the file' : name,
      isRequired: !word.startsWith('['),
    };
  });
  const options = optionRows(command)
    .filter(([name]) => !hidden.includes(name))
    .map(
      ([option, [placeholder, meaning]]): Input => ({ key: option, placeholder, meaning, isRequired: false, option }),
    );
  return [...own, ...options];
}

function propertyOf(placeholder: string, description: string): Property {
  if (NUMBERS.has(placeholder)) return { type: 'number', description };
  if (placeholder === '' && description !== 'The content of the file') return { type: 'boolean', description };
  const words = OPEN.has(placeholder) ? [] : wordsOf(placeholder);
  return { type: 'string', description, ...(words.length > 0 && { enum: words }) };
}

/**
 * Converts and checks the arguments of a tool.
 *
 * @throws {Misuse} If an argument is missing, unknown or wrong.
 */
export function invocationOf(command: Command, given: Readonly<Record<string, unknown>>): Invocation {
  const inputs = inputsOf(command);
  const unknown = Object.keys(given).find((key) => key !== CONFIRM && !inputs.some((input) => input.key === key));
  if (unknown !== undefined) throw new Misuse(`There is no argument ${JSON.stringify(unknown)}.`);
  const words: string[] = [];
  const options: Record<string, string | boolean> = {};
  for (const { key, placeholder, meaning, isRequired, option } of inputs) {
    const value = given[key];
    if (value === undefined) {
      if (isRequired) throw new Misuse(`The argument ${key} is missing.`);
      continue;
    }
    const { type } = propertyOf(placeholder, meaning);
    if (typeof value !== type) throw new Misuse(`The argument ${key} must be a ${type}.`);
    if (typeof value !== 'boolean') checkValue(placeholder, key, String(value));
    if (option === undefined) words.push(...(key === 'content' ? ['-', String(value)] : [String(value)]));
    else options[option] = typeof value === 'boolean' ? value : String(value);
  }
  command.check?.(words, options as Options);
  return { words, options: options as Options };
}
