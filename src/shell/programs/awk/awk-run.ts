/** Runs an awk program over its input. */
import type { ByteString } from '../../../base/bytes.ts';
import { seedRandom, type RandomState } from '../../../base/random.ts';
import { call, close, type Run } from '../../program.ts';
import { arithmetic, AwkError, AwkExit, inOrder, unescaped } from './awk-arithmetic.ts';
import { callBuiltin } from './awk-builtins.ts';
import type { AwkProgram, Expr, Redirect, Rule, Statement } from './awk-syntax.ts';
import { BUILTINS } from './awk-syntax.ts';
import { compare, isTrue, readText, sprintf, toNumber, toText, type Value } from './awk-values.ts';
import { AwkVariables, type Cell } from './awk-variables.ts';
import { AwkWorld, type RecordReader } from './awk-world.ts';

type Leap = 'break' | 'continue' | 'next' | 'exit' | 'return' | null;

export class AwkRun {
  readonly world: AwkWorld;
  readonly variables: AwkVariables;
  readonly randomness: { state: RandomState; seed: number };
  status = 0;
  private readonly program: AwkProgram;
  private fields: string[] = [];
  private line = '';
  private split = true;
  private returned: Value = undefined;
  private readonly inRange = new Set<Rule>();
  private reader: RecordReader | null = null;
  private nextArgument = 1;
  private usedStdin = false;

  constructor(
    program: AwkProgram,
    argv: readonly ByteString[],
    env: ReadonlyMap<string, ByteString>,
  ) {
    this.program = program;
    this.world = new AwkWorld(env);
    this.randomness = { state: seedRandom('awk'), seed: 0 };
    this.variables = new AwkVariables(argv, env);
  }

  *main(): Run {
    const { rules } = this.program;
    let leap: Leap = null;
    for (const rule of rules)
      if (rule.when === 'BEGIN' && rule.body !== null && leap !== 'exit')
        leap = yield* this.run(rule.body);
    const reads = rules.some((rule) => rule.when !== 'BEGIN');
    while (reads && leap !== 'exit') {
      const record = yield* this.nextRecord();
      if (record === null) break;
      this.setRecord(record);
      for (const rule of rules) {
        if (rule.when === 'BEGIN' || rule.when === 'END' || !(yield* this.applies(rule))) continue;
        if (rule.body === null) yield* this.world.print(this.line + this.variables.text('ORS'));
        else leap = yield* this.run(rule.body);
        if (leap === 'next' || leap === 'exit') break;
      }
    }
    const endedEarly = leap === 'exit';
    leap = null;
    for (const rule of rules)
      if (rule.when === 'END' && rule.body !== null && leap !== 'exit' && (!endedEarly || reads))
        leap = yield* this.run(rule.body);
    yield* this.world.closeAll();
    return this.status;
  }

  private *applies(rule: Rule): Run<boolean> {
    if (rule.first === null) return true;
    if (rule.last === null) return isTrue(yield* this.eval(rule.first));
    if (!this.inRange.has(rule)) {
      if (!isTrue(yield* this.eval(rule.first))) return false;
      this.inRange.add(rule);
    }
    if (isTrue(yield* this.eval(rule.last))) this.inRange.delete(rule);
    return true;
  }

  // --- records and fields ---

  private *nextRecord(): Run<string | null> {
    for (;;) {
      if (this.reader === null && !(yield* this.openNext())) return null;
      if (this.reader === null) continue;
      const record = yield* this.world.record(this.reader, this.variables.text('RS'));
      if (record !== null) {
        this.variables.setGlobal('NR', toNumber(this.variables.global('NR')) + 1);
        this.variables.setGlobal('FNR', toNumber(this.variables.global('FNR')) + 1);
        return record;
      }
      if (this.reader.fd > 2) yield* close(this.reader.fd);
      this.reader = null;
    }
  }

  /** The next file of ARGV; a word `name=value` sets a variable there. False: there is none. */
  private *openNext(): Run<boolean> {
    const words = this.variables.arrayOf('ARGV');
    while (this.nextArgument < toNumber(this.variables.global('ARGC'))) {
      const word = toText(words.get(String(this.nextArgument++)), '%.6g');
      const assignment = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(word);
      if (word === '') continue;
      if (assignment !== null) {
        this.variables.setGlobal(assignment[1] ?? '', readText(unescaped(assignment[2] ?? '')));
        continue;
      }
      this.usedStdin = true;
      const found = yield* call({ call: 'stat', path: word });
      const reader = found.ok || word === '-' ? yield* this.world.openRecords(word) : undefined;
      if (reader === undefined) {
        yield* this.world.flush();
        throw new AwkError(`cannot open ${word} (No such file or directory)`);
      }
      this.variables.setGlobal('FILENAME', word);
      this.variables.setGlobal('FNR', 0);
      this.reader = reader;
      return true;
    }
    if (this.usedStdin) return false;
    this.usedStdin = true;
    this.reader = { fd: 0, pid: null, text: '', ended: false };
    return true;
  }

  setRecord(line: string): void {
    this.line = line;
    this.split = false;
  }

  private splitNow(): void {
    if (this.split) return;
    this.split = true;
    this.fields = this.parts(this.line, this.variables.text('FS'));
    this.variables.globals.get('NF')!.value = this.fields.length;
  }

  parts(text: string, separator: string): string[] {
    if (text === '') return [];
    const paragraphs = this.variables.text('RS') === '';
    if (separator === ' ')
      return text.trim() === '' ? [] : text.replace(/^[ \t\n]+|[ \t\n]+$/g, '').split(/[ \t\n]+/);
    if (separator === '') return [...text];
    const plain = separator.length === 1 && separator !== '\\';
    if (plain && !paragraphs) return text.split(separator);
    const source = plain
      ? separator.replace(/[.*+?^$()[\]{}|]/g, '\\$&')
      : this.world.regex(separator).source;
    return text.split(new RegExp(paragraphs ? `(?:${source})|\n` : source));
  }

  private field(index: number): Value {
    if (index === 0) return readText(this.line);
    this.splitNow();
    const text = this.fields[index - 1];
    return text === undefined ? undefined : readText(text);
  }

  private setField(index: number, value: Value): void {
    const text = toText(value, this.variables.text('CONVFMT'));
    if (index === 0) {
      this.setRecord(text);
      return;
    }
    this.splitNow();
    while (this.fields.length < index) this.fields.push('');
    this.fields[index - 1] = text;
    this.variables.globals.get('NF')!.value = this.fields.length;
    this.line = this.fields.join(this.variables.text('OFS'));
  }

  // --- variables ---

  private *indexOf(index: readonly Expr[]): Run<string> {
    const parts: string[] = [];
    for (const one of index)
      parts.push(toText(yield* this.eval(one), this.variables.text('CONVFMT')));
    return parts.join(this.variables.text('SUBSEP'));
  }

  private valueOf(name: string): Value {
    if (name === 'NF' && this.variables.locals?.has('NF') !== true) this.splitNow();
    const { value } = this.variables.cell(name);
    if (value instanceof Map) throw new AwkError(`can't use array ${name} as scalar`);
    return value;
  }

  *assign(to: Expr, value: Value): Run<undefined> {
    if (to.kind === 'field') this.setField(toNumber(yield* this.eval(to.index)), value);
    else if (to.kind === 'element')
      this.variables.arrayOf(to.name).set(yield* this.indexOf(to.index), value);
    else if (to.kind === 'name') {
      if (to.name === 'NF') {
        this.splitNow();
        const count = toNumber(value);
        while (this.fields.length < count) this.fields.push('');
        this.fields.length = count;
        this.line = this.fields.join(this.variables.text('OFS'));
      }
      const cell = this.variables.cell(to.name);
      if (cell.value instanceof Map)
        throw new AwkError(`can't assign to ${to.name}; it's an array name.`);
      cell.value = value;
    }
    return undefined;
  }

  // --- statements ---

  private *run(statement: Statement): Run<Leap> {
    yield* this.world.step();
    switch (statement.kind) {
      case 'block':
        for (const one of statement.body) {
          const leap = yield* this.run(one);
          if (leap !== null) return leap;
        }
        return null;
      case 'expr':
        yield* this.eval(statement.value);
        return null;
      case 'print':
      case 'printf':
        yield* this.print(statement.kind, statement.values, statement.redirect);
        return null;
      case 'if':
        if (isTrue(yield* this.eval(statement.test))) return yield* this.run(statement.yes);
        return statement.no === null ? null : yield* this.run(statement.no);
      case 'while':
      case 'do':
      case 'for':
        return yield* this.loop(statement);
      case 'each':
        for (const key of inOrder([...this.variables.arrayOf(statement.array).keys()])) {
          yield* this.assign({ kind: 'name', name: statement.name }, readText(key));
          const leap = yield* this.run(statement.body);
          if (leap === 'break') break;
          if (leap !== null && leap !== 'continue') return leap;
        }
        return null;
      case 'delete':
        if (statement.index === null) this.variables.arrayOf(statement.name).clear();
        else this.variables.arrayOf(statement.name).delete(yield* this.indexOf(statement.index));
        return null;
      case 'exit':
        if (statement.value !== null)
          this.status = toNumber(yield* this.eval(statement.value)) & 255;
        return 'exit';
      case 'return':
        this.returned = statement.value === null ? undefined : yield* this.eval(statement.value);
        return 'return';
      default:
        return statement.kind;
    }
  }

  private *loop(statement: Extract<Statement, { kind: 'while' | 'do' | 'for' }>): Run<Leap> {
    if (statement.kind === 'for' && statement.first !== null) yield* this.run(statement.first);
    for (let first = true; ; first = false) {
      yield* this.world.step();
      const skipsTest = statement.kind === 'do' && first;
      if (!skipsTest && statement.test !== null && !isTrue(yield* this.eval(statement.test)))
        return null;
      const leap = yield* this.run(statement.body);
      if (leap === 'break') return null;
      if (leap !== null && leap !== 'continue') return leap;
      if (statement.kind === 'for' && statement.next !== null) yield* this.run(statement.next);
    }
  }

  private *print(
    kind: 'print' | 'printf',
    exprs: readonly Expr[],
    redirect: Redirect | null,
  ): Run<undefined> {
    const values: Value[] = [];
    for (const one of exprs) values.push(yield* this.eval(one));
    const format = this.variables.text('CONVFMT');
    const text =
      kind === 'printf'
        ? sprintf(toText(values[0], format), values.slice(1), format)
        : (exprs.length === 0
            ? this.line
            : values
                .map((value) => toText(value, this.variables.text('OFMT')))
                .join(this.variables.text('OFS'))) + this.variables.text('ORS');
    if (redirect === null) return yield* this.world.print(text);
    const target = toText(yield* this.eval(redirect.target), format);
    if (target === '/dev/stdout' && redirect.to !== '|') return yield* this.world.print(text);
    if (target === '/dev/stderr') yield* this.world.flush();
    if (!(yield* this.world.printTo(redirect.to, target, text)))
      throw new AwkError(`cannot open "${target}" for output`);
    return undefined;
  }

  // --- expressions ---

  *eval(expr: Expr): Run<Value> {
    switch (expr.kind) {
      case 'number':
      case 'string':
        return expr.value;
      case 'regex':
        return this.world.regex(expr.source).test(this.line) ? 1 : 0;
      case 'name':
        return this.valueOf(expr.name);
      case 'element': {
        const array = this.variables.arrayOf(expr.name);
        const key = yield* this.indexOf(expr.index);
        if (!array.has(key)) array.set(key, undefined);
        return array.get(key);
      }
      case 'field': {
        const index = toNumber(yield* this.eval(expr.index));
        if (index < 0) throw new AwkError(`negative field index $${index}`);
        return this.field(Math.trunc(index));
      }
      case 'in':
        return this.variables.arrayOf(expr.name).has(yield* this.indexOf(expr.index)) ? 1 : 0;
      case 'assign': {
        const right = yield* this.eval(expr.value);
        const value =
          expr.op === '='
            ? right
            : arithmetic(expr.op.charAt(0), toNumber(yield* this.eval(expr.to)), toNumber(right));
        yield* this.assign(expr.to, value);
        return value;
      }
      case 'step': {
        const before = toNumber(yield* this.eval(expr.to));
        yield* this.assign(expr.to, before + expr.by);
        return expr.when === 'before' ? before + expr.by : before;
      }
      case 'unary': {
        const value = yield* this.eval(expr.value);
        if (expr.op === '(') return value;
        if (expr.op === '!') return isTrue(value) ? 0 : 1;
        return expr.op === '-' ? -toNumber(value) : toNumber(value);
      }
      case 'binary':
        return yield* this.binary(expr.op, expr.left, expr.right);
      case 'choice':
        return yield* this.eval(isTrue(yield* this.eval(expr.test)) ? expr.yes : expr.no);
      case 'call':
        return yield* this.callFunction(expr.name, expr.given);
      case 'getline':
        return yield* this.getline(expr);
    }
  }

  private *binary(op: string, left: Expr, right: Expr): Run<Value> {
    const a = yield* this.eval(left);
    if (op === '&&') return isTrue(a) && isTrue(yield* this.eval(right)) ? 1 : 0;
    if (op === '||') return isTrue(a) || isTrue(yield* this.eval(right)) ? 1 : 0;
    const format = this.variables.text('CONVFMT');
    if (op === '~' || op === '!~') {
      const pattern = yield* this.pattern(right);
      return pattern.test(toText(a, format)) === (op === '~') ? 1 : 0;
    }
    const b = yield* this.eval(right);
    switch (op) {
      case ' ':
        return toText(a, format) + toText(b, format);
      case '<':
        return compare(a, b, format) < 0 ? 1 : 0;
      case '<=':
        return compare(a, b, format) <= 0 ? 1 : 0;
      case '==':
        return compare(a, b, format) === 0 ? 1 : 0;
      case '!=':
        return compare(a, b, format) !== 0 ? 1 : 0;
      case '>':
        return compare(a, b, format) > 0 ? 1 : 0;
      case '>=':
        return compare(a, b, format) >= 0 ? 1 : 0;
      default:
        return arithmetic(op, toNumber(a), toNumber(b));
    }
  }

  /** A pattern as it stands between slashes, or the text of anything else. */
  *pattern(expr: Expr): Run<RegExp> {
    if (expr.kind === 'regex') return this.world.regex(expr.source);
    return this.world.regex(toText(yield* this.eval(expr), this.variables.text('CONVFMT')));
  }

  private *getline({ from, source, to }: Extract<Expr, { kind: 'getline' }>): Run<Value> {
    let record: string | null;
    if (from === 'input' || source === null) record = yield* this.nextRecord();
    else {
      const name = toText(yield* this.eval(source), this.variables.text('CONVFMT'));
      const reader = yield* this.world.reader(from === 'file' ? 'file' : 'command', name);
      if (reader === undefined) return -1;
      record = yield* this.world.record(reader, this.variables.text('RS'));
      if (record !== null && from === 'command')
        this.variables.setGlobal('NR', toNumber(this.variables.global('NR')) + 1);
    }
    if (record === null) return 0;
    if (to === null) this.setRecord(record);
    else yield* this.assign(to, readText(record));
    return 1;
  }

  private *callFunction(name: string, given: readonly Expr[]): Run<Value> {
    if (BUILTINS.has(name)) return yield* callBuiltin(this, name, given);
    const known = this.program.functions.get(name);
    if (known === undefined) throw new AwkError(`function ${name} never defined`);
    const locals = new Map<string, Cell>();
    for (const [i, parameter] of known.parameters.entries()) {
      const argument = given[i];
      if (argument?.kind === 'name') {
        const cell = this.variables.cell(argument.name);
        locals.set(parameter, {
          value: cell.value,
          origin: cell.value === undefined ? cell : null,
        });
      } else
        locals.set(parameter, {
          value: argument === undefined ? undefined : yield* this.eval(argument),
          origin: null,
        });
    }
    const before = this.variables.locals;
    this.variables.locals = locals;
    this.returned = undefined;
    const leap = yield* this.run(known.body);
    this.variables.locals = before;
    if (leap === 'exit') {
      yield* this.world.closeAll();
      throw new AwkExit();
    }
    return this.returned;
  }
}
