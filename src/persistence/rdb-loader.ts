/**
 * Loads an RDB file into the databases, in steps, and says in the log what real Redis says (rdb.c:rdbLoadRio, spec §5.5):
 * a snapshot by itself, whose expired keys a master drops, or the base of an append only log, which keeps them.
 */
import type { ByteString } from '../base/bytes.ts';
import { millisOfMicros, secondsOfMicros, type Micros, type Millis } from '../base/time.ts';
import { addKey, entryOf, removeKey, setExpiry } from '../engine/data/key-space.ts';
import { firstUse, lruClock, usedBefore, usedOften } from '../engine/data/usage.ts';
import { addLibraries, LibraryError, readLibrary } from '../engine/scripting/function-library.ts';
import type { EngineState } from '../engine/engine-state.ts';
import type { EngineConfig } from '../engine/server-port.ts';
import {
  newRdbReader,
  nextRdbItem,
  type RdbItem,
  type RdbKey,
  type RdbReader,
  type RdbReadFailure,
} from './rdb-reader.ts';

export interface RdbLoad {
  readonly reader: RdbReader;
  readonly kind: 'snapshot' | 'aof-base';
  /** What happens to a key that is there already: a file holds none twice, but one may be loaded into a data set. */
  readonly duplicates: 'refuse' | 'replace';
  readonly checksum: 'verify' | 'ignore';
  readonly startedAt: Micros;
  /** What the writer says that it used, in bytes. */
  usedMemory: number;
  database: number;
  loaded: number;
  expired: number;
  /** Empty collections, which were passed over. */
  empty: number;
}

export type RdbLoadOptions = Pick<RdbLoad, 'kind' | 'duplicates' | 'checksum' | 'startedAt'>;

/** A line for the log of the server. */
export interface LoadLine {
  readonly level: 'debug' | 'notice' | 'warning';
  readonly text: string;
}

export type RdbLoadStep =
  | { readonly kind: 'more' }
  /** What follows in the file begins at `end`. */
  | { readonly kind: 'done'; readonly end: number }
  /** `report`: real Redis then has its redis-check-rdb look at the file, and ends with that one's exit code. */
  | { readonly kind: 'failed'; readonly exit: 'error' | 'report' | 'abort' };

export function newRdbLoad(
  bytes: Uint8Array,
  config: EngineConfig,
  options: RdbLoadOptions,
): RdbLoad {
  const reader = newRdbReader(bytes, config);
  return { reader, ...options, usedMemory: 0, database: 0, loaded: 0, expired: 0, empty: 0 };
}

/** Goes on for about `budget` bytes. */
export function stepRdbLoad(
  load: RdbLoad,
  engine: EngineState,
  config: EngineConfig,
  budget: number,
  say: (line: LoadLine) => void,
): RdbLoadStep {
  const { input } = load.reader;
  const stop = input.at + budget;
  while (input.at < stop) {
    const item = nextRdbItem(load.reader);
    const result = take(load, item, engine, config, say);
    if (config.sanitizeDumpPayload === 'yes') engine.stats.sanitizations += input.sanitized;
    input.sanitized = 0;
    if (result !== undefined) return result;
  }
  return { kind: 'more' };
}

function take(
  load: RdbLoad,
  item: RdbItem,
  engine: EngineState,
  config: EngineConfig,
  say: (line: LoadLine) => void,
): RdbLoadStep | undefined {
  const log = (level: LoadLine['level'], text: string): void => say({ level, text });
  switch (item.item) {
    case 'version':
    case 'resize':
      return undefined;
    case 'aux':
      tellOfAux(load, item.name, item.value, log);
      return undefined;
    case 'library':
      return takeLibrary(load, item.code, engine, log);
    case 'select':
      if (item.database < engine.databases.length) {
        load.database = item.database;
        return undefined;
      }
      log(
        'warning',
        `FATAL: Data file was created with a Redis server configured to handle more than ${engine.databases.length} databases. Exiting\n`,
      );
      return { kind: 'failed', exit: 'error' };
    case 'module-aux':
      log(
        'warning',
        `The RDB file contains AUX module data I can't load: no matching module '${item.module}'`,
      );
      return { kind: 'failed', exit: 'error' };
    case 'key':
      return takeKey(load, item, engine, config, log);
    case 'end':
      return ended(load, item, log);
    case 'failed':
      return failed(load, item.failure, log);
  }
}

type Log = (level: LoadLine['level'], text: string) => void;

const MEGABYTE = 1024 * 1024;

function tellOfAux(load: RdbLoad, name: string, value: ByteString, log: Log): void {
  switch (name) {
    case 'redis-ver':
      return log('notice', `Loading RDB produced by version ${value}`);
    case 'ctime': {
      const age = secondsOfMicros(load.startedAt) - leadingInteger(value);
      return log('notice', `RDB age ${Math.max(0, age)} seconds`);
    }
    case 'used-mem': {
      load.usedMemory = leadingInteger(value);
      const megabytes = (load.usedMemory / MEGABYTE).toFixed(2);
      return log('notice', `RDB memory usage when created ${megabytes} Mb`);
    }
    case 'aof-preamble':
      if (leadingInteger(value) !== 0) log('notice', 'RDB has an AOF tail');
      return;
    case 'aof-base':
      if (leadingInteger(value) !== 0) log('notice', 'RDB is base AOF');
      return;
    case 'redis-bits':
    case 'repl-stream-db':
    case 'repl-id':
    case 'repl-offset':
    case 'lua':
      return;
    default:
      if (name.startsWith('%')) log('notice', `RDB '${name}': ${value}`);
      else log('debug', `Unrecognized RDB AUX field: '${name}'`);
  }
}

/** strtoll(3): digits at the front, with a sign; 0 if there are none. */
function leadingInteger(text: ByteString): number {
  return Number(/^[+-]?\d+/.exec(text)?.[0] ?? 0);
}

/** How many empty collections are named in the log. */
const MOST_NAMED = 10;

/** rdb.c:rdbFunctionLoad: a library of the same name, of an earlier record or load, makes room. */
function takeLibrary(
  load: RdbLoad,
  code: ByteString,
  { scripting }: EngineState,
  log: Log,
): RdbLoadStep | undefined {
  try {
    addLibraries(scripting, [readLibrary(scripting, code)], 'append');
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof LibraryError)) throw thrown;
    log('warning', `Failed loading library, ${thrown.message}`);
    return endsTooEarly(load, log);
  }
}

function takeKey(
  load: RdbLoad,
  { key, value, expireAt, idle, frequency }: RdbKey,
  engine: EngineState,
  config: EngineConfig,
  log: Log,
): RdbLoadStep | undefined {
  if (value === null) {
    if (load.empty++ < MOST_NAMED) log('notice', `rdbLoadObject skipping empty key: ${key}`);
    return undefined;
  }
  const now = millisOfMicros(load.startedAt);
  if (load.kind === 'snapshot' && expireAt !== null && expireAt < now) {
    load.expired++;
    return undefined;
  }
  const { space } = engine.databases[load.database]!;
  const use = useOf(config, idle, frequency, now);
  const known = entryOf(space, key);
  if (known === undefined) addKey(space, key, value, use);
  else if (load.duplicates === 'refuse') {
    log('warning', `RDB has duplicated key '${key}' in DB ${load.database}`);
    return { kind: 'failed', exit: 'abort' };
  } else {
    removeKey(space, key);
    addKey(space, key, value, use);
  }
  if (expireAt !== null) setExpiry(space, key, expireAt);
  load.loaded++;
  return undefined;
}

/** object.c:objectSetLRUOrLFU: what the policy does not keep is passed over. */
function useOf(
  { maxmemoryPolicy }: EngineConfig,
  idle: number | null,
  frequency: number | null,
  now: Millis,
): number {
  if (maxmemoryPolicy.endsWith('lfu'))
    return frequency === null ? firstUse(now) : usedOften(frequency, now);
  return idle === null ? lruClock(now) : usedBefore(idle, now);
}

function ended(
  load: RdbLoad,
  { checksum }: Extract<RdbItem, { readonly item: 'end' }>,
  log: Log,
): RdbLoadStep {
  if (checksum === 'absent' && load.checksum === 'verify' && load.reader.version >= 5)
    log('notice', 'RDB file was saved with checksum disabled: no check performed.');
  const passedOver = load.empty > 0 ? `, empty keys skipped: ${load.empty}` : '';
  log(
    'notice',
    `Done loading RDB, keys loaded: ${load.loaded}, keys expired: ${load.expired}${passedOver}.`,
  );
  return { kind: 'done', end: load.reader.input.at };
}

function failed(load: RdbLoad, failure: RdbReadFailure, log: Log): RdbLoadStep {
  switch (failure.kind) {
    case 'signature':
      log('warning', 'Wrong signature trying to load DB from file');
      break;
    case 'version':
      log('warning', `Can't handle RDB format version ${failure.version}`);
      break;
    case 'short':
      return endsTooEarly(load, log);
    case 'corrupt':
      return internal(load, failure.reason, log);
    case 'when-opcode':
      return internal(load, 'bad when_opcode', log);
    case 'checksum':
      if (load.checksum === 'ignore') return ended(load, { item: 'end', checksum: 'right' }, log);
      log(
        'warning',
        `Wrong RDB checksum expected: (${failure.expected}) but got (${failure.got}). Aborting now.`,
      );
      return internal(load, 'RDB CRC error', log);
  }
  return { kind: 'failed', exit: 'error' };
}

function endsTooEarly(load: RdbLoad, log: Log): RdbLoadStep {
  log('warning', 'Short read or OOM loading DB. Unrecoverable error, aborting now.');
  return internal(load, 'Unexpected EOF reading RDB file', log);
}

/**
 * rdb.c:rdbReportError, but for the line of rdb.c that it names, which is another one in every version. The offset
 * counts whole chunks of 2 MiB.
 */
function internal(load: RdbLoad, reason: string, log: Log): RdbLoadStep {
  const { at } = load.reader.input;
  const offset = at - (at % (2 * MEGABYTE));
  log('warning', `Internal error in RDB reading offset ${offset} -> ${reason}`);
  return { kind: 'failed', exit: 'report' };
}
