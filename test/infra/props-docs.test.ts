import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allProps, type Prop, propsIn } from '../../cli/docs/props-tables.ts';
import { settingsSchema } from '../../infra/settings-schema.ts';

interface Property {
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: { readonly minimum?: number; readonly maximum?: number };
}

const properties = Object.entries(settingsSchema.properties ?? {}) as [string, Property][];
const props = allProps();
const settings = props.get('CrmTriggersSettings') ?? assert.fail();

/** The settings of a stage that a prop of another type replaces, or that belong to the console. */
const others = ['account', 'region', 'tables', 'vpc', 'signIn', 'userPoolId', 'consoleDomain', 'alarms'];

test('CrmTriggers has a prop for each setting in cdk.json, with the same name', () => {
  const names = properties.map(([name]) => name).filter((name) => !others.includes(name));
  assert.deepEqual(settings.map(({ name }) => name).sort(), names.sort());
});

test('the default in the docstring of a prop is the default of its setting', () => {
  const documented = (prop: Prop) => prop.default?.replaceAll("'", '"') ?? '';
  for (const prop of settings) {
    const value = properties.find(([name]) => name === prop.name)?.[1].default;
    if (value === undefined) assert.match(documented(prop), /^- /, prop.name);
    else assert.deepEqual(JSON.parse(documented(prop)), value, prop.name);
  }
});

test('the docstring of a number names its limits and its unit, and says that another number is rejected', () => {
  let numbers = 0;
  for (const { name, meaning } of settings) {
    const { items, ...own } = properties.find(([other]) => other === name)?.[1] ?? {};
    const { minimum, maximum } = items ?? own;
    if (maximum === undefined) continue;
    numbers++;
    assert.ok(meaning.includes(String(maximum)), `${name}: ${maximum}`);
    if (minimum !== undefined) assert.ok(meaning.includes(`from ${minimum} `), `${name}: ${minimum}`);
    if (name.endsWith('Seconds')) assert.match(meaning, /in seconds/, name);
    assert.match(meaning, /stops? the synthesis/, name);
  }
  assert.ok(numbers >= 7);
});

test('a prop without a docstring or without a default is reported', () => {
  const of = (body: string) => () => propsIn(`export interface Props {\n${body}}\n`, 'Props');
  assert.throws(of('  readonly a: string;\n'), /Props\.a has no docstring/);
  assert.throws(of('  /** A. */\n  readonly a?: string;\n'), /Props\.a has no @default/);
  assert.deepEqual(of('  /** A. */\n  readonly a: string;\n')(), [
    { name: 'a', isOptional: false, type: 'string', meaning: 'A.' },
  ]);
});
