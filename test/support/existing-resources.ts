import { readFileSync, writeFileSync } from 'node:fs';

interface Resource {
  readonly Type: string;
  readonly DependsOn?: string | readonly string[];
}

/**
 * Removes the resources of some types from a synthesized template. References to them become the IDs of existing resources.
 *
 * @param existing The ID, by type.
 */
export function useExisting(file: string, existing: Readonly<Record<string, string>>): void {
  const template = JSON.parse(readFileSync(file, 'utf8'));
  const all = Object.entries<Resource>(template.Resources);
  const removed = new Map(all.flatMap(([id, { Type }]) => (existing[Type] ? [[id, existing[Type]]] : [])));
  const kept = all.flatMap(([id, { DependsOn = [], ...resource }]) =>
    removed.has(id) ? [] : [[id, { ...resource, DependsOn: [DependsOn].flat().filter((on) => !removed.has(on)) }]],
  );
  const text = JSON.stringify({ ...template, Resources: Object.fromEntries(kept) }, (_, value) =>
    typeof value?.Ref === 'string' ? (removed.get(value.Ref) ?? value) : value,
  );
  writeFileSync(file, text);
}
