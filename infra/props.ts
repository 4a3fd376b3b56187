import type { Entity } from '../functions/core/entity.ts';
import type { CrmTriggersProps } from './crm-triggers-props.ts';
import { checked, type Settings } from './settings.ts';
import { propsSchema } from './settings-schema.ts';

/** The title of the prop at a path, for errors. An empty path is of the names of all props. */
export function propTitle(construct: string, path: readonly PropertyKey[]): string {
  return `${path.length > 0 ? `Prop ${path.join('.')}` : 'Props'} of ${construct}`;
}

const title = (path: readonly PropertyKey[]) => propTitle('CrmTriggers', path);

/** Checks the props that are plain values, and adds their defaults. @throws {Error} One line per invalid prop. */
export function settingsOf(props: CrmTriggersProps): Settings {
  const { vpc, vpcSubnets: _, securityGroups: __, alarmActions: ___, tables, ...values } = props;
  const rows = tables && mapped(tables, ({ table: _, ...rows }) => rows);
  const settings = checked(propsSchema, { ...values, ...(rows && { tables: rows }) }, title);
  if (settings.allowedPrivateNetworks.length > 0 && !settings.emulated && !vpc)
    throw new Error(
      `${title(['allowedPrivateNetworks'])}: no function can reach a private network without the prop vpc. To fix this, set vpc, or remove allowedPrivateNetworks.`,
    );
  return settings;
}

function mapped<From, To>(of: Readonly<Partial<Record<Entity, From>>>, map: (value: From) => To) {
  return Object.fromEntries(
    Object.entries<From | undefined>(of).flatMap(([name, value]) => (value ? [[name, map(value)]] : [])),
  );
}
