/** Expressions of Lua 5.1 (lparser.c). */
import { FIELDS_PER_FLUSH, floatingByte, op } from './lua-code.ts';
import {
  CodeGenerator,
  expression,
  isMultiple,
  type BinaryOperator,
  type Expression,
} from './code-generator.ts';
import { FunctionState } from './function-state.ts';
import { tokenText, type Lexer, type TokenKind } from './lua-lexer.ts';

const MOST_LEVELS = 200;
const UNARY = 8;

/** How tightly operators bind to their left and to their right. */
const priority: Readonly<Record<BinaryOperator, readonly [left: number, right: number]>> = {
  '+': [6, 6],
  '-': [6, 6],
  '*': [7, 7],
  '/': [7, 7],
  '%': [7, 7],
  '^': [10, 9],
  '..': [5, 4],
  '==': [3, 3],
  '~=': [3, 3],
  '<': [3, 3],
  '<=': [3, 3],
  '>': [3, 3],
  '>=': [3, 3],
  and: [2, 2],
  or: [1, 1],
};

function isBinary(kind: TokenKind): kind is BinaryOperator {
  return Object.hasOwn(priority, kind);
}

/** Of syntax inside syntax, all functions of a chunk together. */
export interface Levels {
  depth: number;
}

/** A list of expressions: all but the last are in registers. */
interface List {
  readonly last: Expression;
  readonly count: number;
}

export abstract class ExpressionParser {
  protected readonly f: FunctionState;
  protected readonly lexer: Lexer;
  protected readonly generator: CodeGenerator;
  protected readonly levels: Levels;

  constructor(f: FunctionState, levels: Levels) {
    this.f = f;
    this.lexer = f.lexer;
    this.generator = new CodeGenerator(f);
    this.levels = levels;
  }

  protected abstract inner(f: FunctionState, levels: Levels): ExpressionParser;
  abstract chunk(): void;

  // --- tokens ---

  protected enter(): void {
    if (++this.levels.depth > MOST_LEVELS) this.lexer.fail('chunk has too many syntax levels');
  }

  protected leave(): void {
    this.levels.depth--;
  }

  protected accept(kind: TokenKind): boolean {
    if (this.lexer.token.kind !== kind) return false;
    this.lexer.next();
    return true;
  }

  check(kind: TokenKind): void {
    if (this.lexer.token.kind !== kind) this.lexer.failHere(`'${tokenText(kind)}' expected`);
  }

  protected expect(kind: TokenKind): void {
    this.check(kind);
    this.lexer.next();
  }

  protected match(what: TokenKind, who: TokenKind, line: number): void {
    if (this.accept(what)) return;
    if (line === this.lexer.line) this.check(what);
    this.lexer.failHere(`'${what}' expected (to close '${who}' at line ${line})`);
  }

  protected name(): string {
    this.check('<name>');
    const { text } = this.lexer.token;
    this.lexer.next();
    return text;
  }

  private text(text: string): Expression {
    return expression('constant', this.f.constant(text));
  }

  // --- variables ---

  protected variable(): Expression {
    const name = this.name();
    return resolve(this.f, name, 'own') ?? expression('global', this.f.constant(name));
  }

  protected field(e: Expression): void {
    this.generator.toAnyRegister(e);
    this.lexer.next();
    this.generator.indexed(e, this.text(this.name()));
  }

  private bracketed(): Expression {
    this.lexer.next();
    const key = this.expression();
    this.generator.toValue(key);
    this.expect(']');
    return key;
  }

  // --- expressions ---

  expression(): Expression {
    const { e } = this.binary(0);
    return e;
  }

  protected list(): List {
    let count = 1;
    let last = this.expression();
    while (this.accept(',')) {
      this.generator.toNextRegister(last);
      last = this.expression();
      count++;
    }
    return { last, count };
  }

  /** Gives `wanted` values, of `given` expressions of which `last` is the last. */
  protected adjust(wanted: number, given: number, last: Expression): void {
    const { f, generator } = this;
    let extra = wanted - given;
    if (isMultiple(last)) {
      extra = Math.max(0, extra + 1);
      generator.setReturns(last, extra);
      if (extra > 1) f.reserve(extra - 1);
      return;
    }
    if (last.kind !== 'void') generator.toNextRegister(last);
    if (extra <= 0) return;
    const register = f.freeRegister;
    f.reserve(extra);
    f.nils(register, extra);
  }

  private binary(limit: number): { readonly e: Expression; readonly next: TokenKind } {
    const { lexer, generator } = this;
    this.enter();
    let e: Expression;
    const { kind } = lexer.token;
    if (kind === 'not' || kind === '-' || kind === '#') {
      lexer.next();
      e = this.binary(UNARY).e;
      generator.prefix(kind, e);
    } else e = this.simple();
    let next = lexer.token.kind;
    while (isBinary(next) && priority[next][0] > limit) {
      lexer.next();
      generator.infix(next, e);
      const right = this.binary(priority[next][1]);
      generator.postfix(next, e, right.e);
      next = right.next;
    }
    this.leave();
    return { e, next };
  }

  private simple(): Expression {
    const { lexer, f } = this;
    const { kind, text, number } = lexer.token;
    let e: Expression;
    switch (kind) {
      case '<number>':
        e = { ...expression('number'), number };
        break;
      case '<string>':
        e = this.text(text);
        break;
      case 'nil':
      case 'true':
      case 'false':
        e = expression(kind);
        break;
      case '...':
        if (f.proto.vararg === 'no') lexer.failHere("cannot use '...' outside a vararg function");
        f.proto.vararg = 'yes';
        e = expression('vararg', f.abc(op.vararg, 0, 1, 0));
        break;
      case '{':
        return this.table();
      case 'function':
        lexer.next();
        return this.body('function', lexer.line);
      default:
        return this.primary();
    }
    lexer.next();
    return e;
  }

  private prefix(): Expression {
    const { lexer } = this;
    if (lexer.token.kind === '<name>') return this.variable();
    if (lexer.token.kind !== '(') return lexer.failHere('unexpected symbol');
    const { line } = lexer;
    lexer.next();
    const e = this.expression();
    this.match(')', '(', line);
    this.generator.discharge(e);
    return e;
  }

  protected primary(): Expression {
    const { lexer, generator } = this;
    const e = this.prefix();
    for (;;) {
      switch (lexer.token.kind) {
        case '.':
          this.field(e);
          break;
        case '[':
          generator.toAnyRegister(e);
          generator.indexed(e, this.bracketed());
          break;
        case ':':
          lexer.next();
          generator.self(e, this.text(this.name()));
          this.call(e);
          break;
        case '(':
        case '<string>':
        case '{':
          generator.toNextRegister(e);
          this.call(e);
          break;
        default:
          return e;
      }
    }
  }

  private call(callee: Expression): void {
    const { lexer, f, generator } = this;
    const { line } = lexer;
    const args = this.callArguments(line);
    const base = callee.info;
    let count = -1;
    if (!isMultiple(args)) {
      if (args.kind !== 'void') generator.toNextRegister(args);
      count = f.freeRegister - (base + 1);
    }
    Object.assign(callee, expression('call', f.abc(op.call, base, count + 1, 2)));
    f.fixLine(line);
    f.freeRegister = base + 1;
  }

  private callArguments(line: number): Expression {
    const { lexer } = this;
    switch (lexer.token.kind) {
      case '(': {
        if (line !== lexer.lastLine)
          lexer.failHere('ambiguous syntax (function call x new statement)');
        lexer.next();
        if (this.accept(')')) return expression('void');
        const { last } = this.list();
        // Before the parenthesis, as there: the line of the code is that of the last argument.
        if (isMultiple(last)) this.generator.setReturns(last, -1);
        this.match(')', '(', line);
        return last;
      }
      case '{':
        return this.table();
      case '<string>': {
        const e = this.text(lexer.token.text);
        lexer.next();
        return e;
      }
      default:
        return lexer.failHere('function arguments expected');
    }
  }

  // --- tables ---

  private table(): Expression {
    const { lexer, f, generator } = this;
    const { line } = lexer;
    const at = f.abc(op.newTable, 0, 0, 0);
    const table = expression('relocatable', at);
    generator.toNextRegister(table);
    let item = expression('void');
    let items = 0;
    let fields = 0;
    let waiting = 0;
    this.expect('{');
    while (lexer.token.kind !== '}') {
      if (item.kind !== 'void') {
        generator.toNextRegister(item);
        item = expression('void');
        if (waiting === FIELDS_PER_FLUSH) {
          generator.setList(table.info, items, waiting);
          waiting = 0;
        }
      }
      const { kind } = lexer.token;
      if (kind === '[' || (kind === '<name>' && lexer.lookAhead() === '=')) {
        this.tableField(table.info);
        fields++;
      } else {
        item = this.expression();
        items++;
        waiting++;
      }
      if (!this.accept(',') && !this.accept(';')) break;
    }
    this.match('}', '{', line);
    if (waiting > 0) {
      if (isMultiple(item)) {
        generator.setReturns(item, -1);
        generator.setList(table.info, items, -1);
        items--;
      } else {
        if (item.kind !== 'void') generator.toNextRegister(item);
        generator.setList(table.info, items, waiting);
      }
    }
    f.setB(at, floatingByte(items));
    f.setC(at, floatingByte(fields));
    return table;
  }

  private tableField(table: number): void {
    const { lexer, f, generator } = this;
    const register = f.freeRegister;
    const key = lexer.token.kind === '<name>' ? this.text(this.name()) : this.bracketed();
    this.expect('=');
    const operand = generator.toOperand(key);
    f.abc(op.setTable, table, operand, generator.toOperand(this.expression()));
    f.freeRegister = register;
  }

  // --- functions ---

  protected body(kind: 'function' | 'method', line: number): Expression {
    const { f, lexer } = this;
    const own = new FunctionState(f, lexer, f.proto.source, line);
    const inside = this.inner(own, this.levels);
    this.expect('(');
    if (kind === 'method') {
      own.declare('self');
      own.activate(1);
    }
    inside.parameters();
    this.expect(')');
    inside.chunk();
    own.proto.lastLine = lexer.line;
    this.match('end', 'function', line);
    f.proto.protos.push(own.finish());
    const closure = f.abx(op.closure, 0, f.proto.protos.length - 1);
    for (const { from, index } of own.upvalues)
      f.abc(from === 'local' ? op.move : op.getUpvalue, 0, index, 0);
    return expression('relocatable', closure);
  }

  private parameters(): void {
    const { lexer, f } = this;
    let count = 0;
    if (lexer.token.kind !== ')') {
      do {
        if (lexer.token.kind === '<name>') f.declare(this.name());
        else if (this.accept('...')) {
          // Of old, a table of this name held what `...` holds now.
          f.declare('arg');
          f.proto.vararg = 'arg';
        } else lexer.failHere("<name> or '...' expected");
        count++;
      } while (f.proto.vararg === 'no' && this.accept(','));
    }
    f.activate(count);
    f.proto.parameters = f.active.length - (f.proto.vararg === 'no' ? 0 : 1);
    f.reserve(f.active.length);
  }
}

/** A variable of this function or of one around it; undefined: a global one. */
function resolve(
  f: FunctionState | undefined,
  name: string,
  from: 'own' | 'inner',
): Expression | undefined {
  if (f === undefined) return undefined;
  const local = f.findLocal(name);
  if (local >= 0) {
    if (from === 'inner') f.capture(local);
    return expression('local', local);
  }
  const outer = resolve(f.outer, name, 'inner');
  if (outer === undefined) return undefined;
  const source = { from: outer.kind === 'local' ? 'local' : 'upvalue', index: outer.info } as const;
  return expression('upvalue', f.upvalue(name, source));
}
