/** A custom header for each call of a trigger, or a validation error in one line. */
export type CustomHeader = { readonly name: string; readonly value: string } | { readonly rejected: string };

/** Most servers limit the URL and all headers together to 8 KiB. */
const MAX_VALUE_CHARACTERS = 2048;
export const MAX_CUSTOM_HEADERS = 10;

/** Names of headers that the system sets or that control the connection. */
const reserved =
  /^(?:webhook-.*|crm-trigger.*|signature|signature-input|proxy-.*|sec-.*|accept|user-agent|host|connection|keep-alive|content-.*|transfer-encoding|te|trailer|upgrade|expect|range|if-.*)$/;

interface HeaderRule {
  readonly broken: (name: string, value: string) => boolean;
  /** Must not contain the value, which can be a secret. */
  readonly rejection: string;
}

const rules: readonly HeaderRule[] = [
  {
    broken: (name) => !/^[\w!#$%&'*+.^`|~-]{1,64}$/.test(name),
    rejection: 'is not a valid header name. Fix: use letters, digits and dashes, such as X-Token',
  },
  {
    broken: (name) => name.includes('_'),
    rejection: 'has an underscore, and many servers drop such headers. Fix: use a dash, such as X-Token',
  },
  { broken: (name) => reserved.test(name), rejection: 'is a header that the system sets. Fix: choose another name' },
  { broken: (_, value) => value === '', rejection: 'has no value. Fix: enter a value' },
  {
    broken: (_, value) => value.length > MAX_VALUE_CHARACTERS,
    rejection: `has a value of more than ${MAX_VALUE_CHARACTERS} characters. Fix: shorten the value`,
  },
  {
    // Other characters can end the header, or servers read them in different ways.
    broken: (_, value) => !/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value),
    rejection:
      'has a value that starts or ends with a space, or contains characters other than visible ASCII. Fix: remove them',
  },
];

/** Checks a custom header. The accepted name is in lower case. */
export function customHeader(entered: string, value: string): CustomHeader {
  const name = entered.toLowerCase();
  const broken = rules.find((rule) => rule.broken(name, value));
  return broken ? { rejected: `${JSON.stringify(entered)} ${broken.rejection}.` } : { name, value };
}
