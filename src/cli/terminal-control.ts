/** What is done at a terminal of the machine, as control lines: `!terminal 1 $ ls`, `!shell "two\nlines"`. */
import { ascii, utf8Decode, utf8Encode, type ByteString } from '../base/bytes.ts';
import { quoteBytes } from '../base/quote-bytes.ts';
import { splitArguments } from '../base/split-arguments.ts';
import { failure, type Parsed } from './control-values.ts';

export type TerminalAct =
  /** A bash begins in it; one that runs there is hung up. */
  | { readonly kind: 'open'; readonly columns: number; readonly rows: number }
  /** A line, without its end, for the prompt or for the program that reads. */
  | { readonly kind: 'line'; readonly text: ByteString }
  /** Keys for a program that wants them one by one. */
  | { readonly kind: 'keys'; readonly data: ByteString }
  | { readonly kind: 'signal'; readonly name: TerminalSignal }
  | { readonly kind: 'resize'; readonly columns: number; readonly rows: number }
  /** Ctrl-D; the end of the terminal; what filled it has been shown. */
  | { readonly kind: 'end' | 'close' | 'shown' };

export type TerminalSignal = (typeof SIGNALS)[number];

export interface TerminalControl {
  readonly kind: 'terminal';
  readonly session: number;
  readonly act: TerminalAct;
}

/** A line of the shell that scripts share, where `$ line` cannot say it: it has line ends or blanks around it. */
export interface ShellControl {
  readonly kind: 'shell';
  readonly line: ByteString;
}

const SIGNALS = ['INT', 'TSTP', 'QUIT'] as const;
const PLAIN_ACTS = ['end', 'close', 'shown'] as const;
const MOST_SESSIONS = 1_000_000;
const LARGEST_SIDE = 1_000;
export const TERMINAL_USAGE =
  '!terminal NUMBER $ LINE | open 80x24 | line "TEXT" | keys "TEXT" | signal INT | resize 80x24 | end | close | shown';

export function parseTerminal(rest: string): Parsed<TerminalControl> {
  const [, number = '', act = ''] = /^(\d+)\s+([^]*)$/.exec(rest) ?? [];
  const session = Number(number);
  if (number === '' || session > MOST_SESSIONS)
    return failure('the number of a terminal is wanted');
  const parsed = parseAct(act);
  return parsed.ok ? { ok: true, value: { kind: 'terminal', session, act: parsed.value } } : parsed;
}

function parseAct(text: string): Parsed<TerminalAct> {
  if (text.startsWith('$'))
    return { ok: true, value: { kind: 'line', text: utf8Encode(text.slice(1).trim()) } };
  const [name = '', word, surplus] = splitArguments(utf8Encode(text))?.map(String) ?? [];
  const plain = PLAIN_ACTS.find((each) => each === name);
  if (plain !== undefined && word === undefined) return { ok: true, value: { kind: plain } };
  if (word === undefined || surplus !== undefined) return failure(`"${text}" is nothing to do`);
  if (name === 'line') return { ok: true, value: { kind: 'line', text: ascii(word) } };
  if (name === 'keys') return { ok: true, value: { kind: 'keys', data: ascii(word) } };
  if (name === 'signal') {
    const signal = SIGNALS.find((each) => each === word);
    return signal === undefined
      ? failure(`"${word}" is no signal of a terminal`)
      : { ok: true, value: { kind: 'signal', name: signal } };
  }
  if (name !== 'open' && name !== 'resize') return failure(`"${text}" is nothing to do`);
  const [, columns, rows] = /^(\d{1,4})x(\d{1,4})$/.exec(word)?.map(Number) ?? [];
  return isSide(columns) && isSide(rows)
    ? { ok: true, value: { kind: name, columns, rows } }
    : failure(`"${word}" is no size, as 80x24 is`);
}

/** Whether a terminal may have so many columns or rows. */
export function isSide(length: number | undefined): length is number {
  return Number.isInteger(length) && Number(length) >= 1 && Number(length) <= LARGEST_SIDE;
}

export function parseShell(rest: string): Parsed<ShellControl> {
  const [line, surplus] = splitArguments(utf8Encode(rest)) ?? [];
  return line === undefined || surplus !== undefined
    ? failure('one line in quotes is wanted')
    : { ok: true, value: { kind: 'shell', line } };
}

export function printTerminal({ session, act }: TerminalControl): string {
  return `!terminal ${session} ${printAct(act)}`;
}

export function printShell({ line }: ShellControl): string {
  return `!shell ${quoteBytes(line)}`;
}

function printAct(act: TerminalAct): string {
  switch (act.kind) {
    case 'open':
    case 'resize':
      return `${act.kind} ${act.columns}x${act.rows}`;
    case 'line': {
      const text = plainLine(act.text);
      return text === undefined ? `line ${quoteBytes(act.text)}` : `$ ${text}`;
    }
    case 'keys':
      return `keys ${quoteBytes(act.data)}`;
    case 'signal':
      return `signal ${act.name}`;
    default:
      return act.kind;
  }
}

/** The line as it may stand behind `$`; undefined if it would not read back as the same bytes. */
export function plainLine(line: ByteString): string | undefined {
  const text = utf8Decode(line);
  const isPlain = text !== '' && text.trim() === text && !/[\x00-\x1f\x7f]/.test(text);
  return isPlain && utf8Encode(text) === line ? text : undefined;
}
