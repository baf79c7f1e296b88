/** INFO persistence, every field of it, beside the real server in the same situations (spec §1.8). */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ascii, bytesOf, utf8Encode } from '../../src/base/bytes.ts';
import { splitArguments } from '../../src/base/split-arguments.ts';
import { signalChild } from '../faults/machine.ts';
import { until } from '../hosts/host.ts';
import { describeWithRedis, replyText, startRedis, type RealRedis } from '../support/real-redis.ts';
import { newSaveLab, type SaveLab } from './save-lab.ts';

const INCR = 'appendonlydir/appendonly.aof.1.incr.aof';
const KEYS = 40;
/** Of both servers, so that a child lives long enough to be looked at: two tenths of a second and more. */
const SLOW_CHILD_MICROS = 6_000;

const config = {
  appendonly: 'no',
  'aof-use-rdb-preamble': 'no',
  appendfsync: 'always',
  'auto-aof-rewrite-percentage': '0',
  'enable-debug-command': 'yes',
} as const;

interface Subject {
  ask(line: string): Promise<string>;
  /** The text of INFO, behind another command that came with it. */
  together(line: string): Promise<string>;
  killChild(): Promise<void>;
  /** Kills the server, and starts it on what is there. */
  restart(appendonly: 'yes' | 'no', more?: Readonly<Record<string, string>>): Promise<void>;
  file(path: string): Uint8Array;
  put(path: string, bytes: Uint8Array | 'a directory'): Promise<void>;
}

/** What no two servers, or no two moments, have in common. */
const MASKS: Readonly<Record<string, (value: string) => string>> = {
  // Pages exist on the one side only.
  current_cow_peak: () => 'bytes',
  current_cow_size: () => 'bytes',
  current_cow_size_age: () => 'seconds',
  rdb_last_cow_size: () => 'bytes',
  aof_last_cow_size: () => 'bytes',
  rdb_last_save_time: (value) => (Number(value) > 1_700_000_000 ? 'a time' : value),
  loading_start_time: (value) => (Number(value) > 1_700_000_000 ? 'a time' : value),
  // How many seconds a second or two are depends on where they begin.
  rdb_last_bgsave_time_sec: secondsOrNone,
  rdb_current_bgsave_time_sec: secondsOrNone,
  aof_last_rewrite_time_sec: secondsOrNone,
  aof_current_rewrite_time_sec: secondsOrNone,
  loading_eta_seconds: secondsOrNone,
  // How far a child or a loader is when it is asked.
  current_fork_perc: someOrNone,
  current_save_keys_processed: someOrNone,
  loading_loaded_bytes: someOrNone,
  loading_loaded_perc: someOrNone,
  loading_rdb_used_mem: someOrNone,
};

function secondsOrNone(value: string): string {
  return value === '-1' ? value : 'seconds';
}

function someOrNone(value: string): string {
  return Number(value) === 0 ? value : 'some';
}

function fieldsOf(info: string): string[] {
  return info
    .split('\r\n')
    .filter((line) => line.includes(':'))
    .map((line) => {
      const [name = '', value = ''] = line.split(':');
      return `${name}:${MASKS[name]?.(value) ?? value}`;
    });
}

/** Each look at INFO, by the name of its situation. */
async function story(subject: Subject): Promise<Record<string, string[]>> {
  const seen: Record<string, string[]> = {};
  const { ask } = subject;
  const look = async (situation: string): Promise<void> => {
    seen[situation] = fieldsOf(await ask('INFO persistence'));
  };
  const field = async (name: string): Promise<string | undefined> =>
    (await ask('INFO persistence')).split('\r\n').find((line) => line.startsWith(`${name}:`));
  const childEnds = (): Promise<void> =>
    until(
      async () =>
        (await field('rdb_bgsave_in_progress'))!.endsWith(':0') &&
        (await field('aof_rewrite_in_progress'))!.endsWith(':0'),
    );
  const slowly = (micros: number): Promise<string> =>
    ask(`CONFIG SET rdb-key-save-delay ${micros}`);

  await look('fresh, the log is off');
  for (let i = 0; i < KEYS; i++) await ask(`SET k${i} v`);
  await ask('SADD s a b c');
  await ask('MSET x 1 y 2 z 3');
  await ask('DEL x y nosuch');
  await ask('EXPIRE z 1000');
  await look('changes count');
  await ask('SAVE');
  await look('after SAVE');
  await slowly(SLOW_CHILD_MICROS);
  await ask('BGSAVE');
  await ask('SET during 1');
  await look('while a child saves');
  await childEnds();
  await look('after BGSAVE');
  await ask('BGSAVE');
  await subject.killChild();
  await childEnds();
  await look('after BGSAVE whose child was killed');
  await subject.put('dump.rdb', 'a directory');
  await slowly(0);
  await ask('SAVE');
  await look('after a SAVE that failed');
  await ask('BGSAVE');
  await childEnds();
  await look('after a BGSAVE that failed');

  await slowly(SLOW_CHILD_MICROS);
  await ask('CONFIG SET appendonly yes');
  await look('while the log is being made');
  await childEnds();
  await look('the log is on');
  await ask('SET logged 1');
  await ask('MSET a 1 b 2');
  await look('the log grows');
  seen['a command and INFO in one turn'] = fieldsOf(await subject.together('SET pipelined 1'));
  await ask('BGREWRITEAOF');
  await look('while a child rewrites');
  await ask('BGSAVE SCHEDULE');
  await subject.killChild();
  await childEnds();
  await look('after a rewrite whose child was killed');
  await ask('BGSAVE');
  await ask('BGREWRITEAOF');
  await look('a rewrite waits for a save');
  await slowly(0);
  await childEnds();
  await until(async () => (await field('aof_rewrite_scheduled')) === 'aof_rewrite_scheduled:0');
  await childEnds();
  await look('after it');
  await ask('CONFIG RESETSTAT');
  await look('after CONFIG RESETSTAT');
  await subject.restart('yes');
  await look('after a restart with the log');
  await ask('CONFIG SET appendonly no');
  await look('the log is turned off');
  return seen;
}

/** What a start finds, one after the other. */
async function starts(subject: Subject): Promise<Record<string, string[]>> {
  const seen: Record<string, string[]> = {};
  const { ask } = subject;
  const look = async (situation: string): Promise<void> => {
    seen[situation] = fieldsOf(await ask('INFO persistence'));
  };
  for (let i = 0; i < KEYS; i++) await ask(`SET k${i} v`);
  await ask('SET gone v PXAT 1000');
  await ask('SET kept v PXAT 4102444800000');
  await ask('SAVE');
  await subject.restart('no');
  await look('a snapshot of which a key has expired');
  await subject.restart('no', {
    'key-load-delay': '10000',
    'loading-process-events-interval-bytes': '1024',
  });
  await look('while a snapshot is loaded');
  await subject.restart('yes');
  await look('the log begins, brand-new');
  await ask('SET a 1');
  await ask('SET b 2');
  const log = subject.file(INCR);
  await subject.put(INCR, log.subarray(0, log.length - 3));
  await subject.restart('yes');
  await look('a torn log was cut');
  await ask('SET c 3');
  await look('and grows again');
  return seen;
}

async function real(): Promise<Subject & { end(): Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), 'info-real-'));
  const start = (settings: Readonly<Record<string, string>>): Promise<RealRedis> =>
    startRedis(
      ...['--dir', directory],
      ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    );
  let server = await start(config);
  const words = (line: string) => splitArguments(utf8Encode(line))!;
  const ask = async (line: string): Promise<string> => {
    const [reply] = await server.send([words(line)]);
    return reply?.type === 'integer' ? `${reply.value}` : replyText(reply);
  };
  return {
    ask,
    together: async (line) =>
      replyText((await server.send([words(line), words('INFO persistence')]))[1]),
    async killChild() {
      const pid = /process_id:(\d+)/.exec(await ask('INFO server'))![1]!;
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
      execFileSync('kill', ['-KILL', ...children.trim().split(' ')]);
    },
    async restart(appendonly, more = {}) {
      await server.stop();
      server = await start({ ...config, ...more, appendonly });
      const isThere = async (): Promise<boolean> => !(await ask('PING')).startsWith('LOADING');
      if (more['key-load-delay'] === undefined) await until(isThere);
    },
    file: (path) => readFileSync(join(directory, path)),
    async put(path, bytes) {
      const place = join(directory, path);
      rmSync(place, { recursive: true, force: true });
      if (bytes === 'a directory') mkdirSync(place);
      else writeFileSync(place, bytes);
      await Promise.resolve();
    },
    async end() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function ours(): Subject {
  const lab: SaveLab = newSaveLab(config);
  const main = lab.lab.lanes[0]!;
  return {
    // Time passes for whoever asks again and again.
    ask: async (line) => {
      if (line.startsWith('INFO')) lab.pass(5);
      return Promise.resolve(lab.text(line));
    },
    async together(line) {
      // What comes while the server sleeps is read in one turn.
      for (const [i, each] of ['DEBUG SLEEP 0.05', line, 'INFO persistence'].entries())
        lab.lab.send(splitArguments(utf8Encode(each))!, 'test', undefined, i);
      lab.until(() => main.state.answers.length === 3);
      const { outcome } = main.state.answers.splice(0)[2]!;
      if (outcome.outcome !== 'reply' || outcome.reply.type !== 'verbatim')
        throw new Error(`INFO gave ${JSON.stringify(outcome)}`);
      return Promise.resolve(outcome.reply.value);
    },
    async killChild() {
      signalChild(lab, 'SIGKILL');
      await Promise.resolve();
    },
    async restart(appendonly, more = {}) {
      lab.lab.crash('process-killed', 'lost', undefined);
      const settings = { ...config, ...more, appendonly };
      const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`);
      main.kernel.writeFile('/etc/redis/redis.conf', bytesOf(ascii(lines.join(''))));
      lab.lab.boot(undefined);
      if (more['key-load-delay'] === undefined) lab.until(() => main.state.status === 'running');
      else lab.pass(100);
      await Promise.resolve();
    },
    file: (path) => bytesOf(ascii(lab.file(`/data/${path}`)!)),
    async put(path, bytes) {
      main.kernel.removeFile(`/data/${path}`);
      if (bytes === 'a directory') main.kernel.writeFile(`/data/${path}/x`, new Uint8Array());
      else main.kernel.writeFile(`/data/${path}`, bytes);
      await Promise.resolve();
    },
  };
}

describeWithRedis('INFO persistence beside the real server', () => {
  let theirs: Awaited<ReturnType<typeof real>>;
  beforeAll(async () => {
    theirs = await real();
  });
  afterAll(() => theirs.end());

  test('saves, rewrites and their failures', async () => {
    const [expected, found] = [await story(theirs), await story(ours())];
    expect(Object.keys(found).length).toBeGreaterThan(18);
    for (const [situation, fields] of Object.entries(found))
      expect.soft(fields, situation).toEqual(expected[situation]);
  }, 60_000);
});

describeWithRedis('INFO persistence of a start beside the real server', () => {
  let theirs: Awaited<ReturnType<typeof real>>;
  beforeAll(async () => {
    theirs = await real();
  });
  afterAll(() => theirs.end());

  test('snapshots, torn logs, and while it loads', async () => {
    const [expected, found] = [await starts(theirs), await starts(ours())];
    for (const [situation, fields] of Object.entries(found))
      expect.soft(fields, situation).toEqual(expected[situation]);
  }, 60_000);
});

describe('the masks', () => {
  test('hide no name, no order and no value that both servers have to share', () => {
    const same = 'rdb_saves:3\r\naof_enabled:1\r\nrdb_last_bgsave_time_sec:-1\r\n';
    expect(fieldsOf(same)).toEqual(['rdb_saves:3', 'aof_enabled:1', 'rdb_last_bgsave_time_sec:-1']);
  });
});
