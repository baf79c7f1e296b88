/**
 * redis-benchmark, in the time of the simulated machine: what it tells is what the preset of the disk and the processor
 * makes of the load, and the same wherever it runs.
 */
import { ascii, concatBytes, utf8Encode, type ByteString } from '../../../base/bytes.ts';
import { nextBelow, seedRandom, type RandomState } from '../../../base/random.ts';
import type { Micros } from '../../../base/time.ts';
import { formatReplyTo } from '../../../cli/format-reply.ts';
import type { Reply } from '../../../resp/reply.ts';
import {
  complain,
  connect,
  hangUp,
  machine,
  now,
  print,
  reasonOf,
  receive,
  send,
  sleep,
  terminalOf,
  write,
  type ProgramContext,
  type Run,
} from '../../program.ts';
import { benchmarkTests, type BenchmarkTest } from './benchmark-tests.ts';

interface Options {
  host: ByteString;
  port: number;
  password: ByteString | null;
  user: ByteString | null;
  requests: number;
  clients: number;
  pipeline: number;
  /** 0: `__rand_int__` stays as it is. */
  keys: number;
  bytes: number;
  form: 'whole' | 'quiet' | 'csv';
  tests: readonly string[] | null;
  command: readonly ByteString[];
}

const MOST_REQUESTS = 1_000_000;
const MOST_CLIENTS = 1_000;
const LOOK_EVERY = 1_000;
const PROGRESS_EVERY = 250_000;
const NOTE = 'The times are those of the simulated machine.';

export function* redisBenchmark({ argv }: ProgramContext): Run {
  const options = readOptions(argv.slice(1));
  if (typeof options === 'string') {
    yield* complain(options);
    return 1;
  }
  const settings = yield* hostSettings(options);
  if (typeof settings === 'number') return settings;
  const { form, command, tests } = options;
  if (form === 'csv')
    yield* print(
      '"test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max_latency_ms"\n',
    );
  const chosen: readonly BenchmarkTest[] =
    command.length > 0
      ? [{ title: command.join(' '), names: [], command }]
      : benchmarkTests.filter(
          ({ names }) => tests === null || names.some((name) => tests.includes(name)),
        );
  const seed = yield* machine((door) => `benchmark ${door.servers.seed}`);
  const random = seedRandom(String(seed));
  for (const test of chosen) {
    const status = yield* measure(test, options, random, settings);
    if (status !== 0) return status;
  }
  yield* write(form === 'csv' ? 2 : 1, ascii(`${NOTE}\n`));
  return 0;
}

function readOptions(words: readonly ByteString[]): Options | string {
  const options: Options = {
    host: ascii('127.0.0.1'),
    port: 6379,
    password: null,
    user: null,
    requests: 100_000,
    clients: 50,
    pipeline: 1,
    keys: 0,
    bytes: 3,
    form: 'whole',
    tests: null,
    command: [],
  };
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (!word.startsWith('-')) return { ...options, command: words.slice(i) };
    if (word === '-q' || word === '--csv') {
      options.form = word === '-q' ? 'quiet' : 'csv';
      continue;
    }
    const value = words[++i];
    const count = Number(value);
    if (value === undefined) return invalid(word);
    if (word === '-h') options.host = value;
    else if (word === '-a') options.password = value;
    else if (word === '--user') options.user = value;
    else if (word === '-t') options.tests = value.toLowerCase().split(',');
    else if (!/^\d+$/.test(value)) return invalid(word);
    else if (word === '-p') options.port = count;
    else if (word === '-n') options.requests = count;
    else if (word === '-c') options.clients = count;
    else if (word === '-P') options.pipeline = Math.max(1, count);
    else if (word === '-r') options.keys = count;
    else if (word === '-d') options.bytes = Math.max(1, count);
    else if (word !== '-k' && word !== '--threads') return invalid(word);
  }
  if (options.requests > MOST_REQUESTS)
    return `At most ${MOST_REQUESTS} requests can be made here.`;
  if (options.clients < 1 || options.clients > MOST_CLIENTS)
    return `From 1 to ${MOST_CLIENTS} clients can be made here.`;
  if (options.bytes > 1024 * 1024) return 'A payload of at most 1 MB can be made here.';
  return options;
}

function invalid(word: string): string {
  return `Invalid option "${word}" or option argument missing\n\nUsage: redis-benchmark [-h <host>] [-p <port>] [-a <password>] [-c <clients>] [-n <requests>] [-d <size>] [-P <numreq>] [-r <keyspacelen>] [-t <tests>] [-q] [--csv] [COMMAND ARGS...]`;
}

function* open(options: Options): Run<number | string> {
  const socket = yield* connect(options.host, options.port);
  if (typeof socket === 'object')
    return `Could not connect to Redis at ${options.host}:${options.port}: ${reasonOf(socket.errno)}`;
  if (options.password === null) return socket;
  const names = options.user === null ? [] : [options.user];
  yield* send(socket, [ascii('AUTH'), ...names, options.password]);
  const reply = yield* receive(socket);
  if (typeof reply === 'object' && reply.type !== 'error') return socket;
  return `Error from server: ${typeof reply === 'object' ? formatReplyTo([], reply, 2) : reply}`;
}

/** `save` and `appendonly` of the server, as it tells them; a number: the status with which it ends. */
function* hostSettings(options: Options): Run<readonly string[] | number> {
  const socket = yield* open(options);
  if (typeof socket === 'string') {
    yield* complain(socket);
    return 1;
  }
  const found: string[] = [];
  for (const name of ['save', 'appendonly']) {
    yield* send(socket, ['CONFIG', 'GET', name].map(ascii));
    const reply = yield* receive(socket);
    const value = typeof reply === 'object' ? valueIn(reply) : undefined;
    found.push(value?.type === 'bulk' ? value.value : '');
  }
  yield* hangUp(socket);
  return found;
}

/** Of the one pair that CONFIG GET tells. */
function valueIn(reply: Reply): Reply | undefined {
  if (reply.type === 'map') return reply.value[0]?.[1];
  return reply.type === 'array' ? reply.value[1] : undefined;
}

/** What the clients of one test share. */
interface Load {
  readonly latencies: Micros[];
  issued: number;
  running: number;
  problem: string | null;
  endedAt: Micros;
}

function* measure(
  test: BenchmarkTest,
  options: Options,
  random: RandomState,
  settings: readonly string[],
): Run {
  const load: Load = {
    latencies: [],
    issued: 0,
    running: options.clients,
    problem: null,
    endedAt: 0,
  };
  const data = ascii('x'.repeat(options.bytes));
  const next = (): readonly ByteString[] =>
    test.command.map((word) => filled(word, data, options.keys, random));
  const startedAt = yield* now();
  yield* machine((door) => {
    for (let i = 0; i < options.clients; i++) door.startThread(client(options, load, next));
    return null;
  });
  const shows = options.form !== 'csv' && (yield* terminalOf(1)) !== null;
  let shownAt = startedAt;
  while (load.running > 0) {
    yield* sleep(LOOK_EVERY);
    const at = yield* now();
    if (!shows || at - shownAt < PROGRESS_EVERY) continue;
    shownAt = at;
    const rate = (load.latencies.length * 1e6) / (at - startedAt);
    yield* print(`\x1b[0G\x1b[2K${test.title}: rps=${rate.toFixed(1)}`);
  }
  if (shows && shownAt !== startedAt) yield* print('\x1b[0G\x1b[2K');
  if (load.problem !== null) {
    yield* complain(load.problem);
    return 1;
  }
  yield* write(1, utf8Encode(report(test, options, load, startedAt, settings)));
  return 0;
}

function filled(word: ByteString, data: ByteString, keys: number, random: RandomState): ByteString {
  if (word === '__data__') return data;
  if (keys === 0 || !word.includes('__rand_int__')) return word;
  const parts = word.split('__rand_int__').map(ascii);
  return parts.reduce((text, part) =>
    concatBytes(text, ascii(String(nextBelow(random, keys)).padStart(12, '0')), part),
  );
}

function* client(options: Options, load: Load, next: () => readonly ByteString[]): Run {
  const socket = yield* open(options);
  if (typeof socket === 'string') load.problem ??= socket;
  while (typeof socket === 'number' && load.problem === null && load.issued < options.requests) {
    const count = Math.min(options.pipeline, options.requests - load.issued);
    load.issued += count;
    const sentAt = yield* now();
    for (let i = 0; i < count; i++) yield* send(socket, next());
    for (let i = 0; i < count; i++) {
      const reply = yield* receive(socket);
      const at = yield* now();
      if (typeof reply === 'string') load.problem ??= 'Error: Server closed the connection';
      else if (reply.type === 'error' && load.problem === null)
        load.problem = `Error from server: ${reply.value}`;
      if (load.problem !== null) break;
      load.latencies.push(at - sentAt);
      load.endedAt = at;
    }
  }
  if (typeof socket === 'number') yield* hangUp(socket);
  load.running--;
  return 0;
}

function report(
  { title }: BenchmarkTest,
  options: Options,
  { latencies, endedAt }: Load,
  startedAt: Micros,
  [save = '', appendonly = '']: readonly string[],
): string {
  const sorted = Float64Array.from(latencies).sort();
  const seconds = Math.max(1, endedAt - startedAt) / 1e6;
  const rate = (sorted.length / seconds).toFixed(2);
  const millis = (micros: number | undefined): string => ((micros ?? 0) / 1000).toFixed(3);
  const at = (percent: number): number | undefined =>
    sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)];
  const mean = sorted.reduce((sum, each) => sum + each, 0) / Math.max(1, sorted.length);
  const row = [mean, sorted[0], at(50), at(95), at(99), sorted[sorted.length - 1]].map(millis);
  if (options.form === 'csv')
    return `${[title, rate, ...row].map((cell) => `"${cell}"`).join(',')}\n`;
  if (options.form === 'quiet')
    return `${title}: ${rate} requests per second, p50=${millis(at(50))} msec\n`;
  const cells = (all: readonly string[]): string =>
    `  ${all.map((cell) => cell.padStart(9)).join(' ')}\n`;
  return (
    `====== ${title} ======\n  ${sorted.length} requests completed in ${seconds.toFixed(2)} seconds\n` +
    `  ${options.clients} parallel clients\n  ${options.bytes} bytes payload\n  keep alive: 1\n` +
    `  host configuration "save": ${save}\n  host configuration "appendonly": ${appendonly}\n` +
    `  multi-thread: no\n\nLatency by percentile distribution:\n${percentiles(sorted, millis)}\n` +
    `Summary:\n  throughput summary: ${rate} requests per second\n  latency summary (msec):\n` +
    `${cells(['avg', 'min', 'p50', 'p95', 'p99', 'max'])}${cells(row)}\n`
  );
}

/** As hdr_histogram's iterator goes: half of what is left with each step. */
function percentiles(sorted: Float64Array, millis: (micros: number | undefined) => string): string {
  const lines: string[] = [];
  let seen = 0;
  for (let percent = 0; seen < sorted.length; percent += (100 - percent) / 2) {
    const value = sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? 0;
    let count = Math.ceil((sorted.length * percent) / 100);
    while (count < sorted.length && sorted[count] === value) count++;
    seen = Math.max(1, count);
    lines.push(
      `${percent.toFixed(3)}% <= ${millis(value)} milliseconds (cumulative count ${seen})\n`,
    );
    if (lines.length > 40) break;
  }
  const last = sorted[sorted.length - 1];
  lines.push(`100.000% <= ${millis(last)} milliseconds (cumulative count ${sorted.length})\n`);
  return lines.join('');
}
