import { readFileSync } from 'node:fs';

const { words } = JSON.parse(readFileSync(new URL('../infra/reserved-words.json', import.meta.url), 'utf8'));

/** The reserved words of Metrics Insights, in lower case. */
export const reserved: ReadonlySet<string> = new Set(words.split(' '));

const TOKEN = /\s*(?:"((?:[^"\\]|\\.)*)"|([A-Za-z_][\w]*)|(\d+)|([(),*=]|!=|<|>))/y;

/** The tokens of a query. @throws {Error} At a character that starts no token. */
function tokens(query: string): { quoted: boolean; text: string }[] {
  const found: { quoted: boolean; text: string }[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < query.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const [, quoted, word, number, sign] = TOKEN.exec(query) ?? [];
    const text = quoted ?? word ?? number ?? sign;
    if (text === undefined) throw new Error(`There is no token at ${at} of ${query}`);
    found.push({ quoted: quoted !== undefined, text });
  }
  return found;
}

/**
 * Parses a query: SELECT FUNCTION(metric) FROM namespace | SCHEMA(namespace, label …) [GROUP BY label …]
 * [ORDER BY FUNCTION() [ASC | DESC]] [LIMIT number].
 *
 * @returns Its bare identifiers. @throws {Error} When the text is not such a query.
 */
function bareIdentifiers(query: string): string[] {
  const rest = tokens(query);
  const bare: string[] = [];
  const is = (word: string) => rest[0]?.quoted === false && rest[0].text.toUpperCase() === word;
  const take = (...alternatives: string[]) => {
    if (!alternatives.some(is)) throw new Error(`${alternatives.join(' or ')} is missing before ${rest[0]?.text}`);
    rest.shift();
  };
  const identifier = () => {
    const token = rest.shift();
    if (!token || (!token.quoted && !/^[A-Za-z_]/.test(token.text))) throw new Error(`There is no name in ${query}`);
    if (!token.quoted) bare.push(token.text);
  };
  const identifiers = () => {
    identifier();
    while (is(',')) {
      take(',');
      identifier();
    }
  };
  const functions = ['AVG', 'COUNT', 'MAX', 'MIN', 'SUM'];
  take('SELECT');
  take(...functions);
  take('(');
  identifier();
  take(')');
  take('FROM');
  if (is('SCHEMA')) {
    take('SCHEMA');
    take('(');
    identifiers();
    take(')');
  } else identifier();
  if (is('GROUP')) {
    take('GROUP');
    take('BY');
    identifiers();
  }
  if (is('ORDER')) {
    take('ORDER');
    take('BY');
    take(...functions);
    take('(');
    take(')');
    if (is('ASC') || is('DESC')) take('ASC', 'DESC');
  }
  if (is('LIMIT')) {
    take('LIMIT');
    rest.shift();
  }
  if (rest.length > 0) throw new Error(`${rest[0]?.text} is too much in ${query}`);
  return bare;
}

/** The bare identifiers of a query that are reserved words. CloudWatch rejects queries with these. */
export const bareReserved = (query: string): string[] =>
  bareIdentifiers(query).filter((name) => reserved.has(name.toLowerCase()));
