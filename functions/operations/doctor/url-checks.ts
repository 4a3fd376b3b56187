import manifest from '../../../package.json' with { type: 'json' };
import { expiresSoon } from '../../core/certificate-expiry.ts';
import { type Trigger, triggers } from '../../core/entity.ts';
import { deployCommand, stackName } from '../../core/stack-name.ts';
import { parseTriggerUrl } from '../../core/trigger-url.ts';
import type { Deps } from '../deployment.ts';
import type { Check } from './check.ts';
import type { Checking } from './inspector.ts';

/** A trigger with a URL. */
interface UrlFacts {
  readonly where: Trigger;
  /** Why the allowed URLs no longer include this URL. */
  readonly rejected: string | undefined;
  readonly signed: boolean;
  /** When its client certificate expires, epoch milliseconds, if that is soon or has been. */
  readonly expiresAt: number | undefined;
}

export async function urlFacts(
  deps: Deps<'triggersTable' | 'secrets' | 'rules'>,
  inspector: Checking,
): Promise<UrlFacts[]> {
  const [now, secrets] = await Promise.all([
    inspector.ask('the triggers', deps.triggersTable.read(triggers)),
    inspector.ask('the secrets', deps.secrets.read(triggers)),
  ]);
  return triggers.flatMap((trigger) => {
    const url = now?.get(trigger)?.url;
    if (url === undefined) return [];
    const checked = parseTriggerUrl(trigger, url, deps.rules);
    const rejected = 'rejected' in checked ? checked.rejected : undefined;
    const { expiresAt } = secrets?.get(trigger)?.certificate ?? {};
    const expiring = expiresAt !== undefined && expiresSoon(expiresAt, Date.now()) ? expiresAt : undefined;
    return [{ where: trigger, rejected, signed: !secrets || secrets.has(trigger), expiresAt: expiring }];
  });
}

export const urlChecks: readonly Check<UrlFacts>[] = [
  {
    wrong: ({ rejected }) => rejected !== undefined,
    what: ({ rejected }) => `its URL is not called any more. ${rejected}`,
    fix: ({ where }) => `crm-triggers set ${where} URL; or the setting that allows it, and a deployment`,
    fixOnPage: ({ where }) =>
      `set another URL for ${where} on the tab Triggers; or the setting that allows it, and a deployment`,
  },
  {
    wrong: ({ signed }) => !signed,
    what: () => 'it has no secret, so its calls are not signed',
    fix: ({ where }) => `crm-triggers set ${where} URL, with the URL that it has: that makes one`,
    fixOnPage: ({ where }) => `on the tab Triggers, open Settings of ${where} and replace the secret: that makes one`,
  },
  {
    wrong: ({ expiresAt }) => expiresAt !== undefined,
    what: ({ expiresAt = 0 }) => `its client certificate is valid until ${new Date(expiresAt).toISOString()}`,
    fix: ({ where }) => `crm-triggers certificate set ${where} FILE, with a renewed certificate`,
  },
];

interface VersionFacts {
  readonly where: string;
  readonly stage: string;
  readonly deployed: string;
}

export const versionFacts = ({ outputs: { Stage: stage, Version: deployed } }: Deps<'outputs'>): VersionFacts => ({
  where: `the stack ${stackName('CrmTriggers', stage)}`,
  stage,
  deployed,
});

export const versionChecks: readonly Check<VersionFacts>[] = [
  {
    wrong: ({ deployed }) => deployed !== manifest.version,
    what: ({ deployed }) => `it is of version ${deployed}, and this command line of ${manifest.version}`,
    fix: ({ stage }) => `${deployCommand('CrmTriggers', stage)}, or use the command line of its version`,
  },
];
