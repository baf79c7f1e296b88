/** xxd: dumps in hex, binary, plain or C, and -r, which makes bytes of a dump again. */
import { ascii, EMPTY, type ByteString } from '../../base/bytes.ts';
import {
  complain,
  open,
  print,
  reasonOf,
  seek,
  write,
  type ProgramContext,
  type Run,
} from '../program.ts';
import { newBlockReader, nextBlock, passOver, type BlockReader } from './byte-blocks.ts';
import { newLineReader, nextLine, openInput } from './input.ts';

type Form = 'hex' | 'bits' | 'plain' | 'c';

interface Plan {
  form: Form;
  columns: number | null;
  group: number | null;
  limit: number;
  skip: number;
  upper: boolean;
  reverse: boolean;
  readonly paths: ByteString[];
}

export function* xxd({ argv }: ProgramContext): Run {
  const plan = planOf(argv.slice(1));
  if (plan === null) {
    yield* complain(
      'Usage:\n       xxd [options] [infile [outfile]]\n    or\n       xxd -r [-s [-]offset] [-c cols] [-ps] [infile [outfile]]',
    );
    return 1;
  }
  const [path = ascii('-'), target] = plan.paths;
  const input = yield* openInput('xxd', path);
  if (input === undefined) return 2;
  let out = 1;
  if (target !== undefined && target !== '-') {
    const opened = yield* open(target, 'truncate');
    if (typeof opened === 'object') {
      yield* complain(`xxd: ${target}: ${reasonOf(opened.errno)}`);
      return 3;
    }
    out = opened;
  }
  if (plan.reverse) return yield* undump(plan, input, out);
  const reader: BlockReader = { ...newBlockReader('xxd', []), paths: [], fd: input };
  if (!(yield* passOver(reader, plan.skip))) {
    yield* complain('xxd: Sorry, cannot seek.');
    return 4;
  }
  if (plan.form === 'plain') return yield* plain(plan, reader, out);
  if (plan.form === 'c') return yield* inC(plan, reader, out, path);
  return yield* dump(plan, reader, out);
}

function planOf(words: readonly ByteString[]): Plan | null {
  const plan: Plan = {
    form: 'hex',
    columns: null,
    group: null,
    limit: Infinity,
    skip: 0,
    upper: false,
    reverse: false,
    paths: [],
  };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? EMPTY;
    if (!word.startsWith('-') || word === '-') {
      plan.paths.push(word);
      continue;
    }
    const valued = /^--?(c|cols|g|groupsize|l|len|s|seek)(.*)$/.exec(word);
    if (valued !== null && /^(?:0x[\da-f]+|\d*)$/i.test(valued[2] ?? '')) {
      const text = valued[2] === '' ? (words[++i] ?? '') : (valued[2] ?? '');
      const value = Number(text);
      if (!Number.isInteger(value) || value < 0) return null;
      const letter = (valued[1] ?? '').charAt(0);
      if (letter === 'c') plan.columns = value;
      else if (letter === 'g') plan.group = value;
      else if (letter === 'l') plan.limit = value;
      else plan.skip = value;
    } else if (word === '-u') plan.upper = true;
    else if (/^-(?:p|ps|plain|postscript)$/.test(word)) plan.form = 'plain';
    else if (word === '-b') plan.form = 'bits';
    else if (word === '-i') plan.form = 'c';
    else if (word.startsWith('-r')) plan.reverse = true;
    else return null;
  }
  return plan;
}

function* take(plan: Plan, reader: BlockReader, size: number): Run<ByteString> {
  const block = yield* nextBlock(reader, Math.min(size, plan.limit));
  plan.limit -= block.length;
  return block;
}

function hexOf(block: ByteString, upper: boolean): string[] {
  return Array.from(block, (char) => {
    const hex = char.charCodeAt(0).toString(16).padStart(2, '0');
    return upper ? hex.toUpperCase() : hex;
  });
}

function* dump(plan: Plan, reader: BlockReader, out: number): Run {
  const bits = plan.form === 'bits';
  const columns = plan.columns ?? (bits ? 6 : 16);
  const asked = plan.group ?? (bits ? 1 : 2);
  const group = asked === 0 || asked > columns ? columns : asked;
  const each = bits ? 8 : 2;
  const width = columns * each + Math.ceil(columns / group) - 1;
  for (let at = plan.skip; ; at += columns) {
    const block = yield* take(plan, reader, columns);
    if (block === '') return 0;
    const cells = bits
      ? Array.from(block, (char) => char.charCodeAt(0).toString(2).padStart(8, '0'))
      : hexOf(block, plan.upper);
    let text = '';
    for (const [i, cell] of cells.entries())
      text += `${i > 0 && i % group === 0 ? ' ' : ''}${cell}`;
    yield* write(
      out,
      ascii(
        `${at.toString(16).padStart(8, '0')}: ${text.padEnd(width)}  ${block.replace(/[^\x20-\x7e]/g, '.')}\n`,
      ),
    );
  }
}

function* plain(plan: Plan, reader: BlockReader, out: number): Run {
  const columns = plan.columns === null ? 30 : plan.columns;
  for (;;) {
    const block = yield* take(plan, reader, columns === 0 ? 65_536 : columns);
    if (block === '') break;
    yield* write(out, ascii(`${hexOf(block, plan.upper).join('')}${columns === 0 ? '' : '\n'}`));
  }
  if (columns === 0) yield* write(out, ascii('\n'));
  return 0;
}

function* inC(plan: Plan, reader: BlockReader, out: number, path: ByteString): Run {
  const columns = plan.columns ?? 12;
  const named = path !== '-';
  const name = path.replace(/[^A-Za-z0-9]/g, '_').replace(/^(?=\d)/, '__');
  if (named) yield* write(out, ascii(`unsigned char ${name}[] = {\n`));
  let length = 0;
  for (;;) {
    const block = yield* take(plan, reader, columns);
    if (block === '') break;
    const cells = hexOf(block, plan.upper).map((hex) => `0x${hex}`);
    yield* write(out, ascii(`${length === 0 ? '' : ',\n'}  ${cells.join(', ')}`));
    length += block.length;
  }
  if (length > 0) yield* write(out, ascii('\n'));
  if (named) yield* write(out, ascii(`};\nunsigned int ${name}_len = ${length};\n`));
  return 0;
}

/** Lines `offset: hex  text`, or with -p hex alone. In a gap between two offsets stand zeros, where nothing can be sought. */
function* undump(plan: Plan, input: number, out: number): Run {
  const reader = newLineReader(input);
  const columns = plan.columns ?? 16;
  let at = 0;
  for (;;) {
    const line = yield* nextLine(reader);
    if (line === '') return 0;
    if (plan.form === 'plain') {
      yield* write(out, bytesFrom(line.replace(/[^0-9a-fA-F]/g, '')));
      continue;
    }
    const match = /^\s*([0-9a-fA-F]+):?\s?(.*)$/s.exec(line);
    if (match === null) continue;
    const offset = parseInt(match[1] ?? '0', 16) + plan.skip;
    // Two blanks end the hex; the text behind them may look like more of it.
    const hex = (/^((?: ?[0-9a-fA-F]{2})*)/.exec(match[2] ?? '')?.[1] ?? '').replace(/ /g, '');
    if (offset !== at && !(yield* seek(out, offset))) {
      if (offset < at) {
        yield* complain('xxd: Sorry, cannot seek backwards.');
        return 5;
      }
      for (let left = offset - at; left > 0; left -= 65_536)
        yield* print('\0'.repeat(Math.min(left, 65_536)));
    }
    const bytes = bytesFrom(hex.slice(0, columns * 2));
    yield* write(out, bytes);
    at = offset + bytes.length;
  }
}

function bytesFrom(hex: string): ByteString {
  let bytes = '';
  for (let i = 0; i + 1 < hex.length; i += 2)
    bytes += String.fromCharCode(parseInt(hex.slice(i, i + 2), 16));
  return ascii(bytes);
}
