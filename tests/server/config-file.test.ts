import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ascii, byteStringOf, utf8Encode } from '../../src/base/bytes.ts';
import { configText, parseCommandLine } from '../../src/server/command-line.ts';
import { configGet } from '../../src/server/config-set.ts';
import { settingsOf } from '../../src/server/config-settings.ts';
import type { DirectiveValues } from '../../src/server/directives.ts';
import {
  missingConfig,
  parseRedisConf,
  type ConfFiles,
  type RedisConf,
} from '../../src/server/redis-conf.ts';
import { describeWithRedis, startRedis, words } from '../support/real-redis.ts';

let directory: string;

beforeAll(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'redis-conf-')));
  writeFileSync(join(directory, 'bad.conf'), '# a comment\nport abc\n');
  writeFileSync(join(directory, 'good.conf'), 'timeout 5\nsave 5 5');
  writeFileSync(join(directory, 'nested.conf'), 'include good.conf\ninclude bad.conf\n');
  writeFileSync(join(directory, 'part1.inc'), 'timeout 7\n');
  writeFileSync(join(directory, 'part2.inc'), 'nosuch\n');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function files(): ConfFiles {
  const path = (name: string): string => (name.startsWith('/') ? name : join(directory, name));
  return {
    readFile: (name) =>
      existsSync(path(name)) ? byteStringOf(readFileSync(path(name))) : undefined,
    glob: (pattern) => (pattern === 'part*.inc' ? ['part1.inc', 'part2.inc'] : []),
    directoryExists: (name) => existsSync(name) && statSync(name).isDirectory(),
    workingDirectory: directory,
  };
}

const parse = (text: string): RedisConf => parseRedisConf(ascii(text), files());

function parsed(text: string): DirectiveValues {
  const conf = parse(text);
  if (!conf.ok) throw new Error(conf.text);
  return conf.directives;
}

/** Each is refused by the real server. Lines above the wrong one are read without complaint. */
const REFUSED: readonly string[] = [
  'appendonly yes # x',
  'appendfsync sometimes',
  'APPENDFSYNC Always\nAppendOnly YES\nport',
  '\n\n# c\n\t  timeout x \r\n',
  'save 60',
  'save 60 x',
  'save 0 1',
  'save "" 60 1',
  'save "60   1 300 10"\nsave ""\nsave 900 1\nnosuch',
  'nosuch 1',
  'port',
  'port "63 80"',
  'port 1 2',
  'port "1',
  "port '1' 2",
  'port "1"2',
  'port 1\\x41',
  'port "\\x41\\x01"',
  'port "a\\"b"',
  'bind 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17',
  'bind "1.1.1.1 2.2.2.2"\nbind\nbind ""\nnosuch',
  'include bad.conf',
  'include nested.conf',
  'include missing.conf',
  'include missing*.conf\nnosuch',
  'include part*.inc',
  'include',
  'include a b',
  'rename-command nosuch x',
  'rename-command get set',
  'rename-command get ""\nrename-command GET x',
  'rename-command get GET2\nrename-command set get\nrename-command get2 set\nnosuch',
  'rename-command get',
  'user',
  'a.b',
  'sentinel monitor x',
  'slaveof x',
  'slaveof x 99999',
  'replicaof x y',
  'replicaof no one\nnosuch',
  'list-max-ziplist-entries 5\nlua-replicate-commands no\nlist-max-ziplist-value 1 2',
  'appendfilename a/b',
  'appendfilename ""',
  'appenddirname a/b',
  'appenddirname ""',
  'dbfilename a/b',
  'dir /nonexistent',
  'dir ""',
  'dir a b',
  'unixsocketperm 999',
  'unixsocketperm 1000',
  'unixsocketperm -1',
  'unixsocketperm " 12"\nunixsocketperm +700\nunixsocketperm ""\nnosuch',
  'maxmemory 5x',
  'maxmemory -1',
  'maxmemory 5 mb',
  'maxmemory-clients 101%',
  'maxmemory-clients x%',
  'maxclients 0',
  'maxclients -1',
  'hz x',
  'hz -1',
  'databases 0',
  'io-threads 129',
  'shutdown-on-sigint "save now"\nshutdown-on-sigterm nosave force\nshutdown-on-sigint save nosave',
  'shutdown-on-sigint',
  'oom-score-adj-values "1 2 3"\noom-score-adj-values 1 2',
  'oom-score-adj-values 1 2 9999',
  'client-output-buffer-limit "normal 1 2 3"\nclient-output-buffer-limit normal 1 2',
  'client-output-buffer-limit master 1 2 3',
  'notify-keyspace-events Kq',
  'notify-keyspace-events K E',
  'latency-tracking-info-percentiles x',
  'latency-tracking-info-percentiles 1 101',
  'latency-tracking-info-percentiles ""\nnosuch',
  'proc-title-template {x}',
  'supervised maybe',
  'repl-diskless-load on-empty-db\nrepl-diskless-load sometimes',
  'cluster-announce-hostname a_b',
  'cluster-enabled yes\nreplicaof a 1',
  'loadmodule /x.so',
  'loadmodule /x.so a b\nloadmodule /y.so',
  'a.b c',
  'no\tsuch',
  '"port" x',
  '\\x70ort 5',
  'caf\xe9 1',
];

describeWithRedis('redis.conf beside the real server', () => {
  test.each(REFUSED)('%j is refused with the same words', (text) => {
    const file = join(directory, 'test.conf');
    writeFileSync(file, Buffer.from(text, 'latin1'));
    const run = runRedis([file]);
    const conf = parse(text);
    expect(conf.ok).toBe(false);
    if (!conf.ok) compare(conf, run);
    expect(run.code).toBe(1);
  });

  test.each<readonly string[]>([
    ['--nosuch'],
    ['--port', '7394', '--nosuch', 'bar'],
    ['--nosuch', '--bar'],
    ['--port', '--timeout', '5'],
    ['--save', '--nosuch', 'x'],
    ['--SAVE', '--nosuch', 'x'],
    ['--save', '', '--nosuch', 'x'],
    ['--save', '60', '1', '--nosuch', 'x'],
    ['--save', '60', '--nosuch', 'x'],
    ['--save', '60 1', '--nosuch', 'a b"c'],
    ['--save 60 1', '--nosuch'],
    ['--nosuch bar', 'x'],
    ['-', '--nosuch'],
    ['--nosuch', '-'],
    ['--nosuch', '-', 'x'],
    ['-x'],
    ['-p', '5'],
    ['--nosuch', '-1'],
    ['--nosuch', '--bar', 'x'],
    ['--nosuch', ''],
    ['--nosuch', 'a\nb\x01\x7f\xe9'],
    ['--include', '--x'],
    ['/nonexistent.conf', '--port', '1'],
    ['good.conf', '--nosuch', '1'],
    ['bad.conf', '--nosuch', '1'],
    ['good.conf', 'nosuch'],
    ['good.conf', '-', '--nosuch'],
    ['good.conf', '--maxmemory', '5x', '-'],
    ['--maxmemory', '5x', 'y'],
    ['-v'],
    ['-h'],
    ['--help', 'x'],
    ['--test-memory'],
  ])('the arguments %j %j %j %j', (...argv) => {
    const run = runRedis(argv, 'timeout 5\n');
    const line = parseCommandLine(argv.map((word) => utf8Encode(word)));
    if (line.kind === 'print') {
      const theirs = line.to === 'stdout' ? run.output : run.errors;
      expect(buildless(line.text)).toBe(buildless(theirs));
      expect(run.code).toBe(line.code);
      return;
    }
    const conf = confOf(line);
    expect(conf.ok).toBe(false);
    if (!conf.ok) compare(conf, run);
  });

  test('what a file says is in force, the options of the command line above it', async () => {
    const text = [
      'SAVE 900 1',
      'save "300 10 60 5"',
      'slave-priority 7',
      'hash-max-ziplist-entries 33',
      'maxmemory 1gb',
      'maxmemory 3K',
      'repl-backlog-size 1',
      'hz 9999',
      'client-output-buffer-limit slave 1kb 2kb 3',
      'client-output-buffer-limit pubsub 5 6 7',
      'notify-keyspace-events KEAn',
      "requirepass 'a b\\'c'",
      'unixsocketperm 0750',
      'masterauth "\\x41\\n"',
      'shutdown-on-sigint now save',
      'latency-tracking-info-percentiles 1e1 99.99999',
      `include ${join(directory, 'good.conf')}`,
      'dir .',
      'proc-title-template "{title} {port}"',
      'ignore-warnings ARM64-COW-BUG',
    ].join('\n');
    const file = join(directory, 'full.conf');
    writeFileSync(file, text);
    const options = [
      '--loglevel',
      'warning',
      '--slowlog-max-len',
      '5',
      '--appendfilename',
      'x.aof',
    ];
    const real = await startRedis(...options, '--include', file, '--dir', directory);
    try {
      const [auth, reply] = await real.send([words('AUTH', "a b'c"), words('CONFIG', 'GET', '*')]);
      expect(auth).toEqual({ type: 'status', value: 'OK' });
      const theirs = new Map<string, string>();
      const texts =
        reply?.type === 'array'
          ? reply.value.map((each) => (each.type === 'bulk' ? each.value : ''))
          : [];
      for (let i = 0; i < texts.length; i += 2) theirs.set(texts[i]!, texts[i + 1]!);
      // As startRedis passes them.
      const first = [
        '--port',
        String(real.port),
        '--bind',
        '127.0.0.1',
        '--dir',
        directory,
        '--save',
        '',
        '--appendonly',
        'no',
      ];
      const line = parseCommandLine(
        [...first, ...options, '--include', file, '--dir', directory].map((word) => ascii(word)),
      );
      if (line.kind !== 'run') throw new Error('prints');
      const values = parsed(configText('', '', line.options));
      const names = [...theirs.keys()].filter((name) => name !== 'maxclients');
      expect(names.length).toBeGreaterThan(180);
      expect(
        Object.fromEntries(
          configGet(
            values,
            names.map((name) => ascii(name)),
          ),
        ),
      ).toEqual(Object.fromEntries(names.map((name) => [name, theirs.get(name)])));
    } finally {
      await real.stop();
    }
  });
});

function confOf(line: Extract<ReturnType<typeof parseCommandLine>, { kind: 'run' }>): RedisConf {
  const { configFile, fromStdin, options } = line;
  const text = configFile === null ? '' : files().readFile(configFile);
  if (text === undefined) return missingConfig(configFile!);
  return parseRedisConf(configText(text, fromStdin ? 'timeout 5\n' : '', options), files());
}

interface Run {
  readonly errors: string;
  readonly output: string;
  /** The warnings in the log. */
  readonly log: string;
  readonly code: number | null;
}

/** Runs the real server to its end, with its version as ours. */
function runRedis(argv: readonly string[], input = ''): Run {
  const run = spawnSync('redis-server', argv, {
    cwd: directory,
    input,
    timeout: 10_000,
    encoding: 'latin1',
  });
  const ours = (text: string): string => text.replaceAll('7.0.15', '7.2.4');
  const log = run.stdout
    .split('\n')
    .map((line) => /^\d+:[A-Z] .{24} # (.*)$/.exec(line)?.[1])
    .filter((message) => message !== undefined);
  return {
    errors: ours(run.stderr),
    output: ours(run.stdout),
    log: log.join('\n'),
    code: run.status,
  };
}

/** The last lines of the log tell why it stops. */
function compare(conf: Extract<RedisConf, { ok: false }>, run: Run): void {
  if (conf.printed === 'stderr') expect(conf.text).toBe(run.errors);
  else expect(run.log.split('\n').slice(-conf.text.split('\n').length).join('\n')).toBe(conf.text);
}

/** Without what tells one build from another. */
function buildless(text: string): string {
  return text.replace(/malloc=\S+/, '').replace(/build=\S+/, '');
}

test('several save lines add up; the first one replaces the defaults, and "" clears', () => {
  const save = (text: string): unknown => settingsOf(parsed(text)).save;
  expect(save('save 900 1\nsave 300 10')).toEqual([
    { seconds: 900, changes: 1 },
    { seconds: 300, changes: 10 },
  ]);
  expect(save('save 900 1\nsave ""\nsave 60 5')).toEqual([{ seconds: 60, changes: 5 }]);
  expect(save('save 900 1\nsave ""')).toEqual([]);
});

test('what a simulated server cannot be is refused by name, not ignored', () => {
  expect(parse('cluster-enabled yes')).toMatchObject({ ok: false, printed: 'log' });
  expect(parse('replicaof 127.0.0.1 6380')).toMatchObject({ ok: false, printed: 'log' });
  expect(parse('tls-port 6380')).toMatchObject({
    ok: false,
    text: 'Failed to configure TLS. Check logs for more info.',
  });
});

test('a file that includes itself is refused', () => {
  const conf = parseRedisConf('include me', {
    readFile: () => 'timeout 1\ninclude me\n',
    workingDirectory: '/',
  });
  expect(conf).toMatchObject({ ok: false, printed: 'stderr' });
});

test('commands are renamed and users kept for whoever asks', () => {
  const values = parsed(
    'rename-command FLUSHALL ""\nrename-command get fetch\nuser alice on >x ~* +@all\n',
  );
  expect(values.renames).toEqual([
    ['FLUSHALL', ''],
    ['get', 'fetch'],
  ]);
  expect(values.users).toEqual(['user alice on >x ~* +@all']);
});
