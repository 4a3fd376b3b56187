import type { StoredCertificate } from '../adapters/secret-store.ts';
import type { OAuthClient } from '../core/access-token.ts';
import type { Trigger } from '../core/entity.ts';
import { maskedUrl } from '../core/masked-url.ts';
import { oauthClient } from '../core/oauth-client.ts';
import { urlCheckBy } from '../core/url-policy.ts';
import { parseCertificate } from './client-certificate.ts';
import type { Deps } from './deployment.ts';
import { note } from './record-change.ts';
import { type CheckUrlDeps, checkHost } from './set-url.ts';
import { type ShownCertificate, type ShownClient, shownClient } from './shown-credentials.ts';
import { changeSecrets, hasCredentials } from './signing-secrets.ts';
import { UserError } from './user-error.ts';

type ChangeDeps = Deps<'secrets' | 'history' | 'who'>;

/**
 * Sets the client with which the calls of a trigger get access tokens. It takes effect within 5 seconds.
 *
 * @throws {UserError} If a value is not valid, the token URL may not be called, or the calls have another Authorization.
 */
export async function setOauth(
  deps: ChangeDeps & CheckUrlDeps & Deps<'triggersTable'>,
  trigger: Trigger,
  entered: OAuthClient,
): Promise<ShownClient> {
  const checked = oauthClient(trigger, entered, deps.rules);
  if ('rejected' in checked) throw new UserError(checked.rejected);
  const { client } = checked;
  const rejected = await checkHost(new URL(client.tokenUrl), urlCheckBy(deps.rules), deps.lookUp);
  if (rejected !== undefined) throw new UserError(`The token URL for ${trigger} ${rejected}.`);
  const { url } = (await deps.triggersTable.read([trigger])).get(trigger) ?? {};
  if (url && hasCredentials(url))
    throw new UserError(
      `The URL for ${trigger} has a user name or password, which is sent as Authorization: remove it from the URL first.`,
      'conflict',
    );
  let from: string | null = null;
  await changeSecrets(deps, trigger, (now) => {
    if ('authorization' in now.headers)
      throw new UserError(
        `${trigger} has a custom header Authorization, in whose place the token would be sent: remove it with header remove first.`,
        'conflict',
      );
    from = now.oauth ? maskedUrl(now.oauth.tokenUrl) : null;
    return { ...now, oauth: client };
  });
  await note(deps, { what: 'oauth', trigger, from, to: maskedUrl(client.tokenUrl) });
  return shownClient(client);
}

/** @throws {UserError} If the trigger has no OAuth client. */
export async function removeOauth(deps: ChangeDeps, trigger: Trigger): Promise<void> {
  let from: string | null = null;
  await changeSecrets(deps, trigger, ({ oauth, ...others }) => {
    if (!oauth) throw new UserError(`${trigger} has no OAuth client: see list --json.`, 'missing');
    from = maskedUrl(oauth.tokenUrl);
    return others;
  });
  await note(deps, { what: 'oauth', trigger, from, to: null });
}

/**
 * Sets the client certificate that the calls of a trigger present. It takes effect within 5 seconds.
 *
 * @param pem The certificate, its chain and its private key.
 * @throws {UserError} If it cannot be used.
 */
export async function setCertificate(deps: ChangeDeps, trigger: Trigger, pem: string): Promise<ShownCertificate> {
  const parsed = parseCertificate(pem, Date.now());
  if ('rejected' in parsed) throw new UserError(`The certificate for ${trigger} ${parsed.rejected}.`);
  const { certificate } = parsed;
  let from: string | null = null;
  await changeSecrets(deps, trigger, (now) => {
    from = now.certificate ? recorded(now.certificate) : null;
    return { ...now, certificate };
  });
  await note(deps, { what: 'certificate', trigger, from, to: recorded(certificate) });
  const { subject, issuer, expiresAt } = certificate;
  return { subject, issuer, expiresAt };
}

/** @throws {UserError} If the trigger has no certificate. */
export async function removeCertificate(deps: ChangeDeps, trigger: Trigger): Promise<void> {
  let from: string | null = null;
  await changeSecrets(deps, trigger, ({ certificate, ...others }) => {
    if (!certificate) throw new UserError(`${trigger} has no client certificate: see list --json.`, 'missing');
    from = recorded(certificate);
    return others;
  });
  await note(deps, { what: 'certificate', trigger, from, to: null });
}

const recorded = ({ subject, expiresAt }: StoredCertificate): string =>
  `${subject}, until ${new Date(expiresAt).toISOString().slice(0, 10)}`;
