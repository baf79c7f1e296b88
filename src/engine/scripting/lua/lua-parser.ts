/** Lua 5.1 source → code in one pass (lparser.c): statements. Its errors are Lua's own. */
import { op } from './lua-code.ts';
import { expression, isMultiple, type Expression } from './code-generator.ts';
import { ExpressionParser, type Levels } from './expression-parser.ts';
import { FunctionState, NO_JUMP } from './function-state.ts';
import type { Proto } from './lua-code.ts';
import { Lexer } from './lua-lexer.ts';

const MOST_LEVELS = 200;
/** LUA_IDSIZE. */
const MOST_NAME = 60;

/**
 * Compiles a chunk; `name` is what it was loaded as: `@user_script`, `=name`, or its own text. Errors are LuaErrors such as
 * `user_script:1: '=' expected near 'x'`. `depth`: how deep in calls of the host this stands. Our own library
 * has no name.
 */
export function compileLua(source: string, name: string | null, depth = 0): Proto {
  const lexer = new Lexer(source, name === null ? null : chunkId(name));
  const main = new FunctionState(undefined, lexer, name ?? '', 0);
  main.proto.vararg = 'yes';
  const parser = new StatementParser(main, { depth });
  lexer.next();
  parser.chunk();
  parser.check('<eof>');
  return main.finish();
}

/** luaO_chunkid: how positions name a chunk. */
function chunkId(name: string): string {
  if (name.startsWith('=')) return name.slice(1, MOST_NAME);
  if (name.startsWith('@')) {
    const most = MOST_NAME - "'...'".length - 1;
    return name.length - 1 > most ? `...${name.slice(-most)}` : name.slice(1);
  }
  const line = /^[^\n\r]*/.exec(name)?.[0] ?? '';
  const most = MOST_NAME - '[string "..."]'.length - 1;
  const cut = line.length > most || line.length < name.length;
  return cut ? `[string "${line.slice(0, most)}..."]` : `[string "${line}"]`;
}

/** The left side of an assignment. */
interface Target {
  readonly outer: Target | undefined;
  readonly variable: Expression;
}

const blockEnds = new Set(['else', 'elseif', 'end', 'until', '<eof>']);

class StatementParser extends ExpressionParser {
  protected inner(f: FunctionState, levels: Levels): ExpressionParser {
    return new StatementParser(f, levels);
  }

  chunk(): void {
    const { f, lexer } = this;
    this.enter();
    let last = false;
    while (!last && !blockEnds.has(lexer.token.kind)) {
      last = this.statement();
      this.accept(';');
      f.freeRegister = f.active.length;
    }
    this.leave();
  }

  private block(): void {
    this.f.enterBlock('block');
    this.chunk();
    this.f.leaveBlock();
  }

  /** Whether it has to be the last of its block. */
  private statement(): boolean {
    const { lexer } = this;
    const { line } = lexer;
    switch (lexer.token.kind) {
      case 'if':
        this.if(line);
        return false;
      case 'while':
        this.while(line);
        return false;
      case 'do':
        lexer.next();
        this.block();
        this.match('end', 'do', line);
        return false;
      case 'for':
        this.for(line);
        return false;
      case 'repeat':
        this.repeat(line);
        return false;
      case 'function':
        this.function(line);
        return false;
      case 'local':
        lexer.next();
        if (this.accept('function')) this.localFunction();
        else this.local();
        return false;
      case 'return':
        this.return();
        return true;
      case 'break':
        lexer.next();
        this.break();
        return true;
      default:
        this.expressionStatement();
        return false;
    }
  }

  private expressionStatement(): void {
    const variable = this.primary();
    if (variable.kind === 'call') this.f.setC(variable.info, 1);
    else this.assignment({ outer: undefined, variable }, 1);
  }

  private assignment(target: Target, count: number): void {
    const { f, generator } = this;
    const { variable } = target;
    if (!['local', 'upvalue', 'global', 'indexed'].includes(variable.kind))
      this.lexer.failHere('syntax error');
    if (this.accept(',')) {
      const next = this.primary();
      if (next.kind === 'local') this.avoidConflict(target, next);
      f.limit(count, MOST_LEVELS - this.levels.depth, 'variables in assignment');
      this.assignment({ outer: target, variable: next }, count + 1);
    } else {
      this.expect('=');
      const { last, count: given } = this.list();
      if (given === count) {
        generator.setOneReturn(last);
        generator.store(variable, last);
        return;
      }
      this.adjust(count, given, last);
      if (given > count) f.freeRegister -= given - count;
    }
    generator.store(variable, expression('fixed', f.freeRegister - 1));
  }

  /** A local variable that is assigned to here is the table or key of a target before it: that gets a copy. */
  private avoidConflict(target: Target, local: Expression): void {
    const { f } = this;
    const copy = f.freeRegister;
    let conflict = false;
    for (let at: Target | undefined = target; at !== undefined; at = at.outer) {
      const { variable } = at;
      if (variable.kind !== 'indexed') continue;
      if (variable.info === local.info) {
        conflict = true;
        variable.info = copy;
      }
      if (variable.aux === local.info) {
        conflict = true;
        variable.aux = copy;
      }
    }
    if (!conflict) return;
    f.abc(op.move, copy, local.info, 0);
    f.reserve(1);
  }

  /** Jumps that leave when the condition is false. */
  private condition(): number {
    const e = this.expression();
    if (e.kind === 'nil') e.kind = 'false';
    this.generator.goIfTrue(e);
    return e.ifFalse;
  }

  private break(): void {
    const { f } = this;
    let { block } = f;
    let captured = false;
    while (block !== undefined && block.breaks === undefined) {
      captured ||= block.captured;
      block = block.outer;
    }
    if (block?.breaks === undefined) return this.lexer.failHere('no loop to break');
    if (captured) f.abc(op.close, block.locals, 0, 0);
    block.breaks = f.joined(block.breaks, f.jump());
  }

  private while(line: number): void {
    const { f, lexer } = this;
    lexer.next();
    const start = f.label();
    const out = this.condition();
    f.enterBlock('loop');
    this.expect('do');
    this.block();
    f.patch(f.jump(), start);
    this.match('end', 'while', line);
    f.leaveBlock();
    f.patchHere(out);
  }

  private repeat(line: number): void {
    const { f, lexer } = this;
    const start = f.label();
    f.enterBlock('loop');
    const inner = f.enterBlock('block');
    lexer.next();
    this.chunk();
    this.match('until', 'repeat', line);
    const again = this.condition();
    if (!inner.captured) {
      f.leaveBlock();
      f.patch(again, start);
    } else {
      this.break();
      f.patchHere(again);
      f.leaveBlock();
      f.patch(f.jump(), start);
    }
    f.leaveBlock();
  }

  private for(line: number): void {
    const { f, lexer } = this;
    f.enterBlock('loop');
    lexer.next();
    const name = this.name();
    const { kind } = lexer.token;
    if (kind === '=') this.forNumbers(name, line);
    else if (kind === ',' || kind === 'in') this.forEach(name);
    else lexer.failHere("'=' or 'in' expected");
    this.match('end', 'for', line);
    f.leaveBlock();
  }

  private forNumbers(name: string, line: number): void {
    const { f, generator } = this;
    const base = f.freeRegister;
    for (const hidden of ['(for index)', '(for limit)', '(for step)']) f.declare(hidden);
    f.declare(name);
    this.expect('=');
    generator.toNextRegister(this.expression());
    this.expect(',');
    generator.toNextRegister(this.expression());
    if (this.accept(',')) generator.toNextRegister(this.expression());
    else {
      f.abx(op.loadK, f.freeRegister, f.constant(1));
      f.reserve(1);
    }
    this.forBody(base, line, 1, 'numbers');
  }

  private forEach(name: string): void {
    const { f, lexer } = this;
    const base = f.freeRegister;
    for (const hidden of ['(for generator)', '(for state)', '(for control)']) f.declare(hidden);
    f.declare(name);
    let count = 1;
    while (this.accept(',')) {
      f.declare(this.name());
      count++;
    }
    this.expect('in');
    const { line } = lexer;
    const { last, count: given } = this.list();
    this.adjust(3, given, last);
    f.checkStack(3);
    this.forBody(base, line, count, 'each');
  }

  private forBody(base: number, line: number, count: number, what: 'numbers' | 'each'): void {
    const { f } = this;
    f.activate(3);
    this.expect('do');
    const prepare = what === 'numbers' ? f.loop(op.forPrep, base) : f.jump();
    f.enterBlock('block');
    f.activate(count);
    f.reserve(count);
    this.block();
    f.leaveBlock();
    f.patchHere(prepare);
    const end = what === 'numbers' ? f.loop(op.forLoop, base) : f.abc(op.tForLoop, base, 0, count);
    f.fixLine(line);
    f.patch(what === 'numbers' ? end : f.jump(), prepare + 1);
  }

  private if(line: number): void {
    const { f, lexer } = this;
    let out = NO_JUMP;
    let otherwise = this.testThenBlock();
    while (lexer.token.kind === 'elseif') {
      out = f.joined(out, f.jump());
      f.patchHere(otherwise);
      otherwise = this.testThenBlock();
    }
    if (lexer.token.kind === 'else') {
      out = f.joined(out, f.jump());
      f.patchHere(otherwise);
      lexer.next();
      this.block();
    } else out = f.joined(out, otherwise);
    f.patchHere(out);
    this.match('end', 'if', line);
  }

  private testThenBlock(): number {
    this.lexer.next();
    const otherwise = this.condition();
    this.expect('then');
    this.block();
    return otherwise;
  }

  private localFunction(): void {
    const { f, lexer } = this;
    f.declare(this.name());
    const variable = expression('local', f.freeRegister);
    f.reserve(1);
    f.activate(1);
    const body = this.body('function', lexer.line);
    this.generator.store(variable, body);
    f.active.at(-1)!.start = f.here;
  }

  private local(): void {
    const { f } = this;
    let count = 0;
    do {
      f.declare(this.name());
      count++;
    } while (this.accept(','));
    if (this.accept('=')) {
      const { last, count: given } = this.list();
      this.adjust(count, given, last);
    } else this.adjust(count, 0, expression('void'));
    f.activate(count);
  }

  private function(line: number): void {
    const { lexer, f } = this;
    lexer.next();
    const variable = this.variable();
    while (lexer.token.kind === '.') this.field(variable);
    const method = lexer.token.kind === ':';
    if (method) this.field(variable);
    const body = this.body(method ? 'method' : 'function', line);
    this.generator.store(variable, body);
    f.fixLine(line);
  }

  private return(): void {
    const { f, lexer, generator } = this;
    lexer.next();
    let first = 0;
    let count = 0;
    if (!blockEnds.has(lexer.token.kind) && lexer.token.kind !== ';') {
      const { last, count: given } = this.list();
      count = given;
      if (isMultiple(last)) {
        generator.setReturns(last, -1);
        if (last.kind === 'call' && count === 1) f.setOperation(last.info, op.tailCall);
        first = f.active.length;
        count = -1;
      } else if (count === 1) first = generator.toAnyRegister(last);
      else {
        generator.toNextRegister(last);
        first = f.active.length;
      }
    }
    f.return(first, count);
  }
}
