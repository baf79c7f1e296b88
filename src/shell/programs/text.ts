/** Programs over lines: head, tail, wc, sort, uniq, cut, tr, seq, tee, nl, rev, paste. */
import { ascii, sliceBytes, type ByteString } from '../../base/bytes.ts';
import {
  call,
  close,
  complain,
  open,
  reasonOf,
  sleep,
  tryRead,
  write,
  type Program,
  type ProgramContext,
  type Run,
} from '../program.ts';
import { allInput, linesOf, newLineReader, nextLine, openInput, wholeInput } from './input.ts';
import { readOptions, sizeOf } from './options.ts';
import { cut, nl, paste, rev, STDIN, tac, tr, uniq } from './columns.ts';
import { sort } from './sort.ts';

function* head({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 'qv',
    values: 'nc',
    long: { 'lines=': 'n', 'bytes=': 'c', quiet: 'q', verbose: 'v' },
    digits: 'n',
  });
  if (typeof options === 'number') return options;
  const { flags, values, words } = options;
  const bytes = values.get('c');
  const wanted = bytes ?? values.get('n') ?? '10';
  const count = sizeOf(wanted.replace(/^-/, ''));
  if (count === undefined) {
    yield* complain(
      `head: invalid number of ${bytes === undefined ? 'lines' : 'bytes'}: '${wanted}'`,
    );
    return 1;
  }
  let status = 0;
  const files = words.length === 0 ? [STDIN] : words;
  for (const [i, path] of files.entries()) {
    const fd = yield* openInput('head', path, 'opening');
    if (fd === undefined) {
      status = 1;
      continue;
    }
    if ((files.length > 1 && !flags.has('q')) || flags.has('v'))
      yield* write(
        1,
        ascii(`${i > 0 ? '\n' : ''}==> ${path === '-' ? 'standard input' : path} <==\n`),
      );
    if (wanted.startsWith('-')) {
      const text = (yield* allInput('head', [path])).text;
      const lines = text.split(/(?<=\n)/);
      yield* write(
        1,
        bytes === undefined
          ? ascii(lines.slice(0, Math.max(0, lines.length - count)).join(''))
          : sliceBytes(text, 0, Math.max(0, text.length - count)),
      );
    } else if (bytes === undefined) yield* firstLines(fd, count);
    else yield* firstBytes(fd, count);
    if (fd > 2) yield* close(fd);
  }
  return status;
}

function* firstLines(fd: number, count: number): Run<undefined> {
  const reader = newLineReader(fd);
  for (let n = 0; n < count; n++) {
    const line = yield* nextLine(reader);
    if (line === '') return undefined;
    yield* write(1, line);
  }
  return undefined;
}

function* firstBytes(fd: number, count: number): Run<undefined> {
  for (let left = count; left > 0;) {
    const bytes = yield* tryRead(fd, Math.min(left, 65536));
    if (typeof bytes === 'object' || bytes === '') return undefined;
    left -= bytes.length;
    yield* write(1, bytes);
  }
  return undefined;
}

function* tail({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 'fFqv',
    values: 'ncs',
    long: {
      'lines=': 'n',
      'bytes=': 'c',
      follow: 'f',
      quiet: 'q',
      verbose: 'v',
      'sleep-interval=': 's',
      retry: 'F',
    },
    digits: 'n',
  });
  if (typeof options === 'number') return options;
  const { flags, values, words } = options;
  const files = words.length === 0 ? [STDIN] : words;
  const sizes = new Map<ByteString, number>();
  let status = 0;
  for (const [i, path] of files.entries()) {
    const text = yield* wholeInput('tail', path, 'opening');
    if (text === undefined) {
      status = 1;
      continue;
    }
    sizes.set(path, text.length);
    if ((files.length > 1 && !flags.has('q')) || flags.has('v'))
      yield* write(
        1,
        ascii(`${i > 0 ? '\n' : ''}==> ${path === '-' ? 'standard input' : path} <==\n`),
      );
    yield* write(1, lastPart(text, values.get('n'), values.get('c')));
  }
  if (!flags.has('f') && !flags.has('F')) return status;
  if (sizes.size === 0 && !flags.has('F')) {
    yield* complain('tail: no files remaining');
    return 1;
  }
  return yield* follow(sizes, files.length > 1, Number(values.get('s') ?? 1));
}

function lastPart(
  text: ByteString,
  lines: ByteString | undefined,
  bytes: ByteString | undefined,
): ByteString {
  if (bytes !== undefined) {
    const count = sizeOf(bytes.replace(/^[+-]/, '')) ?? 0;
    return bytes.startsWith('+')
      ? sliceBytes(text, Math.max(0, count - 1))
      : sliceBytes(text, Math.max(0, text.length - count));
  }
  const wanted = lines ?? '10';
  const count = sizeOf(wanted.replace(/^[+-]/, '')) ?? 0;
  const all = text.split(/(?<=\n)/);
  return ascii(
    (wanted.startsWith('+')
      ? all.slice(Math.max(0, count - 1))
      : all.slice(Math.max(0, all.length - count))
    ).join(''),
  );
}

/** By name: a file that is replaced or cut is shown from its new start. Ends by a signal. */
function* follow(sizes: Map<ByteString, number>, heads: boolean, seconds: number): Run {
  let shown: ByteString | null = null;
  for (;;) {
    yield* sleep(Math.round(Math.max(0.1, seconds) * 1e6));
    for (const [path, size] of sizes) {
      const found = yield* call({ call: 'stat', path });
      if (!found.ok || found.stat === undefined) continue;
      if (found.stat.size < size) yield* complain(`tail: ${path}: file truncated`);
      const from = found.stat.size < size ? 0 : size;
      if (found.stat.size === from) continue;
      const fd = yield* open(path, 'read');
      if (typeof fd === 'object') continue;
      if (heads && shown !== path) yield* write(1, ascii(`\n==> ${path} <==\n`));
      shown = path;
      const text = yield* rest(fd);
      yield* close(fd);
      sizes.set(path, text.length);
      yield* write(1, sliceBytes(text, from));
    }
  }
}

function* rest(fd: number): Run<ByteString> {
  const parts: ByteString[] = [];
  for (;;) {
    const bytes = yield* tryRead(fd);
    if (typeof bytes === 'object' || bytes === '') return ascii(parts.join(''));
    parts.push(bytes);
  }
}

function* wc({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 'lwcmL',
    long: { lines: 'l', words: 'w', bytes: 'c', chars: 'm' },
  });
  if (typeof options === 'number') return options;
  const { flags, words } = options;
  const kinds = ['l', 'w', 'm', 'c', 'L'].filter((kind) =>
    flags.size === 0 ? 'lwc'.includes(kind) : flags.has(kind),
  );
  const rows: { counts: number[]; name: string }[] = [];
  let status = 0;
  let stdin = false;
  let largest = 0;
  let bytesSeen = 0;
  for (const path of words.length === 0 ? [STDIN] : words) {
    const text = yield* wholeInput('wc', path);
    if (text === undefined) {
      status = 1;
      continue;
    }
    stdin ||= path === '-';
    largest = Math.max(largest, text.length);
    bytesSeen += text.length;
    const counts = kinds.map((kind) => countOf(kind, text));
    rows.push({ counts, name: words.length === 0 ? '' : ` ${path}` });
  }
  if (words.length > 1)
    rows.push({
      counts: kinds.map((_, i) => rows.reduce((sum, row) => sum + (row.counts[i] ?? 0), 0)),
      name: ' total',
    });
  const total = rows.reduce((sum, { counts: [, , bytes = 0] }) => Math.max(sum, bytes), largest);
  const sizes = words.length > 1 ? bytesSeen : total;
  const width = kinds.length === 1 && rows.length <= 1 ? 1 : stdin ? 7 : String(sizes).length;
  for (const { counts, name } of rows)
    yield* write(
      1,
      ascii(`${counts.map((count) => String(count).padStart(width)).join(' ')}${name}\n`),
    );
  return status;
}

function countOf(kind: string, text: string): number {
  switch (kind) {
    case 'l':
      return text.split('\n').length - 1;
    case 'w':
      return text.match(/[^\s]+/g)?.length ?? 0;
    case 'L':
      return Math.max(0, ...linesOf(text).map((line) => line.length));
    case 'm':
      return text.replace(/[\x80-\xbf]/g, '').length;
    default:
      return text.length;
  }
}

function* seq({ argv }: ProgramContext): Run {
  const options = yield* readOptions(
    argv.map((word) => (/^-[\d.]/.test(word) ? ascii(`\0${word}`) : word)),
    { flags: 'w', values: 's' },
  );
  if (typeof options === 'number') return options;
  const words = options.words.map((word) => word.replace('\0', ''));
  const bad = words.find((word) => !/^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(word));
  if (bad !== undefined || words.length === 0 || words.length > 3) {
    yield* complain(
      bad !== undefined
        ? `seq: invalid floating point argument: '${bad}'\nTry 'seq --help' for more information.`
        : words.length === 0
          ? "seq: missing operand\nTry 'seq --help' for more information."
          : `seq: extra operand '${words[3] ?? ''}'\nTry 'seq --help' for more information.`,
    );
    return 1;
  }
  const numbers = words.map(Number);
  const [from, step, to] =
    numbers.length === 1
      ? [1, 1, numbers[0]!]
      : numbers.length === 2
        ? [numbers[0]!, 1, numbers[1]!]
        : [numbers[0]!, numbers[1]!, numbers[2]!];
  if (step === 0) {
    yield* complain(
      `seq: invalid Zero increment value: '${words[1] ?? ''}'\nTry 'seq --help' for more information.`,
    );
    return 1;
  }
  const places = Math.max(
    ...words
      .slice(0, words.length > 1 ? -1 : undefined)
      .map((word) => word.split('.')[1]?.length ?? 0),
    0,
  );
  const width = options.flags.has('w')
    ? Math.max(from.toFixed(places).length, to.toFixed(places).length)
    : 0;
  const separator = options.values.get('s') ?? '\n';
  let out = '';
  let any = false;
  for (let i = 0; step > 0 ? from + i * step <= to + 1e-9 : from + i * step >= to - 1e-9; i++) {
    out += `${any ? separator : ''}${(from + i * step).toFixed(places).padStart(width, '0')}`;
    any = true;
    if (out.length > 8192) {
      yield* write(1, ascii(out));
      out = '';
    }
  }
  if (any) yield* write(1, ascii(`${out}\n`));
  return 0;
}

function* tee({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, { flags: 'ai', long: { append: 'a' } });
  if (typeof options === 'number') return options;
  const fds: number[] = [1];
  let status = 0;
  for (const path of options.words) {
    const fd = yield* open(path, options.flags.has('a') ? 'append' : 'truncate');
    if (typeof fd === 'number') fds.push(fd);
    else {
      yield* complain(`tee: ${path}: ${reasonOf(fd.errno)}`);
      status = 1;
    }
  }
  for (;;) {
    const bytes = yield* tryRead(0);
    if (typeof bytes === 'object' || bytes === '') return status;
    for (const fd of fds) yield* write(fd, bytes);
  }
}

function* yes({ argv }: ProgramContext): Run {
  const line = `${argv.slice(1).join(' ') || 'y'}\n`;
  const block = ascii(line.repeat(Math.max(1, Math.floor(8192 / line.length))));
  for (;;) if ((yield* write(1, block)) !== undefined) return 1;
}

export const textPrograms: Readonly<Record<string, Program>> = {
  head,
  tail,
  wc,
  sort,
  uniq,
  cut,
  tr,
  seq,
  tee,
  nl,
  rev,
  tac,
  paste,
  yes,
};
