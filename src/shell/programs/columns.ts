/** uniq, cut, tr, paste, nl, rev, tac. */
import { ascii } from '../../base/bytes.ts';
import { complain, tryRead, write, type ProgramContext, type Run } from '../program.ts';
import { allInput, linesOf, wholeInput } from './input.ts';
import { readOptions } from './options.ts';

export const STDIN = ascii('-');

export function* uniq({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 'cdui',
    values: 'fsw',
    long: {
      count: 'c',
      repeated: 'd',
      unique: 'u',
      'ignore-case': 'i',
      'skip-fields=': 'f',
      'skip-chars=': 's',
    },
  });
  if (typeof options === 'number') return options;
  const { flags, values, words } = options;
  const { text, status } = yield* allInput('uniq', words.slice(0, 1));
  const skip = Number(values.get('f') ?? 0);
  const keyOf = (line: string): string => {
    const rest = line
      .replace(new RegExp(`^(?:\\s*\\S+){0,${skip}}`), '')
      .slice(Number(values.get('s') ?? 0));
    return flags.has('i') ? rest.toLowerCase() : rest;
  };
  const groups: { line: string; count: number }[] = [];
  for (const line of linesOf(text)) {
    const last = groups[groups.length - 1];
    if (last !== undefined && keyOf(last.line) === keyOf(line)) last.count++;
    else groups.push({ line, count: 1 });
  }
  const shown = groups.filter(
    ({ count }) => (flags.has('d') ? count > 1 : true) && (flags.has('u') ? count === 1 : true),
  );
  yield* write(
    1,
    ascii(
      shown
        .map(
          ({ line, count }) => `${flags.has('c') ? `${String(count).padStart(7)} ` : ''}${line}\n`,
        )
        .join(''),
    ),
  );
  return status;
}

export function* cut({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 'sn',
    values: 'bcdf',
    long: {
      'fields=': 'f',
      'delimiter=': 'd',
      'characters=': 'c',
      'bytes=': 'b',
      'only-delimited': 's',
    },
  });
  if (typeof options === 'number') return options;
  const { flags, values, words } = options;
  const list = values.get('f') ?? values.get('c') ?? values.get('b');
  if (list === undefined) {
    yield* complain(
      "cut: you must specify a list of bytes, characters, or fields\nTry 'cut --help' for more information.",
    );
    return 1;
  }
  const ranges = list.split(',').map((range) => {
    const [from = '', to] = range.split('-');
    return {
      from: from === '' ? 1 : Number(from),
      to: to === undefined ? Number(from) : to === '' ? Infinity : Number(to),
    };
  });
  const isIn = (n: number): boolean => ranges.some(({ from, to }) => n >= from && n <= to);
  const separator = values.get('d') ?? '\t';
  const { text, status } = yield* allInput('cut', words);
  const out = linesOf(text).map((line) => {
    if (!values.has('f')) return `${[...line].filter((_, i) => isIn(i + 1)).join('')}\n`;
    if (!line.includes(separator)) return flags.has('s') ? '' : `${line}\n`;
    return `${line
      .split(separator)
      .filter((_, i) => isIn(i + 1))
      .join(separator)}\n`;
  });
  yield* write(1, ascii(out.join('')));
  return status;
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/,
  digit: /[0-9]/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /[\t-\r ]/,
  blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/,
  print: /[ -~]/,
  cntrl: /[\0-\x1f\x7f]/,
  xdigit: /[0-9A-Fa-f]/,
  graph: /[!-~]/,
};

function setOf(text: string): string[] {
  const out: string[] = [];
  const source = text.replace(/\[:(\w+):\]/g, (_, name: string) => {
    let all = '';
    for (let i = 0; i < 256; i++)
      if (CLASSES[name]?.test(String.fromCharCode(i)) === true)
        all += i === 0x5c || i === 0x2d ? `\\${String.fromCharCode(i)}` : String.fromCharCode(i);
    return all;
  });
  for (let i = 0; i < source.length; i++) {
    let char = source.charAt(i);
    if (char === '\\') {
      const octal = /^[0-7]{1,3}/.exec(source.slice(i + 1))?.[0];
      const next = source.charAt(i + 1);
      char =
        octal !== undefined
          ? String.fromCharCode(parseInt(octal, 8))
          : ({ n: '\n', t: '\t', r: '\r', '\\': '\\', a: '\x07', b: '\b', f: '\f', v: '\v' }[
              next
            ] ?? next);
      i += octal?.length ?? 1;
      out.push(char);
      continue;
    }
    if (source.charAt(i + 1) === '-' && i + 2 < source.length) {
      for (let c = char.charCodeAt(0); c <= source.charCodeAt(i + 2); c++)
        out.push(String.fromCharCode(c));
      i += 2;
    } else out.push(char);
  }
  return out;
}

export function* tr({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 'dsc' + 'Ct',
    long: { delete: 'd', 'squeeze-repeats': 's', complement: 'c' },
  });
  if (typeof options === 'number') return options;
  const { flags, words } = options;
  const [first, second] = words;
  if (first === undefined || (second === undefined && !flags.has('d') && !flags.has('s'))) {
    yield* complain(
      first === undefined
        ? "tr: missing operand\nTry 'tr --help' for more information."
        : `tr: missing operand after '${first}'\nTwo strings must be given when translating.\nTry 'tr --help' for more information.`,
    );
    return 1;
  }
  const complement = flags.has('c') || flags.has('C');
  const from = setOf(first);
  const members = new Set(from);
  const to = second === undefined ? [] : setOf(second);
  const isIn = (char: string): boolean => members.has(char) !== complement;
  const map = new Map(from.map((char, i) => [char, to[Math.min(i, to.length - 1)] ?? char]));
  const squeezed = new Set(
    second === undefined || flags.has('d') ? (second === undefined ? from : to) : to,
  );
  let last = '';
  for (;;) {
    const bytes = yield* tryRead(0);
    if (typeof bytes === 'object' || bytes === '') return 0;
    let out = '';
    for (const char of bytes) {
      if (flags.has('d') && isIn(char)) continue;
      const turned =
        flags.has('d') || to.length === 0
          ? char
          : complement
            ? isIn(char)
              ? (to[to.length - 1] ?? char)
              : char
            : (map.get(char) ?? char);
      const squeezes =
        flags.has('s') && (second === undefined ? isIn(turned) : squeezed.has(turned));
      if (squeezes && turned === last) continue;
      last = turned;
      out += turned;
    }
    yield* write(1, ascii(out));
  }
}

export function* nl({ argv }: ProgramContext): Run {
  const { text, status } = yield* allInput(
    'nl',
    argv.slice(1).filter((word) => !word.startsWith('-')),
  );
  let n = 0;
  const out = linesOf(text).map((line) =>
    line === '' ? `       ${line}\n` : `${String(++n).padStart(6)}\t${line}\n`,
  );
  yield* write(1, ascii(out.join('')));
  return status;
}

export function* rev({ argv }: ProgramContext): Run {
  const { text, status } = yield* allInput('rev', argv.slice(1));
  yield* write(
    1,
    ascii(
      linesOf(text)
        .map((line) => `${[...line].reverse().join('')}\n`)
        .join(''),
    ),
  );
  return status;
}

export function* tac({ argv }: ProgramContext): Run {
  const { text, status } = yield* allInput('tac', argv.slice(1));
  yield* write(
    1,
    ascii(
      linesOf(text)
        .reverse()
        .map((line) => `${line}\n`)
        .join(''),
    ),
  );
  return status;
}

export function* paste({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 's',
    values: 'd',
    long: { serial: 's', 'delimiters=': 'd' },
  });
  if (typeof options === 'number') return options;
  const separator = (options.values.get('d') ?? '\t').replace(/\\n/g, '\n').replace(/\\t/g, '\t');
  const columns: string[][] = [];
  for (const path of options.words.length === 0 ? [STDIN] : options.words) {
    const text = yield* wholeInput('paste', path);
    if (text === undefined) return 1;
    columns.push(linesOf(text));
  }
  const rows = options.flags.has('s')
    ? columns.map((lines) => lines.join(separator))
    : Array.from({ length: Math.max(...columns.map(({ length }) => length)) }, (_, i) =>
        columns.map((lines) => lines[i] ?? '').join(separator),
      );
  yield* write(1, ascii(rows.map((row) => `${row}\n`).join('')));
  return 0;
}
