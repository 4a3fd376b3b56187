// The entry of the npm package.
export { CrmTriggers } from './crm-triggers.ts';
export { CrmTriggersConsole } from './crm-triggers-console.ts';
export type { ConsoleSignIn, CrmTriggersConsoleProps } from './crm-triggers-console-props.ts';
export type { CrmTableProps, CrmTriggersProps, CrmTriggersSettings } from './crm-triggers-props.ts';
