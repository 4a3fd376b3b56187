import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { compare, content, isEqual, typeOf } from './dynamodb-values.ts';
import type { Condition, Operand, Parsed, Scope } from './expression-parts.ts';
import { functions, OperandParser } from './operand-parser.ts';

const comparators: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/** Parses conditions, filters and key conditions. */
export class ConditionParser extends OperandParser {
  parse(): Parsed {
    return this.complete({ condition: this.or() });
  }

  or(): Condition {
    const inner = [this.and()];
    while (this.takes('OR')) inner.push(this.and());
    if (inner.length === 1) return inner[0] as Condition;
    return {
      operator: 'OR',
      operands: [],
      inner,
      isMet: (scope) => inner.some(({ isMet }) => isMet(scope)),
    };
  }

  and(): Condition {
    const inner = [this.not()];
    while (this.takes('AND')) inner.push(this.not());
    if (inner.length === 1) return inner[0] as Condition;
    return {
      operator: 'AND',
      operands: [],
      inner,
      isMet: (scope) => inner.every(({ isMet }) => isMet(scope)),
    };
  }

  not(): Condition {
    if (!this.takes('NOT')) return this.simple();
    const inner = this.not();
    return { operator: 'NOT', operands: [], inner: [inner], isMet: (scope) => !inner.isMet(scope) };
  }

  simple(): Condition {
    const open = this.at;
    if (this.takes('(')) {
      const inside = this.or();
      this.expect(')');
      if (this.tokens[open + 1] === '(' && this.closing(open + 1) === this.at - 2)
        this.fail('The expression has redundant parentheses;');
      return inside;
    }
    const name = this.tokens[this.at] ?? '';
    if (name !== 'size' && this.tokens[this.at + 1] === '(' && /^[A-Za-z]/.test(name)) return this.function(name);
    return this.comparison(this.operand());
  }

  /** Returns the index of the parenthesis that closes the one at a token. */
  closing(open: number): number {
    let depth = 0;
    return this.tokens.findIndex((token, at) => {
      if (at < open) return false;
      depth += token === '(' ? 1 : token === ')' ? -1 : 0;
      return depth === 0;
    });
  }

  function(name: string): Condition {
    if (!Object.hasOwn(functions, name)) this.fail(`Invalid function name; function: ${name}`);
    if (name === 'if_not_exists' || name === 'list_append') this.misplaced(name);
    const operands = this.arguments(name);
    if (this.tokens[this.at] && /^(=|<>|<|<=|>|>=|IN|BETWEEN)$/i.test(this.tokens[this.at] ?? '')) this.misplaced(name);
    const [first, second] = operands as [Operand, Operand];
    const isMet: Record<string, (scope: Scope) => boolean> = {
      attribute_exists: (scope) => first.of(scope) !== undefined,
      attribute_not_exists: (scope) => first.of(scope) === undefined,
      attribute_type: (scope) => {
        const value = first.of(scope);
        return value !== undefined && typeOf(value) === second.of(scope)?.S;
      },
      begins_with: (scope) => beginsWith(first.of(scope), second.of(scope)),
      contains: (scope) => contains(first.of(scope), second.of(scope)),
    };
    if (name.startsWith('attribute_') && !first.path)
      this.fail(`Operator or function requires a document path; operator or function: ${name}`);
    if (name === 'begins_with') for (const operand of operands) this.checkType(name, operand, ['S', 'B']);
    if (name === 'attribute_type') this.checkType(name, second, ['S']);
    if (second) this.distinct(name, operands);
    return { operator: name, operands, inner: [], isMet: isMet[name] ?? (() => this.misplaced(name)) };
  }

  comparison(first: Operand): Condition {
    const operator = (this.tokens[this.at] ?? '').toUpperCase();
    const build = (operands: readonly Operand[], isMet: Condition['isMet']): Condition => {
      this.distinct(operator, operands);
      return { operator, operands, inner: [], isMet };
    };
    if (this.takes('BETWEEN')) {
      const low = this.operand();
      this.expect('AND');
      const high = this.operand();
      for (const operand of [first, low, high]) this.checkType(operator, operand, ['S', 'N', 'B']);
      this.checkBounds(low, high);
      return build([first, low, high], (scope) => {
        const [value, from, to] = [first.of(scope), low.of(scope), high.of(scope)];
        return value !== undefined && isOrdered(from, value) && isOrdered(value, to);
      });
    }
    if (this.takes('IN')) {
      this.expect('(');
      const others = this.list(() => this.operand());
      this.expect(')');
      return build([first, ...others], (scope) => {
        const value = first.of(scope);
        return value !== undefined && others.some((other) => isSame(value, other.of(scope)));
      });
    }
    if (!/^(=|<>|<|<=|>|>=)$/.test(operator)) this.unexpected();
    this.at++;
    const second = this.operand();
    if (operator === '=')
      return build([first, second], (scope) => {
        const value = first.of(scope);
        return value !== undefined && isSame(value, second.of(scope));
      });
    if (operator === '<>')
      return build([first, second], (scope) => {
        const [value, other] = [first.of(scope), second.of(scope)];
        return !(value !== undefined && other !== undefined && isEqual(value, other));
      });
    for (const operand of [first, second]) this.checkType(operator, operand, ['S', 'N', 'B']);
    const fits = comparators[operator] as (order: number) => boolean;
    return build([first, second], (scope) => {
      const [value, other] = [first.of(scope), second.of(scope)];
      const order = value && other && compare(value, other);
      return order !== undefined && fits(order);
    });
  }

  checkBounds(low: Operand, high: Operand): void {
    const [from, to] = [low.value, high.value];
    if (!from || !to) return;
    this.check(({ values }) => {
      const [a, b] = [values[from], values[to]];
      const order = a && b && compare(a, b);
      if (a && b && order === undefined)
        this.fail('The BETWEEN operator requires same data type for lower and upper bounds;');
      if (order !== undefined && order > 0)
        this.fail('The BETWEEN operator requires upper bound to be greater than or equal to lower bound;');
    });
  }
}

const isSame = (a: AttributeValue, b: AttributeValue | undefined): boolean => b !== undefined && isEqual(a, b);

function isOrdered(a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  const order = a && b && compare(a, b);
  return order !== undefined && order <= 0;
}

function beginsWith(value: AttributeValue | undefined, start: AttributeValue | undefined): boolean {
  if (value?.S !== undefined && start?.S !== undefined) return value.S.startsWith(start.S);
  if (value?.B === undefined || start?.B === undefined) return false;
  return Buffer.compare(value.B.subarray(0, start.B.length), start.B) === 0;
}

function contains(value: AttributeValue | undefined, part: AttributeValue | undefined): boolean {
  if (!value || !part) return false;
  if (value.S !== undefined) return part.S !== undefined && value.S.includes(part.S);
  if (value.B !== undefined) return part.B !== undefined && Buffer.from(value.B).includes(Buffer.from(part.B));
  if (value.L) return value.L.some((member) => isEqual(member, part));
  const [type, members] = content(value);
  if (!['SS', 'NS', 'BS'].includes(type) || typeOf(part) !== type[0]) return false;
  return (members as unknown[]).some((member) => isSame({ [type[0] as 'S']: member as string }, part));
}
