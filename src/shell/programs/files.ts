/** Programs over names: cp, mv, rm, mkdir, rmdir, touch, ln, chmod, truncate, sync, basename, dirname, mktemp. */
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
import { baseName, isDirectory, joinPath } from './input.ts';
import { readOptions, sizeOf, type Options } from './options.ts';
import { cp, missing, mv, targets } from './copy.ts';

function* removeTree(path: ByteString, options: Options): Run<boolean> {
  const { flags } = options;
  const found = yield* call({ call: 'stat', path });
  if (!found.ok) {
    if (flags.has('f') && found.errno === 'ENOENT') return true;
    yield* complain(`rm: cannot remove '${path}': ${reasonOf(found.errno)}`);
    return false;
  }
  if (found.stat?.kind !== 'directory') {
    const gone = yield* call({ call: 'unlink', path });
    if (!gone.ok) yield* complain(`rm: cannot remove '${path}': ${reasonOf(gone.errno)}`);
    else if (flags.has('v')) yield* write(1, ascii(`removed '${path}'\n`));
    return gone.ok;
  }
  if (!flags.has('r') && !flags.has('R') && !flags.has('d')) {
    yield* complain(`rm: cannot remove '${path}': Is a directory`);
    return false;
  }
  let ok = true;
  if (!flags.has('d') || flags.has('r')) {
    const listed = yield* call({ call: 'readdir', path });
    for (const name of listed.ok ? [...(listed.names ?? [])] : [])
      ok = (yield* removeTree(joinPath(path, name), options)) && ok;
  }
  if (!ok) return false;
  const gone = yield* call({ call: 'rmdir', path });
  if (!gone.ok) yield* complain(`rm: cannot remove '${path}': ${reasonOf(gone.errno)}`);
  else if (flags.has('v')) yield* write(1, ascii(`removed directory '${path}'\n`));
  return gone.ok;
}

function* rm({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 'rRfvdiI',
    long: { recursive: 'r', force: 'f', verbose: 'v', dir: 'd' },
  });
  if (typeof options === 'number') return options;
  if (options.words.length === 0) return options.flags.has('f') ? 0 : yield* missing('rm');
  let status = 0;
  for (const path of options.words) {
    if (path === '/') {
      yield* complain(
        "rm: it is dangerous to operate recursively on '/'\nrm: use --no-preserve-root to override this failsafe",
      );
      status = 1;
    } else if (!(yield* removeTree(path, options))) status = 1;
  }
  return status;
}

function* mkdir({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 'pv',
    values: 'm',
    long: { parents: 'p', verbose: 'v', 'mode=': 'm' },
  });
  if (typeof options === 'number') return options;
  if (options.words.length === 0) return yield* missing('mkdir');
  const mode = parseInt(options.values.get('m') ?? '755', 8);
  let status = 0;
  for (const path of options.words) {
    const steps = options.flags.has('p') ? parents(path) : [path];
    for (const step of steps) {
      const result = yield* call({ call: 'mkdir', path: step, mode });
      if (result.ok) {
        if (options.flags.has('v')) yield* write(1, ascii(`mkdir: created directory '${step}'\n`));
        continue;
      }
      if (options.flags.has('p') && result.errno === 'EEXIST' && (yield* isDirectory(step)))
        continue;
      yield* complain(`mkdir: cannot create directory '${step}': ${reasonOf(result.errno)}`);
      status = 1;
      break;
    }
  }
  return status;
}

function parents(path: ByteString): ByteString[] {
  const names = path.replace(/\/+$/, '').split('/');
  return names.map((_, i) => ascii(names.slice(0, i + 1).join('/'))).filter((step) => step !== '');
}

function* rmdir({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, { flags: 'pv' });
  if (typeof options === 'number') return options;
  if (options.words.length === 0) return yield* missing('rmdir');
  let status = 0;
  for (const path of options.words) {
    const result = yield* call({ call: 'rmdir', path });
    if (result.ok) continue;
    status = 1;
    yield* complain(`rmdir: failed to remove '${path}': ${reasonOf(result.errno)}`);
  }
  return status;
}

function* touch({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 'acm',
    values: 'dtr',
    long: { 'no-create': 'c', 'date=': 'd' },
  });
  if (typeof options === 'number') return options;
  if (options.words.length === 0) return yield* missing('touch', 'file operand');
  let status = 0;
  for (const path of options.words) {
    if (
      (yield* isDirectory(path)) ||
      (options.flags.has('c') && !(yield* call({ call: 'stat', path })).ok)
    )
      continue;
    const fd = yield* open(path, 'append');
    if (typeof fd === 'number') yield* close(fd);
    else {
      yield* complain(`touch: cannot touch '${path}': ${reasonOf(fd.errno)}`);
      status = 1;
    }
  }
  return status;
}

function* ln({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, { flags: 'sfv', long: { symbolic: 's', force: 'f' } });
  if (typeof options === 'number') return options;
  if (options.flags.has('s')) {
    yield* complain('ln: this machine has no symbolic links; without -s a hard link is made');
    return 1;
  }
  const pairs = yield* targets('ln', options);
  if (typeof pairs === 'number') return pairs;
  let status = 0;
  for (const [from, to] of pairs) {
    if (options.flags.has('f')) yield* call({ call: 'unlink', path: to });
    const result = yield* call({ call: 'link', from, to });
    if (result.ok) continue;
    status = 1;
    yield* complain(
      result.errno === 'ENOENT'
        ? `ln: failed to access '${from}': ${reasonOf(result.errno)}`
        : `ln: failed to create hard link '${to}': ${reasonOf(result.errno)}`,
    );
  }
  return status;
}

function* chmod({ argv }: ProgramContext): Run {
  const words = argv.slice(1).filter((word) => !/^-[Rvf]+$/.test(word));
  const [mode, ...paths] = words;
  if (mode === undefined) return yield* missing('chmod');
  if (paths.length === 0) {
    yield* complain(
      `chmod: missing operand after '${mode}'\nTry 'chmod --help' for more information.`,
    );
    return 1;
  }
  if (!/^[0-7]{1,4}$|^(?:[ugoa]*[-+=][rwxX]*,?)+$/.test(mode)) {
    yield* complain(`chmod: invalid mode: '${mode}'\nTry 'chmod --help' for more information.`);
    return 1;
  }
  let status = 0;
  const all = argv.some((word) => /^-[vf]*R/.test(word));
  const change = function* (path: ByteString): Run<undefined> {
    const found = yield* call({ call: 'stat', path });
    if (!found.ok || found.stat === undefined) {
      yield* complain(`chmod: cannot access '${path}': ${found.ok ? '' : reasonOf(found.errno)}`);
      status = 1;
      return undefined;
    }
    yield* call({ call: 'chmod', path, mode: modeAfter(mode, found.stat.mode) });
    if (!all || found.stat.kind !== 'directory') return undefined;
    const listed = yield* call({ call: 'readdir', path });
    for (const name of listed.ok ? [...(listed.names ?? [])] : [])
      yield* change(joinPath(path, name));
    return undefined;
  };
  for (const path of paths) yield* change(path);
  return status;
}

function modeAfter(text: string, before: number): number {
  if (/^[0-7]+$/.test(text)) return parseInt(text, 8);
  let mode = before;
  for (const clause of text.split(',')) {
    const [, who = '', sign = '+', what = ''] = /^([ugoa]*)([-+=])([rwxX]*)$/.exec(clause) ?? [];
    const bits =
      (what.includes('r') ? 4 : 0) | (what.includes('w') ? 2 : 0) | (/[xX]/.test(what) ? 1 : 0);
    const groups = who === '' || who.includes('a') ? 'ugo' : who;
    for (const [letter, shift] of [
      ['u', 6],
      ['g', 3],
      ['o', 0],
    ] as const) {
      if (!groups.includes(letter)) continue;
      // Without a letter the umask 022 keeps the write bit of group and others.
      const given = who === '' && letter !== 'u' ? bits & ~2 : bits;
      if (sign === '=') mode &= ~(7 << shift);
      mode = sign === '-' ? mode & ~(given << shift) : mode | (given << shift);
    }
  }
  return mode;
}

function* truncate({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 'co',
    values: 'sr',
    long: { 'size=': 's', 'no-create': 'c', 'reference=': 'r' },
  });
  if (typeof options === 'number') return options;
  const size = options.values.get('s');
  if (size === undefined) {
    yield* complain(
      "truncate: you must specify either '--size' or '--reference'\nTry 'truncate --help' for more information.",
    );
    return 1;
  }
  const sign = /^[-+<>/%]/.exec(size)?.[0] ?? '';
  const amount = sizeOf(size.slice(sign.length));
  if (amount === undefined) {
    yield* complain(`truncate: Invalid number: '${size}'`);
    return 1;
  }
  if (options.words.length === 0) return yield* missing('truncate', 'file operand');
  let status = 0;
  for (const path of options.words) {
    const found = yield* call({ call: 'stat', path });
    if (!found.ok && options.flags.has('c')) continue;
    const before = found.ok ? (found.stat?.size ?? 0) : 0;
    const after =
      sign === '-'
        ? Math.max(0, before - amount)
        : sign === '+'
          ? before + amount
          : sign === '<'
            ? Math.min(before, amount)
            : sign === '>'
              ? Math.max(before, amount)
              : amount;
    const opened = yield* call({ call: 'open', path, mode: 'append' });
    if (!opened.ok) {
      yield* complain(`truncate: cannot open '${path}' for writing: ${reasonOf(opened.errno)}`);
      status = 1;
      continue;
    }
    const cut = yield* call({ call: 'ftruncate', fd: opened.value, size: after });
    if (!cut.ok) {
      yield* complain(
        `truncate: failed to truncate '${path}' at ${after} bytes: ${reasonOf(cut.errno)}`,
      );
      status = 1;
    }
    yield* call({ call: 'close', fd: opened.value });
  }
  return status;
}

/** sync(1): each file or folder that is named, or all of them; ends when the disk has answered. */
function* sync({ argv }: ProgramContext): Run {
  const words = argv.slice(1).filter((word) => !/^-[df]$|^--(data|file-system)$/.test(word));
  let status = 0;
  for (const path of words) {
    const mode = (yield* isDirectory(path)) ? 'directory' : 'read';
    const opened = yield* call({ call: 'open', path, mode });
    if (!opened.ok) {
      yield* complain(`sync: error opening '${path}': ${reasonOf(opened.errno)}`);
      status = 1;
      continue;
    }
    const done = yield* call({
      call: argv.includes(ascii('-d')) ? 'fdatasync' : 'fsync',
      fd: opened.value,
    });
    if (!done.ok) {
      yield* complain(`sync: error syncing '${path}': ${reasonOf(done.errno)}`);
      status = 1;
    }
    yield* call({ call: 'close', fd: opened.value });
  }
  if (words.length === 0) yield* syncTree(ascii('/'));
  return status;
}

function* syncTree(folder: ByteString): Run<undefined> {
  const listed = yield* call({ call: 'readdir', path: folder });
  for (const name of listed.ok ? [...(listed.names ?? [])] : []) {
    const path = joinPath(folder, name);
    if (yield* isDirectory(path)) yield* syncTree(path);
    else yield* syncOne(path, 'read');
  }
  return yield* syncOne(folder, 'directory');
}

function* syncOne(path: ByteString, mode: 'read' | 'directory'): Run<undefined> {
  const opened = yield* call({ call: 'open', path, mode });
  if (!opened.ok) return undefined;
  yield* call({ call: 'fsync', fd: opened.value });
  yield* call({ call: 'close', fd: opened.value });
  return undefined;
}

function* basename({ argv }: ProgramContext): Run {
  const [, path, suffix] = argv;
  if (path === undefined) return yield* missing('basename');
  const name = baseName(path);
  const cut =
    suffix !== undefined && name.endsWith(suffix) && name !== suffix
      ? name.slice(0, -suffix.length)
      : name;
  yield* write(1, ascii(`${cut}\n`));
  return 0;
}

function* dirname({ argv }: ProgramContext): Run {
  if (argv.length < 2) return yield* missing('dirname');
  for (const path of argv.slice(1)) {
    const trimmed = path.replace(/(?<=.)\/+$/, '');
    const slash = trimmed.lastIndexOf('/');
    yield* write(1, ascii(`${slash < 0 ? '.' : slash === 0 ? '/' : trimmed.slice(0, slash)}\n`));
  }
  return 0;
}

function* mktemp({ argv, pid }: ProgramContext): Run {
  const folder = argv.includes(ascii('-d'));
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
  for (let n = pid * 7919; ; n++) {
    let name = '/tmp/tmp.';
    for (let i = 0, rest = n; i < 10; i++, rest = Math.floor(rest / 3) + 17 * i)
      name += letters.charAt(rest % letters.length);
    if ((yield* call({ call: 'stat', path: name })).ok) continue;
    if (folder) yield* call({ call: 'mkdir', path: name, mode: 0o700 });
    else {
      const fd = yield* open(ascii(name), 'truncate');
      if (typeof fd === 'number') yield* close(fd);
    }
    yield* write(1, ascii(`${name}\n`));
    return 0;
  }
}

export const filePrograms: Readonly<Record<string, Program>> = {
  cp,
  mv,
  rm,
  mkdir,
  rmdir,
  touch,
  ln,
  chmod,
  truncate,
  sync,
  basename,
  dirname,
  mktemp,
};
