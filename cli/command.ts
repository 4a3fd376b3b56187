import type { OperationDeps } from '../functions/operations/deployment.ts';

/** What a command prints for people, and as JSON. */
export interface Printed {
  readonly text: string;
  readonly json: unknown;
  /** The command did its work and found something bad: exit status 1. */
  readonly failed?: boolean;
  /** What is printed after it, until it ends or the user ends it; as JSON, one value per line. */
  readonly more?: AsyncIterable<Printed>;
}

/** All options of commands: the placeholder of its value, or nothing for a flag, and what it does. */
export const options = {
  all: ['', 'everything that failed'],
  'before-deploy': ['', 'check the account before there is a stack'],
  by: ['ATTRIBUTE', 'the attribute that --since is compared with (updatedAt)'],
  follow: ['', 'print new attempts until Ctrl-C; with --json one per line'],
  id: ['ID', "a notification's ID, or a part of the formatted string"],
  limit: ['N', 'how many attempts, at most 10000 (50)'],
  outcome: ['OUTCOME', 'delivered, failed, throttled, gone or blocked'],
  pace: ['PER-SECOND', 'how many a second, from 1 to 1000 (50)'],
  'send-back': ['', 'send them all to the delivery queue again'],
  since: ['TIME', 'from this time on: 2026-11-23, 2026-11-23T09:00Z, 90m, 36h, 7d, today or yesterday'],
  trigger: ['TRIGGER', 'only this trigger'],
  yes: ['', 'do it; without it the command only prints what it would do'],
} as const;

/** Every command takes these too. */
export const generalOptions = {
  json: ['', 'print JSON'],
  stage: ['NAME', 'the stage of cdk.json to work on (main)'],
} as const;

type Table = typeof options & typeof generalOptions;

export type Options = { readonly [Name in keyof Table]?: Table[Name][0] extends '' ? boolean : string };

export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** More for its own help, in Markdown. */
  readonly details?: string;
  /** Its arguments, in order; `a|b` is one of these words, and `[ID]` may be left out. */
  readonly words: readonly string[];
  readonly options?: readonly (keyof typeof options)[];
  /** Without `crm-triggers`. */
  readonly examples: readonly string[];
  /** Names a file, or `-` for standard input, whose text `run` gets after the words. */
  reads?(words: readonly string[]): string | undefined;
  /** In place of `run`, where there is no deployment yet. */
  alone?(options: Options): Promise<Printed> | undefined;
  run(deps: OperationDeps, words: readonly string[], options: Options): Promise<Printed>;
}
