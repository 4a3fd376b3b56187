import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../infra/folders.ts';

/** A prop, from its declaration and its docstring. */
export interface Prop {
  readonly name: string;
  readonly isOptional: boolean;
  readonly type: string;
  /** The docstring in one line, without its tags. */
  readonly meaning: string;
  /** The text after `@default`. */
  readonly default?: string;
}

/** The declaration files of the props, and their interfaces in the order of docs/construct.md. */
const interfaces: readonly (readonly [file: string, name: string])[] = [
  ['crm-triggers-props.ts', 'CrmTriggersProps'],
  ['crm-triggers-props.ts', 'CrmTriggersSettings'],
  ['crm-triggers-props.ts', 'CrmTableProps'],
  ['crm-triggers-console-props.ts', 'CrmTriggersConsoleProps'],
  ['crm-triggers-console-props.ts', 'ConsoleSignIn'],
];

/** The props of each interface of the construct. @throws {Error} When a prop has no docstring, or an optional one no default. */
export function allProps(): ReadonlyMap<string, readonly Prop[]> {
  return new Map(
    interfaces.map(([file, name]) => [name, propsIn(readFileSync(join(root, 'infra', file), 'utf8'), name)]),
  );
}

/** The props of an interface in a source file. */
export function propsIn(source: string, name: string): Prop[] {
  const [, body = ''] = new RegExp(`^export interface ${name}\\b[^{]*\\{\n(.*?)^\\}`, 'ms').exec(source) ?? [];
  const declared = [...body.matchAll(/^ {2}readonly (\w+)(\??): (.+);$/gm)];
  const documented = [...body.matchAll(/^ {2}\/\*\*(.*?)\*\/\n {2}readonly (\w+)/gms)];
  const texts = new Map(documented.map(([, text = '', prop]) => [prop, text.replace(/^\s*\* ?/gm, '').trim()]));
  return declared.map(([, prop = '', optional, type = '']) => {
    const [meaning = '', value] = (texts.get(prop) ?? '').split(/\s*@default\s+/);
    if (meaning === '') throw new Error(`${name}.${prop} has no docstring. To fix this, describe it.`);
    if (optional && value === undefined)
      throw new Error(`${name}.${prop} has no @default. To fix this, add what applies without it.`);
    return {
      name: prop,
      isOptional: optional === '?',
      type,
      meaning: meaning.replaceAll('\n', ' '),
      ...(value && { default: value.replaceAll('\n', ' ') }),
    };
  });
}

/** The tables of all props in docs/construct.md. */
export function propsTables(): string {
  return [...allProps()].map(([name, props]) => `### ${name}\n\n${table(props)}`).join('\n\n');
}

function table(props: readonly Prop[]): string {
  const rows = props.map(({ name, type, meaning, default: value, isOptional }) => {
    const absent = isOptional ? (value ?? '').replace(/^- /, '') : 'required';
    const isCode = isOptional && !value?.startsWith('- ');
    return `| \`${name}\` | \`${cell(type)}\` | ${isCode ? `\`${absent}\`` : absent} | ${cell(meaning)} |`;
  });
  return ['| prop | type | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

const cell = (text: string) => text.replaceAll('|', '\\|');
