/** md5sum, sha1sum, sha256sum, and -c, as coreutils have them. */
import {
  addToDigest,
  endDigest,
  newBlockDigest,
  type BlockRounds,
} from '../../base/block-digest.ts';
import { ascii, bytesOf, type ByteString } from '../../base/bytes.ts';
import { md5Rounds } from '../../base/md5.ts';
import { sha1Rounds } from '../../base/sha1.ts';
import { sha256Rounds } from '../../base/sha256.ts';
import {
  close,
  complain,
  reasonOf,
  tryRead,
  workThrough,
  write,
  type Program,
  type Run,
} from '../program.ts';
import { linesOf, openInput, wholeInput } from './input.ts';
import { readOptions } from './options.ts';

function digestProgram(name: string, rounds: BlockRounds): Program {
  return function* ({ argv }) {
    const options = yield* readOptions(argv, {
      flags: 'bctwz',
      long: {
        check: 'c',
        binary: 'b',
        text: 't',
        quiet: 'q',
        status: 's',
        warn: 'w',
        'ignore-missing': 'i',
        strict: 'S',
        tag: 'T',
        zero: 'z',
      },
    });
    if (typeof options === 'number') return options;
    const { flags } = options;
    const words = options.words.length === 0 ? [ascii('-')] : options.words;
    let status = 0;
    for (const path of words) {
      if (flags.has('c')) {
        if (!(yield* checkList(name, rounds, path, flags))) status = 1;
        continue;
      }
      const sum = yield* sumOf(name, rounds, path);
      if (sum === undefined) status = 1;
      else if (flags.has('T'))
        yield* write(1, ascii(`${name.slice(0, -3).toUpperCase()} (${path}) = ${sum}\n`));
      else yield* write(1, ascii(sumLine(sum, path, flags)));
    }
    return status;
  };
}

/** A name with a backslash or a newline is escaped, and its line begins with a backslash. */
function sumLine(sum: string, path: ByteString, flags: ReadonlySet<string>): string {
  const mode = flags.has('b') ? '*' : ' ';
  if (flags.has('z')) return `${sum} ${mode}${path}\0`;
  const escaped = path.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `${escaped === path ? '' : '\\'}${sum} ${mode}${escaped}\n`;
}

function* sumOf(name: string, rounds: BlockRounds, path: ByteString): Run<string | undefined> {
  const fd = yield* openInput(name, path);
  if (fd === undefined) return undefined;
  const digest = newBlockDigest(rounds);
  for (;;) {
    const bytes = yield* tryRead(fd);
    if (typeof bytes === 'object') {
      yield* complain(`${name}: ${path}: ${reasonOf(bytes.errno)}`);
      if (fd > 2) yield* close(fd);
      return undefined;
    }
    if (bytes === '') break;
    yield* workThrough(bytes.length, 300);
    addToDigest(digest, bytesOf(bytes));
  }
  if (fd > 2) yield* close(fd);
  let hex = '';
  for (const byte of endDigest(digest)) hex += byte.toString(16).padStart(2, '0');
  return hex;
}

function* checkList(
  name: string,
  rounds: BlockRounds,
  list: ByteString,
  flags: ReadonlySet<string>,
): Run<boolean> {
  const text = yield* wholeInput(name, list);
  if (text === undefined) return false;
  const digits = rounds.initial.length * 8;
  const form = new RegExp(`^\\\\?([0-9a-fA-F]{${digits}}) [ *](.+)$`, 's');
  const counts = { malformed: 0, unread: 0, wrong: 0, formed: 0, right: 0 };
  for (const line of linesOf(text)) {
    const match = form.exec(line);
    if (match === null) {
      if (line !== '' && !line.startsWith('#')) counts.malformed++;
      continue;
    }
    counts.formed++;
    const path = ascii(
      line.startsWith('\\')
        ? (match[2] ?? '').replace(/\\(.)/g, (_, char: string) =>
            char === 'n' ? '\n' : char === 'r' ? '\r' : char,
          )
        : (match[2] ?? ''),
    );
    const sum = yield* sumOf(name, rounds, path);
    const silent = flags.has('s');
    if (sum === undefined) {
      counts.unread++;
      if (!silent) yield* write(1, ascii(`${path}: FAILED open or read\n`));
    } else if (sum === match[1]?.toLowerCase()) {
      counts.right++;
      if (!silent && !flags.has('q')) yield* write(1, ascii(`${path}: OK\n`));
    } else {
      counts.wrong++;
      if (!silent) yield* write(1, ascii(`${path}: FAILED\n`));
    }
  }
  return yield* tellCounts(name, list, counts, flags);
}

function* tellCounts(
  name: string,
  list: ByteString,
  counts: {
    readonly malformed: number;
    readonly unread: number;
    readonly wrong: number;
    readonly formed: number;
    readonly right: number;
  },
  flags: ReadonlySet<string>,
): Run<boolean> {
  const { malformed, unread, wrong, formed } = counts;
  if (formed === 0) {
    const what = list === '-' ? "'standard input'" : list;
    yield* complain(`${name}: ${what}: no properly formatted checksum lines found`);
    return false;
  }
  const lines = (n: number, one: string, many: string): string => (n === 1 ? one : many);
  if (!flags.has('s')) {
    if (malformed > 0)
      yield* complain(
        `${name}: WARNING: ${malformed} ${lines(malformed, 'line is', 'lines are')} improperly formatted`,
      );
    if (unread > 0)
      yield* complain(
        `${name}: WARNING: ${unread} listed ${lines(unread, 'file', 'files')} could not be read`,
      );
    if (wrong > 0)
      yield* complain(
        `${name}: WARNING: ${wrong} computed ${lines(wrong, 'checksum', 'checksums')} did NOT match`,
      );
  }
  return unread === 0 && wrong === 0 && (malformed === 0 || !flags.has('S'));
}

export const digestPrograms: Readonly<Record<string, Program>> = {
  md5sum: digestProgram('md5sum', md5Rounds),
  sha1sum: digestProgram('sha1sum', sha1Rounds),
  sha256sum: digestProgram('sha256sum', sha256Rounds),
};
