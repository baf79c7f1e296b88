/** The rules and statements of awk's grammar (POSIX). */
import { ExpressionParser } from './awk-expressions.ts';
import type { AwkFunction, AwkProgram, Expr, Redirect, Rule, Statement } from './awk-syntax.ts';

export function parseAwk(source: string): AwkProgram {
  return new Parser(source).program();
}

class Parser extends ExpressionParser {
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
}
