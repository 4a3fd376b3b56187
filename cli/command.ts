import type { OperationDeps } from '../functions/operations/deployment.ts';
import type { Table } from './table.ts';

/** The output of a command, as text and as JSON. */
export interface Printed {
  /** The text below the table, if there is one. */
  readonly text: string;
  readonly table?: Table;
  /** Times are epoch milliseconds; they are printed as ISO 8601. */
  readonly json: unknown;
  /** The command did its work and found something bad: exit status 1. */
  readonly failed?: boolean;
  /** Printed one after another, until the list ends or the user presses Ctrl-C. As JSON, one value per line. */
  readonly more?: AsyncIterable<Printed>;
}

/** The placeholder of an option's value (empty for a flag) and its meaning. */
type OptionRow = readonly [placeholder: string, meaning: string];

/** The options of all commands. */
export const options = {
  all: ['', 'all notifications in Failed'],
  'allow-writes': ['', 'offer tools that change something too'],
  'before-deploy': ['', 'check the account before the first deployment'],
  audience: ['AUDIENCE', 'the audience of the tokens, if the authorization server needs one'],
  by: ['ATTRIBUTE', 'the attribute to compare with --since (updatedAt)'],
  delivered: ['', 'what was delivered, in place of what failed'],
  'dry-run': ['', 'print the changes as a diff, and change nothing'],
  follow: ['', 'print new attempts until Ctrl-C; as JSON one per line'],
  forward: ['LOCAL-URL', 'a URL of this machine, such as http://localhost:3000/hook'],
  id: ['ID', 'the ID of a notification, or text in the formatted string'],
  limit: ['N', 'number of attempts, at most 10000 (50)'],
  outcome: ['OUTCOME', 'delivered, failed, throttled, gone or blocked'],
  pace: ['PER-SECOND', 'notifications per second, from 1 to 1000 (50)'],
  scope: ['SCOPE', 'the scopes of the tokens, separated by spaces'],
  'send-back': ['', 'send them all to the delivery queue again'],
  since: ['TIME', 'since this time: 2026-11-23, 2026-11-23T09:00Z, 90m, 36h, 7d, today or yesterday (UTC)'],
  trigger: ['TRIGGER', 'only this trigger'],
  until: ['TIME', 'with --delivered: until this time (now)'],
  'with-headers': ['', 'print the names of custom headers too; their values are never printed'],
  'with-secrets': ['', 'do not mask passwords and the values of queries'],
  yes: ['', 'do it; without this option the command prints its plan and changes nothing'],
} as const;

/** Every command takes these too. */
export const generalOptions = {
  output: ['table|json|jsonl', 'the form of the output; jsonl has one value per line (table)'],
  json: ['', 'print JSON'],
  profile: ['PROFILE', 'the AWS profile, in place of AWS_PROFILE'],
  region: ['REGION', 'the AWS region, in place of AWS_REGION'],
  stage: ['STAGE', 'a stage in cdk.json (main)'],
} as const;

type AllOptions = typeof options & typeof generalOptions;

type OptionName = keyof typeof options;

export type Options = { readonly [Name in keyof AllOptions]?: AllOptions[Name][0] extends '' ? boolean : string };

/** A client of the MCP server waits about a minute. A tool needs at most this long, in seconds. */
export const TOOL_SECONDS = 40;

/** How a command is offered as a tool of the MCP server. */
interface Tool {
  /** Whether it changes something, or makes a call. Then it needs a confirmation. */
  readonly writes: boolean;
  /** Options that are not offered. */
  readonly without?: readonly OptionName[];
  /** The options of a run that changes nothing. Without them, the preview is the command line and its meaning. */
  readonly preview?: Options;
  /** The options of the confirmed run. */
  readonly confirmed?: Options;
  /** Replaces the command's `run` if that can take longer than `TOOL_SECONDS`. */
  run?(deps: OperationDeps, words: readonly string[], options: Options): Promise<Printed>;
}

export type Commands = Readonly<Record<string, Command>>;

export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** More sentences for the help of this command, in Markdown. */
  readonly details?: string;
  /** Its arguments, in order. `a|b` is one of these words; `[ID]` is optional. */
  readonly words: readonly string[];
  readonly options?: readonly OptionName[];
  /** Options that have another meaning in this command. */
  readonly optionRows?: Readonly<Partial<Record<OptionName, OptionRow>>>;
  /** Absent: the command is no tool. */
  readonly tool?: Tool;
  /** Command lines without `crm-triggers`. */
  readonly examples: readonly string[];
  /** Checks what the other checks do not. @throws {Misuse} */
  check?(words: readonly string[], options: Options): void;
  /** Returns a file, or `-` for standard input. `run` receives its text as the last word. */
  reads?(words: readonly string[]): string | undefined;
  /** The command needs neither AWS nor a deployment: `run` gets no dependencies. */
  readonly offline?: true;
  /** Called instead of `run` when no deployment is needed. Returns nothing to continue with `run`. */
  alone?(options: Options): Promise<Printed> | undefined;
  /** @param all The table of commands, for commands that derive something from it. */
  run(deps: OperationDeps, words: readonly string[], options: Options, all?: Commands): Promise<Printed>;
}

/** The options of a command, without the general ones. */
export function optionRows({ options: own = [], optionRows: rows = {} }: Command): readonly [string, OptionRow][] {
  return own.map((name) => [name, rows[name] ?? options[name]]);
}
