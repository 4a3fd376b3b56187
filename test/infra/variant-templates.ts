import assert from 'node:assert/strict';
import type { Properties } from '../support/template.ts';
import { templates, variants } from '../support/variants.ts';

/** The templates of each variant of the settings, by the stack's name. */
export const templatesByVariant = Object.entries(variants).map(
  ([name, settings]) => [name, templates(settings)] as const,
);

/** All templates, with the names of their variant and stack. */
export const allTemplates = templatesByVariant.flatMap(([name, stacks]) =>
  Object.entries(stacks).map(([stack, template]) => [`${name}, ${stack}`, template] as const),
);

/** The resources of a type, with their logical IDs. */
export const resources = (template: Properties, type: string): [string, Properties][] =>
  Object.entries<Properties>(template.Resources).flatMap(([id, { Type, Properties }]) =>
    Type === type ? [[id, Properties] as [string, Properties]] : [],
  );

/** A template with one resource changed. */
export function planted(
  change: (resources: Properties) => void,
  template = templatesByVariant[0]?.[1].CrmTriggers,
): Properties {
  const copy = structuredClone(template) ?? assert.fail();
  change(copy.Resources);
  return copy;
}
