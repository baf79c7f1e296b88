/**
 * `rdb`, as redis-rdb-tools has it: the keys of RDB files as JSON, lines, a memory report, or the commands that make
 * them. Beyond the original it reads files of Redis 7 with streams and functions, takes several files as one, and does
 * what a well-known article promises of `rdb -c dump.rdb /path/to/backup.rdb`: a backup.
 */
import { EMPTY, type ByteString } from '../../base/bytes.ts';
import { appendString, newGrowableBytes, takenBytes } from '../../base/growable-bytes.ts';
import {
  complain,
  flush,
  newOutputBuffer,
  printText,
  readFile,
  writeFile,
  type OutputBuffer,
  type FileSteps,
} from '../tool-steps.ts';
import { diffFormat, jsonFormat, keysFormat, keyValuesFormat, type Format } from './formats.ts';
import { eventsOf, gather, newGathered } from './gather.ts';
import { memoryFormat } from './memory.ts';
import { HELP, parseWords, USAGE, type RdbOptions } from './options.ts';
import { protocolFormat } from './protocol.ts';
import {
  newRdbEvents,
  nextRdbEvent,
  recordTypes,
  type Filter,
  type RdbEvent,
  type RecordType,
} from './records.ts';
import { snapshotFile } from './snapshot-file.ts';

/** `words`: the arguments, without the name of the program. Returns 0; 1: something failed; 2: wrong words. */
export function* rdb(words: readonly ByteString[]): FileSteps {
  const parsed = parseWords(words);
  switch (parsed.kind) {
    case 'help':
      yield* printText(HELP);
      return 0;
    case 'wrong':
      yield* complain(`${USAGE}\nrdb: error: ${parsed.problem}`);
      return 2;
    case 'options': {
      const { options, command } = parsed;
      const filter = filterOf(options);
      if (typeof filter === 'string') {
        yield* complain(`rdb: ${filter}`);
        return 1;
      }
      if (formats.has(command)) return yield* print(command, options, filter);
      return yield* backUp(command, options, filter);
    }
  }
}

const formats: ReadonlySet<string> = new Set([
  'json',
  'diff',
  'justkeys',
  'justkeyvals',
  'memory',
  'protocol',
]);

/** As the original says it, whose list has no streams. */
const VALID_TYPES = 'hash, set, string, list, sortedset';

function filterOf(options: RdbOptions): Filter | string {
  const databases: number[] = [];
  for (const text of options.databases) {
    if (!/^\s*[+-]?\d+\s*$/.test(text)) return `Invalid database number ${text}`;
    databases.push(Number(text));
  }
  const types: RecordType[] = [];
  for (const text of options.types) {
    const type = recordTypes.find((one) => one === text);
    if (type === undefined)
      return `Invalid type provided - ${text}. Expected one of ${VALID_TYPES}`;
    types.push(type);
  }
  for (const [name, text] of [
    ['--bytes', options.bytes],
    ['--largest', options.largest],
  ] as const)
    if (text !== null && !/^\s*[+-]?\d+\s*$/.test(text))
      return `invalid literal for int() with base 10: '${text}' (${name})`;
  const key = patternOf(options.key);
  const notKey = patternOf(options.notKey);
  if (typeof key === 'string') return key;
  if (typeof notKey === 'string') return notKey;
  return { databases, types, key, notKey };
}

/** Matches from the start of the key on, as re.match does. */
function patternOf(text: ByteString | null): RegExp | string | null {
  if (text === null || text === EMPTY) return null;
  try {
    return new RegExp(`^(?:${text.replace(/\(\?P</g, '(?<')})`);
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    return `not a regular expression: ${text}`;
  }
}

function formatOf(command: string, options: RdbOptions, output: OutputBuffer): Format {
  const raw = options.escape ?? 'raw';
  switch (command) {
    case 'json':
      return jsonFormat(output, options.escape ?? 'utf8');
    case 'diff':
      return diffFormat(output, options.escape ?? 'print');
    case 'justkeys':
      return keysFormat(output, raw);
    case 'justkeyvals':
      return keyValuesFormat(output, raw);
    case 'memory':
      return memoryFormat(output, {
        escape: raw,
        atLeast: options.bytes === null ? 0 : Number(options.bytes),
        largest: options.largest === null ? null : Number(options.largest),
      });
    default:
      return protocolFormat(output, {
        escape: raw,
        expiry: options.noExpire ? 'drop' : 'keep',
        amend: options.amendExpire ?? 0,
      });
  }
}

function tell(format: Format, filter: Filter, event: RdbEvent): void {
  if (event.kind === 'database') format.database?.(event.database);
  else if (event.kind === 'record') format.record(event.record);
  // Libraries belong to no database: whoever picks keys has not asked for them.
  else if (event.kind === 'library' && !isPicky(filter)) format.library?.(event.code);
}

function isPicky({ databases, types, key, notKey }: Filter): boolean {
  return databases.length > 0 || types.length > 0 || key !== null || notKey !== null;
}

function* print(command: string, options: RdbOptions, filter: Filter): FileSteps {
  const output = newOutputBuffer();
  const format = formatOf(command, options, output);
  const [first = EMPTY] = options.files;
  const only = options.files.length === 1;
  const source = only ? yield* readFile(first) : yield* gatherFiles(options.files, filter);
  if (source === 'failed') return 1;
  if ('reason' in source) {
    yield* complain(`rdb: ${first}: ${source.reason}`);
    return 1;
  }
  const file = options.output === null ? null : newGrowableBytes();
  const drain = function* (how: 'pieces' | 'all'): FileSteps<undefined> {
    if (file === null) return yield* flush(output, how);
    for (const part of output.parts.splice(0)) appendString(file, part);
    output.length = 0;
    return undefined;
  };
  format.start?.();
  let failure: string | undefined;
  if ('databases' in source) {
    for (const event of eventsOf(source)) {
      tell(format, filter, event);
      yield* drain('pieces');
    }
  } else {
    const events = newRdbEvents(source, filter);
    for (;;) {
      const event = nextRdbEvent(events);
      if (event.kind === 'failed') failure = event.reason;
      if (event.kind === 'failed' || event.kind === 'end') break;
      tell(format, filter, event);
      yield* drain('pieces');
    }
  }
  if (failure === undefined) format.end?.();
  yield* drain('all');
  if (failure !== undefined) {
    yield* complain(`rdb: ${first}: ${failure}`);
    return 1;
  }
  if (file === null || options.output === null) return 0;
  return yield* save(options.output, takenBytes(file), 'expect');
}

function* save(path: ByteString, bytes: Uint8Array, folders: 'expect' | 'make'): FileSteps {
  const problem = yield* writeFile(path, bytes, folders);
  if (problem === undefined) return 0;
  yield* complain(`rdb: ${path}: ${problem}`);
  return 1;
}

/** All of them as one; says itself what failed. */
function* gatherFiles(
  paths: readonly ByteString[],
  filter: Filter,
): FileSteps<ReturnType<typeof newGathered> | 'failed'> {
  const gathered = newGathered();
  for (const path of paths) {
    const bytes = yield* readFile(path);
    if ('reason' in bytes) {
      yield* complain(`rdb: ${path}: ${bytes.reason}`);
      return 'failed';
    }
    const events = newRdbEvents(bytes, filter);
    for (;;) {
      const event = nextRdbEvent(events);
      if (event.kind === 'end') break;
      if (event.kind === 'failed') {
        yield* complain(`rdb: ${path}: ${event.reason}`);
        return 'failed';
      }
      if (event.kind !== 'library' || !isPicky(filter)) gather(gathered, event);
    }
  }
  return gathered;
}

/**
 * `-c` names no format but a file: it and all others but the last are copied into the last. A single one byte for byte,
 * once it is seen to be whole.
 */
function* backUp(source: ByteString, options: RdbOptions, filter: Filter): FileSteps {
  const first = yield* readFile(source);
  if ('reason' in first && !source.endsWith('.rdb')) {
    yield* complain(`rdb: Invalid Command ${source}`);
    return 1;
  }
  const target = options.output ?? options.files.at(-1) ?? EMPTY;
  const others = options.output === null ? options.files.slice(0, -1) : options.files;
  const sources = [source, ...others];
  yield* complain(
    `rdb: the real redis-rdb-tools takes a format after -c (json, diff, justkeys, justkeyvals, memory or protocol) and prints; ${source} is none, so it is taken for an RDB file to back up`,
  );
  const gathered = yield* gatherFiles(sources, filter);
  if (gathered === 'failed') return 1;
  const asItIs = sources.length === 1 && !isPicky(filter) && !('reason' in first);
  const bytes = asItIs ? first : snapshotFile(gathered);
  const exit = yield* save(target, bytes, 'make');
  if (exit !== 0) return exit;
  let keys = 0;
  for (const records of gathered.databases.values()) keys += records.size;
  yield* complain(`rdb: ${sources.join(' + ')} -> ${target}: ${keys} keys, ${bytes.length} bytes`);
  return 0;
}
