import { type Command, generalOptions, optionRows } from '../command.ts';
import { commands } from '../commands.ts';

const HEAD = `# Command line

\`\`\`sh
npm run -s crm-triggers -- COMMAND
\`\`\`

The AWS environment variables (\`AWS_PROFILE\`, \`AWS_REGION\`) select the account and the region; \`--profile\` and \`--region\` replace
them. Exit status: 0 done, 1 rejected or a problem found, 2 wrong usage.

In a terminal, tables fit its width and have colors, unless \`NO_COLOR\` is set. In a pipe or a file nothing is cut or colored.
With \`--output json\` all times are ISO 8601, and an error is one line on standard error:

\`\`\`json
{"error":{"code":"usage","message":"There is no command \\"histroy\\".","fix":"Did you mean history? See crm-triggers --help."}}
\`\`\`

This page is generated from the commands by \`npm run docs\`.
`;

/** The content of docs/cli.md. */
export function cliDocument(): string {
  const rows = Object.entries(commands).map(
    ([name, { words, summary }]) => `| [\`${cell(usage(name, words))}\`](#${name}) | ${cell(summary)} |`,
  );
  const general = Object.entries(generalOptions).map(optionRow);
  return [
    HEAD,
    ['| command | purpose |', '|---|---|', ...rows].join('\n'),
    `\nAll commands take these options:\n\n${table(general)}`,
    ...Object.entries(commands).map(section),
  ]
    .join('\n')
    .concat('\n');
}

function section([name, command]: [string, Command]): string {
  const { words, summary, details, examples } = command;
  const own = optionRows(command);
  const lines = examples.map((line) => `npm run -s crm-triggers -- ${line}`);
  return [
    `\n## ${name}\n\n\`${usage(name, words)}\`\n\n${summary}.${details ? ` ${details}` : ''}`,
    ...(own.length > 0 ? [`\n${table(own.map(optionRow))}`] : []),
    `\n\`\`\`sh\n${lines.join('\n')}\n\`\`\``,
  ].join('\n');
}

const usage = (name: string, words: readonly string[]) => [name, ...words].join(' ');
const cell = (text: string) => text.replaceAll('|', '\\|');
const table = (rows: readonly string[]) => ['| option | meaning |', '|---|---|', ...rows].join('\n');

function optionRow([name, [value, text]]: [string, readonly [string, string]]): string {
  return `| \`--${name}${value ? ` ${cell(value)}` : ''}\` | ${cell(text)} |`;
}
