/** The expressions of awk's grammar (POSIX), the loosest first: a recursive descent. */
import { Lexer, type Token } from './awk-lexer.ts';
import { AwkSyntaxError, BUILTINS, isPlace, KEYWORDS, type Expr } from './awk-syntax.ts';

export class ExpressionParser {
  protected readonly lexer: Lexer;
  protected token: Token;
  /** Within print's list a bare > redirects; in `for (x in` and brackets it does not matter. */
  protected noGreater = false;
  protected noIn = false;

  constructor(source: string) {
    this.lexer = new Lexer(source);
    this.token = this.lexer.next('value');
  }

  protected list(end: string): Expr[] {
    const values: Expr[] = [];
    this.skipLines();
    if (end !== '' && this.is(end)) return values;
    for (;;) {
      values.push(this.expr());
      if (!this.is(',')) return values;
      this.take('value');
      this.skipLines();
    }
  }

  // --- expressions, the loosest first ---

  protected expr(): Expr {
    const test = this.or();
    if (this.is('?')) {
      this.take('value');
      this.skipLines();
      const yes = this.expr();
      this.skipLines();
      this.expect(':');
      this.skipLines();
      return { kind: 'choice', test, yes, no: this.expr() };
    }
    if (this.token.kind === 'operator' && ASSIGNMENTS.includes(this.token.text)) {
      if (!isPlace(test)) this.fail();
      const op = this.token.text;
      this.take('value');
      this.skipLines();
      return { kind: 'assign', op, to: test, value: this.expr() };
    }
    return test;
  }

  protected or(): Expr {
    let left = this.and();
    while (this.is('||')) {
      this.take('value');
      this.skipLines();
      left = { kind: 'binary', op: '||', left, right: this.and() };
    }
    return left;
  }

  protected and(): Expr {
    let left = this.membership();
    while (this.is('&&')) {
      this.take('value');
      this.skipLines();
      left = { kind: 'binary', op: '&&', left, right: this.membership() };
    }
    return left;
  }

  protected membership(): Expr {
    let left = this.matching();
    while (this.isWord('in') && !this.noIn) {
      this.take('value');
      const index = left.kind === 'call' && left.name === '(list)' ? left.given : [left];
      left = { kind: 'in', index, name: this.name() };
    }
    return left;
  }

  protected matching(): Expr {
    let left = this.comparison();
    while (this.is('~') || this.is('!~')) {
      const op = this.token.text;
      this.take('value');
      left = { kind: 'binary', op, left, right: this.comparison() };
    }
    return left;
  }

  protected comparison(): Expr {
    const left = this.concatenation();
    const { text } = this.token;
    if (this.token.kind !== 'operator' || !COMPARISONS.includes(text)) {
      return this.piped(left);
    }
    if (text === '>' && this.noGreater) return left;
    this.take('value');
    return { kind: 'binary', op: text, left, right: this.concatenation() };
  }

  /** command | getline [to] */
  protected piped(command: Expr): Expr {
    let left = command;
    while (this.is('|')) {
      const mark = this.lexer.mark(this.token);
      this.take('value');
      if (!this.isWord('getline')) {
        this.token = this.lexer.back(mark);
        return left;
      }
      this.take('value');
      left = { kind: 'getline', from: 'command', source: left, to: this.place() };
    }
    return left;
  }

  protected concatenation(): Expr {
    let left = this.additive();
    while (this.beginsOperand()) {
      left = { kind: 'binary', op: ' ', left, right: this.additive() };
    }
    return left;
  }

  protected beginsOperand(): boolean {
    const { kind, text } = this.token;
    if (kind === 'number' || kind === 'string') return true;
    if (kind === 'word') return text !== 'in' && text !== 'getline' && !KEYWORDS.has(text);
    return kind === 'operator' && ['$', '!', '(', '-', '+', '++', '--'].includes(text);
  }

  protected additive(): Expr {
    let left = this.term();
    while (this.is('+') || this.is('-')) {
      const op = this.token.text;
      this.take('value');
      left = { kind: 'binary', op, left, right: this.term() };
    }
    return left;
  }

  protected term(): Expr {
    let left = this.unary();
    while (this.is('*') || this.is('/') || this.is('%')) {
      const op = this.token.text;
      this.take('value');
      left = { kind: 'binary', op, left, right: this.unary() };
    }
    return left;
  }

  protected unary(): Expr {
    if (this.is('!') || this.is('-') || this.is('+')) {
      const op = this.token.text;
      this.take('value');
      return { kind: 'unary', op, value: this.unary() };
    }
    return this.power();
  }

  protected power(): Expr {
    const base = this.postfix();
    if (!this.is('^')) return base;
    this.take('value');
    const sign = this.is('-') || this.is('+') || this.is('!');
    return { kind: 'binary', op: '^', left: base, right: sign ? this.unary() : this.power() };
  }

  protected postfix(): Expr {
    if (this.is('++') || this.is('--')) {
      const by = this.token.text === '++' ? 1 : -1;
      this.take('value');
      const to = this.primary();
      if (!isPlace(to)) this.fail();
      return { kind: 'step', by, when: 'before', to };
    }
    const value = this.primary();
    if ((this.is('++') || this.is('--')) && isPlace(value)) {
      const by = this.token.text === '++' ? 1 : -1;
      this.take('operator');
      return { kind: 'step', by, when: 'after', to: value };
    }
    return value;
  }

  protected primary(): Expr {
    const { kind, text } = this.token;
    if (kind === 'number') {
      this.take('operator');
      return { kind: 'number', value: Number(text) };
    }
    if (kind === 'string' || kind === 'regex') {
      this.take('operator');
      return kind === 'string' ? { kind, value: text } : { kind, source: text };
    }
    if (kind === 'word' && !KEYWORDS.has(text)) return this.named(text);
    if (this.is('$')) {
      this.take('value');
      if (this.is('++') || this.is('--')) return { kind: 'field', index: this.postfix() };
      if (this.is('-') || this.is('+') || this.is('!'))
        return { kind: 'field', index: this.unary() };
      return { kind: 'field', index: this.primary() };
    }
    if (!this.is('(')) return this.fail();
    this.take('value');
    const before = [this.noGreater, this.noIn] as const;
    this.noGreater = false;
    this.noIn = false;
    const values = this.list(')');
    [this.noGreater, this.noIn] = before;
    this.skipLines();
    this.expect(')', 'operator');
    const [only] = values;
    if (values.length === 1 && only !== undefined)
      return isPlace(only) ? { kind: 'unary', op: '(', value: only } : only;
    return { kind: 'call', name: '(list)', given: values };
  }

  protected named(name: string): Expr {
    if (name === 'getline') {
      this.take('value');
      const to = this.place();
      if (!this.is('<')) return { kind: 'getline', from: 'input', source: null, to };
      this.take('value');
      return { kind: 'getline', from: 'file', source: this.postfix(), to };
    }
    const calls = this.lexer.opensCall(this.token);
    this.take('operator');
    if (this.is('(') && (calls || BUILTINS.has(name))) {
      this.take('value');
      const before = this.noGreater;
      this.noGreater = false;
      const given = this.list(')');
      this.noGreater = before;
      this.skipLines();
      this.expect(')', 'operator');
      return { kind: 'call', name, given };
    }
    if (name === 'length') return { kind: 'call', name, given: [] };
    if (!this.is('[')) return { kind: 'name', name };
    this.take('value');
    const before = this.noGreater;
    this.noGreater = false;
    const index = this.list(']');
    this.noGreater = before;
    this.expect(']', 'operator');
    return { kind: 'element', name, index };
  }

  /** What getline reads into, if it is named. */
  protected place(): Expr | null {
    if (!this.is('$') && (this.token.kind !== 'word' || KEYWORDS.has(this.token.text))) return null;
    return this.primary();
  }

  // --- tokens ---

  protected take(expects: 'value' | 'operator'): void {
    this.token = this.lexer.next(expects);
  }

  protected is(text: string): boolean {
    return this.token.kind === 'operator' && this.token.text === text;
  }

  protected isWord(text: string): boolean {
    return this.token.kind === 'word' && this.token.text === text;
  }

  protected expect(text: string, then: 'value' | 'operator' = 'value'): void {
    if (!this.is(text)) this.fail();
    this.take(then);
  }

  protected name(): string {
    const { kind, text } = this.token;
    if (kind !== 'word' || KEYWORDS.has(text)) this.fail();
    this.take('operator');
    return text;
  }

  protected atEnd(): boolean {
    return this.token.kind === 'end' || ['\n', ';', '}', ')'].some((text) => this.is(text));
  }

  protected endOfStatement(): void {
    if (this.is('}') || this.token.kind === 'end') return;
    if (!this.is(';') && !this.is('\n')) this.fail();
    this.take('value');
  }

  protected skipLines(): void {
    while (this.is('\n')) this.take('value');
  }

  protected skipEnds(): void {
    while (this.is('\n') || this.is(';')) this.take('value');
  }

  protected fail(): never {
    throw new AwkSyntaxError(
      this.token.kind === 'end' ? 'end of file' : this.token.text,
      this.lexer.lineOf(this.token),
    );
  }
}

const COMPARISONS = ['<', '<=', '==', '!=', '>', '>='];
const ASSIGNMENTS = ['=', '+=', '-=', '*=', '/=', '%=', '^='];
