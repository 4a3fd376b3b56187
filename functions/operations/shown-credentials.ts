import type { StoredCertificate, TriggerSecrets } from '../adapters/secret-store.ts';
import type { OAuthClient } from '../core/access-token.ts';
import { maskedUrl } from '../core/masked-url.ts';

/** What people see of an OAuth client. Its secret is never shown. */
export interface ShownClient {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly scope: string | null;
  readonly audience: string | null;
}

/** What people see of a certificate. `expiresAt` is in epoch milliseconds. */
export type ShownCertificate = Pick<StoredCertificate, 'subject' | 'issuer' | 'expiresAt'>;

/** What people see of the credentials of a trigger. */
export function shownCredentials({ oauth, certificate }: Partial<TriggerSecrets> = {}) {
  const { subject = '', issuer = '', expiresAt = 0 } = certificate ?? {};
  return {
    oauth: oauth ? shownClient(oauth) : null,
    certificate: certificate ? { subject, issuer, expiresAt } : null,
  };
}

export function shownClient({ tokenUrl, clientId, scope, audience }: OAuthClient): ShownClient {
  return { tokenUrl: maskedUrl(tokenUrl), clientId, scope: scope ?? null, audience: audience ?? null };
}
