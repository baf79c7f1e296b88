/** awk's grammar (POSIX): a recursive descent over tokens of which regular expressions are told by their place. */
import { Lexer, type Token } from './awk-lexer.ts';

export type Expr =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'regex'; readonly source: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'element'; readonly name: string; readonly index: readonly Expr[] }
  | { readonly kind: 'field'; readonly index: Expr }
  | { readonly kind: 'in'; readonly index: readonly Expr[]; readonly name: string }
  | { readonly kind: 'assign'; readonly op: string; readonly to: Expr; readonly value: Expr }
  | {
      readonly kind: 'step';
      readonly by: 1 | -1;
      readonly when: 'before' | 'after';
      readonly to: Expr;
    }
  | { readonly kind: 'unary'; readonly op: string; readonly value: Expr }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'choice'; readonly test: Expr; readonly yes: Expr; readonly no: Expr }
  | { readonly kind: 'call'; readonly name: string; readonly given: readonly Expr[] }
  | {
      readonly kind: 'getline';
      readonly from: 'input' | 'file' | 'command';
      readonly source: Expr | null;
      readonly to: Expr | null;
    };

export interface Redirect {
  readonly to: '>' | '>>' | '|';
  readonly target: Expr;
}

export type Statement =
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  | { readonly kind: 'expr'; readonly value: Expr }
  | {
      readonly kind: 'print' | 'printf';
      readonly values: readonly Expr[];
      readonly redirect: Redirect | null;
    }
  | {
      readonly kind: 'if';
      readonly test: Expr;
      readonly yes: Statement;
      readonly no: Statement | null;
    }
  | { readonly kind: 'while' | 'do'; readonly test: Expr; readonly body: Statement }
  | {
      readonly kind: 'for';
      readonly first: Statement | null;
      readonly test: Expr | null;
      readonly next: Statement | null;
      readonly body: Statement;
    }
  | {
      readonly kind: 'each';
      readonly name: string;
      readonly array: string;
      readonly body: Statement;
    }
  | { readonly kind: 'break' | 'continue' | 'next' }
  | { readonly kind: 'exit' | 'return'; readonly value: Expr | null }
  | { readonly kind: 'delete'; readonly name: string; readonly index: readonly Expr[] | null };

export interface Rule {
  readonly when: 'BEGIN' | 'END' | 'always' | 'pattern' | 'range';
  readonly first: Expr | null;
  readonly last: Expr | null;
  /** Null: the record is printed. */
  readonly body: Statement | null;
}

export interface AwkFunction {
  readonly parameters: readonly string[];
  readonly body: Statement;
}

export interface AwkProgram {
  readonly rules: readonly Rule[];
  readonly functions: ReadonlyMap<string, AwkFunction>;
}

export class AwkSyntaxError extends Error {
  readonly near: string;
  readonly line: number;

  constructor(near: string, line: number) {
    super(near);
    this.near = near;
    this.line = line;
  }
}

export function parseAwk(source: string): AwkProgram {
  return new Parser(source).program();
}

const COMPARISONS = ['<', '<=', '==', '!=', '>', '>='];
const ASSIGNMENTS = ['=', '+=', '-=', '*=', '/=', '%=', '^='];

class Parser {
  private readonly lexer: Lexer;
  private token: Token;
  /** Within print's list a bare > redirects; in `for (x in` and brackets it does not matter. */
  private noGreater = false;
  private noIn = false;

  constructor(source: string) {
    this.lexer = new Lexer(source);
    this.token = this.lexer.next('value');
  }

  program(): AwkProgram {
    const rules: Rule[] = [];
    const functions = new Map<string, AwkFunction>();
    this.skipEnds();
    while (this.token.kind !== 'end') {
      if (this.isWord('function') || this.isWord('func')) {
        this.take('value');
        const name = this.name();
        this.expect('(');
        const parameters: string[] = [];
        this.skipLines();
        while (!this.is(')')) {
          parameters.push(this.name());
          this.skipLines();
          if (this.is(',')) this.take('value');
          this.skipLines();
        }
        this.take('value');
        this.skipLines();
        functions.set(name, { parameters, body: this.block() });
      } else rules.push(this.rule());
      this.skipEnds();
    }
    return { rules, functions };
  }

  private rule(): Rule {
    for (const when of ['BEGIN', 'END'] as const) {
      if (!this.isWord(when)) continue;
      this.take('value');
      return { when, first: null, last: null, body: this.block() };
    }
    if (this.is('{')) return { when: 'always', first: null, last: null, body: this.block() };
    const first = this.expr();
    let last: Expr | null = null;
    if (this.is(',')) {
      this.take('value');
      this.skipLines();
      last = this.expr();
    }
    const body = this.is('{') ? this.block() : null;
    return { when: last === null ? 'pattern' : 'range', first, last, body };
  }

  private block(): Statement {
    this.expect('{');
    const body: Statement[] = [];
    this.skipEnds();
    while (!this.is('}')) {
      body.push(this.statement());
      this.skipEnds();
    }
    this.take('value');
    return { kind: 'block', body };
  }

  private statement(): Statement {
    if (this.is('{')) return this.block();
    if (this.is(';')) {
      this.take('value');
      return { kind: 'block', body: [] };
    }
    if (this.token.kind === 'word') {
      const compound = this.compound(this.token.text);
      if (compound !== null) return compound;
    }
    const simple = this.simple();
    this.endOfStatement();
    return simple;
  }

  private compound(word: string): Statement | null {
    switch (word) {
      case 'if': {
        this.take('value');
        const test = this.inParentheses();
        const yes = this.body();
        const mark = this.lexer.mark(this.token);
        this.skipEnds();
        if (!this.isWord('else')) {
          this.token = this.lexer.back(mark);
          return { kind: 'if', test, yes, no: null };
        }
        this.take('value');
        return { kind: 'if', test, yes, no: this.body() };
      }
      case 'while': {
        this.take('value');
        const test = this.inParentheses();
        if (this.is(';')) {
          this.take('value');
          return { kind: 'while', test, body: { kind: 'block', body: [] } };
        }
        return { kind: 'while', test, body: this.body() };
      }
      case 'do': {
        this.take('value');
        const body = this.body();
        this.skipEnds();
        if (!this.isWord('while')) this.fail();
        this.take('value');
        const test = this.inParentheses();
        this.endOfStatement();
        return { kind: 'do', test, body };
      }
      case 'for':
        return this.loop();
      default:
        return null;
    }
  }

  private loop(): Statement {
    this.take('value');
    this.expect('(');
    const mark = this.lexer.mark(this.token);
    if (this.token.kind === 'word') {
      const name = this.token.text;
      this.take('operator');
      if (this.isWord('in')) {
        this.take('value');
        const array = this.name();
        if (this.is(')')) {
          this.take('value');
          return { kind: 'each', name, array, body: this.body() };
        }
      }
      this.token = this.lexer.back(mark);
    }
    const first = this.is(';') ? null : this.simple();
    this.expect(';');
    this.skipLines();
    const test = this.is(';') ? null : this.expr();
    this.expect(';');
    this.skipLines();
    const next = this.is(')') ? null : this.simple();
    this.expect(')');
    if (this.is(';')) {
      this.take('value');
      return { kind: 'for', first, test, next, body: { kind: 'block', body: [] } };
    }
    return { kind: 'for', first, test, next, body: this.body() };
  }

  private body(): Statement {
    this.skipLines();
    return this.statement();
  }

  private inParentheses(): Expr {
    this.expect('(');
    const test = this.expr();
    this.expect(')');
    return test;
  }

  private simple(): Statement {
    const word = this.token.kind === 'word' ? this.token.text : '';
    switch (word) {
      case 'print':
      case 'printf':
        return this.print(word);
      case 'break':
      case 'continue':
      case 'next':
        this.take('value');
        return { kind: word };
      case 'exit':
      case 'return': {
        this.take('value');
        return { kind: word, value: this.atEnd() ? null : this.expr() };
      }
      case 'delete': {
        this.take('value');
        const name = this.name();
        if (!this.is('[')) return { kind: 'delete', name, index: null };
        this.take('value');
        const index = this.list(']');
        this.expect(']', 'operator');
        return { kind: 'delete', name, index };
      }
      default:
        return { kind: 'expr', value: this.expr() };
    }
  }

  private print(kind: 'print' | 'printf'): Statement {
    this.take('value');
    let values: Expr[] = [];
    if (!this.atEnd() && !this.is('>') && !this.is('>>') && !this.is('|')) {
      const before = this.noGreater;
      this.noGreater = true;
      values = this.list('');
      this.noGreater = before;
      // print (a, b) > "file": the brackets held the whole list.
      const [only] = values;
      if (values.length === 1 && only?.kind === 'call' && only.name === '(list)')
        values = [...only.given];
    }
    let redirect: Redirect | null = null;
    const to = this.token.text;
    if (this.token.kind === 'operator' && (to === '>' || to === '>>' || to === '|')) {
      this.take('value');
      redirect = { to, target: this.concatenation() };
    }
    return { kind, values, redirect };
  }

  private list(end: string): Expr[] {
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

  private expr(): Expr {
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

  private or(): Expr {
    let left = this.and();
    while (this.is('||')) {
      this.take('value');
      this.skipLines();
      left = { kind: 'binary', op: '||', left, right: this.and() };
    }
    return left;
  }

  private and(): Expr {
    let left = this.membership();
    while (this.is('&&')) {
      this.take('value');
      this.skipLines();
      left = { kind: 'binary', op: '&&', left, right: this.membership() };
    }
    return left;
  }

  private membership(): Expr {
    let left = this.matching();
    while (this.isWord('in') && !this.noIn) {
      this.take('value');
      const index = left.kind === 'call' && left.name === '(list)' ? left.given : [left];
      left = { kind: 'in', index, name: this.name() };
    }
    return left;
  }

  private matching(): Expr {
    let left = this.comparison();
    while (this.is('~') || this.is('!~')) {
      const op = this.token.text;
      this.take('value');
      left = { kind: 'binary', op, left, right: this.comparison() };
    }
    return left;
  }

  private comparison(): Expr {
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
  private piped(command: Expr): Expr {
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

  private concatenation(): Expr {
    let left = this.additive();
    while (this.beginsOperand()) {
      left = { kind: 'binary', op: ' ', left, right: this.additive() };
    }
    return left;
  }

  private beginsOperand(): boolean {
    const { kind, text } = this.token;
    if (kind === 'number' || kind === 'string') return true;
    if (kind === 'word') return text !== 'in' && text !== 'getline' && !KEYWORDS.has(text);
    return kind === 'operator' && ['$', '!', '(', '-', '+', '++', '--'].includes(text);
  }

  private additive(): Expr {
    let left = this.term();
    while (this.is('+') || this.is('-')) {
      const op = this.token.text;
      this.take('value');
      left = { kind: 'binary', op, left, right: this.term() };
    }
    return left;
  }

  private term(): Expr {
    let left = this.unary();
    while (this.is('*') || this.is('/') || this.is('%')) {
      const op = this.token.text;
      this.take('value');
      left = { kind: 'binary', op, left, right: this.unary() };
    }
    return left;
  }

  private unary(): Expr {
    if (this.is('!') || this.is('-') || this.is('+')) {
      const op = this.token.text;
      this.take('value');
      return { kind: 'unary', op, value: this.unary() };
    }
    return this.power();
  }

  private power(): Expr {
    const base = this.postfix();
    if (!this.is('^')) return base;
    this.take('value');
    const sign = this.is('-') || this.is('+') || this.is('!');
    return { kind: 'binary', op: '^', left: base, right: sign ? this.unary() : this.power() };
  }

  private postfix(): Expr {
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

  private primary(): Expr {
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

  private named(name: string): Expr {
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
  private place(): Expr | null {
    if (!this.is('$') && (this.token.kind !== 'word' || KEYWORDS.has(this.token.text))) return null;
    return this.primary();
  }

  // --- tokens ---

  private take(expects: 'value' | 'operator'): void {
    this.token = this.lexer.next(expects);
  }

  private is(text: string): boolean {
    return this.token.kind === 'operator' && this.token.text === text;
  }

  private isWord(text: string): boolean {
    return this.token.kind === 'word' && this.token.text === text;
  }

  private expect(text: string, then: 'value' | 'operator' = 'value'): void {
    if (!this.is(text)) this.fail();
    this.take(then);
  }

  private name(): string {
    const { kind, text } = this.token;
    if (kind !== 'word' || KEYWORDS.has(text)) this.fail();
    this.take('operator');
    return text;
  }

  private atEnd(): boolean {
    return this.token.kind === 'end' || ['\n', ';', '}', ')'].some((text) => this.is(text));
  }

  private endOfStatement(): void {
    if (this.is('}') || this.token.kind === 'end') return;
    if (!this.is(';') && !this.is('\n')) this.fail();
    this.take('value');
  }

  private skipLines(): void {
    while (this.is('\n')) this.take('value');
  }

  private skipEnds(): void {
    while (this.is('\n') || this.is(';')) this.take('value');
  }

  private fail(): never {
    throw new AwkSyntaxError(
      this.token.kind === 'end' ? 'end of file' : this.token.text,
      this.lexer.lineOf(this.token),
    );
  }
}

function isPlace(expr: Expr): boolean {
  return expr.kind === 'name' || expr.kind === 'element' || expr.kind === 'field';
}

const KEYWORDS = new Set(
  'BEGIN END function func if else while for do break continue next exit return delete in print printf'.split(
    ' ',
  ),
);

export const BUILTINS = new Set(
  'length substr index split sub gsub match sprintf tolower toupper int sqrt exp log sin cos atan2 rand srand system close fflush'.split(
    ' ',
  ),
);
