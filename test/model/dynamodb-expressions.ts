import { ConditionParser } from './condition-parser.ts';
import type { Kind, Parsed } from './expression-parts.ts';
import { OperandParser } from './operand-parser.ts';
import { UpdateParser } from './update-parser.ts';

const parsed = new Map<string, Parsed>();

/** Parses an expression; each text only once. @throws {InvalidExpression} */
export function parse(kind: Kind, text: string): Parsed {
  const key = `${kind} ${text}`;
  const known = parsed.get(key);
  if (known) return known;
  const fresh = parseNow(kind, text);
  parsed.set(key, fresh);
  return fresh;
}

function parseNow(kind: Kind, text: string): Parsed {
  if (kind === 'UpdateExpression') return new UpdateParser(kind, text).parse();
  if (kind === 'ProjectionExpression') return new OperandParser(kind, text).paths();
  return new ConditionParser(kind, text).parse();
}
