import { type Command, generalOptions, options } from '../command.ts';
import { commands } from '../commands.ts';

const HEAD = `# Command line

\`\`\`sh
npm run -s crm-triggers -- COMMAND
\`\`\`

The AWS environment variables (\`AWS_PROFILE\`, \`AWS_REGION\`) say which account and region to work on. Exit status: 0 done, 1 rejected or
something bad was found, 2 wrong usage.

This page is generated from the commands.
`;

/** The content of docs/cli.md. */
export function cliDocument(): string {
  const rows = Object.entries(commands).map(
    ([name, { words, summary }]) => `| [\`${cell(usage(name, words))}\`](#${name}) | ${cell(summary)} |`,
  );
  const general = Object.entries(generalOptions).map(optionRow);
  return [
    HEAD,
    ['| command | what it does |', '|---|---|', ...rows].join('\n'),
    `\nEvery command takes these options:\n\n${table(general)}`,
    ...Object.entries(commands).map(section),
  ]
    .join('\n')
    .concat('\n');
}

function section([name, { words, summary, details, options: own = [], examples }]: [string, Command]): string {
  const lines = examples.map((line) => `npm run -s crm-triggers -- ${line}`);
  return [
    `\n## ${name}\n\n\`${usage(name, words)}\`\n\n${summary}.${details ? ` ${details}` : ''}`,
    ...(own.length > 0 ? [`\n${table(own.map((option) => optionRow([option, options[option]])))}`] : []),
    `\n\`\`\`sh\n${lines.join('\n')}\n\`\`\``,
  ].join('\n');
}

const usage = (name: string, words: readonly string[]) => [name, ...words].join(' ');
const cell = (text: string) => text.replaceAll('|', '\\|');
const table = (rows: readonly string[]) => ['| option | meaning |', '|---|---|', ...rows].join('\n');

function optionRow([name, [value, text]]: [string, readonly [string, string]]): string {
  return `| \`--${name}${value ? ` ${value}` : ''}\` | ${cell(text)} |`;
}
