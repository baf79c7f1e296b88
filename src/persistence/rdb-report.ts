/**
 * What redis-check-rdb of 7.2 tells of a snapshot: what it saw, and where it stopped (redis-check-rdb.c; spec §7.2). The
 * same report stands in front of redis-check-aof's for a log that begins with a snapshot, and a server prints it when it
 * finds its own snapshot damaged (rdb.c:rdbReportError).
 */
import { ascii, concatBytes, type ByteString } from '../base/bytes.ts';
import { formatLogTime, millisOfMicros, type Micros, type Millis } from '../base/time.ts';
import { isValueType, rdbOpcode } from '../engine/serialize/rdb-format.ts';
import { newRdbInput, readLength } from '../engine/serialize/rdb-input.ts';
import {
  newRdbReader,
  nextRdbItem,
  skipModuleValue,
  type RdbItem,
  type RdbReader,
} from './rdb-reader.ts';
import { SNAPSHOT_LIMITS } from './snapshot-limits.ts';

export type RdbReport =
  /** What follows in the file begins at `end`. */
  | { readonly kind: 'right'; readonly output: ByteString; readonly end: number }
  | { readonly kind: 'wrong'; readonly output: ByteString }
  /** The real tool ends at once, whoever called it: what it met makes no sense. */
  | { readonly kind: 'died'; readonly output: ByteString };

/** For lines in the form of the server's log: a program by itself is `C`, a server that looks at its file `M`. */
export interface ReportingProcess {
  readonly id: number;
  readonly now: Micros;
  readonly role: 'C' | 'M';
  /** Local time minus UTC. */
  readonly utcOffset: Micros;
}

export function reportRdb(
  name: ByteString,
  bytes: Uint8Array,
  process: ReportingProcess,
): RdbReport {
  const reader = newRdbReader(bytes, SNAPSHOT_LIMITS);
  const now = millisOfMicros(process.now);
  const seen: Seen = {
    reader,
    now,
    output: [openingLine(name)],
    keys: 0,
    expires: 0,
    expired: 0,
    type: 0,
  };
  for (;;) {
    const invalid = reader.version === 0 ? undefined : invalidType(bytes, reader.input.at);
    if (invalid !== undefined) {
      tellError(seen, `Invalid object type: ${invalid.type}`, {
        at: invalid.end,
        doing: 'read-type',
      });
      return { kind: 'wrong', output: concatBytes(...seen.output) };
    }
    const item = nextRdbItem(reader);
    const end = take(seen, item, process);
    if (end === undefined) continue;
    const output = concatBytes(...seen.output);
    return end === 'right' ? { kind: end, output, end: reader.input.at } : { kind: end, output };
  }
}

interface Seen {
  readonly reader: RdbReader;
  readonly now: Millis;
  readonly output: ByteString[];
  keys: number;
  expires: number;
  expired: number;
  /** Of the value at hand; -1 between two of them. It begins as 0, which the report then shows as a string. */
  type: number;
}

/** All that is said of a file that cannot be opened. */
export function openingLine(name: ByteString): ByteString {
  return ascii(`[offset 0] Checking RDB file ${name}\n`);
}

function take(seen: Seen, item: RdbItem, process: ReportingProcess): RdbReport['kind'] | undefined {
  switch (item.item) {
    case 'version':
    case 'resize':
    case 'library':
      return undefined;
    case 'aux':
      tell(seen, `AUX FIELD ${cText(item.name)} = '${cText(item.value)}'`);
      return undefined;
    case 'module-aux':
      tell(seen, `MODULE AUX for: ${item.module}`);
      return takeModuleValue(seen, process);
    case 'select':
      tell(seen, `Selecting DB ID ${item.database}`);
      return undefined;
    case 'key':
      seen.keys++;
      if (item.value === null) return stopShort(seen);
      if (item.expireAt !== null) {
        seen.expires++;
        if (item.expireAt < seen.now) seen.expired++;
      }
      seen.type = BETWEEN_KEYS;
      return undefined;
    case 'end':
      if (item.checksum === 'right') tell(seen, 'Checksum OK');
      else if (seen.reader.version >= CHECKSUM_SINCE)
        tell(seen, 'RDB file was saved with checksum disabled: no check performed.');
      tell(seen, '\\o/ RDB looks OK! \\o/');
      tellCounts(seen);
      return 'right';
    case 'failed':
      return takeFailure(seen, item, process);
  }
}

function takeModuleValue(seen: Seen, process: ReportingProcess): RdbReport['kind'] | undefined {
  const failure = skipModuleValue(seen.reader);
  return failure === null ? undefined : takeFailure(seen, { item: 'failed', failure }, process);
}

const BETWEEN_KEYS = -1;
const CHECKSUM_SINCE = 5;

function takeFailure(
  seen: Seen,
  { failure }: Extract<RdbItem, { readonly item: 'failed' }>,
  { id, now, role, utcOffset }: ReportingProcess,
): RdbReport['kind'] {
  if (seen.reader.doing === 'read-object-value') seen.keys++;
  switch (failure.kind) {
    case 'signature':
      return stop(seen, 'Wrong signature trying to load DB from file');
    case 'version':
      return stop(seen, `Can't handle RDB format version ${failure.version}`);
    case 'short':
      return stopShort(seen);
    case 'checksum':
      return stop(seen, 'RDB CRC error');
    case 'when-opcode':
      return stop(seen, 'bad when_opcode');
    case 'corrupt': {
      // The real tool names the line of rdb.c too, which is another one in every version.
      stop(seen, `Internal error in RDB reading offset 0 -> ${failure.reason}`);
      const line = `${id}:${role} ${formatLogTime(now + utcOffset)} # Terminating server after rdb file reading failure.\n`;
      seen.output.push(ascii(line));
      return 'died';
    }
  }
}

function stopShort(seen: Seen): 'wrong' {
  return stop(seen, 'Unexpected EOF reading RDB file');
}

function stop(seen: Seen, text: string): 'wrong' {
  const { doing, input } = seen.reader;
  tellError(seen, text, { at: input.at, doing });
  return 'wrong';
}

interface Place {
  readonly at: number;
  readonly doing: RdbReader['doing'];
}

function tellError(seen: Seen, text: string, { at, doing }: Place): void {
  const { key, type } = seen.reader;
  const more = (line: string): void => void seen.output.push(ascii(`[additional info] ${line}\n`));
  seen.output.push(ascii('--- RDB ERROR DETECTED ---\n'), ascii(`[offset ${at}] ${text}\n`));
  more(`While doing: ${doing}`);
  if (doing === 'read-object-value' && key !== null) more(`Reading key '${cText(key)}'`);
  const atHand = doing === 'read-key' || doing === 'read-object-value' ? type : seen.type;
  if (atHand !== BETWEEN_KEYS) more(`Reading type ${atHand} (${TYPE_NAMES[atHand] ?? 'unknown'})`);
  tellCounts(seen);
}

/** Room of one text of the report. */
const LONGEST_TEXT = 1024;

function tell(seen: Seen, text: string): void {
  const line = `[offset ${seen.reader.input.at}] ${text.slice(0, LONGEST_TEXT - 1)}\n`;
  seen.output.push(ascii(line));
}

function tellCounts(seen: Seen): void {
  const { keys, expires, expired } = seen;
  const info = `[info] ${keys} keys read\n[info] ${expires} expires\n[info] ${expired} already expired\n`;
  seen.output.push(ascii(info));
}

/** C prints a text up to its first NUL. */
function cText(text: ByteString): string {
  const nul = text.indexOf('\0');
  return nul < 0 ? text : text.slice(0, nul);
}

/**
 * The type of the next key when there is none such: the real tool says so before it reads the key, unlike the loader.
 * What may stand in front of a type is passed over.
 */
function invalidType(
  bytes: Uint8Array,
  start: number,
): { readonly type: number; readonly end: number } | undefined {
  const input = newRdbInput(bytes, start);
  for (;;) {
    const type = bytes[input.at++];
    if (type === undefined) return undefined;
    if (type === rdbOpcode.expireSeconds) input.at += 4;
    else if (type === rdbOpcode.expireMillis) input.at += 8;
    else if (type === rdbOpcode.frequency) input.at += 1;
    else if (type === rdbOpcode.idle) {
      if (readLength(input) === undefined) return undefined;
    } else if (OPCODES.has(type) || isValueType(type)) return undefined;
    else return { type, end: input.at };
  }
}

const OPCODES: ReadonlySet<number> = new Set(Object.values(rdbOpcode));

/** By the number of a type; the eighth was never used. */
const TYPE_NAMES: readonly string[] = [
  'string',
  'list-linked',
  'set-hashtable',
  'zset-v1',
  'hash-hashtable',
  'zset-v2',
  'module-pre-release',
  'module-value',
  '',
  'hash-zipmap',
  'list-ziplist',
  'set-intset',
  'zset-ziplist',
  'hash-ziplist',
  'quicklist',
  'stream',
  'hash-listpack',
  'zset-listpack',
  'quicklist-v2',
  'stream-v2',
  'set-listpack',
  'stream-v3',
];
