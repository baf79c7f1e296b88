/** diff: the plain form and -u; -q, -s, -r, -N, -i, -w, -b, -B. */
import { ascii, EMPTY, type ByteString } from '../../base/bytes.ts';
import { call, complain, reasonOf, write, type ProgramContext, type Run } from '../program.ts';
import { formatTime } from './date.ts';
import { baseName, joinPath, wholeInput } from './input.ts';
import { diffLines, type Change } from './line-diff.ts';
import { readOptions } from './options.ts';

interface Plan {
  readonly flags: ReadonlySet<string>;
  readonly context: number;
  /** As it stands before the names of two files of a tree. */
  readonly command: string;
}

export function* diff({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 'uqsrNiwbBa',
    values: 'U',
    long: {
      unified: 'u',
      'unified=': 'U',
      brief: 'q',
      'report-identical-files': 's',
      recursive: 'r',
      'new-file': 'N',
      'ignore-case': 'i',
      'ignore-all-space': 'w',
      'ignore-space-change': 'b',
      'ignore-blank-lines': 'B',
      text: 'a',
    },
  });
  if (typeof options === 'number') return options;
  const { flags, values, words } = options;
  const [left, right, extra] = words;
  if (left === undefined || right === undefined || extra !== undefined) {
    const what =
      extra !== undefined
        ? `extra operand '${extra}'`
        : `missing operand after '${left ?? argv[argv.length - 1] ?? 'diff'}'`;
    yield* complain(`diff: ${what}\ndiff: Try 'diff --help' for more information.`);
    return 2;
  }
  const plan: Plan = {
    flags: values.has('U') ? new Set([...flags, 'u']) : flags,
    context: Number(values.get('U') ?? 3),
    command: ['diff', ...argv.slice(1, argv.length - 2)].join(' '),
  };
  const kinds = [yield* kindOf(left), yield* kindOf(right)];
  if (kinds[0] === 'directory' && kinds[1] === 'directory')
    return yield* diffFolders(plan, left, right);
  if (kinds[0] === 'directory')
    return yield* diffFiles(plan, joinPath(left, baseName(right)), right);
  if (kinds[1] === 'directory')
    return yield* diffFiles(plan, left, joinPath(right, baseName(left)));
  return yield* diffFiles(plan, left, right);
}

function* kindOf(path: ByteString): Run<'file' | 'directory' | 'none'> {
  if (path === '-') return 'file';
  const found = yield* call({ call: 'stat', path });
  return found.ok ? (found.stat?.kind ?? 'none') : 'none';
}

function* diffFolders(plan: Plan, left: ByteString, right: ByteString): Run {
  const names = new Map<string, string>();
  for (const [folder, side] of [
    [left, 'l'],
    [right, 'r'],
  ] as const) {
    const listed = yield* call({ call: 'readdir', path: folder });
    for (const name of listed.ok ? (listed.names ?? []) : [])
      names.set(name, (names.get(name) ?? '') + side);
  }
  let status = 0;
  for (const name of [...names.keys()].sort()) {
    const a = joinPath(left, name);
    const b = joinPath(right, name);
    const kinds = [yield* kindOf(a), yield* kindOf(b)];
    let ended: number;
    if (names.get(name) !== 'lr' && !plan.flags.has('N')) {
      yield* write(1, ascii(`Only in ${names.get(name) === 'l' ? left : right}: ${name}\n`));
      ended = 1;
    } else if (kinds[0] === 'directory' && kinds[1] === 'directory') {
      if (plan.flags.has('r')) ended = yield* diffFolders(plan, a, b);
      else {
        yield* write(1, ascii(`Common subdirectories: ${a} and ${b}\n`));
        ended = 0;
      }
    } else if (kinds.includes('directory')) {
      const kind = (one: string | undefined): string =>
        one === 'directory' ? 'directory' : 'regular file';
      yield* write(
        1,
        ascii(`File ${a} is a ${kind(kinds[0])} while file ${b} is a ${kind(kinds[1])}\n`),
      );
      ended = 1;
    } else ended = yield* diffFiles(plan, a, b, `${plan.command} ${a} ${b}\n`);
    status = Math.max(status, ended);
  }
  return status;
}

interface Text {
  readonly bytes: ByteString;
  readonly lines: readonly string[];
  readonly endsWhole: boolean;
}

function* diffFiles(plan: Plan, left: ByteString, right: ByteString, heading = ''): Run {
  const a = yield* textOf(plan, left);
  const b = yield* textOf(plan, right);
  if (a === undefined || b === undefined) return 2;
  const { flags } = plan;
  const same = function* (): Run {
    if (flags.has('s')) yield* write(1, ascii(`Files ${left} and ${right} are identical\n`));
    return 0;
  };
  if (a.bytes === b.bytes) return yield* same();
  const binary = !flags.has('a') && (isBinary(a.bytes) || isBinary(b.bytes));
  const changes = binary ? [] : changesBetween(plan, a, b);
  if (!binary && changes.length === 0) return yield* same();
  if (flags.has('q')) yield* write(1, ascii(`Files ${left} and ${right} differ\n`));
  else if (binary) yield* write(1, ascii(`Binary files ${left} and ${right} differ\n`));
  else {
    const body = flags.has('u') ? unified(plan, a, b, changes) : normal(a, b, changes);
    const names = flags.has('u') ? `--- ${yield* label(left)}\n+++ ${yield* label(right)}\n` : '';
    yield* write(1, ascii(heading + names + body));
  }
  return 1;
}

function isBinary(bytes: ByteString): boolean {
  return bytes.slice(0, 32_768).includes('\0');
}

function* label(path: ByteString): Run<string> {
  const found = yield* call({ call: 'stat', path });
  const at = found.ok ? (found.stat?.modifiedAt ?? 0) : 0;
  const nanos = String(Math.floor(at % 1_000_000) * 1000).padStart(9, '0');
  return `${path}\t${formatTime('%Y-%m-%d %H:%M:%S', at)}.${nanos} +0000`;
}

function* textOf({ flags }: Plan, path: ByteString): Run<Text | undefined> {
  if (flags.has('N') && (yield* kindOf(path)) === 'none')
    return { bytes: EMPTY, lines: [], endsWhole: true };
  if ((yield* kindOf(path)) === 'none') {
    const found = yield* call({ call: 'stat', path });
    yield* complain(`diff: ${path}: ${found.ok ? '' : reasonOf(found.errno)}`);
    return undefined;
  }
  const bytes = yield* wholeInput('diff', path);
  if (bytes === undefined) return undefined;
  const endsWhole = bytes === '' || bytes.endsWith('\n');
  const lines = bytes === '' ? [] : (endsWhole ? bytes.slice(0, -1) : bytes).split('\n');
  return { bytes, lines, endsWhole };
}

/** Compared are the lines as the options see them; a last line without its newline is another line than one with it. */
function changesBetween({ flags }: Plan, a: Text, b: Text): Change[] {
  const seen = (line: string): string => {
    let text = line;
    if (flags.has('w')) text = text.replace(/\s+/g, '');
    else if (flags.has('b')) text = text.replace(/\s+/g, ' ').trimEnd();
    return flags.has('i') ? text.toLowerCase() : text;
  };
  const keys = ({ lines, endsWhole }: Text): string[] =>
    lines.map((line, i) =>
      i === lines.length - 1 && !endsWhole && !flags.has('w') && !flags.has('b')
        ? `${seen(line)}\n`
        : seen(line),
    );
  const changes = diffLines(keys(a), keys(b));
  if (!flags.has('B')) return changes;
  const blank = (lines: readonly string[]): boolean => lines.every((line) => line === '');
  return changes.filter(
    ({ from, removed, to, added }) =>
      !blank(a.lines.slice(from, from + removed)) || !blank(b.lines.slice(to, to + added)),
  );
}

const NO_NEWLINE = '\\ No newline at end of file\n';

function lineOf({ lines, endsWhole }: Text, i: number, mark: string): string {
  const last = i === lines.length - 1 && !endsWhole;
  return `${mark}${lines[i] ?? ''}\n${last ? NO_NEWLINE : ''}`;
}

function linesFrom(text: Text, from: number, to: number, mark: string): string {
  let out = '';
  for (let i = from; i < to; i++) out += lineOf(text, i, mark);
  return out;
}

/** `5`, or `5,7`; of no lines the one before. */
function range(from: number, count: number): string {
  if (count === 0) return String(from);
  return count === 1 ? String(from + 1) : `${from + 1},${from + count}`;
}

function normal(a: Text, b: Text, changes: readonly Change[]): string {
  return changes
    .map(({ from, removed, to, added }) => {
      const letter = removed === 0 ? 'a' : added === 0 ? 'd' : 'c';
      return (
        `${range(from, removed)}${letter}${range(to, added)}\n` +
        linesFrom(a, from, from + removed, '< ') +
        (letter === 'c' ? '---\n' : '') +
        linesFrom(b, to, to + added, '> ')
      );
    })
    .join('');
}

function unified({ context }: Plan, a: Text, b: Text, changes: readonly Change[]): string {
  let out = '';
  for (let i = 0; i < changes.length;) {
    let next = i + 1;
    const endOf = (change: Change): number => change.from + change.removed;
    while (next < changes.length && changes[next]!.from - endOf(changes[next - 1]!) <= 2 * context)
      next++;
    const hunk = changes.slice(i, next);
    i = next;
    const [first] = hunk;
    const last = hunk[hunk.length - 1];
    if (first === undefined || last === undefined) break;
    const before = Math.min(context, first.from, first.to);
    const after = Math.min(context, a.lines.length - endOf(last));
    const from = first.from - before;
    const to = first.to - before;
    const removed = endOf(last) + after - from;
    const added = last.to + last.added + after - to;
    out += `@@ -${hunkRange(from, removed)} +${hunkRange(to, added)} @@\n`;
    let at = from;
    for (const change of hunk) {
      out += linesFrom(a, at, change.from, ' ');
      out += linesFrom(a, change.from, endOf(change), '-');
      out += linesFrom(b, change.to, change.to + change.added, '+');
      at = endOf(change);
    }
    out += linesFrom(a, at, at + after, ' ');
  }
  return out;
}

function hunkRange(from: number, count: number): string {
  if (count === 1) return String(from + 1);
  return `${count === 0 ? from : from + 1},${count}`;
}
