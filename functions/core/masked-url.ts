/** Replaces a password or another credential. */
export const MASK = '***';

/**
 * Hides what can be a credential in a URL: the password, a user name without a password, and the values of the query.
 *
 * @param url A URL as it is stored.
 */
export function maskedUrl(url: string): string {
  const [, start = '', user, rest = ''] = url.match(/^([a-z]+:\/\/)(?:([^/?#@]*)@)?(.*)$/is) ?? [];
  const [, path = '', query, fragment = ''] = rest.match(/^([^?#]*)(?:\?([^#]*))?(#.*)?$/s) ?? [];
  const shownUser = user === undefined ? '' : `${maskedUser(user)}@`;
  const shownQuery = query === undefined ? '' : `?${query.split('&').map(maskedParameter).join('&')}`;
  return start === '' ? MASK : `${start}${shownUser}${path}${shownQuery}${fragment}`;
}

function maskedUser(user: string): string {
  const end = user.indexOf(':');
  return end < 0 ? MASK : `${user.slice(0, end)}:${MASK}`;
}

/** A parameter without a name is masked as a whole. */
function maskedParameter(parameter: string): string {
  const end = parameter.indexOf('=');
  if (parameter === '') return '';
  return end < 0 ? MASK : `${parameter.slice(0, end)}=${MASK}`;
}

/** Whether a URL is the masked form of some URL. */
export const isMasked = (url: string) => url.includes(MASK) && maskedUrl(url) === url;
