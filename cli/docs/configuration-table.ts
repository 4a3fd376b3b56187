import { settingsSchema } from '../../infra/settings-schema.ts';

/** Settings for emulators only. Users do not set them. */
const HIDDEN: ReadonlySet<string> = new Set(['emulated']);

interface Property {
  readonly description?: string;
  readonly default?: unknown;
}

/** The table of all settings in docs/configuration.md. */
export function configurationTable(): string {
  const rows = Object.entries(settingsSchema.properties ?? {})
    .filter(([name]) => !HIDDEN.has(name))
    .map(([name, property]) => row(name, property as Property));
  return ['| setting | default | meaning |', '|---|---|---|', ...rows].join('\n');
}

function row(name: string, { description = '', default: value }: Property): string {
  const isSet = value !== undefined && JSON.stringify(value) !== '{}';
  return `| \`${name}\` | ${isSet ? `\`${JSON.stringify(value).replaceAll(',', ', ')}\`` : 'none'} | ${description} |`;
}
