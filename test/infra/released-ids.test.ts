import assert from 'node:assert/strict';
import { test } from 'node:test';
import { templates } from '../support/variants.ts';
import released from './released-ids.json' with { type: 'json' };

interface Variant {
  readonly settings: object;
  /** The type of each resource, by stack and logical ID. */
  readonly stacks: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Private networks without a VPC are rejected since then. A VPC only adds resources. */
const required = { vpc: { id: 'vpc-0a1b2c3d', subnets: ['subnet-0a1b2c3d'] } };

for (const [name, { settings, stacks }] of Object.entries<Variant>(released.variants))
  test(`an upgrade from ${released.release} replaces and deletes no resource: ${name}`, () => {
    const today = templates('allowedPrivateNetworks' in settings ? { ...settings, ...required } : settings);
    assert.deepEqual(Object.keys(stacks).sort(), Object.keys(today).sort());
    for (const [stack, ids] of Object.entries(stacks)) {
      assert.ok(Object.keys(ids).length > 20, stack);
      const types = Object.keys(ids).map((id) => [id, today[stack]?.Resources[id]?.Type]);
      assert.deepEqual(Object.fromEntries(types), ids, stack);
    }
  });
