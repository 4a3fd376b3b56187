/**
 * Quotes the name that someone entered, for an error message. A text that cannot be a name can be a URL with credentials,
 * so it is not repeated.
 */
export const quotedName = (entered: string): string =>
  /^[^/@?=]{0,60}$/u.test(entered) ? JSON.stringify(entered) : 'of this name';
