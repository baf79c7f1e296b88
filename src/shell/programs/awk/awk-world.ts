/** What an awk program reads and writes: records, files and commands that stay open until close. */
import { ascii, type ByteString } from '../../../base/bytes.ts';
import { programs } from '../../language/registry.ts';
import { posixRegex } from '../posix-regex.ts';
import {
  close,
  open,
  pipe,
  spawn,
  tryRead,
  waitFor,
  work,
  workThrough,
  write,
  type Run,
} from '../../program.ts';

interface Stream {
  readonly fd: number;
  readonly pid: number | null;
}

export interface RecordReader {
  readonly fd: number;
  readonly pid: number | null;
  text: string;
  ended: boolean;
}

const FLUSH_AT = 16_384;

export class AwkWorld {
  private readonly env: ReadonlyMap<string, ByteString>;
  private readonly outputs = new Map<string, Stream>();
  private readonly inputs = new Map<string, RecordReader>();
  private readonly regexes = new Map<string, RegExp>();
  private out = '';
  private steps = 0;

  constructor(env: ReadonlyMap<string, ByteString>) {
    this.env = env;
  }

  /** Computing takes time too, and can be interrupted. */
  *step(): Run<undefined> {
    if (++this.steps % 1000 === 0) yield* work(100);
    return undefined;
  }

  *print(text: string): Run<undefined> {
    this.out += text;
    if (this.out.length >= FLUSH_AT) yield* this.flush();
    return undefined;
  }

  *flush(): Run<undefined> {
    const { out } = this;
    this.out = '';
    if (out !== '') yield* write(1, ascii(out));
    return undefined;
  }

  /** False: it can't be opened. */
  *printTo(kind: '>' | '>>' | '|', target: string, text: string): Run<boolean> {
    const key = kind === '|' ? `|${target}` : target;
    let stream = this.outputs.get(key);
    if (stream === undefined) {
      yield* this.flush();
      const opened =
        kind === '|' ? yield* this.command(target, 'write') : yield* this.file(kind, target);
      if (opened === undefined) return false;
      stream = opened;
      this.outputs.set(key, stream);
    }
    yield* write(stream.fd, ascii(text));
    return true;
  }

  private *file(kind: '>' | '>>', path: string): Run<Stream | undefined> {
    const fd = yield* open(ascii(path), kind === '>' ? 'truncate' : 'append');
    return typeof fd === 'object' ? undefined : { fd, pid: null };
  }

  private *command(line: string, how: 'read' | 'write'): Run<Stream | undefined> {
    const shell = programs.get('bash');
    if (shell === undefined) return undefined;
    yield* this.flush();
    const ends = yield* pipe();
    const [own, theirs, theirFd] =
      how === 'read' ? [ends.read, ends.write, 1] : [ends.write, ends.read, 0];
    const pid = yield* spawn({
      argv: [ascii('sh'), ascii('-c'), ascii(line)],
      body: shell,
      env: this.env,
      streams: new Map([
        [0, 0],
        [1, 1],
        [2, 2],
        [theirFd, theirs],
      ]),
    });
    yield* close(theirs);
    return { fd: own, pid };
  }

  *reader(kind: 'file' | 'command', source: string): Run<RecordReader | undefined> {
    const key = kind === 'command' ? `|${source}` : source;
    const known = this.inputs.get(key);
    if (known !== undefined) return known;
    const stream = yield* kind === 'command' ? this.command(source, 'read') : this.input(source);
    if (stream === undefined) return undefined;
    const reader: RecordReader = { ...stream, text: '', ended: false };
    this.inputs.set(key, reader);
    return reader;
  }

  private *input(path: string): Run<Stream | undefined> {
    if (path === '-') return { fd: 0, pid: null };
    const fd = yield* open(ascii(path), 'read');
    return typeof fd === 'object' ? undefined : { fd, pid: null };
  }

  /** A file of the command line; it may come again. */
  *openRecords(path: string): Run<RecordReader | undefined> {
    const stream = yield* this.input(path);
    return stream === undefined ? undefined : { ...stream, text: '', ended: false };
  }

  /** The next record without its separator; null at the end. */
  *record(reader: RecordReader, separator: string): Run<string | null> {
    yield* this.step();
    if (separator === '') {
      // Paragraphs: newlines before the first one are passed over.
      for (;;) {
        reader.text = reader.text.replace(/^\n+/, '');
        if (reader.text !== '' || reader.ended) break;
        yield* this.more(reader);
      }
    }
    const pattern =
      separator === '' ? /\n\n+/ : separator.length > 1 ? this.regex(separator) : null;
    for (;;) {
      const { text } = reader;
      const match = pattern?.exec(text);
      const at = pattern === null ? text.indexOf(separator) : (match?.index ?? -1);
      const length = pattern === null ? 1 : (match?.[0].length ?? 0);
      // What a pattern has matched might go on with what is still to come.
      if (at >= 0 && (reader.ended || pattern === null || at + length < text.length)) {
        reader.text = text.slice(at + length);
        return text.slice(0, at);
      }
      if (reader.ended) {
        reader.text = '';
        if (text === '') return null;
        return separator === '' ? text.replace(/\n+$/, '') : text;
      }
      yield* this.more(reader);
    }
  }

  private *more(reader: RecordReader): Run<undefined> {
    yield* this.flush();
    const bytes = yield* tryRead(reader.fd);
    if (typeof bytes === 'object' || bytes === '') reader.ended = true;
    else {
      yield* workThrough(bytes.length, 50);
      reader.text += bytes;
    }
    return undefined;
  }

  /** The status of what was closed; -1: nothing of that name is open. */
  *close(name: string): Run {
    yield* this.flush();
    let status = -1;
    for (const key of [name, `|${name}`]) {
      for (const streams of [this.outputs, this.inputs]) {
        const stream = streams.get(key);
        if (stream === undefined) continue;
        streams.delete(key);
        if (stream.fd > 2) yield* close(stream.fd);
        status = stream.pid === null ? 0 : ((yield* waitFor(stream.pid))?.status ?? 0);
      }
    }
    return status;
  }

  *closeAll(): Run<undefined> {
    yield* this.flush();
    for (const [key] of [...this.outputs, ...this.inputs])
      yield* this.close(key.startsWith('|') ? key.slice(1) : key);
    return undefined;
  }

  *system(line: string): Run {
    const shell = programs.get('bash');
    yield* this.flush();
    if (shell === undefined) return 127;
    const pid = yield* spawn({
      argv: [ascii('sh'), ascii('-c'), ascii(line)],
      body: shell,
      env: this.env,
    });
    return (yield* waitFor(pid))?.status ?? 127;
  }

  /** A pattern of POSIX; what is none matches nothing. */
  regex(source: string): RegExp {
    const known = this.regexes.get(source);
    if (known !== undefined) return known;
    const made = posixRegex(awkEscapes(source), 'extended', '') ?? /(?!)/;
    this.regexes.set(source, made);
    return made;
  }
}

/** `\t`, `\"` and the like stand in awk's patterns for the character itself. */
function awkEscapes(source: string): string {
  return source.replace(/\\([tnrfva"/&]|\\)/g, (whole, char: string) => {
    if (char === '"' || char === '/' || char === '&') return char;
    const control = { t: '\t', n: '\n', r: '\r', f: '\f', v: '\v', a: '\x07' }[char];
    return control ?? whole;
  });
}
