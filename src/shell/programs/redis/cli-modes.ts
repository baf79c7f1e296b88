/** redis-cli's special modes: --pipe, --scan, --stat, --latency, --eval, --rdb. */
import { ascii, bytesOf, EMPTY, type ByteString } from '../../../base/bytes.ts';
import { quoteBytes } from '../../../base/quote-bytes.ts';
import type { Micros } from '../../../base/time.ts';
import { feedRequestBytes, newRequestDecoder, nextRequest } from '../../../resp/request-decoder.ts';
import {
  close,
  complain,
  now,
  open,
  print,
  reasonOf,
  receive,
  send,
  sleep,
  tryRead,
  write,
  type Run,
} from '../../program.ts';
import { fileText } from '../../language/registry.ts';
import { ask, formatOutput, infoField, openConnection } from './cli-connection.ts';
import { bigKeysMode, hotKeysMode } from './cli-keys.ts';
import type { CliConfig, CliOutput } from './cli-options.ts';

export function* runMode(config: CliConfig, output: CliOutput): Run {
  if (config.mode === 'eval') return yield* evalMode(config, output);
  const socket = yield* openConnection(config);
  if (socket === undefined) return 1;
  switch (config.mode) {
    case 'pipe':
      return yield* pipeMode(socket);
    case 'scan':
      return yield* scanMode(config, socket, output);
    case 'stat':
      return yield* statMode(config, socket);
    case 'latency':
    case 'latency-history':
      return yield* latencyMode(config, socket, output);
    case 'bigkeys':
    case 'memkeys':
      return yield* bigKeysMode(config, socket);
    case 'hotkeys':
      return yield* hotKeysMode(config, socket);
    case 'rdb':
      return yield* rdbMode(config, socket);
    default:
      yield* complain(`redis-cli --${config.mode} is not there in this lab`);
      return 1;
  }
}

/** How many commands may be without a reply while more are sent. */
const IN_FLIGHT = 1_000;

/** Requests from stdin as they come; counts what comes back (redis-cli.c:pipeMode). */
function* pipeMode(socket: number): Run {
  const decoder = newRequestDecoder();
  let waiting = 0;
  let errors = 0;
  let replies = 0;
  const takeReply = function* (): Run<boolean> {
    const reply = yield* receive(socket);
    if (typeof reply === 'string') return false;
    waiting--;
    replies++;
    if (reply.type === 'error') {
      errors++;
      yield* complain(reply.value);
    }
    return true;
  };
  for (;;) {
    const bytes = yield* tryRead(0);
    if (typeof bytes === 'object' || bytes === '') break;
    feedRequestBytes(decoder, bytesOf(bytes));
    for (;;) {
      const request = nextRequest(decoder);
      if (request.kind === 'need-more') break;
      if (request.kind === 'error') {
        yield* complain(`ERR ${request.message}`);
        yield* print(`errors: ${errors + 1}, replies: ${replies + 1}\n`);
        return 1;
      }
      if (request.argv.length === 0) continue;
      yield* send(socket, request.argv);
      waiting++;
      if (waiting >= IN_FLIGHT && !(yield* takeReply())) return yield* lostServer();
    }
  }
  yield* print('All data transferred. Waiting for the last reply...\n');
  while (waiting > 0) if (!(yield* takeReply())) return yield* lostServer();
  yield* print('Last reply received from server.\n');
  yield* print(`errors: ${errors}, replies: ${replies}\n`);
  return errors > 0 ? 1 : 0;
}

function* lostServer(): Run {
  yield* complain('Error reading from the server: Server closed the connection');
  return 1;
}

function* scanMode(config: CliConfig, socket: number, output: CliOutput): Run {
  let cursor: ByteString = ascii('0');
  do {
    const words = [ascii('SCAN'), cursor];
    if (config.pattern !== null) words.push(ascii('MATCH'), config.pattern);
    if (config.count !== 10) words.push(ascii('COUNT'), ascii(String(config.count)));
    const reply = yield* ask(socket, words);
    if (typeof reply === 'string') return 1;
    if (reply.type !== 'array') {
      yield* complain(
        `ERROR: ${reply.type === 'error' ? reply.value : 'Non ARRAY response from SCAN!'}`,
      );
      return 1;
    }
    const [next, keys] = reply.value;
    cursor = next?.type === 'bulk' ? next.value : ascii('0');
    const names = keys?.type === 'array' ? keys.value : [];
    yield* write(
      1,
      ascii(
        names
          .flatMap((key) => (key.type === 'bulk' ? [key.value] : []))
          .map((key) => `${output === 'standard' ? quoteBytes(key) : key}\n`)
          .join(''),
      ),
    );
    if (config.intervalMicros > 0) yield* sleep(config.intervalMicros);
  } while (cursor !== '0');
  return 0;
}

function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes}B`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(2)}K`;
  if (bytes < 1024 ** 3) return `${(bytes / 1024 / 1024).toFixed(2)}M`;
  return `${(bytes / 1024 / 1024 / 1024).toFixed(2)}G`;
}

function* statMode(config: CliConfig, socket: number): Run {
  let before = 0;
  for (let row = 0; config.repeat === null || row >= 0; row++) {
    const reply = yield* ask(socket, [ascii('INFO')]);
    if (typeof reply === 'string' || (reply.type !== 'bulk' && reply.type !== 'verbatim')) {
      if (typeof reply !== 'string' && reply.type === 'error')
        yield* complain(`ERROR: ${reply.value}`);
      return 1;
    }
    const info = reply.value;
    if (row % 20 === 0) {
      yield* print(
        '------- data ------ --------------------- load -------------------- - child -\nkeys       mem      clients blocked requests            connections          \n',
      );
    }
    let keys = 0;
    for (const match of info.matchAll(/^db\d+:keys=(\d+)/gm)) keys += Number(match[1]);
    const requests = Number(infoField(info, 'total_commands_processed'));
    const shown = `${requests} (+${row === 0 ? 0 : requests - before})`;
    before = requests;
    const child =
      infoField(info, 'rdb_bgsave_in_progress') === '1'
        ? 'SAVE'
        : infoField(info, 'aof_rewrite_in_progress') === '1'
          ? 'AOF'
          : '';
    yield* print(
      `${String(keys).padEnd(11)}${bytesText(Number(infoField(info, 'used_memory'))).padEnd(9)}${infoField(info, 'connected_clients').padEnd(8)}${infoField(info, 'blocked_clients').padEnd(8)}${shown.padEnd(19)} ${infoField(info, 'total_connections_received').padEnd(20)} ${child}\n`,
    );
    yield* sleep(config.intervalMicros > 0 ? config.intervalMicros : 1_000_000);
  }
  return 0;
}

const SAMPLE_EVERY = 10_000;

const SECOND = 1_000_000;
const HISTORY_EVERY = 15 * SECOND;

interface Samples {
  least: number;
  most: number;
  sum: number;
  count: number;
  since: Micros;
}

function noSamples(since: Micros): Samples {
  return { least: Infinity, most: 0, sum: 0, count: 0, since };
}

/** PING a hundred times a second of virtual time; what is no terminal gets one line after a second. */
function* latencyMode(config: CliConfig, socket: number, output: CliOutput): Run {
  const history = config.mode === 'latency-history';
  const interval =
    config.intervalMicros > 0 ? config.intervalMicros : history ? HISTORY_EVERY : SECOND;
  let samples = noSamples(yield* now());
  for (;;) {
    const before = yield* now();
    if (typeof (yield* ask(socket, [ascii('PING')])) === 'string') {
      yield* complain('Error: Server closed the connection');
      return 1;
    }
    const after = yield* now();
    const millis = Math.floor((after - before) / 1000);
    samples.least = Math.min(samples.least, millis);
    samples.most = Math.max(samples.most, millis);
    samples.sum += millis;
    samples.count++;
    const { least, most, count } = samples;
    const average = (samples.sum / count).toFixed(2);
    const over = after - samples.since > interval;
    if (output === 'standard') {
      yield* print(`\x1b[0G\x1b[2Kmin: ${least}, max: ${most}, avg: ${average} (${count} samples)`);
      if (history && over) {
        yield* print(` -- ${((after - samples.since) / SECOND).toFixed(2)} seconds range\n`);
        samples = noSamples(after);
      }
    } else if (over) {
      const figures = [least, most, average, count];
      yield* print(`${figures.join(output === 'csv' ? ',' : ' ')}\n`);
      return 0;
    }
    yield* sleep(SAMPLE_EVERY);
  }
}

function* evalMode(config: CliConfig, output: CliOutput): Run {
  const script = yield* fileText(config.file);
  if (script === undefined) {
    yield* complain(`Can't open file '${config.file}': No such file or directory`);
    return 1;
  }
  const socket = yield* openConnection(config);
  if (socket === undefined) return 1;
  const comma = config.words.indexOf(ascii(','));
  const keys = comma < 0 ? config.words : config.words.slice(0, comma);
  const rest = comma < 0 ? [] : config.words.slice(comma + 1);
  const argv = [ascii('EVAL'), script, ascii(String(keys.length)), ...keys, ...rest];
  const reply = yield* ask(socket, argv);
  if (typeof reply === 'string') {
    yield* complain('Error: Server closed the connection');
    return 1;
  }
  if (reply.type === 'error' && config.errorStatus) {
    yield* complain(reply.value);
    return 1;
  }
  yield* write(1, formatOutput(output, argv, reply, config));
  return 0;
}

const SAVE_POLL = 20_000;

/**
 * The snapshot that the server saves, copied. The real one asks for a replica's SYNC; this server has no replicas, so
 * BGSAVE writes its dump file, and what that holds is written to the file that was asked for.
 */
function* rdbMode(config: CliConfig, socket: number): Run {
  const text = function* (...words: readonly string[]): Run<string> {
    const reply = yield* ask(socket, words.map(ascii));
    if (typeof reply === 'string') return '';
    if (
      reply.type === 'bulk' ||
      reply.type === 'status' ||
      reply.type === 'error' ||
      reply.type === 'verbatim'
    )
      return reply.value;
    const value = reply.type === 'map' ? reply.value[0]?.[1] : undefined;
    return value?.type === 'bulk' ? value.value : '';
  };
  const started = yield* text('BGSAVE');
  if (!started.startsWith('Background saving')) {
    yield* complain(`SYNC with master failed: ${started}`);
    return 1;
  }
  while (infoField(yield* text('INFO', 'persistence'), 'rdb_bgsave_in_progress') === '1')
    yield* sleep(SAVE_POLL);
  const path = `${yield* text('CONFIG', 'GET', 'dir')}/${yield* text('CONFIG', 'GET', 'dbfilename')}`;
  const bytes = (yield* fileText(ascii(path))) ?? EMPTY;
  yield* complain(
    `sending REPLCONF capa eof\nsending REPLCONF rdb-only 1\nSYNC sent to master, writing bytes of bulk transfer until EOF marker to '${config.file}'`,
  );
  const fd = config.file === '-' ? 1 : yield* open(config.file, 'truncate');
  if (typeof fd === 'object') {
    yield* complain(`Error opening '${config.file}': ${reasonOf(fd.errno)}`);
    return 1;
  }
  const failed = yield* write(fd, bytes);
  if (failed !== undefined) {
    yield* complain(`Error writing data to file: ${reasonOf(failed)}`);
    return 1;
  }
  if (fd > 2) yield* close(fd);
  yield* complain(`Transfer finished with success after ${bytes.length} bytes`);
  return 0;
}
