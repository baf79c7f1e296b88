/**
 * The words of `rdb`, read as its original reads them, which leaves that to Python's argparse: long options may be
 * shortened, short ones hold their value or are run together, and what is wrong is told in argparse's words.
 */
import { ascii, EMPTY, type ByteString } from '../../base/bytes.ts';
import { escapes, isEscape, type Escape } from './escape.ts';

export interface RdbOptions {
  command: ByteString | null;
  output: ByteString | null;
  readonly databases: ByteString[];
  key: ByteString | null;
  notKey: ByteString | null;
  readonly types: ByteString[];
  bytes: ByteString | null;
  largest: ByteString | null;
  escape: Escape | null;
  noExpire: boolean;
  /** Seconds; null: not asked for. */
  amendExpire: number | null;
  readonly files: ByteString[];
}

export type ParsedWords =
  | { readonly kind: 'options'; readonly options: RdbOptions; readonly command: ByteString }
  | { readonly kind: 'help' }
  /** The line behind `rdb: error: `. */
  | { readonly kind: 'wrong'; readonly problem: string };

export const USAGE = `usage: usage: rdb [options] /path/to/dump.rdb

Example : rdb --command json -k "user.*" /var/redis/6379/dump.rdb`;

export const HELP = `${USAGE}

positional arguments:
  dump_file             RDB dump file to process; of several the last one that has a key wins

options:
  -h, --help            show this help message and exit
  -c CMD, --command CMD
                        json, diff, justkeys, justkeyvals, memory or protocol; or an RDB file,
                        which is then backed up to the last file that is named
  -f FILE, --file FILE  output file
  -n DBS, --db DBS      database number; may be given again
  -k KEYS, --key KEYS   keys to export, a regular expression
  -o NOT_KEYS, --not-key NOT_KEYS
                        keys not to export, a regular expression
  -t TYPES, --type TYPES
                        string, hash, set, sortedset, list or stream; may be given again
  -b BYTES, --bytes BYTES
                        memory: only keys of this size or more
  -l LARGEST, --largest LARGEST
                        memory: only the N largest keys
  -e {raw,print,utf8,base64}, --escape {raw,print,utf8,base64}
                        how strings are escaped
  -x, --no-expire       protocol: leave the expiry of all keys out
  -a N, --amend-expire N
                        protocol: add N seconds to the expiry of all keys
`;

interface Option {
  readonly short: string;
  readonly long: readonly string[];
  readonly value: boolean;
}

const option = (short: string, long: string, value = true): Option => ({
  short,
  long: [long],
  value,
});
const AMEND: Option = {
  short: '-a',
  long: ['--amend-expire', '--amend-expiry'],
  value: true,
};
const NO_EXPIRE = option('-x', '--no-expire', false);
const HELP_OPTION = option('-h', '--help', false);
const options: readonly Option[] = [
  HELP_OPTION,
  option('-c', '--command'),
  option('-f', '--file'),
  option('-n', '--db'),
  option('-k', '--key'),
  option('-o', '--not-key'),
  option('-t', '--type'),
  option('-b', '--bytes'),
  option('-l', '--largest'),
  option('-e', '--escape'),
  NO_EXPIRE,
  AMEND,
];

const nameOf = ({ short, long }: Option): string => `${short}/${long[0]!}`;

class Wrong extends Error {}

export function parseWords(words: readonly ByteString[]): ParsedWords {
  const read: RdbOptions = {
    command: null,
    output: null,
    databases: [],
    key: null,
    notKey: null,
    types: [],
    bytes: null,
    largest: null,
    escape: null,
    noExpire: false,
    amendExpire: null,
    files: [],
  };
  try {
    return readWords(read, words);
  } catch (thrown) {
    if (thrown instanceof Wrong) return { kind: 'wrong', problem: thrown.message };
    throw thrown;
  }
}

function readWords(read: RdbOptions, words: readonly ByteString[]): ParsedWords {
  const unknown: ByteString[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === '--') {
      read.files.push(...words.slice(i + 1));
      break;
    }
    if (!looksLikeOption(word)) {
      read.files.push(word);
      continue;
    }
    const found = word.startsWith('--') ? longOption(word) : shortOption(word);
    if (found === undefined) {
      unknown.push(word);
      continue;
    }
    let { option: taken, rest } = found;
    while (!taken.value) {
      if (taken === HELP_OPTION) return { kind: 'help' };
      takeFlag(read);
      if (rest === null) break;
      // Short options that are run together: the next letter is another one.
      const next = word.startsWith('--') ? undefined : shortOption(ascii(`-${rest}`));
      if (next === undefined)
        throw new Wrong(
          `argument ${nameOf(taken)}: ignored explicit argument '${rest.replace(/^=/, '')}'`,
        );
      ({ option: taken, rest } = next);
    }
    if (!taken.value) continue;
    if (rest === null) {
      const next = words[i + 1];
      if (next === undefined || next === '--' || looksLikeOption(next))
        throw new Wrong(`argument ${nameOf(taken)}: expected one argument`);
      i++;
      takeValue(read, taken, next);
    } else takeValue(read, taken, ascii(rest.replace(/^=/, '')));
  }
  const missing: string[] = [];
  if (read.command === null) missing.push('-c/--command');
  if (read.files.length === 0) missing.push('dump_file');
  if (missing.length > 0)
    throw new Wrong(`the following arguments are required: ${missing.join(', ')}`);
  if (unknown.length > 0) throw new Wrong(`unrecognized arguments: ${unknown.join(' ')}`);
  return { kind: 'options', options: read, command: read.command ?? EMPTY };
}

/** A minus with something behind it, which is neither a negative number nor a text with a blank. */
function looksLikeOption(word: ByteString): boolean {
  if (!word.startsWith('-') || word === '-') return false;
  if (/^-\d+$|^-\d*\.\d+$/.test(word)) return false;
  return !word.includes(' ') || longOption(word) !== undefined;
}

interface Found {
  readonly option: Option;
  /** What stands behind the name in the same word, with a leading `=` of a short one; null: nothing. */
  readonly rest: string | null;
}

function longOption(word: ByteString): Found | undefined {
  const equals = word.indexOf('=');
  const name = equals < 0 ? word : word.slice(0, equals);
  const rest = equals < 0 ? null : word.slice(equals + 1);
  for (const known of options) if (known.long.includes(name)) return { option: known, rest };
  if (name.length < 3) return undefined;
  const candidates = options.filter(({ long }) => long.some((full) => full.startsWith(name)));
  if (candidates.length > 1) {
    const names = candidates.map(({ long }) => long[0]).join(', ');
    throw new Wrong(`ambiguous option: ${word} could match ${names}`);
  }
  const [only] = candidates;
  return only === undefined ? undefined : { option: only, rest };
}

function shortOption(word: ByteString): Found | undefined {
  const known = options.find(({ short }) => word.startsWith(short));
  if (known === undefined) return undefined;
  return { option: known, rest: word.length > 2 ? word.slice(2) : null };
}

const EXCLUSIVE = (one: Option, other: Option): string =>
  `argument ${nameOf(one)}: not allowed with argument ${nameOf(other)}`;

function takeFlag(read: RdbOptions): void {
  if (read.amendExpire !== null) throw new Wrong(EXCLUSIVE(NO_EXPIRE, AMEND));
  read.noExpire = true;
}

function takeValue(read: RdbOptions, taken: Option, value: ByteString): void {
  switch (taken.short) {
    case '-c':
      read.command = value;
      return;
    case '-f':
      read.output = value;
      return;
    case '-n':
      read.databases.push(value);
      return;
    case '-k':
      read.key = value;
      return;
    case '-o':
      read.notKey = value;
      return;
    case '-t':
      read.types.push(value);
      return;
    case '-b':
      read.bytes = value;
      return;
    case '-l':
      read.largest = value;
      return;
    case '-e':
      if (!isEscape(value)) {
        const choices = escapes.map((one) => `'${one}'`).join(', ');
        throw new Wrong(
          `argument -e/--escape: invalid choice: '${value}' (choose from ${choices})`,
        );
      }
      read.escape = value;
      return;
    case '-a':
      if (!/^\s*[+-]?\d+\s*$/.test(value))
        throw new Wrong(`argument ${nameOf(AMEND)}: invalid int value: '${value}'`);
      if (read.noExpire) throw new Wrong(EXCLUSIVE(AMEND, NO_EXPIRE));
      read.amendExpire = Number(value);
  }
}
