/** sort. */
import { ascii, type ByteString } from '../../base/bytes.ts';
import {
  call,
  complain,
  open,
  reasonOf,
  write,
  type ProgramContext,
  type Run,
} from '../program.ts';
import { linesOf, wholeInput } from './input.ts';
import { readOptions } from './options.ts';
import { STDIN } from './columns.ts';

export function* sort({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 'nruhfbVcsdgMz',
    values: 'kto',
    long: {
      numeric: 'n',
      'numeric-sort': 'n',
      reverse: 'r',
      unique: 'u',
      'key=': 'k',
      'field-separator=': 't',
      'human-numeric-sort': 'h',
      'ignore-case': 'f',
      'version-sort': 'V',
      stable: 's',
    },
  });
  if (typeof options === 'number') return options;
  const { flags, values, words } = options;
  const input = yield* sortInput(words);
  if (input === undefined) return 2;
  const lines = linesOf(input);
  const key = values.get('k');
  const flagsOfKey = key?.replace(/[\d.,]/g, '') ?? '';
  const has = (letter: string): boolean => flags.has(letter) || flagsOfKey.includes(letter);
  const keyOf = (line: string): string =>
    key === undefined ? line : fieldOf(line, key, values.get('t'));
  const compare = (a: string, b: string): number => {
    const [x, y] = [keyOf(a), keyOf(b)];
    const first =
      has('n') || has('h') || has('g')
        ? amount(x) - amount(y)
        : has('V')
          ? compareVersions(x, y)
          : has('f')
            ? plain(x.toUpperCase(), y.toUpperCase())
            : plain(x, y);
    const turned = has('r') ? -first : first;
    if (turned !== 0 || flags.has('s') || flags.has('u')) return turned;
    return flags.has('r') ? plain(b, a) : plain(a, b);
  };
  if (flags.has('c')) {
    const wrong = lines.findIndex((line, i) => i > 0 && compare(lines[i - 1] ?? '', line) > 0);
    if (wrong < 0) return 0;
    yield* complain(`sort: ${words[0] ?? '-'}:${wrong + 1}: disorder: ${lines[wrong] ?? ''}`);
    return 1;
  }
  const sorted = lines.sort(compare);
  const kept = flags.has('u')
    ? sorted.filter((line, i) => i === 0 || compare(sorted[i - 1] ?? '', line) !== 0)
    : sorted;
  const text = ascii(kept.map((line) => `${line}\n`).join(''));
  const output = values.get('o');
  if (output === undefined) yield* write(1, text);
  else {
    const fd = yield* open(output, 'truncate');
    if (typeof fd === 'object') {
      yield* complain(`sort: open failed: ${output}: ${reasonOf(fd.errno)}`);
      return 2;
    }
    yield* write(fd, text);
  }
  return 0;
}

function* sortInput(words: readonly ByteString[]): Run<ByteString | undefined> {
  const parts: string[] = [];
  for (const path of words.length === 0 ? [STDIN] : words) {
    if (path !== '-' && !(yield* call({ call: 'stat', path })).ok) {
      yield* complain(`sort: cannot read: ${path}: No such file or directory`);
      return undefined;
    }
    const text = yield* wholeInput('sort', path);
    if (text === undefined) return undefined;
    parts.push(text === '' || text.endsWith('\n') ? text : `${text}\n`);
  }
  return ascii(parts.join(''));
}

function plain(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function amount(text: string): number {
  const match = /^\s*(-?\d*\.?\d+)([KMGT]?)/.exec(text);
  if (match === null) return 0;
  const unit = 'KMGT'.indexOf(match[2] === '' ? ' ' : (match[2] ?? ' '));
  let value = Number(match[1]);
  for (let i = 0; i <= unit; i++) value *= 1024;
  return value;
}

function compareVersions(a: string, b: string): number {
  const [x, y] = [a, b].map((text) => text.match(/\d+|\D+/g) ?? []);
  for (let i = 0; i < Math.max(x?.length ?? 0, y?.length ?? 0); i++) {
    const [p = '', q = ''] = [x?.[i], y?.[i]];
    const both = /^\d/.test(p) && /^\d/.test(q);
    const order = both ? Number(p) - Number(q) : plain(p, q);
    if (order !== 0) return order;
  }
  return 0;
}

/** `-k F[.C][,F[.C]]`: from the start of the first field to the end of the last. */
function fieldOf(line: string, key: string, separator: string | undefined): string {
  const [from = '1', to] = key.split(',').map((one) => one.replace(/[a-zA-Z]/g, ''));
  const fields = separator === undefined ? (line.match(/\s*\S+/g) ?? []) : line.split(separator);
  const [field = 1, char = 1] = from.split('.').map(Number);
  const last = to === undefined ? fields.length : Number(to.split('.')[0]);
  return fields
    .slice(field - 1, last)
    .join(separator ?? '')
    .slice(char - 1);
}
