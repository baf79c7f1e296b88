import { ascii, type ByteString } from '../../base/bytes.ts';
import {
  close,
  complain,
  reasonOf,
  tryRead,
  write,
  type ProgramContext,
  type Run,
} from '../program.ts';
import { openInput } from './input.ts';
import { readOptions } from './options.ts';

/** cat(1): bytes as they come, so that it also shows what a pipe brings bit by bit. */
export function* cat({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 'nbsAETvet',
    long: {
      number: 'n',
      'show-all': 'A',
      'show-ends': 'E',
      'show-tabs': 'T',
      'show-nonprinting': 'v',
    },
  });
  if (typeof options === 'number') return options;
  const { flags, words } = options;
  const shows = newView(flags);
  let status = 0;
  for (const path of words.length === 0 ? [ascii('-')] : words) {
    const fd = yield* openInput('cat', path);
    if (fd === undefined) {
      status = 1;
      continue;
    }
    for (;;) {
      const bytes = yield* tryRead(fd);
      if (typeof bytes === 'object') {
        yield* complain(`cat: ${path}: ${reasonOf(bytes.errno)}`);
        status = 1;
        break;
      }
      if (bytes === '') break;
      const failed = yield* write(1, shows === null ? bytes : shown(shows, bytes));
      if (failed !== undefined) {
        yield* complain(`cat: write error: ${reasonOf(failed)}`);
        return 1;
      }
    }
    if (fd > 2) yield* close(fd);
  }
  return status;
}

interface View {
  readonly numbers: 'all' | 'filled' | 'none';
  readonly squeeze: boolean;
  readonly ends: boolean;
  readonly tabs: boolean;
  readonly controls: boolean;
  line: number;
  newlines: number;
}

function newView(flags: ReadonlySet<string>): View | null {
  if (flags.size === 0) return null;
  const has = (...letters: readonly string[]): boolean =>
    letters.some((letter) => flags.has(letter));
  return {
    numbers: has('b') ? 'filled' : has('n') ? 'all' : 'none',
    squeeze: has('s'),
    ends: has('A', 'E', 'e'),
    tabs: has('A', 'T', 't'),
    controls: has('A', 'v', 'e', 't'),
    line: 0,
    newlines: 1,
  };
}

function shown(view: View, bytes: ByteString): ByteString {
  let out = '';
  for (const char of bytes) {
    if (char === '\n') {
      if (view.newlines >= 2 && view.squeeze) continue;
      if (view.newlines >= 1 && view.numbers === 'all') out += number(view);
      view.newlines++;
      out += view.ends ? '$\n' : '\n';
      continue;
    }
    if (view.newlines >= 1 && view.numbers !== 'none') out += number(view);
    view.newlines = 0;
    out += char === '\t' ? (view.tabs ? '^I' : char) : view.controls ? visible(char) : char;
  }
  return ascii(out);
}

function number(view: View): string {
  return `${String(++view.line).padStart(6)}\t`;
}

function visible(char: string): string {
  const code = char.charCodeAt(0);
  if (code >= 0x80) return `M-${visible(String.fromCharCode(code - 0x80))}`;
  if (code === 0x7f) return '^?';
  return code < 0x20 ? `^${String.fromCharCode(code + 0x40)}` : char;
}
