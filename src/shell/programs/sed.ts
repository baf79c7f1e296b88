/** sed: the commands a c d g G h H i n p q s x y and =, with addresses. */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { close, complain, open, write, type ProgramContext, type Run } from '../program.ts';
import { allInput, linesOf, openInput, wholeInput } from './input.ts';
import { readOptions } from './options.ts';
import { posixRegex } from './posix-regex.ts';

// --- sed ---

type Address =
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'last' }
  | { readonly kind: 'regex'; readonly regex: RegExp };

interface Edit {
  readonly from: Address | null;
  readonly to: Address | null;
  readonly negated: boolean;
  readonly verb: string;
  readonly regex: RegExp | null;
  readonly text: string;
  readonly flags: string;
  active: boolean;
}

export function* sed({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 'nErsi',
    values: 'ef',
    long: { quiet: 'n', silent: 'n', 'regexp-extended': 'E', 'in-place': 'i', 'expression=': 'e' },
  });
  if (typeof options === 'number') return options;
  const { flags, values } = options;
  const words = [...options.words];
  const scripts = argv.flatMap((word, i) => (word === '-e' ? [argv[i + 1] ?? ''] : []));
  const file = values.get('f');
  const source =
    scripts.length > 0
      ? scripts.join('\n')
      : file !== undefined
        ? ((yield* wholeInput('sed', file)) ?? '')
        : words.shift();
  if (source === undefined) {
    yield* complain('Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...');
    return 1;
  }
  const edits = parseSed(source, flags.has('E') || flags.has('r') ? 'extended' : 'basic');
  if (typeof edits === 'string') {
    yield* complain(`sed: -e expression #1, char ${edits}`);
    return 1;
  }
  if (!flags.has('i')) {
    const { text, status } = yield* allInput('sed', words, 'plain');
    yield* write(1, runSed(edits, text, flags.has('n')));
    return status === 0 ? 0 : 2;
  }
  for (const path of words) {
    const fd = yield* openInput('sed', path);
    if (fd === undefined) return 4;
    yield* close(fd);
    const text = (yield* wholeInput('sed', path)) ?? ascii('');
    const out = yield* open(path, 'truncate');
    if (typeof out === 'object') return 4;
    yield* write(out, runSed(edits, text, flags.has('n')));
    yield* close(out);
  }
  return 0;
}

function parseSed(source: string, form: 'basic' | 'extended'): Edit[] | string {
  const edits: Edit[] = [];
  let at = 0;
  const address = (): Address | null => {
    const number = /^\d+/.exec(source.slice(at))?.[0];
    if (number !== undefined) {
      at += number.length;
      return { kind: 'line', line: Number(number) };
    }
    if (source.charAt(at) === '$') {
      at++;
      return { kind: 'last' };
    }
    if (source.charAt(at) !== '/') return null;
    at++;
    const text = until('/');
    const regex = posixRegex(text, form, '');
    return regex === undefined ? null : { kind: 'regex', regex };
  };
  const until = (end: string): string => {
    let text = '';
    while (at < source.length && source.charAt(at) !== end) {
      if (source.charAt(at) === '\\') {
        const next = source.charAt(at + 1);
        text += next === end ? next : `\\${next}`;
        at += 2;
      } else text += source.charAt(at++);
    }
    at++;
    return text;
  };
  while (at < source.length) {
    if (/[\s;]/.test(source.charAt(at))) {
      at++;
      continue;
    }
    const from = address();
    let to: Address | null = null;
    if (source.charAt(at) === ',') {
      at++;
      to = address();
    }
    while (source.charAt(at) === ' ') at++;
    const negated = source.charAt(at) === '!';
    if (negated) at++;
    const verb = source.charAt(at++);
    let regex: RegExp | null = null;
    let text = '';
    let flags = '';
    if (verb === 's' || verb === 'y') {
      const end = source.charAt(at++);
      const pattern = until(end);
      text = until(end);
      flags = /^[gpiI\d]*/.exec(source.slice(at))?.[0] ?? '';
      at += flags.length;
      regex =
        verb === 'y' ? null : (posixRegex(pattern, form, /[iI]/.test(flags) ? 'gi' : 'g') ?? null);
      if (verb === 'y') flags = pattern;
      else if (regex === null) return `${at}: unterminated \`s' command`;
    } else if ('aic'.includes(verb)) {
      const rest = source.slice(at);
      const line = /^\\?\n?\s*([^\n]*)/.exec(rest);
      text = line?.[1] ?? '';
      at += line?.[0].length ?? 0;
    } else if (!'dpqD=nGhHgx'.includes(verb) || verb === '')
      return `${at}: unknown command: \`${verb}'`;
    edits.push({ from, to, negated, verb, regex, text, flags, active: false });
  }
  return edits;
}

function runSed(edits: readonly Edit[], text: ByteString, quiet: boolean): ByteString {
  const lines = linesOf(text);
  const ending = text === '' || text.endsWith('\n') ? '\n' : '';
  let out = '';
  let hold = '';
  for (const [i, first] of lines.entries()) {
    let line = first;
    let after = '';
    let gone = false;
    let ends = false;
    const newline = i === lines.length - 1 ? ending : '\n';
    for (const edit of edits) {
      if (!applies(edit, line, i + 1, lines.length)) continue;
      switch (edit.verb) {
        case 's': {
          const replaced = replaceIn(line, edit);
          if (replaced !== null) {
            line = replaced;
            if (edit.flags.includes('p')) out += `${line}\n`;
          }
          break;
        }
        case 'y':
          line = [...line]
            .map((char) =>
              edit.flags.includes(char) ? edit.text.charAt(edit.flags.indexOf(char)) : char,
            )
            .join('');
          break;
        case 'd':
          gone = true;
          break;
        case 'p':
          out += `${line}\n`;
          break;
        case '=':
          out += `${i + 1}\n`;
          break;
        case 'q':
          ends = true;
          break;
        case 'a':
          after += `${edit.text}\n`;
          break;
        case 'i':
          out += `${edit.text}\n`;
          break;
        case 'c':
          gone = true;
          out += `${edit.text}\n`;
          break;
        case 'h':
          hold = line;
          break;
        case 'H':
          hold += `\n${line}`;
          break;
        case 'g':
          line = hold;
          break;
        case 'G':
          line += `\n${hold}`;
          break;
        case 'x':
          [line, hold] = [hold, line];
          break;
      }
      if (gone || ends) break;
    }
    if (!gone && !quiet) out += line + newline;
    out += after;
    if (ends) break;
  }
  return ascii(out);
}

function isAt(address: Address, line: string, n: number, last: number): boolean {
  return address.kind === 'line'
    ? n === address.line
    : address.kind === 'last'
      ? n === last
      : address.regex.test(line);
}

function applies(edit: Edit, line: string, n: number, last: number): boolean {
  const { from, to, negated } = edit;
  if (from === null) return !negated;
  if (to === null) return isAt(from, line, n, last) !== negated;
  if (!edit.active) {
    if (!isAt(from, line, n, last)) return negated;
    edit.active = !(to.kind === 'line' && to.line <= n) && !(to.kind === 'last' && n === last);
    return !negated;
  }
  if (isAt(to, line, n, last) || (to.kind === 'line' && n >= to.line)) edit.active = false;
  return !negated;
}

function replaceIn(line: string, { regex, text, flags }: Edit): string | null {
  if (regex === null) return null;
  const wanted = Number(/\d+/.exec(flags)?.[0] ?? 1);
  const all = flags.includes('g');
  let n = 0;
  let changed = false;
  const out = line.replace(regex, (match: string, ...rest: unknown[]) => {
    n++;
    if (n < wanted || (!all && n > wanted)) return match;
    changed = true;
    const groups = rest.map((one) => (typeof one === 'string' ? one : ''));
    return text.replace(
      /\\([0-9&n\\t/])|\\(.)|&/g,
      (all0, digit: string | undefined, other: string | undefined) => {
        if (all0 === '&') return match;
        if (other !== undefined) return other;
        if (digit === undefined || digit === '&' || digit === '\\' || digit === '/')
          return digit ?? '';
        if (digit === 'n') return '\n';
        if (digit === 't') return '\t';
        return digit === '0' ? match : (groups[Number(digit) - 1] ?? '');
      },
    );
  });
  return changed ? out : null;
}
