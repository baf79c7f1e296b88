import { dirname, join } from 'node:path/posix';
import { parse } from 'svelte/compiler';
import ts from 'typescript';

/**
 * The walls between the folders of src. A folder imports only from the folders listed for it, from
 * itself, and from base. `types` may be imported as types only: page code may name what crosses the
 * worker's door, but must not carry the worker's code.
 */
interface Wall {
  readonly values: readonly string[];
  readonly types?: readonly string[];
  /** Packages, by name or by scope. */
  readonly packages?: readonly string[];
  /** May name its types and values, but no host: no clock, no chance, no waiting. */
  readonly pure?: true;
}

const workerSide = [
  ...['worker', 'storage', 'lessons', 'shell', 'lab', 'tools', 'server', 'persistence'],
  ...['machine', 'engine', 'resp'],
];
const core = ['lab', 'server', 'persistence', 'machine', 'engine', 'resp'];
const persistenceDown = ['persistence', 'machine', 'engine', 'resp'];

export const walls: Readonly<Record<string, Wall>> = {
  base: { values: [], pure: true },
  resp: { values: [], pure: true },
  engine: { values: ['resp'], packages: ['luaparse'], pure: true },
  machine: { values: [], pure: true },
  persistence: { values: ['machine', 'engine', 'resp'], pure: true },
  server: { values: persistenceDown, pure: true },
  lab: { values: ['server', ...persistenceDown], pure: true },
  tools: { values: persistenceDown, packages: ['fflate'], pure: true },
  cli: { values: ['resp'], pure: true },
  shell: { values: [...core, 'cli', 'tools'], packages: ['just-bash', 'fflate'] },
  lessons: { values: [...core, 'tools'] },
  storage: { values: core, packages: ['idb-keyval', 'fflate'] },
  'worker/protocol': { values: [], types: workerSide },
  'worker/link': { values: ['worker/protocol'], types: workerSide },
  worker: {
    values: ['worker/protocol', 'storage', 'lessons', 'shell', 'tools', ...core],
  },
  console: {
    values: ['worker/link', 'worker/protocol', 'cli'],
    types: workerSide,
    packages: ['@xterm'],
  },
  ui: {
    values: ['console', 'worker/link', 'worker/protocol', 'cli'],
    types: workerSide,
    packages: ['svelte', 'paneforge', 'uqr', 'uplot', 'virtua', 'fflate', '@fontsource'],
  },
  main: {
    values: ['ui', 'console', 'worker/link', 'worker/protocol', 'cli'],
    types: workerSide,
    packages: ['svelte', '@fontsource', '@fontsource-variable'],
  },
  'hosts/node': { values: ['server', ...persistenceDown], packages: ['node'] },
};

const maxLines = 450;

/** Host functions, and what depends on the clock, on chance, on the locale or on waiting. */
const hostNames = new Set([
  ...['Date', 'Promise', 'fetch', 'performance', 'crypto', 'console', 'process', 'Buffer'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'requestAnimationFrame'],
  ...['TextDecoder', 'TextEncoder', 'globalThis', 'window', 'self', 'document', 'navigator'],
  ...['Intl', 'structuredClone', 'Atomics', 'SharedArrayBuffer', 'WeakRef', 'eval', 'Function'],
  ...['FinalizationRegistry', 'XMLHttpRequest', 'WebSocket', 'indexedDB', 'localStorage'],
]);
/** A local variable of such a name hides nothing: the host's own is out of reach of the core. */
const neverHidden = new Set(['Date', 'Promise', 'globalThis', 'Math', 'Intl', 'eval']);
const localeMethods = /^(localeCompare|toLocale\w+)$/;

/** Of Math, what every host computes to the last bit. */
const exactMath = new Set([
  ...['abs', 'ceil', 'floor', 'round', 'trunc', 'min', 'max', 'sign', 'imul', 'clz32', 'sqrt'],
  'fround',
]);

interface Import {
  readonly specifier: string;
  readonly line: number;
  readonly kind: 'value' | 'type';
}

interface SourceFacts {
  readonly imports: readonly Import[];
  readonly complaints: readonly string[];
}

/**
 * Every breach of the walls in a set of sources.
 *
 * @param sources text by path from the project's root: `src/base/bytes.ts`
 * @returns one sentence each, headed by path:line
 */
export function breaches(sources: ReadonlyMap<string, string>): string[] {
  const found: string[] = [];
  const edges = new Map<string, { to: string; kind: 'value' | 'type' }[]>();
  for (const [path, text] of sources) {
    if (!/\.(ts|svelte)$/.test(path)) continue;
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
    if (lines > maxLines) found.push(`${path}: ${lines} lines; the limit is ${maxLines}`);

    const part = partOf(path);
    if (part === undefined) {
      found.push(`${path}: the folder stands in no wall`);
      continue;
    }
    const facts = read(path, text);
    found.push(...facts.complaints);
    const targets: { to: string; kind: 'value' | 'type' }[] = [];
    edges.set(path, targets);
    for (const one of facts.imports) {
      const complaint = throughTheWall(path, part, one, sources);
      if (complaint !== undefined) found.push(`${path}:${one.line}: ${complaint}`);
      const to = resolved(path, one.specifier);
      if (to !== undefined && !isWorkerAddress(one.specifier)) targets.push({ to, kind: one.kind });
    }
  }
  return [...found, ...cycles(edges)];
}

/** The part that a file belongs to: its folder, or a door of its own. */
function partOf(path: string): string | undefined {
  const inside = path.replace(/^src\//, '');
  if (inside === 'main.ts') return 'main';
  const door = /^worker\/(protocol|link)\.ts$/.exec(inside);
  if (door !== null) return `worker/${door[1]}`;
  if (inside.startsWith('hosts/node/')) return 'hosts/node';
  const folder = inside.split('/')[0] ?? '';
  return inside.includes('/') && folder in walls ? folder : undefined;
}

function throughTheWall(
  path: string,
  part: string,
  { specifier, kind }: Import,
  sources: ReadonlyMap<string, string>,
): string | undefined {
  const wall = walls[part];
  if (wall === undefined) return `${part} stands in no wall`;
  const to = resolved(path, specifier);
  if (to === undefined) return packageComplaint(part, wall, specifier);
  if (!to.startsWith('src/')) return contentComplaint(part, to);
  if (isWorkerAddress(specifier)) {
    return part === 'worker/link' ? undefined : `only worker/link starts the worker`;
  }
  if (/\.(css|svg|json|txt|woff2)$/.test(to)) return undefined;
  if (!sources.has(to))
    return `imports ${specifier}, where no file is (extensions are written out)`;
  const target = partOf(to);
  if (target === undefined || target === part || target === 'base') return undefined;
  if (wall.values.includes(target)) return undefined;
  if (wall.types?.includes(target) === true) {
    return kind === 'type'
      ? undefined
      : `${part} may import ${target} as types only (${specifier})`;
  }
  return `${part} must not import ${target} (${specifier})`;
}

function packageComplaint(part: string, wall: Wall, specifier: string): string | undefined {
  const names = wall.packages ?? [];
  const scope = specifier.startsWith('node:') ? 'node' : (specifier.split('/')[0] ?? '');
  const name = scope.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : scope;
  return names.includes(scope) || names.includes(name)
    ? undefined
    : `${part} must not import the package ${specifier}`;
}

/** Outside src there is one folder that the lab reads: the lessons' texts. */
function contentComplaint(part: string, to: string): string | undefined {
  return part === 'lessons' && to.startsWith('lessons/')
    ? undefined
    : `${part} must not import ${to}, which is outside src`;
}

function resolved(path: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return join(dirname(path), specifier.replace(/\?.*$/, ''));
}

function isWorkerAddress(specifier: string): boolean {
  return /\?(.*&)?worker(&|$)/.test(specifier);
}

function read(path: string, text: string): SourceFacts {
  if (!path.endsWith('.svelte')) return readScript(path, text, 0);
  const { instance, module } = parse(text, { modern: true });
  const parts = [module, instance]
    .filter((script) => script !== null && script !== undefined)
    .map(({ content }) => {
      const { start, end } = content as unknown as { start: number; end: number };
      return readScript(path, text.slice(start, end), text.slice(0, start).split('\n').length - 1);
    });
  return {
    imports: parts.flatMap(({ imports }) => imports),
    complaints: parts.flatMap(({ complaints }) => complaints),
  };
}

function readScript(path: string, text: string, lineOffset: number): SourceFacts {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS);
  const part = partOf(path) ?? '';
  const pure = walls[part]?.pure === true;
  const declared = pure ? namesDeclaredIn(file) : new Set<string>();
  const imports: Import[] = [];
  const complaints: string[] = [];
  const lineOf = (node: ts.Node) =>
    file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1 + lineOffset;
  const complain = (node: ts.Node, what: string) => {
    complaints.push(`${path}:${lineOf(node)}: ${what}`);
  };

  const visit = (node: ts.Node): void => {
    const found = importOf(node);
    if (found !== undefined) imports.push({ ...found, line: lineOf(node) });
    for (const what of manners(node, part)) complain(node, what);
    if (pure) {
      const what = hostUse(node, declared);
      if (what !== undefined) complain(node, what);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { imports, complaints };
}

function importOf(node: ts.Node): Omit<Import, 'line'> | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, kind: kindOfImport(node.importClause) };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    const specifier = (node.moduleSpecifier as ts.StringLiteral).text;
    return { specifier, kind: node.isTypeOnly ? 'type' : 'value' };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { specifier: (node.argument.literal as ts.StringLiteral).text, kind: 'type' };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const specifier = node.arguments[0];
    const text = specifier !== undefined && ts.isStringLiteral(specifier) ? specifier.text : '?';
    return { specifier: text, kind: 'value' };
  }
  return undefined;
}

function kindOfImport(clause: ts.ImportClause | undefined): 'value' | 'type' {
  if (clause === undefined) return 'value';
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return 'type';
  const names = clause.namedBindings;
  const onlyTypes =
    clause.name === undefined &&
    names !== undefined &&
    ts.isNamedImports(names) &&
    names.elements.length > 0 &&
    names.elements.every(({ isTypeOnly }) => isTypeOnly);
  return onlyTypes ? 'type' : 'value';
}

/** What no file of src does, whatever its folder. */
function manners(node: ts.Node, part: string): string[] {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return ['`any` says nothing about a value'];
  if (ts.isEnumDeclaration(node)) return ['an enum; use a union of literals'];
  if (ts.isExportAssignment(node) || isDefaultExport(node)) return ['a default export'];
  if (part !== 'base' && (ts.isAsExpression(node) || ts.isTypeAssertionExpression(node))) {
    const { type } = node;
    const isConst = ts.isTypeReferenceNode(type) && type.typeName.getText() === 'const';
    if (!isConst) return [`a cast to ${type.getText()}; casts stand in base only`];
  }
  return [];
}

function isDefaultExport(node: ts.Node): boolean {
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) ?? false)
  );
}

/** What the core must not do, since hosts differ in it or it would wait. */
function hostUse(node: ts.Node, declared: ReadonlySet<string>): string | undefined {
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return '`async` in the core';
  if (ts.isAwaitExpression(node) || node.kind === ts.SyntaxKind.AwaitKeyword)
    return '`await` in the core';
  if (ts.isBinaryExpression(node) && isPower(node)) {
    return '`**` is Math.pow, about which hosts disagree';
  }
  if (!ts.isIdentifier(node)) return undefined;
  const { text } = node;
  if (localeMethods.test(text)) return `\`${text}\` depends on the host’s locale`;
  if (isNameOfAMember(node)) return undefined;
  if (declared.has(text) && !neverHidden.has(text)) return undefined;
  if (hostNames.has(text)) return `\`${text}\` belongs to a host`;
  if (text !== 'Math') return undefined;
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.expression === node) {
    const { text: member } = parent.name;
    return exactMath.has(member) ? undefined : `hosts disagree about Math.${member}; see base/math`;
  }
  return 'Math is used by its members only, so that each can be checked';
}

/** A power of whole literals is folded the same way everywhere, and bigints are exact. */
function isPower({ operatorToken, left, right }: ts.BinaryExpression): boolean {
  if (operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskEqualsToken) return true;
  if (operatorToken.kind !== ts.SyntaxKind.AsteriskAsteriskToken) return false;
  const isWhole = (side: ts.Expression) => ts.isNumericLiteral(side) && /^\d+$/.test(side.text);
  if (isWhole(left) && isWhole(right)) return false;
  return !isBigInt(left) && !isBigInt(right);
}

/** Bigints don't mix with numbers, so one side tells. */
function isBigInt(side: ts.Expression): boolean {
  if (ts.isParenthesizedExpression(side)) return isBigInt(side.expression);
  return (
    ts.isBigIntLiteral(side) ||
    (ts.isCallExpression(side) &&
      ts.isIdentifier(side.expression) &&
      side.expression.text === 'BigInt')
  );
}

function isNameOfAMember(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isQualifiedName(parent)) return parent.right === node;
  if (ts.isBindingElement(parent)) return parent.propertyName === node;
  return (
    (ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isMethodSignature(parent) ||
      ts.isGetAccessorDeclaration(parent) ||
      ts.isSetAccessorDeclaration(parent)) &&
    parent.name === node
  );
}

function namesDeclaredIn(file: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const declares =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node) ||
      ts.isImportSpecifier(node);
    if (declares && node.name !== undefined && ts.isIdentifier(node.name)) {
      names.add(node.name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return names;
}

/**
 * Import cycles: any among values; those that only types close where they span folders, since two
 * files of one folder may describe each other, but two folders may not.
 */
function cycles(edges: ReadonlyMap<string, readonly { to: string; kind: 'value' | 'type' }[]>) {
  const only = (kinds: readonly string[]) =>
    new Map([...edges].map(([from, to]) => [from, to.filter(({ kind }) => kinds.includes(kind))]));
  const named = (paths: readonly string[]) => `import cycle: ${paths.join(' → ')}`;
  const ofValues = stronglyConnected(only(['value'])).map(named);
  const ofAll = stronglyConnected(only(['value', 'type']))
    .filter((paths) => new Set(paths.map((path) => dirname(path))).size > 1)
    .map(named)
    .filter((text) => !ofValues.includes(text));
  return [...ofValues, ...ofAll];
}

/** Tarjan's components of more than one file, or of one that imports itself. */
function stronglyConnected(edges: ReadonlyMap<string, readonly { to: string }[]>): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (path: string): number => {
    const index = order.size;
    order.set(path, index);
    stack.push(path);
    let lowest = index;
    const targets = (edges.get(path) ?? []).map(({ to }) => to).filter((to) => edges.has(to));
    for (const to of targets) {
      if (!order.has(to)) lowest = Math.min(lowest, visit(to));
      else if (stack.includes(to)) lowest = Math.min(lowest, order.get(to) ?? lowest);
    }
    low.set(path, lowest);
    if (lowest === index) {
      const component = stack.splice(stack.indexOf(path));
      if (component.length > 1 || targets.includes(path)) found.push(component.sort());
    }
    return lowest;
  };
  for (const path of edges.keys()) if (!order.has(path)) visit(path);
  return found;
}
