import type { UrlPolicy } from '../../functions/core/url-policy.ts';

/** The default rules of a deployment. */
export const defaultRules: UrlPolicy = { allowHttp: false, allowedPorts: [], allowedPrivateNetworks: [] };

/** Rules that allow the receivers of tests. */
export const loopbackRules: UrlPolicy = {
  allowHttp: true,
  allowedPorts: [],
  allowedPrivateNetworks: ['127.0.0.0/8', '::1/128'],
};
