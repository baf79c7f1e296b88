/** An editor in the manner of GNU nano: ^O writes, ^X leaves, ^K cuts, ^U pastes, ^W searches. */
import {
  ascii,
  EMPTY,
  sliceBytes,
  utf8Decode,
  utf8Encode,
  type ByteString,
} from '../../base/bytes.ts';
import {
  call,
  close,
  complain,
  handle,
  open,
  print,
  readAll,
  reasonOf,
  takeSignals,
  terminalMode,
  terminalOf,
  tryRead,
  write,
  type ProgramContext,
  type Run,
  type TerminalSize,
} from '../program.ts';
import {
  breakLine,
  bytesOfBuffer,
  cutLine,
  deleteHere,
  erase,
  find,
  insert,
  left,
  lineAt,
  openBuffer,
  paste,
  place,
  right,
  type Buffer,
} from './nano-buffer.ts';
import { visible } from './paged-text.ts';

export function* nano({ argv }: ProgramContext): Run {
  const paths = argv.slice(1).filter((word) => !/^[-+]/.test(word));
  const line = argv.map((word) => /^\+(\d+)/.exec(word)?.[1]).find((found) => found !== undefined);
  if ((yield* terminalOf(0)) === null || (yield* terminalOf(1)) === null) {
    yield* complain('Standard input is not a terminal');
    return 1;
  }
  const path = paths[0] ?? EMPTY;
  const found = path === '' ? null : yield* call({ call: 'stat', path });
  if (found?.ok === true && found.stat?.kind === 'directory') {
    yield* complain(`"${path}" is a directory`);
    return 1;
  }
  let bytes = EMPTY;
  let greeting = path === '' ? '' : '[ New File ]';
  if (found?.ok === true) {
    const fd = yield* open(path, 'read');
    if (typeof fd === 'object') {
      yield* complain(`Error reading ${path}: ${reasonOf(fd.errno)}`);
      return 1;
    }
    bytes = yield* readAll(fd);
    yield* close(fd);
    greeting = '';
  }
  const buffer = openBuffer(bytes);
  const count = buffer.lines.length - (lineAt(buffer, buffer.lines.length - 1) === '' ? 1 : 0);
  if (greeting === '' && path !== '')
    greeting = `[ Read ${count} line${count === 1 ? '' : 's'}${buffer.endings === 'dos' ? ' (Converted from DOS format)' : ''} ]`;
  if (line !== undefined) place(buffer, Number(line) - 1, 0);
  yield* new Editor(path, buffer, greeting).main();
  return 0;
}

const HELP: readonly (readonly (readonly [string, string])[])[] = [
  [
    ['^G', 'Help'],
    ['^O', 'Write Out'],
    ['^W', 'Where Is'],
    ['^K', 'Cut'],
    ['^C', 'Location'],
  ],
  [
    ['^X', 'Exit'],
    ['^S', 'Save'],
    ['^L', 'Refresh'],
    ['^U', 'Paste'],
    ['^_', 'Go To Line'],
  ],
];

class Editor {
  private path: ByteString;
  private readonly buffer: Buffer;
  private message: string;
  private size: TerminalSize = { columns: 80, rows: 24 };
  private top = 0;
  private pending: ByteString = EMPTY;
  private searched = '';

  constructor(path: ByteString, buffer: Buffer, message: string) {
    this.path = path;
    this.buffer = buffer;
    this.message = message;
  }

  *main(): Run<undefined> {
    yield* handle('INT', 'queue');
    yield* handle('WINCH', 'queue');
    yield* terminalMode('raw');
    yield* print('\x1b[?1049h\x1b[H\x1b[2J');
    for (;;) {
      yield* this.paint();
      const key = yield* this.key();
      if (key === null) break;
      if (key === 'resized') continue;
      this.message = '';
      if (key !== '\x0b') this.buffer.cutting = false;
      if (key === '\x18') {
        if (yield* this.leave()) break;
      } else yield* this.obey(key);
    }
    yield* print('\x1b[?25h\x1b[?1049l');
    yield* terminalMode('line');
    return undefined;
  }

  private *key(): Run<string | null> {
    for (;;) {
      const found =
        /^(?:\x1b(?:\[[\d;]*[A-Za-z~]|O[A-Za-z])|[\0-\x7f]|[\xc0-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf7][\x80-\xbf]{3}|[\x80-\xbf])/.exec(
          this.pending,
        )?.[0];
      if (found !== undefined) {
        this.pending = sliceBytes(this.pending, found.length);
        return utf8Decode(ascii(found));
      }
      const bytes = yield* tryRead(0);
      if (typeof bytes === 'object') {
        const signals = yield* takeSignals();
        if (signals.includes('INT')) return '\x03';
        this.size = (yield* terminalOf(1)) ?? this.size;
        return 'resized';
      }
      if (bytes === '') return null;
      this.pending = ascii(this.pending + bytes);
    }
  }

  private *obey(key: string): Run<undefined> {
    const { buffer } = this;
    const { row, column } = buffer;
    const page = Math.max(this.textRows - 2, 1);
    switch (key) {
      case '\x1b[A':
      case '\x1bOA':
      case '\x10':
        return void place(buffer, row - 1, column);
      case '\x1b[B':
      case '\x1bOB':
      case '\x0e':
        return void place(buffer, row + 1, column);
      case '\x1b[C':
      case '\x1bOC':
      case '\x06':
        return void right(buffer);
      case '\x1b[D':
      case '\x1bOD':
      case '\x02':
        return void left(buffer);
      case '\x1b[H':
      case '\x1bOH':
      case '\x1b[1~':
      case '\x01':
        return void place(buffer, row, 0);
      case '\x1b[F':
      case '\x1bOF':
      case '\x1b[4~':
      case '\x05':
        return void place(buffer, row, Infinity);
      case '\x1b[5~':
      case '\x19':
        return void place(buffer, row - page, column);
      case '\x1b[6~':
      case '\x16':
        return void place(buffer, row + page, column);
      case '\x7f':
      case '\b':
        return void erase(buffer);
      case '\x1b[3~':
      case '\x04':
        return void deleteHere(buffer);
      case '\r':
      case '\n':
        return void breakLine(buffer);
      case '\x0b':
        if (!cutLine(buffer)) this.message = '[ Nothing was cut ]';
        return undefined;
      case '\x15':
        return void paste(buffer);
      case '\x17':
        return yield* this.search();
      case '\x0f':
        yield* this.writeOut('ask');
        return undefined;
      case '\x13':
        yield* this.writeOut(this.path === '' ? 'ask' : 'as it is');
        return undefined;
      case '\x1f':
        return yield* this.goToLine();
      case '\x03':
        this.message = this.location();
        return undefined;
      case '\x07':
        this.message =
          '[ ^O write, ^X leave, ^K cut a line, ^U put it back, ^W search, ^_ go to a line ]';
        return undefined;
      case '\x0c':
        yield* print('\x1b[2J');
        return undefined;
      default:
        if (key === '\t' || (key >= ' ' && !key.startsWith('\x1b'))) insert(buffer, key);
        return undefined;
    }
  }

  private location(): string {
    const { row, column, lines } = this.buffer;
    const before = lines.slice(0, row).reduce((sum, line) => sum + line.length + 1, 0) + column;
    const all = lines.reduce((sum, line) => sum + line.length + 1, -1);
    const percent = (part: number, whole: number): number =>
      whole === 0 ? 0 : Math.trunc((100 * part) / whole);
    return `[ line ${row + 1}/${lines.length} (${percent(row + 1, lines.length)}%), col ${column + 1}/${lineAt(this.buffer).length + 1} (${percent(column + 1, lineAt(this.buffer).length + 1)}%), char ${before}/${all} (${percent(before, all)}%) ]`;
  }

  /** A line typed below the text; null: it was called off. */
  private *ask(question: string, given: string): Run<string | null> {
    let typed = given;
    for (;;) {
      this.message = '';
      yield* this.paint(`${question}: ${typed}`);
      const key = yield* this.key();
      if (key === null || key === '\x03') {
        this.message = '[ Cancelled ]';
        return null;
      }
      if (key === '\r' || key === '\n') return typed;
      if (key === '\x7f' || key === '\b') typed = Array.from(typed).slice(0, -1).join('');
      else if (key >= ' ' && key !== 'resized' && !key.startsWith('\x1b')) typed += key;
    }
  }

  private *search(): Run<undefined> {
    const typed = yield* this.ask(`Search${this.searched === '' ? '' : ` [${this.searched}]`}`, '');
    if (typed === null) return undefined;
    this.searched = typed === '' ? this.searched : typed;
    if (this.searched === '') return undefined;
    const result = find(this.buffer, this.searched);
    if (result === 'wrapped') this.message = '[ Search Wrapped ]';
    if (result === 'none') this.message = `[ "${this.searched}" not found ]`;
    return undefined;
  }

  private *goToLine(): Run<undefined> {
    const typed = yield* this.ask('Enter line number, column number', '');
    const match = /^\s*(\d+)(?:\s*[,;]\s*(\d+))?\s*$/.exec(typed ?? '');
    if (match !== null) place(this.buffer, Number(match[1]) - 1, Number(match[2] ?? 1) - 1);
    else if (typed !== null) this.message = '[ Invalid line or column number ]';
    return undefined;
  }

  /** Whether it is written. The file is cut and written in place, as nano does it: no rename, no sync. */
  private *writeOut(how: 'ask' | 'as it is'): Run<boolean> {
    let name: ByteString = this.path;
    if (how === 'ask') {
      const typed = yield* this.ask('File Name to Write', utf8Decode(this.path));
      if (typed === null || typed === '') return false;
      name = utf8Encode(typed);
    }
    const fd = yield* open(name, 'truncate');
    if (typeof fd === 'object') {
      this.message = `[ Error writing ${name}: ${reasonOf(fd.errno)} ]`;
      return false;
    }
    const bytes = bytesOfBuffer(this.buffer);
    const failed = yield* write(fd, bytes);
    yield* close(fd);
    if (failed !== undefined) {
      this.message = `[ Error writing ${name}: ${reasonOf(failed)} ]`;
      return false;
    }
    const count = bytes.split('\n').length - 1;
    this.message = `[ Wrote ${count} line${count === 1 ? '' : 's'} ]`;
    this.path = name;
    this.buffer.changed = false;
    return true;
  }

  private *leave(): Run<boolean> {
    if (!this.buffer.changed) return true;
    for (;;) {
      this.message = '';
      yield* this.paint('Save modified buffer?  (Y)es  (N)o  ^C Cancel');
      const key = yield* this.key();
      if (key === null || key === 'n' || key === 'N') return true;
      if (key === '\x03') {
        this.message = '[ Cancelled ]';
        return false;
      }
      if (key === 'y' || key === 'Y') return yield* this.writeOut('ask');
    }
  }

  private get textRows(): number {
    return Math.max(this.size.rows - 5, 1);
  }

  private *paint(prompt: string | null = null): Run<undefined> {
    this.size = (yield* terminalOf(1)) ?? this.size;
    const { columns, rows } = this.size;
    const { buffer, textRows } = this;
    if (buffer.row < this.top) this.top = buffer.row;
    if (buffer.row >= this.top + textRows) this.top = buffer.row - textRows + 1;
    const name = this.path === '' ? 'New Buffer' : visible(this.path);
    const title = `  GNU nano${' '.repeat(Math.max(((columns - name.length) >> 1) - 10, 2))}${name}`;
    let out = `\x1b[?25l\x1b[1;1H\x1b[7m${`${title.padEnd(columns - 11)}${buffer.changed ? 'Modified' : ''}`.padEnd(columns).slice(0, columns)}\x1b[27m\x1b[2;1H\x1b[K`;
    const cells = this.cellsBefore();
    const shift = cells < columns - 1 ? 0 : cells - (cells % Math.max(columns - 8, 1));
    for (let i = 0; i < textRows; i++) {
      const line = buffer.lines[this.top + i];
      const text =
        line === undefined
          ? ''
          : Array.from(this.shown(line))
              .slice(shift, shift + columns)
              .join('');
      out += `\x1b[${3 + i};1H\x1b[K${text}`;
    }
    const status = prompt ?? this.message;
    const at = prompt === null ? Math.max((columns - status.length) >> 1, 0) : 0;
    out += `\x1b[${rows - 2};1H\x1b[K${' '.repeat(at)}${status === '' ? '' : `\x1b[7m${status.slice(0, columns)}\x1b[27m`}`;
    const width = Math.max(Math.floor(columns / 5), 8);
    for (const [i, help] of HELP.entries())
      out += `\x1b[${rows - 1 + i};1H\x1b[K${help
        .map(([key, what]) => `\x1b[7m${key}\x1b[27m ${what.padEnd(width - 3).slice(0, width - 3)}`)
        .join('')
        .trimEnd()}`;
    out +=
      prompt === null
        ? `\x1b[${3 + buffer.row - this.top};${cells - shift + 1}H`
        : `\x1b[${rows - 2};${Math.min(prompt.length, columns - 1) + 1}H`;
    yield* write(1, utf8Encode(`${out}\x1b[?25h`));
    return undefined;
  }

  /** As the terminal may see it; see `visible`. */
  private shown(line: string): string {
    return visible(this.buffer.coding === 'utf-8' ? utf8Encode(line) : line);
  }

  private cellsBefore(): number {
    return Array.from(this.shown(lineAt(this.buffer).slice(0, this.buffer.column))).length;
  }
}
