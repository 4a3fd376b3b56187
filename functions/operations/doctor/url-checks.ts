import manifest from '../../../package.json' with { type: 'json' };
import { type Trigger, triggers } from '../../core/entity.ts';
import { deployCommand, stackName } from '../../core/stack-name.ts';
import { typedUrl } from '../../core/trigger-url.ts';
import type { AdminParts } from '../deployment.ts';
import type { Check } from './check.ts';
import type { Look } from './inspector.ts';

/** A trigger with a URL. */
interface TypedSeen {
  readonly where: Trigger;
  /** Why the rules refuse its URL now. */
  readonly refused: string | undefined;
  readonly signed: boolean;
}

export async function typedSeen(parts: AdminParts, look: Look): Promise<TypedSeen[]> {
  const [now, secrets] = await Promise.all([
    look.ask('the triggers', parts.triggersTable.read(triggers)),
    look.ask('the secrets', parts.secrets.read(triggers)),
  ]);
  return triggers.flatMap((trigger) => {
    const url = now?.get(trigger)?.url;
    if (url === undefined) return [];
    const judged = typedUrl(trigger, url, parts.rules);
    const refused = 'refused' in judged ? judged.refused : undefined;
    return [{ where: trigger, refused, signed: !secrets || secrets.has(trigger) }];
  });
}

export const typedChecks: readonly Check<TypedSeen>[] = [
  {
    wrong: ({ refused }) => refused !== undefined,
    what: ({ refused }) => `its URL is not called any more. ${refused}`,
    mend: ({ where }) => `crm-triggers set ${where} URL; or the setting that allows it, and a deployment`,
  },
  {
    wrong: ({ signed }) => !signed,
    what: () => 'it has no secret, so its calls are not signed',
    mend: ({ where }) => `crm-triggers set ${where} URL, with the URL that it has: that makes one`,
  },
];

interface VersionSeen {
  readonly where: string;
  readonly stage: string;
  readonly deployed: string;
}

export const versionSeen = ({ outputs: { Stage: stage, Version: deployed } }: AdminParts): VersionSeen => ({
  where: `the stack ${stackName('CrmTriggers', stage)}`,
  stage,
  deployed,
});

export const versionChecks: readonly Check<VersionSeen>[] = [
  {
    wrong: ({ deployed }) => deployed !== manifest.version,
    what: ({ deployed }) => `it is of version ${deployed}, and this command line of ${manifest.version}`,
    mend: ({ stage }) => `${deployCommand('CrmTriggers', stage)}, or use the command line of its version`,
  },
];
