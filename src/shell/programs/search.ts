/** grep and sed, over regular expressions of POSIX turned into the host's. */
import { ascii, type ByteString } from '../../base/bytes.ts';
import {
  call,
  close,
  complain,
  open,
  reasonOf,
  write,
  type Program,
  type ProgramContext,
  type Run,
} from '../program.ts';
import { isDirectory, joinPath, newLineReader, nextLine } from './input.ts';
import { readOptions } from './options.ts';
import { sed } from './sed.ts';
import { posixRegex } from './posix-regex.ts';

function* grep({ argv }: ProgramContext): Run {
  const name = argv[0] ?? 'grep';
  const options = yield* readOptions(argv, {
    flags: 'EFGPivnclLqrRoshHwxaIz',
    values: 'efmABC',
    long: {
      'extended-regexp': 'E',
      'fixed-strings': 'F',
      'ignore-case': 'i',
      'invert-match': 'v',
      'line-number': 'n',
      count: 'c',
      'files-with-matches': 'l',
      quiet: 'q',
      silent: 'q',
      recursive: 'r',
      'only-matching': 'o',
      'word-regexp': 'w',
      'line-regexp': 'x',
      text: 'a',
      'no-filename': 'h',
      'with-filename': 'H',
      'color=': '_',
      color: '_',
      'line-buffered': '_',
      'no-messages': 's',
      'max-count=': 'm',
      'after-context=': 'A',
      'before-context=': 'B',
      'context=': 'C',
      'regexp=': 'e',
    },
  });
  if (typeof options === 'number') return options;
  const { flags, values, words } = options;
  const files = [...words];
  const source = values.get('e') ?? files.shift();
  if (source === undefined) {
    yield* complain(
      `Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.`,
    );
    return 2;
  }
  const form =
    flags.has('F') || name === 'fgrep'
      ? 'fixed'
      : flags.has('P')
        ? 'perl'
        : flags.has('E') || name === 'egrep'
          ? 'extended'
          : 'basic';
  const patterns = source.split('\n').map((one) => {
    const base = posixRegex(one, form, '');
    if (base === undefined) return undefined;
    const edge = flags.has('x')
      ? `^(?:${base.source})$`
      : flags.has('w')
        ? `(?<!\\w)(?:${base.source})(?!\\w)`
        : base.source;
    return new RegExp(edge, flags.has('i') ? 'gi' : 'g');
  });
  if (patterns.includes(undefined)) {
    yield* complain(`grep: Invalid regular expression`);
    return 2;
  }
  const known = patterns.filter((one) => one !== undefined);
  const search: Search = {
    flags,
    patterns: known,
    most: Number(values.get('m') ?? Infinity),
    after: Number(values.get('A') ?? values.get('C') ?? 0),
    before: Number(values.get('B') ?? values.get('C') ?? 0),
    names:
      (flags.has('H') || files.length > 1 || flags.has('r') || flags.has('R')) && !flags.has('h'),
  };
  let matched = false;
  let failed = false;
  const recursive = flags.has('r') || flags.has('R');
  const look = function* (path: ByteString): Run<undefined> {
    if (path !== '-' && (yield* isDirectory(path))) {
      if (!recursive) {
        yield* complain(`grep: ${path}: Is a directory`);
        return undefined;
      }
      const listed = yield* call({ call: 'readdir', path });
      for (const one of listed.ok ? [...(listed.names ?? [])].sort() : [])
        yield* look(joinPath(path, one));
      return undefined;
    }
    const fd = path === '-' ? 0 : yield* open(path, 'read');
    if (typeof fd === 'object') {
      if (!flags.has('s')) yield* complain(`grep: ${path}: ${reasonOf(fd.errno)}`);
      failed = true;
      return undefined;
    }
    const found = yield* searchIn(search, fd, path === '-' ? '(standard input)' : path);
    matched ||= found;
    if (fd > 2) yield* close(fd);
    return undefined;
  };
  for (const path of files.length === 0 ? [ascii(recursive ? '.' : '-')] : files) {
    yield* look(path);
    if (matched && flags.has('q')) return 0;
  }
  return failed ? 2 : matched ? 0 : 1;
}

interface Search {
  readonly flags: ReadonlySet<string>;
  readonly patterns: readonly RegExp[];
  readonly most: number;
  readonly after: number;
  readonly before: number;
  readonly names: boolean;
}

function matchesOf(patterns: readonly RegExp[], line: string): readonly string[] {
  return patterns.flatMap((pattern) => [...line.matchAll(pattern)].map(([text]) => text));
}

function* searchIn(search: Search, fd: number, name: string): Run<boolean> {
  const { flags, patterns, most, after, before, names } = search;
  const reader = newLineReader(fd);
  const head = (n: number, sign: string): string =>
    `${names ? `${name}${sign}` : ''}${flags.has('n') ? `${n}${sign}` : ''}`;
  let count = 0;
  let left = 0;
  let last = 0;
  const kept: string[] = [];
  const silent = flags.has('q') || flags.has('c') || flags.has('l') || flags.has('L');
  for (let n = 1; ; n++) {
    const raw = yield* nextLine(reader);
    if (raw === '') break;
    const line = raw.endsWith('\n') ? raw.slice(0, -1) : raw;
    const found = matchesOf(patterns, line);
    const hit = found.length > 0 !== flags.has('v');
    if (!hit) {
      if (left > 0 && !silent) {
        yield* write(1, ascii(`${head(n, '-')}${line}\n`));
        left--;
        last = n;
      } else kept.push(line);
      if (kept.length > before) kept.shift();
      continue;
    }
    count++;
    if (flags.has('q')) return true;
    if (flags.has('o') && !silent) {
      for (const text of found) if (text !== '') yield* write(1, ascii(`${head(n, ':')}${text}\n`));
    } else if (!silent) {
      if ((before > 0 || after > 0) && last > 0 && n - kept.length > last + 1)
        yield* write(1, ascii('--\n'));
      for (const [i, text] of kept.entries())
        yield* write(1, ascii(`${head(n - kept.length + i, '-')}${text}\n`));
      yield* write(1, ascii(`${head(n, ':')}${line}\n`));
    }
    kept.length = 0;
    last = n;
    left = after;
    if (count >= most) break;
  }
  if (flags.has('c')) yield* write(1, ascii(`${names ? `${name}:` : ''}${count}\n`));
  if ((flags.has('l') && count > 0) || (flags.has('L') && count === 0))
    yield* write(1, ascii(`${name}\n`));
  return count > 0;
}

export const searchPrograms: Readonly<Record<string, Program>> = {
  grep,
  egrep: grep,
  fgrep: grep,
  sed,
};
