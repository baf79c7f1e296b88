import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundleTool } from '../../scripts/builds.mjs';
import { ascii } from '../../src/base/bytes.ts';
import { aofParse } from '../../src/tools/aof-parse.ts';
import { describeWithRedis, startRedis, words } from '../support/real-redis.ts';
import { command, picker } from './damaged-logs.ts';
import { dump } from './dump-7.0.15.ts';
import { runSteps } from './run-steps.ts';

function parse(log: string | Uint8Array, ...given: string[]) {
  return runSteps(aofParse([...given, 'log.aof'].map(ascii)), { 'log.aof': log });
}
function lines(log: string, ...given: string[]): string[] {
  return parse(log, ...given)
    .stdout.split('\n')
    .slice(0, -1);
}

const guide =
  command('PEXPIREAT', 'RedisTestLog', '1479541381558') +
  command('SET', 'RedisTestLog', '39124268') +
  command('PEXPIREAT', 'RedisTestLog', '1479973381559') +
  command('HSET', 'RedisTestLogHash', 'RedisHashField', '16') +
  command('PEXPIREAT', 'RedisTestLogHash', '1479973381561') +
  command('SET', 'RedisTestLogString', '79146');

test('a log prints as in the guide', () => {
  expect(parse(guide)).toMatchObject({
    exit: 0,
    stderr: '',
    stdout: `['PEXPIREAT', 'RedisTestLog', '1479541381558']
['SET', 'RedisTestLog', '39124268']
['PEXPIREAT', 'RedisTestLog', '1479973381559']
['HSET', 'RedisTestLogHash', 'RedisHashField', '16']
['PEXPIREAT', 'RedisTestLogHash', '1479973381561']
['SET', 'RedisTestLogString', '79146']
`,
  });
});

test('bytes are quoted as Python quotes them', () => {
  expect(lines(command('SET', "it's", 'a "b"'))).toEqual([`['SET', "it's", 'a "b"']`]);
  expect(lines(command('SET', `'"`, '\\'))).toEqual([String.raw`['SET', '\'"', '\\']`]);
  expect(lines(command('SET', '\t\r\n\0\x1f', '\x7f\x80\xff~ '))).toEqual([
    String.raw`['SET', '\t\r\n\x00\x1f', '\x7f\x80\xff~ ']`,
  ]);
  expect(lines(command('SET', '', '*1\r\n$4\r\nPING\r\n'))).toEqual([
    String.raw`['SET', '', '*1\r\n$4\r\nPING\r\n']`,
  ]);
});

test('the history of a key has every command that names it, wherever it stands', () => {
  const log =
    command('MSET', 'a', '1', 'b', '2') +
    command('SET', 'c', 'a') +
    command('BITOP', 'AND', 'c', 'x', 'a') +
    command('ZUNIONSTORE', 'z', '2', 'p', 'a', 'WEIGHTS', '1', '2') +
    command('XGROUP', 'CREATE', 'a', 'b', '0') +
    command('UNHEARDOF', 'a', 'b') +
    command('MULTI') +
    command('FLUSHALL', 'a');
  const history = runSteps(aofParse(words('log', 'a')), { log }).stdout;
  expect(history.match(/^\['\w+'/gm)).toEqual([
    "['MSET'",
    "['BITOP'",
    "['ZUNIONSTORE'",
    "['XGROUP'",
    "['UNHEARDOF'",
  ]);
  expect(lines(log, '--key', '[bz]', '--key', 'q*')).toHaveLength(2);
  expect(lines(log, '--command', 'set', '--command=MULTI')).toEqual([
    "['SET', 'c', 'a']",
    "['MULTI']",
  ]);
});

test('a glob that would take a regular expression forever is soon answered', () => {
  const log = command('SET', `${'a'.repeat(5_000)}c`, 'v');
  const started = performance.now();
  expect(lines(log, '--key', `${'*a'.repeat(30)}*b`)).toEqual([]);
  expect(performance.now() - started).toBeLessThan(1_000);
});

test('timestamps narrow the log down', () => {
  const log =
    command('SET', 'k', 'before') +
    '#TS:100\r\n' +
    command('SET', 'k', 'at 100') +
    '#TS:200\r\n' +
    command('SET', 'k', 'at 200') +
    '#TS:300\r\n' +
    command('SET', 'k', 'at 300');
  const values = (...given: string[]) => lines(log, ...given).map((line) => line.slice(14, -2));
  expect(values('--since', '200')).toEqual(['at 200', 'at 300']);
  expect(values('--until', '200')).toEqual(['before', 'at 100', 'at 200']);
  expect(values('--since=101', '--until=299')).toEqual(['at 200']);
});

test('offsets and JSON tell where each record stands, and keep every byte', () => {
  const first = command('SELECT', '3');
  const second = command('SET', 'kopi ☕'.replace('☕', '\xe2\x98\x95'), '\xff\x00');
  const log = `${first}#TS:7\r\n${second}`;
  const at = first.length + 7;
  expect(lines(log, '--offsets').map((line) => line.split(':')[0])).toEqual(['0', String(at)]);
  const objects = lines(log, '--json').map((line) =>
    JSON.parse(Buffer.from(line, 'latin1').toString()),
  );
  expect(objects).toEqual([
    { offset: 0, end: first.length, db: 3, time: null, command: ['SELECT', '3'] },
    {
      offset: at,
      end: log.length,
      db: 3,
      time: 7,
      command: ['SET', 'kopi ☕', { base64: '/wA=' }],
    },
  ]);
});

test('what is damaged is told of with its offset, and the next whole record goes on', () => {
  const log = `${command('SET', 'a', '1')}*3\r\n$3\r\nSET\r\n$x\r\n${command('SET', 'b', '2')}`;
  const start = command('SET', 'a', '1').length;
  expect(parse(log)).toMatchObject({
    exit: 1,
    stderr: '',
    stdout: `['SET', 'a', '1']\nprotocol error at offset ${start}\n['SET', 'b', '2']\n`,
  });
  expect(JSON.parse(lines(log, '--json')[1]!)).toEqual({ offset: start, error: 'protocol error' });
});

test('a log that ends inside a record says so, and prints all before it', () => {
  const whole = command('SET', 'a', '1');
  for (let cut = 1; cut < whole.length; cut++) {
    const run = parse(whole + whole.slice(0, cut));
    expect(run).toMatchObject({
      exit: 1,
      stdout: "['SET', 'a', '1']\n",
      stderr: `aof-parse: log.aof: ends inside the record at offset ${whole.length}\n`,
    });
  }
});

test('a byte that is changed costs no more records than it lies in, or lengthens', () => {
  const seed = Date.now() >>> 0;
  const pick = picker(seed);
  const records = Array.from({ length: 40 }, (_, i) => command('SET', `key:${i}`, `value ${i}`));
  const log = records.join('');
  for (let round = 0; round < 300; round++) {
    const at = pick(log.length);
    const changed = log.slice(0, at) + String.fromCharCode(pick(256)) + log.slice(at + 1);
    const printed = lines(changed).filter((line) => line.startsWith('['));
    expect(printed.length, `seed ${seed}, round ${round}`).toBeGreaterThanOrEqual(30);
    // All that stands in front of the change, as it was.
    let end = 0;
    const before = records.filter((record) => (end += record.length) <= at).length;
    expect(printed.slice(0, before)).toEqual(lines(log).slice(0, before));
  }
});

test('a hostile file of records that claim all that follows is read in time', () => {
  const trap = '$9\r\n*1024\r\n$0\r\n';
  const log = `*9999\r\n${trap.repeat(40_000)}`;
  const started = performance.now();
  expect(parse(log).exit).toBe(1);
  expect(performance.now() - started).toBeLessThan(3_000);
});

test('a snapshot at the front is passed over with a note', () => {
  const log = Buffer.concat([dump, Buffer.from(command('SET', 'a', '1'), 'latin1')]);
  const run = parse(log);
  expect(run.stdout).toBe("['SET', 'a', '1']\n");
  expect(run.stderr).toMatch(
    /^aof-parse: log\.aof: bytes 0 to \d+ are an RDB snapshot of \d+ keys/,
  );
  expect(run.exit).toBe(0);
  const torn = Buffer.concat([dump.subarray(0, 40), Buffer.from(`\n${command('SET', 'a', '1')}`)]);
  expect(parse(torn).stdout).toBe("protocol error at offset 0\n['SET', 'a', '1']\n");
});

test('long output comes in pieces', () => {
  const run = parse(command('SET', 'k', 'v'.repeat(30_000)).repeat(30));
  expect(run.stdout.length).toBe(30 * (30_000 + 17));
  expect(run.longestPiece).toBeLessThanOrEqual(65_536);
});

test.each([
  [[], 2, /^usage: aof-parse/],
  [['--what', 'f'], 2, /unknown option --what/],
  [['f', 'k', 'more'], 2, /unexpected word more/],
  [['--since', 'noon', 'f'], 2, /not a number of seconds/],
  [['--key'], 2, /--key needs a value/],
  [['none'], 1, /^aof-parse: none: No such file or directory$/m],
])('%j ends with %i and says why', (given, exit, text) => {
  const run = runSteps(aofParse(given.map(ascii)));
  expect(run.exit).toBe(exit);
  expect(run.stderr).toMatch(text);
});

describeWithRedis('the log of a real server', () => {
  test('prints the commands that were sent, and the history of a key', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'aof-lab-parse-'));
    try {
      const server = await startRedis(
        ...['--dir', folder, '--appendonly', 'yes', '--appendfsync', 'always'],
      );
      await server.send([
        words('SET', 'user:1', 'Bos'),
        words('DEL', 'user:2'),
        words('HSET', 'product:1', 'name', 'Kopi'),
        words('SET', 'user:1', '\xff\n'),
      ]);
      const logs = join(folder, 'appendonlydir');
      const name = readdirSync(logs).find((file) => file.endsWith('.incr.aof'))!;
      const log = readFileSync(join(logs, name));
      await server.stop();
      writeFileSync(join(folder, 'log.aof'), log);
      await bundleTool('aof-parse', folder);
      const run = spawnSync(process.execPath, ['aof-parse.mjs', 'log.aof', 'user:1'], {
        cwd: folder,
        encoding: 'latin1',
      });
      expect(run.stdout).toBe(
        String.raw`['SET', 'user:1', 'Bos']` +
          '\n' +
          String.raw`['SET', 'user:1', '\xff\n']` +
          '\n',
      );
      expect(run.status).toBe(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 30_000);
});
