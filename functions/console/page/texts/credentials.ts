// The texts of the settings of a trigger: OAuth client and client certificate.

export const oauthTexts = {
  title: 'OAuth client',
  lead: 'If the receiver accepts only access tokens, enter the client with which its authorization server issues them.',
  none: 'Calls have no access token.',
  tokenUrl: 'Token URL',
  clientId: 'Client ID',
  clientSecret: 'Client secret',
  scope: 'Scope (optional)',
  audience: 'Audience (optional)',
  shown: (clientId: string, tokenUrl: string) => `${clientId} gets tokens from ${tokenUrl}`,
  details: (scope: string | null, audience: string | null) =>
    [scope === null ? '' : `Scope: ${scope}`, audience === null ? '' : `Audience: ${audience}`]
      .filter(Boolean)
      .join('. '),
  set: 'Set client',
  replace: 'Replace client',
  saved: 'Each call has an access token within 5 seconds. The client secret is not shown again.',
  remove: 'Remove client',
  removeTitle: (trigger: string) => `Remove the OAuth client of ${trigger}?`,
  removeConsequence:
    'A receiver that requires an access token rejects each call. The client secret cannot be restored.',
  removed: 'Calls have no access token.',
};

export const certificateTexts = {
  title: 'Client certificate',
  lead: 'If the receiver requires mTLS, paste the certificate, its private key and its chain as PEM.',
  none: 'Calls present no certificate.',
  subject: (subject: string) => `Subject: ${subject}`,
  issuer: (issuer: string) => `Issuer: ${issuer}`,
  expires: (time: string) => `Valid until ${time}`,
  expiresSoon: (time: string) =>
    `Valid until ${time}. Renew it now: receivers reject calls with an expired certificate.`,
  pem: 'Certificate and private key (PEM)',
  placeholder: '-----BEGIN CERTIFICATE-----',
  set: 'Set certificate',
  replace: 'Replace certificate',
  saved: 'Each call presents it within 5 seconds. The private key is not shown again.',
  remove: 'Remove certificate',
  removeTitle: (trigger: string) => `Remove the client certificate of ${trigger}?`,
  removeConsequence: 'A receiver that requires a certificate rejects each call. The private key cannot be restored.',
  removed: 'Calls present no certificate.',
};
