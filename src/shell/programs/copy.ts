/** cp and mv. What is copied stands in the page cache until something syncs it. */
import { ascii, type ByteString } from '../../base/bytes.ts';
import {
  call,
  close,
  complain,
  open,
  read,
  reasonOf,
  write,
  type ProgramContext,
  type Run,
} from '../program.ts';
import { baseName, isDirectory, joinPath } from './input.ts';
import { readOptions, type Options } from './options.ts';

export function* missing(program: string, operand = 'operand'): Run {
  yield* complain(`${program}: missing ${operand}\nTry '${program} --help' for more information.`);
  return 1;
}

/** One file: through read and write, as cp does, so what is copied stands in the page cache until something syncs. */
export function* copyFile(program: string, from: ByteString, to: ByteString): Run<boolean> {
  const input = yield* open(from, 'read');
  if (typeof input === 'object') {
    const what = input.errno === 'ENOENT' ? 'stat' : 'open';
    yield* complain(
      `${program}: cannot ${what} '${from}'${what === 'open' ? ' for reading' : ''}: ${reasonOf(input.errno)}`,
    );
    return false;
  }
  const output = yield* open(to, 'truncate');
  if (typeof output === 'object') {
    const why =
      to.endsWith('/') && output.errno === 'EISDIR' ? 'Not a directory' : reasonOf(output.errno);
    yield* complain(`${program}: cannot create regular file '${to}': ${why}`);
    yield* close(input);
    return false;
  }
  let failed: string | undefined;
  while (failed === undefined) {
    const bytes = yield* read(input);
    if (bytes === '') break;
    const errno = yield* write(output, bytes);
    if (errno !== undefined) failed = `${program}: error writing '${to}': ${reasonOf(errno)}`;
  }
  yield* close(input);
  yield* close(output);
  if (failed !== undefined) yield* complain(failed);
  return failed === undefined;
}

function* copyTree(options: Options, from: ByteString, to: ByteString): Run<boolean> {
  const { flags } = options;
  const found = yield* call({ call: 'stat', path: from });
  if (!found.ok || found.stat === undefined) {
    yield* complain(`cp: cannot stat '${from}': ${found.ok ? '' : reasonOf(found.errno)}`);
    return false;
  }
  const target = yield* call({ call: 'stat', path: to });
  if (found.stat.kind === 'file') {
    if (target.ok && target.stat?.inode === found.stat.inode) {
      yield* complain(`cp: '${from}' and '${to}' are the same file`);
      return false;
    }
    if (flags.has('n') && target.ok) return true;
    if (flags.has('u') && target.ok && (target.stat?.modifiedAt ?? 0) >= found.stat.modifiedAt)
      return true;
    const ok = yield* copyFile('cp', from, to);
    if (ok && !target.ok) yield* call({ call: 'chmod', path: to, mode: found.stat.mode });
    if (ok && flags.has('v')) yield* write(1, ascii(`'${from}' -> '${to}'\n`));
    return ok;
  }
  if (!flags.has('r') && !flags.has('R') && !flags.has('a')) {
    yield* complain(`cp: -r not specified; omitting directory '${from}'`);
    return false;
  }
  if (!target.ok) yield* call({ call: 'mkdir', path: to, mode: found.stat.mode });
  if (flags.has('v')) yield* write(1, ascii(`'${from}' -> '${to}'\n`));
  const listed = yield* call({ call: 'readdir', path: from });
  let ok = true;
  for (const name of listed.ok ? [...(listed.names ?? [])] : [])
    ok = (yield* copyTree(options, joinPath(from, name), joinPath(to, name))) && ok;
  return ok;
}

/** The target of each source: into a folder, or one source to one name. */
export function* targets(
  program: string,
  options: Options,
): Run<(readonly [ByteString, ByteString])[] | number> {
  const into = options.values.get('t');
  const words = into === undefined ? options.words : [...options.words, into];
  const to = words[words.length - 1];
  if (to === undefined) return yield* missing(program, 'file operand');
  if (words.length === 1) {
    yield* complain(
      `${program}: missing destination file operand after '${to}'\nTry '${program} --help' for more information.`,
    );
    return 1;
  }
  const folder = !options.flags.has('T') && (yield* isDirectory(to));
  if (!folder && words.length > 2) {
    yield* complain(
      `${program}: target '${to}': ${(yield* call({ call: 'stat', path: to })).ok ? 'Not a directory' : 'No such file or directory'}`,
    );
    return 1;
  }
  return words
    .slice(0, -1)
    .map((from) => [from, folder ? joinPath(to, baseName(from)) : to] as const);
}

export function* cp({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 'rRafpvnuTdi',
    values: 't',
    long: {
      recursive: 'r',
      archive: 'a',
      force: 'f',
      verbose: 'v',
      'no-clobber': 'n',
      update: 'u',
      preserve: 'p',
      'target-directory=': 't',
      'preserve=': 'P',
      'sparse=': 'S',
      'reflink=': 'L',
    },
  });
  if (typeof options === 'number') return options;
  const pairs = yield* targets('cp', options);
  if (typeof pairs === 'number') return pairs;
  let status = 0;
  for (const [from, to] of pairs) if (!(yield* copyTree(options, from, to))) status = 1;
  return status;
}

export function* mv({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 'fvnuTi',
    values: 't',
    long: { force: 'f', verbose: 'v', 'no-clobber': 'n', 'target-directory=': 't' },
  });
  if (typeof options === 'number') return options;
  const pairs = yield* targets('mv', options);
  if (typeof pairs === 'number') return pairs;
  let status = 0;
  for (const [from, to] of pairs) {
    const source = yield* call({ call: 'stat', path: from });
    const target = yield* call({ call: 'stat', path: to });
    if (options.flags.has('n') && target.ok) continue;
    if (source.ok && target.ok && source.stat?.inode === target.stat?.inode) {
      yield* complain(`mv: '${from}' and '${to}' are the same file`);
      status = 1;
      continue;
    }
    const result = source.ok ? yield* call({ call: 'rename', from, to }) : source;
    if (result.ok) {
      if (options.flags.has('v')) yield* write(1, ascii(`renamed '${from}' -> '${to}'\n`));
      continue;
    }
    status = 1;
    yield* complain(
      source.ok
        ? `mv: cannot move '${from}' to '${to}': ${reasonOf(result.errno)}`
        : `mv: cannot stat '${from}': ${reasonOf(result.errno)}`,
    );
  }
  return status;
}
