import { added } from './dynamodb-values.ts';
import { type Action, missing, type Operand, type Parsed, wrongType } from './expression-parts.ts';
import { OperandParser } from './operand-parser.ts';

/** Parses updates. */
export class UpdateParser extends OperandParser {
  parse(): Parsed {
    return this.complete({ actions: this.update() });
  }

  update(): Action[] {
    const actions: Action[] = [];
    const seen = new Set<string>();
    while (this.at < this.tokens.length) {
      const section = (this.tokens[this.at] ?? '').toUpperCase() as Action['section'];
      if (!['SET', 'REMOVE', 'ADD', 'DELETE'].includes(section)) this.unexpected();
      if (seen.has(section)) this.fail(`The "${section}" section can only be used once in an update expression;`);
      seen.add(section);
      this.at++;
      actions.push(...this.list(() => this.action(section)));
    }
    this.rejectOverlap(actions.map(({ path }) => path));
    return actions;
  }

  action(section: Action['section']): Action {
    const path = this.path();
    if (section === 'REMOVE') return { section, path };
    if (section === 'SET') {
      this.expect('=');
      return { section, path, operand: this.sum() };
    }
    const operand = this.operand();
    if (!operand.value) this.unexpected();
    this.checkType(section, operand, section === 'ADD' ? ['N', 'SS', 'NS', 'BS'] : ['SS', 'NS', 'BS']);
    return { section, path, operand };
  }

  sum(): Operand {
    const isNested = this.takes('(');
    const first = this.operand();
    const sign = this.takes('+') ? 1 : this.takes('-') ? -1 : undefined;
    const second = sign && this.operand();
    if (isNested) this.expect(')');
    if (!sign || !second) return first;
    for (const operand of [first, second]) this.checkType(sign === 1 ? '+' : '-', operand, ['N']);
    return {
      text: first.text,
      of: (scope) => {
        const [a, b] = [first.of(scope) ?? missing(), second.of(scope) ?? missing()];
        return { N: added(a.N ?? wrongType(), b.N ?? wrongType(), sign) };
      },
    };
  }
}
