/** redis-cli's walks over the keyspace: --bigkeys, --memkeys, --hotkeys (redis-cli.c:findBigKeys, findHotKeys). */
import { ascii, type ByteString } from '../../../base/bytes.ts';
import { quoteBytes } from '../../../base/quote-bytes.ts';
import type { Reply } from '../../../resp/reply.ts';
import { complain, print, sleep, type Run } from '../../program.ts';
import { ask } from './cli-connection.ts';
import type { CliConfig } from './cli-options.ts';

interface KeyType {
  readonly name: string;
  readonly sizeCommand: string;
  readonly unit: string;
  biggest: number;
  biggestKey: string | null;
  count: number;
  total: number;
}

function keyTypes(): KeyType[] {
  const types: readonly (readonly [string, string, string])[] = [
    ['string', 'STRLEN', 'bytes'],
    ['list', 'LLEN', 'items'],
    ['set', 'SCARD', 'members'],
    ['hash', 'HLEN', 'fields'],
    ['zset', 'ZCARD', 'members'],
    ['stream', 'XLEN', 'entries'],
  ];
  return types.map(([name, sizeCommand, unit]) => ({
    name,
    sizeCommand,
    unit,
    biggest: 0,
    biggestKey: null,
    count: 0,
    total: 0,
  }));
}

const REST_EVERY = 100;
const HOT_KEYS = 16;

interface Walk {
  readonly config: CliConfig;
  readonly socket: number;
  readonly total: number;
  cursor: ByteString;
  loops: number;
  sampled: number;
}

function* beginWalk(config: CliConfig, socket: number, what: string): Run<Walk> {
  const size = yield* ask(socket, [ascii('DBSIZE')]);
  yield* print(
    `\n# Scanning the entire keyspace to find ${what} keys as well as\n` +
      '# average sizes per key type.  You can use -i 0.1 to sleep 0.1 sec\n' +
      '# per 100 SCAN commands (not usually needed).\n\n',
  );
  return {
    config,
    socket,
    total: numberIn(size) ?? 0,
    cursor: ascii('0'),
    loops: 0,
    sampled: 0,
  };
}

/** The keys of the next SCAN; null: the server has refused it, which was said. */
function* nextKeys(walk: Walk): Run<readonly ByteString[] | null> {
  const { config } = walk;
  const words = [ascii('SCAN'), walk.cursor];
  if (config.pattern !== null) words.push(ascii('MATCH'), config.pattern);
  if (config.count !== 10) words.push(ascii('COUNT'), ascii(String(config.count)));
  const reply = yield* ask(walk.socket, words);
  if (typeof reply === 'string' || reply.type !== 'array') {
    const why = typeof reply === 'object' && reply.type === 'error' ? reply.value : 'I/O error';
    yield* complain(`SCAN error: ${why}`);
    return null;
  }
  walk.loops++;
  const [next, keys] = reply.value;
  walk.cursor = next?.type === 'bulk' ? next.value : ascii('0');
  return keys?.type === 'array'
    ? keys.value.flatMap((key) => (key.type === 'bulk' ? [key.value] : []))
    : [];
}

/** False: the walk has come to its end. */
function* goesOn(walk: Walk): Run<boolean> {
  const { intervalMicros } = walk.config;
  if (intervalMicros > 0 && walk.loops % REST_EVERY === 0) yield* sleep(intervalMicros);
  return walk.cursor !== '0';
}

function percent(part: number, whole: number): string {
  return `${(whole === 0 ? 0 : (100 * part) / whole).toFixed(2).padStart(5, '0')}%`;
}

function numberIn(reply: Reply | string): number | undefined {
  return typeof reply === 'object' && reply.type === 'integer' ? Number(reply.value) : undefined;
}

export function* bigKeysMode(config: CliConfig, socket: number): Run {
  const types = keyTypes();
  const walk = yield* beginWalk(config, socket, 'biggest');
  let keyBytes = 0;
  do {
    const done = percent(walk.sampled, walk.total);
    const keys = yield* nextKeys(walk);
    if (keys === null) return 1;
    for (const key of keys) {
      const reply = yield* ask(socket, [ascii('TYPE'), key]);
      const name = typeof reply === 'object' && reply.type === 'status' ? reply.value : 'none';
      const type = types.find((one) => one.name === name);
      if (type === undefined) continue;
      const size = numberIn(yield* ask(socket, sizeWords(config, type, key))) ?? 0;
      type.total += size;
      type.count++;
      keyBytes += key.length;
      walk.sampled++;
      if (size <= type.biggest) continue;
      type.biggest = size;
      type.biggestKey = quoteBytes(key);
      yield* print(
        `[${done}] Biggest ${name.padEnd(6)} found so far '${type.biggestKey}' with ${size} ${unitOf(config, type)}\n`,
      );
    }
  } while (yield* goesOn(walk));
  yield* print(bigKeysSummary(config, types, walk.sampled, keyBytes));
  return 0;
}

function unitOf(config: CliConfig, type: KeyType): string {
  return config.mode === 'memkeys' ? 'bytes' : type.unit;
}

function sizeWords(config: CliConfig, type: KeyType, key: ByteString): readonly ByteString[] {
  if (config.mode === 'bigkeys') return [ascii(type.sizeCommand), key];
  const samples = config.samples === null ? [] : [ascii('SAMPLES'), ascii(String(config.samples))];
  return [ascii('MEMORY'), ascii('USAGE'), key, ...samples];
}

function bigKeysSummary(
  config: CliConfig,
  types: readonly KeyType[],
  sampled: number,
  keyBytes: number,
): string {
  const average = keyBytes === 0 ? 0 : keyBytes / sampled;
  const biggest = types.map((type) =>
    type.biggestKey === null
      ? ''
      : `Biggest ${type.name.padStart(6)} found '${type.biggestKey}' has ${type.biggest} ${unitOf(config, type)}\n`,
  );
  const totals = types.map((type) => {
    const each = type.count === 0 ? 0 : type.total / type.count;
    return `${type.count} ${type.name}s with ${type.total} ${unitOf(config, type)} (${percent(type.count, sampled)} of keys, avg size ${each.toFixed(2)})\n`;
  });
  return (
    `\n-------- summary -------\n\nSampled ${sampled} keys in the keyspace!\n` +
    `Total key length in bytes is ${keyBytes} (avg len ${average.toFixed(2)})\n\n` +
    `${biggest.join('')}\n${totals.join('')}`
  );
}

export function* hotKeysMode(config: CliConfig, socket: number): Run {
  const walk = yield* beginWalk(config, socket, 'hot');
  /** The hottest last. */
  let hot: { readonly key: string; readonly counter: number }[] = [];
  do {
    const done = percent(walk.sampled, walk.total);
    const keys = yield* nextKeys(walk);
    if (keys === null) return 1;
    for (const key of keys) {
      const reply = yield* ask(socket, [ascii('OBJECT'), ascii('FREQ'), key]);
      if (typeof reply === 'object' && reply.type === 'error') {
        yield* complain(`Error: ${reply.value}`);
        return 1;
      }
      const counter = numberIn(reply) ?? 0;
      walk.sampled++;
      const above = hot.filter((one) => one.counter >= counter);
      if (counter === 0 || above.length >= HOT_KEYS) continue;
      const found = { key: quoteBytes(key), counter };
      hot = [...hot.filter((one) => one.counter < counter), found, ...above].slice(-HOT_KEYS);
      yield* print(`[${done}] Hot key '${found.key}' found so far with counter ${found.counter}\n`);
    }
  } while (yield* goesOn(walk));
  const lines = hot
    .reverse()
    .map(({ key, counter }) => `hot key found with counter: ${counter}\tkeyname: ${key}\n`);
  yield* print(
    `\n-------- summary -------\n\nSampled ${walk.sampled} keys in the keyspace!\n${lines.join('')}`,
  );
  return 0;
}
