/**
 * `aof-parse FILE [KEY]`: the commands of a log, a line each, as the guide's Python program prints them. Options narrow
 * them down by key, command and time, or print JSON. What is damaged is told of with its offset, and the rest goes on.
 */
import {
  ascii,
  bytesOf,
  equalsIgnoreCase,
  utf8Decode,
  utf8Encode,
  type ByteString,
} from '../base/bytes.ts';
import { globMatch } from '../base/glob.ts';
import type { Seconds } from '../base/time.ts';
import { commandOf, problemOf } from '../engine/command-lookup.ts';
import { keysOf } from '../engine/key-positions.ts';
import { newRenames } from '../engine/renames.ts';
import { newAofRecords, nextAofRecord, type AofRecord } from './aof-records.ts';
import { base64 } from './base64.ts';
import { pythonList } from './python-text.ts';
import {
  complain,
  flush,
  newOutputBuffer,
  printText,
  put,
  readFile,
  type FileSteps,
} from './tool-steps.ts';

type Command = Extract<AofRecord, { readonly kind: 'command' }>;

interface Wish {
  path: ByteString | null;
  /** Exactly this key, and glob-style patterns, one of which must match. */
  key: ByteString | null;
  readonly patterns: ByteString[];
  readonly commands: ByteString[];
  since: Seconds | null;
  until: Seconds | null;
  form: 'python' | 'json';
  offsets: 'show' | 'leave-out';
}

/** `words`: the arguments, without the name of the program. Returns 0; 1 for a damaged file, 2 for wrong words. */
export function* aofParse(words: readonly ByteString[]): FileSteps {
  if (words.length === 1 && (words[0] === '--help' || words[0] === '-h')) {
    yield* printText(HELP);
    return 0;
  }
  const wish = wishOf(words);
  if (typeof wish === 'string') {
    yield* complain(`aof-parse: ${wish}\n${USAGE}`);
    return 2;
  }
  if (wish.path === null) {
    yield* complain(USAGE);
    return 2;
  }
  const file = yield* readFile(wish.path);
  if ('reason' in file) {
    yield* complain(`aof-parse: ${wish.path}: ${file.reason}`);
    return 1;
  }
  return yield* printRecords(wish, wish.path, file);
}

const USAGE =
  'usage: aof-parse [--json] [--offsets] [--key GLOB] [--command NAME] [--since TIME] [--until TIME] FILE [KEY]';

const HELP = `${USAGE}

Prints the commands of an append-only file, one a line.

  KEY             only commands that name this key
  --key GLOB      only commands that name a key that matches; may be given again
  --command NAME  only this command; may be given again
  --since TIME    only from this time on, in seconds since 1970 (needs #TS: lines)
  --until TIME    only up to this time, in seconds since 1970 (needs #TS: lines)
  --offsets       the offset of each record in front of it
  --json          an object a line: offset, end, db, time, command
`;

/** What the words ask for, or what is wrong with them. */
function wishOf(words: readonly ByteString[]): Wish | string {
  const wish: Wish = {
    path: null,
    key: null,
    patterns: [],
    commands: [],
    since: null,
    until: null,
    form: 'python',
    offsets: 'leave-out',
  };
  const plain: ByteString[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === '--') {
      plain.push(...words.slice(i + 1));
      break;
    }
    if (!word.startsWith('--') || word === '-') {
      plain.push(word);
      continue;
    }
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    if (name === '--json' || name === '--offsets') {
      if (equals >= 0) return `option ${name} takes no value`;
      if (name === '--json') wish.form = 'json';
      else wish.offsets = 'show';
      continue;
    }
    if (!optionsWithValue.has(name)) return `unknown option ${name}`;
    const value = equals < 0 ? words[++i] : ascii(word.slice(equals + 1));
    if (value === undefined) return `option ${name} needs a value`;
    const problem = takeOption(wish, name, value);
    if (problem !== undefined) return problem;
  }
  const [path = null, key = null, more] = plain;
  if (more !== undefined) return `unexpected word ${more}`;
  return { ...wish, path, key };
}

const optionsWithValue: ReadonlySet<string> = new Set(['--key', '--command', '--since', '--until']);

function takeOption(wish: Wish, name: string, value: ByteString): string | undefined {
  if (name === '--key') wish.patterns.push(value);
  else if (name === '--command') wish.commands.push(value);
  else {
    if (!/^\d{1,15}$/.test(value)) return `${name}: not a number of seconds since 1970: ${value}`;
    if (name === '--since') wish.since = Number(value);
    else wish.until = Number(value);
  }
  return undefined;
}

function* printRecords(wish: Wish, path: ByteString, bytes: Uint8Array): FileSteps {
  const records = newAofRecords(bytes);
  const output = newOutputBuffer();
  let exit = 0;
  for (;;) {
    const record = nextAofRecord(records);
    if (record === undefined) break;
    switch (record.kind) {
      case 'command':
        if (isWanted(wish, record)) put(output, `${line(wish, record)}\n`);
        break;
      case 'snapshot':
        yield* flush(output, 'all');
        yield* complain(
          `aof-parse: ${path}: bytes 0 to ${record.end} are an RDB snapshot of ${record.keys} keys, not commands; passed over`,
        );
        break;
      case 'damage':
        exit = 1;
        put(output, `${damageLine(wish, record.start)}\n`);
        break;
      case 'tail':
        exit = 1;
        yield* flush(output, 'all');
        yield* complain(`aof-parse: ${path}: ends inside the record at offset ${record.start}`);
        break;
    }
    yield* flush(output, 'pieces');
  }
  yield* flush(output, 'all');
  return exit;
}

/** Records before the first `#TS:` have no time: they are older than any that has. */
function isWanted(wish: Wish, { argv, time }: Command): boolean {
  if (wish.since !== null && (time === null || time < wish.since)) return false;
  if (wish.until !== null && time !== null && time > wish.until) return false;
  if (wish.commands.length > 0 && !wish.commands.some((name) => equalsIgnoreCase(name, argv[0]!)))
    return false;
  if (wish.key === null && wish.patterns.length === 0) return true;
  const keys = keysNamedBy(argv);
  if (wish.key !== null && !keys.includes(wish.key)) return false;
  if (wish.patterns.length === 0) return true;
  return wish.patterns.some((pattern) => keys.some((key) => globMatch(pattern, key)));
}

/** By the command table; of a command that it does not know the first argument is taken for the key. */
export function keysNamedBy(argv: readonly ByteString[]): readonly ByteString[] {
  const command = commandOf(argv, NO_RENAMES);
  if (command === undefined || problemOf(command, argv, NO_RENAMES) !== undefined)
    return argv.slice(1, 2);
  return (keysOf(command, argv) ?? []).map(({ key }) => key);
}

const NO_RENAMES = newRenames([]);

function line(wish: Wish, record: Command): string {
  if (wish.form === 'json') return jsonLine(record);
  const offset = wish.offsets === 'show' ? `${record.start}:` : '';
  return offset + pythonList(record.argv);
}

function damageLine(wish: Wish, offset: number): string {
  if (wish.form === 'json') return JSON.stringify({ offset, error: 'protocol error' });
  return `protocol error at offset ${offset}`;
}

function jsonLine({ start, end, database, time, argv }: Command): string {
  const command = argv.map(jsonArgument);
  return utf8Encode(JSON.stringify({ offset: start, end, db: database, time, command }));
}

/** Text, or what is no UTF-8 as an object with its base64. */
function jsonArgument(bytes: ByteString): string | { readonly base64: string } {
  const text = utf8Decode(bytes);
  return utf8Encode(text) === bytes ? text : { base64: base64(bytesOf(bytes)) };
}
