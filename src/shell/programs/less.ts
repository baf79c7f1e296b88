/** less: pages through a text at a terminal; where the output is none, it is cat. */
import { ascii, utf8Decode, utf8Encode, type ByteString } from '../../base/bytes.ts';
import {
  call,
  close,
  complain,
  handle,
  now,
  open,
  print,
  reasonOf,
  takeSignals,
  terminalMode,
  terminalOf,
  tryRead,
  workThrough,
  write,
  type ProgramContext,
  type Run,
  type TerminalSize,
} from '../program.ts';
import { cat } from './cat.ts';
import { baseName } from './input.ts';
import { addText, endText, newPagedText, refold, type PagedText } from './paged-text.ts';
import { posixRegex } from './posix-regex.ts';

export function* less(context: ProgramContext): Run {
  const { argv } = context;
  const more = argv[0] === 'more';
  const paths = argv.slice(1).filter((word) => !word.startsWith('-') || word === '-');
  if ((yield* terminalOf(1)) === null) return yield* asCat(context, paths, more);
  let input = 0;
  const [path] = paths;
  if (path !== undefined && path !== '-') {
    const found = yield* call({ call: 'stat', path });
    const fd = yield* open(path, 'read');
    if (typeof fd === 'object') {
      yield* complain(`${path}: ${reasonOf(fd.errno)}`);
      return 1;
    }
    if (found.ok && found.stat?.kind === 'directory') {
      yield* complain(`${path} is a directory`);
      return 1;
    }
    input = fd;
  } else if ((yield* terminalOf(0)) !== null) {
    yield* complain('Missing filename ("less --help" for help)');
    return 1;
  }
  const keys = yield* open(ascii('/dev/tty'), 'read');
  if (typeof keys === 'object') return yield* asCat(context, paths, more);
  const pager = new Pager(input, keys, path ?? '', argv.includes(ascii('-N')));
  yield* pager.main();
  if (input > 2) yield* close(input);
  return 0;
}

/** less says to stdout what it cannot open there, and ends well; more heads each file with its name. */
function* asCat(context: ProgramContext, paths: readonly ByteString[], more: boolean): Run {
  if (paths.length === 0) return yield* cat({ ...context, argv: [ascii('cat')] });
  for (const path of paths) {
    if (path !== '-' && !(yield* call({ call: 'stat', path })).ok) {
      if (more) yield* complain(`more: cannot open ${path}: No such file or directory`);
      else yield* write(1, ascii(`${path}: No such file or directory\n`));
      continue;
    }
    if (more) yield* write(1, ascii(`::::::::::::::\n${path}\n::::::::::::::\n`));
    yield* cat({ ...context, argv: [ascii('cat'), path] });
  }
  return 0;
}

const ENTER_SCREEN = '\x1b[?1049h\x1b[H\x1b[2J';
const LEAVE_SCREEN = '\x1b[?25h\x1b[?1049l';
const READ_AHEAD = 65_536;

class Pager {
  private readonly input: number;
  private readonly keys: number;
  private readonly name: string;
  private readonly numbered: boolean;
  private text: PagedText = newPagedText(80);
  private size: TerminalSize = { columns: 80, rows: 24 };
  private top = 0;
  private ended = false;
  private message = '';
  private pattern: RegExp | null = null;
  private backwards = false;
  private count = '';
  private pending = '';

  constructor(input: number, keys: number, name: string, numbered: boolean) {
    this.input = input;
    this.keys = keys;
    this.name = name;
    this.numbered = numbered;
  }

  *main(): Run<undefined> {
    yield* handle('INT', 'queue');
    yield* handle('WINCH', 'queue');
    yield* terminalMode('raw');
    yield* print(ENTER_SCREEN);
    yield* this.measure();
    yield* this.readRows(this.height);
    this.message = this.name === '' ? '' : baseName(this.name);
    for (;;) {
      yield* this.paint();
      const key = yield* this.key();
      if (key === null || key === 'q' || key === 'Q' || key === 'ZZ') break;
      this.message = '';
      yield* this.obey(key);
    }
    yield* print(LEAVE_SCREEN);
    yield* terminalMode('line');
    return undefined;
  }

  private get height(): number {
    return Math.max(this.size.rows - 1, 1);
  }

  private *measure(): Run<undefined> {
    this.size = (yield* terminalOf(1)) ?? this.size;
    const columns = Math.max(this.size.columns - (this.numbered ? 8 : 0), 8);
    if (columns !== this.text.columns) refold(this.text, columns);
    return undefined;
  }

  /** Until so many rows are there, the input has ended, or Ctrl-C. */
  private *readRows(count: number): Run<undefined> {
    while (this.text.rows.length < count && !this.ended) {
      const bytes = yield* tryRead(this.input, READ_AHEAD);
      if (typeof bytes === 'object') {
        if (bytes.errno === 'EINTR') {
          yield* this.signals();
          return undefined;
        }
        this.ended = true;
      } else if (bytes === '') this.ended = true;
      else {
        yield* workThrough(bytes.length, 8);
        addText(this.text, bytes);
      }
      if (this.ended) endText(this.text);
      if (count === Infinity && (yield* this.signals())) return undefined;
    }
    return undefined;
  }

  /** Whether Ctrl-C was among them. */
  private *signals(): Run<boolean> {
    const signals = yield* takeSignals();
    if (signals.includes('WINCH')) yield* this.measure();
    return signals.includes('INT');
  }

  /** A key, or an escape sequence whole; null: the terminal is gone. */
  private *key(): Run<string | null> {
    for (;;) {
      const found = /^(?:\x1b(?:\[[\d;]*[A-Za-z~]|O[A-Za-z])|[\s\S])/u.exec(this.pending)?.[0];
      if (found !== undefined) {
        this.pending = this.pending.slice(found.length);
        return found;
      }
      const bytes = yield* tryRead(this.keys);
      if (typeof bytes === 'object') {
        if (yield* this.signals()) return '\x03';
        yield* this.paint();
        continue;
      }
      if (bytes === '') return null;
      this.pending += utf8Decode(bytes);
    }
  }

  private *obey(key: string): Run<undefined> {
    if (/^\d$/.test(key)) {
      this.count += key;
      this.message = `:${this.count}`;
      return undefined;
    }
    const count = this.count === '' ? null : Number(this.count);
    this.count = '';
    switch (key) {
      case ' ':
      case 'f':
      case '\x06':
      case '\x16':
      case '\x1b[6~':
        return yield* this.move(count ?? this.height);
      case 'b':
      case '\x02':
      case '\x1b[5~':
        return yield* this.move(-(count ?? this.height));
      case 'd':
      case '\x04':
        return yield* this.move(count ?? this.height >> 1);
      case 'u':
      case '\x15':
        return yield* this.move(-(count ?? this.height >> 1));
      case 'j':
      case 'e':
      case '\r':
      case '\n':
      case '\x1b[B':
      case '\x1bOB':
        return yield* this.move(count ?? 1);
      case 'k':
      case 'y':
      case '\x1b[A':
      case '\x1bOA':
        return yield* this.move(-(count ?? 1));
      case 'g':
      case '<':
      case '\x1b[H':
        return yield* this.goToLine(count ?? 1);
      case 'G':
      case '>':
      case '\x1b[F':
        if (count !== null) return yield* this.goToLine(count);
        yield* this.readRows(Infinity);
        this.top = Math.max(this.text.rows.length - this.height, 0);
        return undefined;
      case '/':
      case '?':
        return yield* this.ask(key);
      case 'n':
        return yield* this.search(this.backwards);
      case 'N':
        return yield* this.search(!this.backwards);
      case '=':
        this.message = this.position();
        return undefined;
      case 'F':
        return yield* this.follow();
      case 'h':
        this.message =
          'space b: page  j k: line  g G: start, end  /x n N: search  F: follow  q: quit';
        return undefined;
      default:
        return undefined;
    }
  }

  private *move(rows: number): Run<undefined> {
    yield* this.readRows(this.top + rows + this.height);
    const last = Math.max(this.text.rows.length - this.height, 0);
    this.top = Math.min(Math.max(this.top + rows, 0), Math.max(last, this.top));
    if (rows < 0) this.top = Math.max(this.top, 0);
    return undefined;
  }

  private *goToLine(line: number): Run<undefined> {
    while (this.text.lines.length < line && !this.ended)
      yield* this.readRows(this.text.rows.length + this.height);
    const row = this.text.rows.findIndex((one) => one.line >= line - 1);
    if (row < 0) this.message = `Cannot seek to line number ${line}`;
    else this.top = row;
    yield* this.readRows(this.top + this.height);
    return undefined;
  }

  private *ask(mark: '/' | '?'): Run<undefined> {
    let typed = '';
    for (;;) {
      yield* print(`\x1b[${this.size.rows};1H\x1b[K${mark}`);
      yield* write(1, utf8Encode(typed));
      const key = yield* this.key();
      if (key === null || key === '\x03' || key === '\x1b') return undefined;
      if (key === '\r' || key === '\n') break;
      if (key === '\x7f' || key === '\b') {
        if (typed === '') return undefined;
        typed = Array.from(typed).slice(0, -1).join('');
      } else if (key >= ' ' && !key.startsWith('\x1b')) typed += key;
    }
    this.backwards = mark === '?';
    if (typed !== '') {
      const pattern = posixRegex(typed, 'extended', 'g');
      if (pattern === undefined) {
        this.message = 'Invalid pattern';
        return undefined;
      }
      this.pattern = pattern;
    }
    return yield* this.search(this.backwards);
  }

  private *search(backwards: boolean): Run<undefined> {
    const { pattern, text } = this;
    if (pattern === null) {
      this.message = 'No previous regular expression';
      return undefined;
    }
    const start = text.rows[this.top]?.line ?? 0;
    const step = backwards ? -1 : 1;
    for (let line = start + step; line >= 0; line += step) {
      while (line >= text.lines.length && !this.ended) {
        yield* this.readRows(text.rows.length + this.height);
        if (yield* this.signals()) return undefined;
      }
      const subject = text.lines[line];
      if (subject === undefined) break;
      pattern.lastIndex = 0;
      if (pattern.test(subject)) return yield* this.goToLine(line + 1);
    }
    this.message = 'Pattern not found  (press RETURN)';
    return undefined;
  }

  /** As tail -f, until Ctrl-C. */
  private *follow(): Run<undefined> {
    for (;;) {
      this.ended = false;
      yield* this.readRows(Infinity);
      this.top = Math.max(this.text.rows.length - this.height, 0);
      this.message = 'Waiting for data... (interrupt to abort)';
      yield* this.paint();
      const until = (yield* now()) + 200_000;
      const key = yield* tryRead(this.keys, 1, until);
      if ((yield* this.signals()) || key === '') return undefined;
    }
  }

  private position(): string {
    const { rows, lines, bytes } = this.text;
    const first = (rows[this.top]?.line ?? 0) + 1;
    const last = (rows[Math.min(this.top + this.height, rows.length) - 1]?.line ?? 0) + 1;
    const all = this.ended ? `/${lines.length}` : '';
    return `${baseName(this.name)} lines ${first}-${last}${all} byte ${bytes}`;
  }

  private *paint(): Run<undefined> {
    const { rows } = this.text;
    const { columns, rows: screenRows } = this.size;
    let out = '\x1b[?25l\x1b[H';
    for (let i = 0; i < this.height; i++) {
      const row = rows[this.top + i];
      out += `\x1b[${i + 1};1H\x1b[K${row === undefined ? '~' : this.shown(row.text, row.line, rows[this.top + i - 1]?.line)}`;
    }
    const atEnd = this.ended && this.top + this.height >= rows.length;
    const status = this.message !== '' ? this.message : atEnd ? '(END)' : ':';
    const marked =
      status === ':' || status.startsWith(':')
        ? status
        : `\x1b[7m${status.slice(0, columns - 1)}\x1b[27m`;
    out += `\x1b[${screenRows};1H\x1b[K${marked}\x1b[?25h`;
    yield* write(1, utf8Encode(out));
    return undefined;
  }

  private shown(text: string, line: number, before: number | undefined): string {
    const number = !this.numbered
      ? ''
      : before === line
        ? '        '
        : `${String(line + 1).padStart(7)} `;
    if (this.pattern === null) return number + text;
    return (
      number +
      text.replace(this.pattern, (found) => (found === '' ? '' : `\x1b[7m${found}\x1b[27m`))
    );
  }
}
