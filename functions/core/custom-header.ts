/** A custom header that is sent with each call of a trigger, or one line that says what is wrong with it. */
export type CustomHeader = { readonly name: string; readonly value: string } | { readonly rejected: string };

/** With our headers and the URL, well below the limit of servers (8 KiB for most). */
const MAX_VALUE_CHARACTERS = 2048;
export const MAX_CUSTOM_HEADERS = 10;

/** Headers of ours, and those that control the connection. */
const reserved =
  /^(?:webhook-.*|crm-trigger.*|signature|signature-input|proxy-.*|sec-.*|accept|user-agent|host|connection|keep-alive|content-.*|transfer-encoding|te|trailer|upgrade|expect|range|if-.*)$/;

interface HeaderRule {
  readonly broken: (name: string, value: string) => boolean;
  /** Never quotes the value. */
  readonly rejection: string;
}

const rules: readonly HeaderRule[] = [
  {
    broken: (name) => !/^[\w!#$%&'*+.^`|~-]{1,64}$/.test(name),
    rejection: 'is no name of a header: use letters, digits and dashes, such as X-Token',
  },
  {
    broken: (name) => name.includes('_'),
    rejection: 'has an underscore, and many servers drop such a header: use a dash, such as X-Token',
  },
  { broken: (name) => reserved.test(name), rejection: 'is a header that is set by the system: choose another name' },
  { broken: (_, value) => value === '', rejection: 'has no value: give one' },
  {
    broken: (_, value) => value.length > MAX_VALUE_CHARACTERS,
    rejection: `has a value of more than ${MAX_VALUE_CHARACTERS} characters: shorten it`,
  },
  {
    // Other characters would end the header, or servers would read them differently.
    broken: (_, value) => !/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value),
    rejection: 'has a value with something else than visible ASCII in it, or a space at an end: remove it',
  },
];

/** Checks a custom header. Its name is stored in lower case. */
export function customHeader(entered: string, value: string): CustomHeader {
  const name = entered.toLowerCase();
  const broken = rules.find((rule) => rule.broken(name, value));
  return broken ? { rejected: `${JSON.stringify(entered)} ${broken.rejection}.` } : { name, value };
}
