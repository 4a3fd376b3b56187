import type { UrlPolicy } from '../../functions/core/url-policy.ts';

/** The rules of a deployment that sets none. */
export const defaultRules: UrlPolicy = { allowHttp: false, allowedPorts: [], allowedPrivateNetworks: [] };

/** With these a test's own receivers may be called. */
export const loopbackRules: UrlPolicy = {
  allowHttp: true,
  allowedPorts: [],
  allowedPrivateNetworks: ['127.0.0.0/8', '::1/128'],
};
