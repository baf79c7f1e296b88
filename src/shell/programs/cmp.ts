import { ascii, EMPTY, type ByteString } from '../../base/bytes.ts';
import {
  complain,
  tryRead,
  workThrough,
  write,
  type ProgramContext,
  type Run,
} from '../program.ts';
import { openInput } from './input.ts';
import { readOptions } from './options.ts';

/** cmp(1): where two files first differ, or with -l everywhere. */
export function* cmp({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 'lsb',
    values: 'in',
    long: { verbose: 'l', silent: 's', quiet: 's', 'bytes=': 'n', 'ignore-initial=': 'i' },
  });
  if (typeof options === 'number') return options;
  const { flags, values, words } = options;
  const [first, second = ascii('-')] = words;
  if (first === undefined) {
    yield* complain(
      "cmp: missing operand after 'cmp'\ncmp: Try 'cmp --help' for more information.",
    );
    return 2;
  }
  const fds = [yield* openInput('cmp', first), yield* openInput('cmp', second)];
  const [left, right] = fds;
  if (left === undefined || right === undefined) return 2;
  const skip = Number(values.get('i') ?? 0);
  const most = Number(values.get('n') ?? Infinity);
  const a = new Reader(left);
  const b = new Reader(right);
  yield* a.drop(skip);
  yield* b.drop(skip);
  let line = 1;
  let status = 0;
  let endsInLine = true;
  for (let at = 1; at <= most; at++) {
    const x = yield* a.byte();
    const y = yield* b.byte();
    if (x < 0 && y < 0) return status;
    if (x < 0 || y < 0) {
      const short = x < 0 ? first : second;
      if (flags.has('s')) return 1;
      const where = flags.has('l')
        ? `after byte ${at - 1}`
        : endsInLine
          ? `after byte ${at - 1}, line ${line - 1}`
          : `after byte ${at - 1}, in line ${line}`;
      yield* complain(
        at === 1 ? `cmp: EOF on ${short} which is empty` : `cmp: EOF on ${short} ${where}`,
      );
      return 1;
    }
    endsInLine = x === 10;
    if (x !== y) {
      status = 1;
      if (flags.has('s')) return 1;
      if (!flags.has('l')) {
        const bytes = flags.has('b') ? ` is ${octal(x)} ${shown(x)} ${octal(y)} ${shown(y)}` : '';
        yield* write(
          1,
          ascii(
            `${first} ${second} differ: ${flags.has('b') ? 'byte' : 'char'} ${at}, line ${line}${bytes}\n`,
          ),
        );
        return 1;
      }
      yield* write(1, ascii(`${at} ${octal(x)} ${octal(y)}\n`));
    }
    if (x === 10) line++;
  }
  return status;
}

function octal(byte: number): string {
  return byte.toString(8).padStart(3);
}

function shown(byte: number): string {
  if (byte >= 128) return `M-${shown(byte - 128)}`;
  if (byte < 32) return `^${String.fromCharCode(byte + 64)}`;
  return byte === 127 ? '^?' : String.fromCharCode(byte);
}

class Reader {
  private readonly fd: number;
  private bytes: ByteString = EMPTY;
  private at = 0;

  constructor(fd: number) {
    this.fd = fd;
  }

  *drop(count: number): Run<undefined> {
    for (let i = 0; i < count && (yield* this.byte()) >= 0;) i++;
    return undefined;
  }

  /** The next byte, or -1 at the end. */
  *byte(): Run<number> {
    if (this.at === this.bytes.length) {
      const more = yield* tryRead(this.fd);
      if (typeof more === 'object' || more === '') return -1;
      yield* workThrough(more.length, 100);
      this.bytes = more;
      this.at = 0;
    }
    return this.bytes.charCodeAt(this.at++);
  }
}
