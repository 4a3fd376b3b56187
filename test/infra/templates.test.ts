import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bareReserved, reserved } from '../support/metrics-insights.ts';
import type { Properties } from '../support/template.ts';
import { templates } from '../support/variants.ts';
import { allTemplates, resources, templatesByVariant } from './variant-templates.ts';

const queriesOf = (template: Properties): string[] =>
  resources(template, 'AWS::CloudWatch::Alarm').flatMap(([, { Metrics = [] }]) =>
    Metrics.map(({ Expression }: Properties) => Expression).filter((text: string) => /^\s*SELECT\b/i.test(text ?? '')),
  );

test('every query of an alarm is valid, and quotes the reserved words of Metrics Insights', () => {
  for (const [name, template] of allTemplates) {
    const queries = queriesOf(template);
    assert.equal(queries.length, /CrmTriggersConsole$/.test(name) ? 0 : 2, name);
    for (const query of queries) assert.deepEqual(bareReserved(query), [], query);
  }
  assert.ok(reserved.size > 900);
});

test('finds a reserved word without quotes in a query', () => {
  const bare = 'SELECT MAX(down) FROM SCHEMA("CrmTriggers", trigger) GROUP BY trigger ORDER BY MAX() DESC';
  assert.deepEqual(bareReserved(bare), ['trigger', 'trigger']);
  assert.throws(() => bareReserved('SELECT MAX("down") GROUP BY "trigger"'), /FROM is missing/);
});

/** The exports that a stack imports before the change and that are missing after it. */
function removedExports(
  before: Readonly<Record<string, Properties>>,
  after: Readonly<Record<string, Properties>>,
): string[] {
  const imported = new Set(
    [...JSON.stringify(before).matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map(([, name]) => name),
  );
  const exported = Object.values(after)
    .flatMap(({ Outputs = {} }) => Object.values<Properties>(Outputs))
    .map(({ Export }) => Export?.Name);
  return [...imported].filter((name) => name !== undefined && !exported.includes(name)) as string[];
}

test('no change between two variants of the settings removes an export that a stack imports', () => {
  for (const [from, before] of templatesByVariant)
    for (const [to, after] of templatesByVariant)
      assert.deepEqual(removedExports(before, after), [], `from ${from} to ${to}`);
});

test('finds an imported export that is removed', () => {
  const [, { CrmTriggers, CrmTriggersConsole }] = templatesByVariant[0] as unknown as [
    string,
    Record<string, Properties>,
  ];
  const output = { Value: 'x', Export: { Name: 'CrmTriggers:Table' } };
  const before = {
    CrmTriggers: { ...CrmTriggers, Outputs: { output } },
    CrmTriggersConsole: { ...CrmTriggersConsole, planted: { 'Fn::ImportValue': 'CrmTriggers:Table' } },
  };
  assert.deepEqual(removedExports(before, before), []);
  assert.deepEqual(removedExports(before, templatesByVariant[0]?.[1] ?? {}), ['CrmTriggers:Table']);
});

test('four attached tables with twenty ignored attributes of forty characters fit into every environment', () => {
  for (const [name, template] of allTemplates)
    for (const [id, { Environment }] of resources(template, 'AWS::Lambda::Function'))
      assert.ok(JSON.stringify(Environment.Variables).length < 4_096, `${name}, ${id}`);
});

test('rejects an environment that can exceed the limit with one line that names the setting', () => {
  const ignore = Array.from({ length: 30 }, (_, index) => `attribute${index}`.padEnd(200, 'x'));
  const stream = 'arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/2025-01-01T00:00:00.000';
  assert.throws(
    () => templates({ tables: { task: { stream, ignore } } }),
    /^Error: The environment of the function CrmTriggers\/Default\/CaptureTask can have \d+ bytes, but the limit of Lambda is 4096\. ROW_RULES has \d+ of them\. To fix this, shorten tables \(names, ignore\) or silencedBy\.$/,
  );
});

test('the same settings give the same templates, byte for byte', () => {
  assert.equal(JSON.stringify(templates({})), JSON.stringify(templatesByVariant[0]?.[1]));
});
