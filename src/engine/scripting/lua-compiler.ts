/** Lua 5.1 source → code. The grammar is luaparse's; what it calls wrong is told in Lua's words. */
import { parse, type Expression, type Statement } from 'luaparse';
import { FunctionBuilder } from './function-builder.ts';
import { op, type Proto } from './lua-code.ts';
import { arithmetic, inLuasWords, isCall, isMultiple } from './lua-syntax.ts';
import { LuaError } from './lua-value.ts';

type Of<T extends (Expression | Statement)['type']> = Extract<Expression | Statement, { type: T }>;
type Parameters = Of<'FunctionDeclaration'>['parameters'];

/** Compiles a chunk. Errors are LuaErrors such as `user_script:1: '=' expected near 'x'`. */
export function compileLua(source: string, chunk: string): Proto {
  try {
    const { body } = parse(source, {
      luaVersion: '5.1',
      encodingMode: 'pseudo-latin1',
      locations: true,
      comments: false,
      scope: false,
    });
    const main = new FunctionBuilder(null, chunk);
    main.proto.vararg = true;
    main.usesVarargs = true;
    new Compiler(main).function(body);
    return main.proto;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) throw new LuaError(inLuasWords(thrown.message, chunk, source));
    // The parser and the compiler call themselves for what stands inside.
    if (thrown instanceof RangeError) throw new LuaError(`${chunk}:1: chunk has too many syntax levels`);
    throw thrown;
  }
}

class Compiler {
  private readonly to: FunctionBuilder;

  constructor(to: FunctionBuilder) {
    this.to = to;
  }

  function(body: readonly Statement[]): void {
    const { to } = this;
    this.statements(body);
    to.emit(op.return, 0, 0);
    if (!to.usesVarargs) return;
    to.proto.argSlot = -1;
  }

  private statements(body: readonly Statement[]): void {
    for (const statement of body) {
      this.at(statement);
      this.statement(statement);
    }
  }

  private block(body: readonly Statement[]): void {
    this.to.open();
    this.statements(body);
    this.to.close();
  }

  private at(node: { readonly loc?: { readonly start: { readonly line: number } } | undefined }): void {
    if (node.loc !== undefined) this.to.line = node.loc.start.line;
  }

  private statement(node: Statement): void {
    const { to } = this;
    switch (node.type) {
      case 'LocalStatement':
        return this.local(node);
      case 'AssignmentStatement':
        return this.assignment(node);
      case 'CallStatement':
        this.call(node.expression, 0);
        return;
      case 'ReturnStatement':
        return this.return(node);
      case 'IfStatement':
        return this.if(node);
      case 'WhileStatement':
        return this.while(node);
      case 'RepeatStatement':
        return this.repeat(node);
      case 'DoStatement':
        return this.block(node.body);
      case 'ForNumericStatement':
        return this.forNumeric(node);
      case 'ForGenericStatement':
        return this.forGeneric(node);
      case 'FunctionDeclaration':
        return this.declaration(node);
      case 'BreakStatement':
        return to.break();
      default:
        throw new LuaError(`${to.proto.chunk}:${to.line}: unexpected symbol near '${node.type}'`);
    }
  }

  private local(node: Of<'LocalStatement'>): void {
    const { to } = this;
    this.list(node.init, node.variables.length);
    const locals = node.variables.map(({ name }) => to.declare(name));
    for (const local of locals.reverse()) to.initialize(local);
  }

  /** Pushes exactly `wanted` values of a list of expressions. */
  private list(expressions: readonly Expression[], wanted: number): void {
    const { to } = this;
    expressions.forEach((expression, i) => {
      const last = i === expressions.length - 1;
      if (last && wanted > expressions.length && isMultiple(expression)) this.multiple(expression, wanted - i);
      else {
        this.expression(expression);
        if (i >= wanted) to.emit(op.pop, 1);
      }
    });
    const end = expressions.at(-1);
    if (end !== undefined && isMultiple(end) && wanted > expressions.length) return;
    for (let i = expressions.length; i < wanted; i++) to.emit(op.nil);
  }

  /** Pushes all values; those of the last expression may be on the open list. How many were pushed. */
  private openList(expressions: readonly Expression[]): { count: number; open: 0 | 1 } {
    const last = expressions.at(-1);
    expressions.forEach((expression) => {
      if (expression === last && isMultiple(last)) this.multiple(last, -1);
      else this.expression(expression);
    });
    const open = last !== undefined && isMultiple(last);
    return open ? { count: expressions.length - 1, open: 1 } : { count: expressions.length, open: 0 };
  }

  private multiple(node: Expression, want: number): void {
    if (node.type === 'VarargLiteral') {
      this.to.usesVarargs = true;
      this.to.emit(op.vararg, want);
    } else if (isCall(node)) this.call(node, want);
  }

  private assignment(node: Of<'AssignmentStatement'>): void {
    const { to } = this;
    const { variables, init } = node;
    for (const target of variables) if (target.type !== 'Identifier') this.reference(target);
    this.list(init, variables.length);
    const [first] = variables;
    if (variables.length === 1 && first !== undefined) return this.store(first);
    // The values wait in variables without a name, since what they go to lies below them.
    to.open();
    const values = variables.map(() => to.declare(''));
    for (const value of values.toReversed()) to.initialize(value);
    for (let i = variables.length - 1; i >= 0; i--) {
      to.use(op.getLocal, values[i]!);
      this.store(variables[i]!);
    }
    to.close();
  }

  /** Pushes the object and the key of a target. */
  private reference(target: Of<'IndexExpression' | 'MemberExpression'>): void {
    this.expression(target.base);
    if (target.type === 'IndexExpression') this.expression(target.index);
    else this.to.emit(op.constant, this.to.constant(target.identifier.name));
  }

  private store(target: Of<'IndexExpression' | 'MemberExpression' | 'Identifier'>): void {
    const { to } = this;
    if (target.type !== 'Identifier') {
      to.emit(op.setIndex, 0, 0, 0, this.describe(target.base));
      return;
    }
    const variable = to.resolve(target.name);
    if (variable.kind === 'local') to.use(op.setLocal, variable.local);
    else if (variable.kind === 'upvalue') to.emit(op.setUpvalue, variable.index);
    else to.emit(op.setGlobal, to.constant(target.name));
  }

  private return(node: Of<'ReturnStatement'>): void {
    const { to } = this;
    const [single] = node.arguments;
    if (node.arguments.length === 1 && single !== undefined && isCall(single) && isMultiple(single)) {
      this.call(single, 'tail');
      return;
    }
    const { count, open } = this.openList(node.arguments);
    to.emit(op.return, count, open);
  }

  private if(node: Of<'IfStatement'>): void {
    const { to } = this;
    const ends: number[] = [];
    node.clauses.forEach((clause, i) => {
      if (clause.type === 'ElseClause') return this.block(clause.body);
      this.at(clause.condition);
      this.expression(clause.condition);
      const next = to.emit(op.jumpIfFalse);
      this.block(clause.body);
      if (i < node.clauses.length - 1) ends.push(to.emit(op.jump));
      to.land(next);
    });
    for (const end of ends) to.land(end);
  }

  private while(node: Of<'WhileStatement'>): void {
    const { to } = this;
    const start = to.here;
    to.open('loop');
    this.expression(node.condition);
    const out = to.emit(op.jumpIfFalse);
    this.block(node.body);
    to.emit(op.jump, start);
    to.land(out);
    to.close();
  }

  private repeat(node: Of<'RepeatStatement'>): void {
    const { to } = this;
    const start = to.here;
    to.open('loop');
    to.open();
    this.statements(node.body);
    this.at(node.condition);
    this.expression(node.condition);
    to.emit(op.jumpIfFalse, start);
    to.close();
    to.close();
  }

  private forNumeric(node: Of<'ForNumericStatement'>): void {
    const { to } = this;
    to.open('loop');
    this.expression(node.start);
    this.expression(node.end);
    if (node.step === null) to.emit(op.constant, to.constant(1));
    else this.expression(node.step);
    const hidden = ['(for index)', '(for limit)', '(for step)'].map((name) => to.declare(name));
    for (const local of hidden.toReversed()) to.initialize(local);
    const { slot } = hidden[0]!;
    this.at(node);
    const prepare = to.emit(op.forPrepare, slot);
    const start = to.here;
    to.open();
    to.initialize(to.declare(node.variable.name));
    this.statements(node.body);
    to.close();
    this.at(node);
    to.land(prepare, 2);
    to.emit(op.forLoop, slot, start);
    to.close();
  }

  private forGeneric(node: Of<'ForGenericStatement'>): void {
    const { to } = this;
    to.open('loop');
    this.list(node.iterators, 3);
    const hidden = ['(for generator)', '(for state)', '(for control)'].map((name) => to.declare(name));
    for (const local of hidden.toReversed()) to.initialize(local);
    const start = to.here;
    this.at(node);
    for (const local of hidden) to.use(op.getLocal, local);
    const count = node.variables.length;
    to.emit(op.call, 2, 0, count);
    const out = to.emit(op.forStore, hidden[2]!.slot, 0, count);
    to.open();
    const locals = node.variables.map(({ name }) => to.declare(name));
    for (const local of locals.reverse()) to.initialize(local);
    this.statements(node.body);
    to.close();
    to.emit(op.jump, start);
    to.land(out, 2);
    to.close();
  }

  private declaration(node: Of<'FunctionDeclaration'>): void {
    const { to } = this;
    const { identifier } = node;
    if (identifier === null) return;
    if (node.isLocal && identifier.type === 'Identifier') {
      // The function sees its own name: the variable is there before its value.
      const local = to.declare(identifier.name);
      to.emit(op.nil);
      to.initialize(local);
      this.closure(node.parameters, node.body, false, node);
      to.use(op.setLocal, local);
      return;
    }
    if (identifier.type !== 'Identifier') this.reference(identifier);
    this.closure(node.parameters, node.body, identifier.type === 'MemberExpression' && identifier.indexer === ':', node);
    this.at(node);
    this.store(identifier);
  }

  private closure(parameters: Parameters, body: readonly Statement[], method: boolean, node: Expression | Statement): void {
    const inner = new FunctionBuilder(this.to, this.to.proto.chunk);
    inner.line = node.loc?.start.line ?? this.to.line;
    if (method) inner.declare('self');
    for (const parameter of parameters) {
      if (parameter.type === 'Identifier') inner.declare(parameter.name);
      else inner.proto.vararg = true;
    }
    inner.proto.parameters = inner.proto.slots;
    const nested = new Compiler(inner);
    if (inner.proto.vararg) inner.proto.argSlot = inner.declare('arg').slot;
    nested.function(body);
    this.to.line = node.loc?.end.line ?? this.to.line;
    this.to.proto.protos.push(inner.proto);
    this.to.emit(op.closure, this.to.proto.protos.length - 1);
  }

  // --- expressions: each pushes one value ---

  private expression(node: Expression): void {
    const { to } = this;
    switch (node.type) {
      case 'NilLiteral':
        to.emit(op.nil);
        return;
      case 'BooleanLiteral':
        to.emit(node.value ? op.true : op.false);
        return;
      case 'NumericLiteral':
      case 'StringLiteral':
        to.emit(op.constant, to.constant(node.value));
        return;
      case 'VarargLiteral':
        this.multiple(node, 1);
        return;
      case 'Identifier':
        return this.variable(node.name);
      case 'MemberExpression':
      case 'IndexExpression':
        this.reference(node);
        this.at(node);
        to.emit(op.index, 0, 0, 0, this.describe(node.base));
        return;
      case 'FunctionDeclaration':
        return this.closure(node.parameters, node.body, false, node);
      case 'TableConstructorExpression':
        return this.table(node);
      case 'UnaryExpression':
        return this.unary(node);
      case 'BinaryExpression':
        this.expression(node.left);
        this.expression(node.right);
        to.emit(arithmetic[node.operator] ?? op.add, 0, 0, 0, `${this.describe(node.left)}\0${this.describe(node.right)}`);
        return;
      case 'LogicalExpression': {
        this.expression(node.left);
        const end = to.emit(node.operator === 'and' ? op.and : op.or);
        this.expression(node.right);
        to.land(end);
        return;
      }
      default:
        this.call(node, 1);
    }
  }

  private variable(name: string): void {
    const { to } = this;
    const variable = to.resolve(name);
    if (variable.kind === 'local') to.use(op.getLocal, variable.local);
    else if (variable.kind === 'upvalue') to.emit(op.getUpvalue, variable.index);
    else to.emit(op.getGlobal, to.constant(name));
  }

  private unary(node: Of<'UnaryExpression'>): void {
    const { argument } = node;
    if (node.operator === '-' && argument.type === 'NumericLiteral') {
      this.to.emit(op.constant, this.to.constant(-argument.value));
      return;
    }
    this.expression(argument);
    const code = node.operator === '-' ? op.negate : node.operator === '#' ? op.length : op.not;
    this.to.emit(code, 0, 0, 0, this.describe(argument));
  }

  private table(node: Of<'TableConstructorExpression'>): void {
    const { to } = this;
    const { fields } = node;
    const last = fields.at(-1);
    const open = last?.type === 'TableValue' && isMultiple(last.value);
    const items = fields.filter(({ type }) => type === 'TableValue').length;
    to.emit(op.newTable, open ? items - 1 : items, fields.length - items);
    let stored = 0;
    let waiting = 0;
    const flush = (isOpen: 0 | 1): void => {
      if (waiting + isOpen > 0) to.emit(op.setList, waiting, isOpen, stored + 1);
      stored += waiting;
      waiting = 0;
    };
    for (const field of fields) {
      this.at(field);
      if (field.type === 'TableValue') {
        if (field === last && open) {
          this.multiple(field.value, -1);
          flush(1);
          continue;
        }
        this.expression(field.value);
        waiting++;
        if (waiting === FIELDS_PER_FLUSH) flush(0);
        continue;
      }
      if (field.type === 'TableKey') this.expression(field.key);
      else to.emit(op.constant, to.constant(field.key.name));
      this.expression(field.value);
      to.emit(op.setField, waiting);
    }
    flush(0);
  }

  private call(node: Expression, want: number | 'tail'): void {
    if (!isCall(node)) return;
    const { to } = this;
    const { base } = node;
    const method = base.type === 'MemberExpression' && base.indexer === ':';
    if (method) {
      this.expression(base.base);
      this.at(base);
      to.emit(op.self, to.constant(base.identifier.name), 0, 0, this.describe(base.base));
      to.emit(op.swap);
    } else this.expression(base);
    const given =
      node.type === 'CallExpression' ? node.arguments : [node.type === 'StringCallExpression' ? node.argument : node.arguments];
    const { count, open } = this.openList(given);
    this.at(node);
    const name = method ? `method '${base.identifier.name}'` : this.describe(base);
    const all = count + (method ? 1 : 0);
    if (want === 'tail') {
      to.emit(op.tailCall, all, open, 0, name);
      to.emit(op.return, 0, 1);
    } else to.emit(op.call, all, open, want, name);
  }

  /** What errors call the value of an expression; empty if it has no name. */
  private describe(node: Expression): string {
    switch (node.type) {
      case 'Identifier':
        return `${this.to.resolve(node.name).kind} '${node.name}'`;
      case 'MemberExpression':
        return `${node.indexer === ':' ? 'method' : 'field'} '${node.identifier.name}'`;
      case 'IndexExpression':
        return `field '${node.index.type === 'StringLiteral' ? node.index.value : '?'}'`;
      default:
        return '';
    }
  }
}

const FIELDS_PER_FLUSH = 50;
