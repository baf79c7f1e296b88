/** od: types a, c, d, o, u and x of 1, 2, 4 bytes; addresses, limits and widths. */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { complain, write, type ProgramContext, type Run } from '../program.ts';
import { newBlockReader, nextBlock, passOver } from './byte-blocks.ts';
import { charName } from './hexdump.ts';
import { sizeOf } from './options.ts';

interface Type {
  readonly size: number;
  readonly width: number;
  readonly text: boolean;
  format(value: number): string;
}

interface OdPlan {
  readonly paths: ByteString[];
  readonly types: Type[];
  radix: string;
  limit: number;
  skip: number;
  row: number;
  repeats: boolean;
}

export function* od({ argv }: ProgramContext): Run {
  const plan = planOf(argv.slice(1));
  if (typeof plan === 'string') {
    yield* complain(`od: ${plan}`);
    return 1;
  }
  if (plan.types.length === 0) plan.types.push(...(typesOf('o2') ?? []));
  const reader = newBlockReader('od', plan.paths);
  if (!(yield* passOver(reader, plan.skip))) {
    if (reader.opened > 0) yield* complain('od: cannot skip past end of combined input');
    return 1;
  }
  const address = addressIn(plan.radix);
  let at = plan.skip;
  let left = plan.limit;
  let before: ByteString | null = null;
  let squeezed = false;
  for (;;) {
    const block = left === 0 ? ascii('') : yield* nextBlock(reader, Math.min(plan.row, left));
    if (block === '') break;
    left -= block.length;
    if (block === before && block.length === plan.row && !plan.repeats) {
      if (!squeezed) yield* write(1, ascii('*\n'));
      squeezed = true;
    } else {
      squeezed = false;
      yield* write(1, ascii(rowOf(plan, block, address(at))));
    }
    before = block;
    at += block.length;
  }
  if (plan.radix !== 'n' && (reader.opened > 0 || reader.status === 0))
    yield* write(1, ascii(`${address(at)}\n`));
  return reader.status;
}

function addressIn(radix: string): (at: number) => string {
  if (radix === 'n') return () => '';
  if (radix === 'x') return (at) => at.toString(16).padStart(6, '0');
  return (at) => at.toString(radix === 'd' ? 10 : 8).padStart(7, '0');
}

/** The columns of several types stand under each other: a byte has in all of them the room of the widest. */
function rowOf(plan: OdPlan, block: ByteString, address: string): string {
  const bytes = Array.from(block, (char) => char.charCodeAt(0));
  const perByte = Math.max(...plan.types.map((type) => (type.width + 1) / type.size));
  const lines = plan.types.map((type, i) => {
    const room = Math.max(type.width + 1, Math.ceil(perByte * type.size));
    let line = i === 0 ? address : ' '.repeat(address.length);
    for (let at = 0; at < bytes.length; at += type.size) {
      let value = 0;
      for (let j = type.size - 1; j >= 0; j--) value = value * 256 + (bytes[at + j] ?? 0);
      line += type.format(value).padStart(room);
    }
    if (!type.text) return `${line}\n`;
    const missing = (plan.row - bytes.length) / type.size;
    return `${line}${' '.repeat(Math.floor(missing) * room)}  >${block.replace(/[^\x20-\x7e]/g, '.')}<\n`;
  });
  return lines.join('');
}

const ASCII_NAMES =
  'nul soh stx etx eot enq ack bel  bs  ht  nl  vt  ff  cr  so  si dle dc1 dc2 dc3 dc4 nak syn etb can  em sub esc  fs  gs  rs  us  sp'.split(
    /\s+/,
  );

const OLD_LETTERS: Readonly<Record<string, string>> = {
  a: 'a',
  b: 'o1',
  c: 'c',
  d: 'u2',
  i: 'd4',
  l: 'd8',
  o: 'o2',
  s: 'd2',
  x: 'x2',
};

function typesOf(text: string): Type[] | undefined {
  const types: Type[] = [];
  let rest = text;
  while (rest !== '') {
    const match = /^(?:([ac])|([doux])(1|2|4|C|S|I)?)(z?)/.exec(rest);
    if (match === null) return undefined;
    rest = rest.slice(match[0].length);
    const letter = match[1] ?? match[2] ?? '';
    const size =
      match[1] !== undefined ? 1 : ({ 1: 1, 2: 2, 4: 4, C: 1, S: 2, I: 4 }[match[3] ?? '4'] ?? 4);
    types.push({ size, text: match[4] === 'z', ...numberForm(letter, size) });
  }
  return types;
}

function numberForm(letter: string, size: number): Pick<Type, 'width' | 'format'> {
  const bits = size * 8;
  const limit = { 1: 0x100, 2: 0x1_0000 }[size] ?? 0x1_0000_0000;
  switch (letter) {
    case 'a':
      return {
        width: 3,
        format: (value) => {
          const code = value & 0x7f;
          return code === 127 ? 'del' : (ASCII_NAMES[code] ?? String.fromCharCode(code));
        },
      };
    case 'c':
      return { width: 3, format: charName };
    case 'x':
      return { width: size * 2, format: (value) => value.toString(16).padStart(size * 2, '0') };
    case 'o': {
      const digits = Math.ceil(bits / 3);
      return { width: digits, format: (value) => value.toString(8).padStart(digits, '0') };
    }
    case 'u':
      return { width: { 1: 3, 2: 5, 4: 10 }[size] ?? 10, format: String };
    default:
      return {
        width: { 1: 4, 2: 6, 4: 11 }[size] ?? 11,
        format: (value) => String(value >= limit / 2 ? value - limit : value),
      };
  }
}

/** Options, or what is wrong with them; -t may come several times. */
function planOf(words: readonly ByteString[]): OdPlan | string {
  const plan: OdPlan = {
    paths: [],
    types: [],
    radix: 'o',
    limit: Infinity,
    skip: 0,
    row: 16,
    repeats: false,
  };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ascii('');
    if (!word.startsWith('-') || word === '-') {
      plan.paths.push(word);
      continue;
    }
    for (let at = 1; at < word.length; at++) {
      const letter = word.charAt(at);
      if (letter === 'v') plan.repeats = true;
      else if (letter in OLD_LETTERS)
        plan.types.push(...(typesOf(OLD_LETTERS[letter] ?? '') ?? []));
      else if ('AtNjw'.includes(letter)) {
        const rest = word.slice(at + 1);
        const value = rest === '' && letter !== 'w' ? (words[++i] ?? '') : rest;
        const problem = takeValue(plan, letter, value);
        if (problem !== undefined) return problem;
        break;
      } else return `invalid option -- '${letter}'\nTry 'od --help' for more information.`;
    }
  }
  return plan;
}

function takeValue(plan: OdPlan, letter: string, value: string): string | undefined {
  if (letter === 'A') {
    if (!/^[doxn]/.test(value))
      return `invalid output address radix '${value}'; it must be one character from [doxn]`;
    plan.radix = value.charAt(0);
    return undefined;
  }
  if (letter === 't') {
    const types = typesOf(value);
    if (types === undefined)
      return `invalid character '${value.replace(/^(?:[ac]z?|[doux][124CSI]?z?)*/, '').charAt(0)}' in type string '${value}'`;
    plan.types.push(...types);
    return undefined;
  }
  const size = sizeOf(value === '' ? '32' : value);
  if (size === undefined) return `invalid -${letter} argument '${value}'`;
  if (letter === 'N') plan.limit = size;
  else if (letter === 'j') plan.skip = size;
  else plan.row = size;
  return undefined;
}
