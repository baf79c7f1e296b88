/** hexdump in its six set forms, and hd. */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { complain, write, type Program, type ProgramContext, type Run } from '../program.ts';
import { newBlockReader, nextBlock, passOver } from './byte-blocks.ts';
import { readOptions } from './options.ts';
import { sizeOf } from './options.ts';

const ROW = 16;

interface Form {
  /** Of the offset. */
  readonly digits: 7 | 8;
  row(block: ByteString): string;
}

export function* hexdump({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 'bcCdoxv',
    values: 'ns',
    long: {
      canonical: 'C',
      'one-byte-octal': 'b',
      'one-byte-char': 'c',
      'two-bytes-decimal': 'd',
      'two-bytes-octal': 'o',
      'two-bytes-hex': 'x',
      'no-squeezing': 'v',
      'length=': 'n',
      'skip=': 's',
    },
  });
  if (typeof options === 'number') return options;
  const { flags, values, words } = options;
  const letter = ['C', 'c', 'b', 'd', 'o', 'x'].find((one) => flags.has(one)) ?? '';
  const form = argv[0] === 'hd' ? forms.get('C') : forms.get(letter);
  if (form === undefined) return 1;
  const skip = sizeOf(values.get('s') ?? '0') ?? 0;
  let left = values.has('n') ? (sizeOf(values.get('n') ?? '') ?? 0) : Infinity;
  const reader = newBlockReader('hexdump', words);
  yield* passOver(reader, skip);
  let at = skip;
  let before: ByteString | null = null;
  let squeezed = false;
  const offset = (n: number): string => n.toString(16).padStart(form.digits, '0');
  for (;;) {
    const block = left === 0 ? ascii('') : yield* nextBlock(reader, Math.min(ROW, left));
    if (block === '') break;
    left -= block.length;
    if (block === before && block.length === ROW && !flags.has('v')) {
      if (!squeezed) yield* write(1, ascii('*\n'));
      squeezed = true;
    } else {
      squeezed = false;
      yield* write(1, ascii(`${offset(at)}${form.row(block)}\n`));
    }
    before = block;
    at += block.length;
  }
  if (reader.opened === 0 && reader.status !== 0) {
    yield* complain('hexdump: all input file arguments failed');
    return 1;
  }
  if (at > skip) yield* write(1, ascii(`${offset(at)}\n`));
  return reader.status;
}

function codes(block: ByteString): number[] {
  return Array.from(block, (char) => char.charCodeAt(0));
}

/** Little-endian; a byte that is missing is zero. */
function wordsOf(block: ByteString): number[] {
  const bytes = codes(block);
  return Array.from(
    { length: Math.ceil(bytes.length / 2) },
    (_, i) => (bytes[i * 2] ?? 0) | ((bytes[i * 2 + 1] ?? 0) << 8),
  );
}

function inWords(format: (word: number) => string, width: number): (block: ByteString) => string {
  return (block) => wordsOf(block).map(format).join('').padEnd(width);
}

function canonical(block: ByteString): string {
  const hex = codes(block).map((code) => code.toString(16).padStart(2, '0'));
  const text = block.replace(/[^\x20-\x7e]/g, '.');
  return `  ${hex.slice(0, 8).join(' ').padEnd(23)}  ${hex.slice(8).join(' ').padEnd(23)}  |${text}|`;
}

const NAMED = new Map([
  [0, '\\0'],
  [7, '\\a'],
  [8, '\\b'],
  [9, '\\t'],
  [10, '\\n'],
  [11, '\\v'],
  [12, '\\f'],
  [13, '\\r'],
]);

export function charName(code: number): string {
  const named = NAMED.get(code);
  if (named !== undefined) return named.padStart(3);
  if (code >= 0x20 && code < 0x7f) return String.fromCharCode(code).padStart(3);
  return code.toString(8).padStart(3, '0');
}

const forms: ReadonlyMap<string, Form> = new Map<string, Form>([
  ['', { digits: 7, row: inWords((word) => ` ${word.toString(16).padStart(4, '0')}`, 40) }],
  ['x', { digits: 7, row: inWords((word) => `    ${word.toString(16).padStart(4, '0')}`, 64) }],
  ['o', { digits: 7, row: inWords((word) => `  ${word.toString(8).padStart(6, '0')}`, 64) }],
  ['d', { digits: 7, row: inWords((word) => `   ${String(word).padStart(5, '0')}`, 64) }],
  ['C', { digits: 8, row: canonical }],
  [
    'c',
    {
      digits: 7,
      row: (block) =>
        codes(block)
          .map((code) => ` ${charName(code)}`)
          .join('')
          .padEnd(64),
    },
  ],
  [
    'b',
    {
      digits: 7,
      row: (block) =>
        codes(block)
          .map((code) => ` ${code.toString(8).padStart(3, '0')}`)
          .join('')
          .padEnd(64),
    },
  ],
]);

export const hexdumpPrograms: Readonly<Record<string, Program>> = { hexdump, hd: hexdump };
