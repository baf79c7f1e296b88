/**
 * What a real redis-server does to its files, call by call, beside what ours does: under Node by strace of both, and on
 * the simulated machine by its own trace. Versions: 7.0.15 there, 7.2.4 here; the named differences stand in
 * system-calls.ts.
 */
import { appendFileSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { utf8Encode } from '../../src/base/bytes.ts';
import { splitArguments } from '../../src/base/split-arguments.ts';
import { hostCommand, until, useHost } from '../hosts/host.ts';
import { newSaveLab, type SaveLab } from '../server/save-lab.ts';
import {
  connectSoon,
  describeWithRedis,
  freePort,
  replyText,
  sendAll,
} from '../support/real-redis.ts';
import {
  describeWithStrace,
  simulatedCalls,
  spawnTraced,
  straceCalls,
  type ActorCalls,
} from './system-calls.ts';

useHost();

/** What is asked of a server; `until …` waits for a field of INFO, `pause` gives the second's fsync its time. */
const SCRIPT: readonly string[] = [
  'SET a 1',
  'pause 1200',
  'CONFIG SET appendfsync always',
  'SET b 1',
  'SET c 1',
  'CONFIG SET appendfsync no',
  'SET d 1',
  'BGREWRITEAOF',
  'until aof_rewrite_in_progress 0',
  'SET e 1',
  'SAVE',
  'BGSAVE',
  'until rdb_bgsave_in_progress 0',
  'CONFIG SET appendonly no',
  'CONFIG SET appendonly yes',
  'until aof_rewrite_in_progress 0',
  'SET f 1',
  'CONFIG SET save "3600 1"',
  'FLUSHALL',
  'SHUTDOWN',
];
const TORN = '*3\r\n$3\r\nSET\r\n$1\r\ng';
/** The last incr file of the script, which the second run finds torn. */
const LAST_INCR = 'appendonlydir/appendonly.aof.3.incr.aof';

interface Runs {
  readonly first: ActorCalls;
  readonly second: ActorCalls;
  /** What both runs have logged. */
  readonly log: string;
}

async function runTraced(command: readonly string[]): Promise<Runs> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'aof-lab-strace-')));
  let log = '';
  const run = async (script: readonly string[]): Promise<ActorCalls> => {
    const port = await freePort();
    const output = join(directory, '..', `${directory.split('/').pop()}.trace`);
    const args = ['--port', String(port), '--dir', directory, '--save', '', '--appendonly', 'yes'];
    const server = spawnTraced(command, args, output);
    server.stdout?.on('data', (data: Buffer) => (log += data.toString('latin1')));
    server.stderr?.resume();
    const ended = new Promise((resolve) => server.once('exit', resolve));
    const socket = await connectSoon(port, server);
    const ask = async (line: string): Promise<string> => {
      const [reply] = await sendAll(socket, [splitArguments(utf8Encode(line))!]);
      return reply?.type === 'verbatim' ? reply.value : replyText(reply);
    };
    await until(async () => (await ask('PING')) === 'PONG');
    for (const line of script) {
      const [word, ...more] = line.split(' ');
      if (word === 'pause') await new Promise((resolve) => setTimeout(resolve, Number(more[0])));
      else if (word === 'until')
        await until(async () => (await ask('INFO persistence')).includes(more.join(':')));
      else if (word === 'SHUTDOWN') await ask(line).catch(() => undefined);
      else expect(await ask(line)).toMatch(/OK|started/);
    }
    socket.destroy();
    await ended;
    const calls = straceCalls(output, directory);
    rmSync(output);
    return calls;
  };
  const first = await run(SCRIPT);
  appendFileSync(join(directory, LAST_INCR), TORN);
  const second = await run(['SHUTDOWN']);
  rmSync(directory, { recursive: true, force: true });
  return { first, second, log };
}

function runSimulated(): Omit<Runs, 'log'> {
  const lab = newSaveLab({ appendonly: 'yes' });
  const { kernel } = lab.lab.lanes[0]!;
  play(lab, SCRIPT);
  const entries = kernel.trace();
  const first = simulatedCalls(entries, '/data');
  const old = lab.lab.lanes[0]!.kernel.readFile(`/data/${LAST_INCR}`)!;
  kernel.writeFile(`/data/${LAST_INCR}`, Buffer.concat([old, Buffer.from(TORN)]));
  lab.lab.boot(undefined);
  lab.pass(500);
  play(lab, ['SHUTDOWN']);
  return { first, second: simulatedCalls(kernel.trace().slice(entries.length), '/data') };
}

function play(lab: SaveLab, script: readonly string[]): void {
  for (const line of script) {
    const [word, ...more] = line.split(' ');
    if (word === 'pause') lab.pass(Number(more[0]));
    else if (word === 'until') lab.until(() => lab.field(more[0]!) === more[1]);
    else lab.text(line);
  }
}

describeWithStrace('system calls on files', () => {
  describeWithRedis('beside redis-server', () => {
    let real: Runs;
    let ours: Runs;
    beforeAll(async () => {
      [real, ours] = await Promise.all([runTraced(['redis-server']), runTraced(hostCommand())]);
    }, 60_000);
    test('the Node host makes the same calls in the same order', () => {
      expect(ours.first.main).toEqual(real.first.main);
      expect(ours.first.background).toEqual(real.first.background);
      expect(ours.first.child).toEqual(real.first.child);
    });
    test('the simulated machine traces the same calls in the same order', () => {
      const simulated = runSimulated();
      expect(simulated.first).toEqual(real.first);
      expect(simulated.second).toEqual(real.second);
    });
    test('the Node host logs the same lines', () => {
      expect(comparableLog(real.log).length).toBeGreaterThan(40);
      expect(comparableLog(ours.log)).toEqual(comparableLog(real.log));
    });
    test('a start with a torn tail too', () => {
      expect(ours.second).toEqual(real.second);
    });
  });
});

/**
 * The lines of a log without process, time and level: 7.2 marks as notices what were warnings before. Those of the server
 * come before those of its children, which write beside it. Named differences: the version, what a system is warned of,
 * and the kind of connections that 7.2 adds to its last word of a start.
 */
function comparableLog(log: string): string[] {
  const lines = log.split('\n').filter((line) => / [*#.-] ./.test(line));
  return [':M ', ':C ']
    .flatMap((role) => lines.filter((line) => line.includes(role)))
    .map((line) => line.replace(/^\d+:[CM] \d+ \w+ \d+ [\d:.]+ [*#.-] /, ''))
    .filter((line) => !line.startsWith('WARNING'))
    .map((line) =>
      line
        .replace(/version[= ]7\.[\d.]+/, 'version')
        .replace(/(pid[= ]|port=|child: |-)\d+/g, '$1N')
        .replace(/[\d.]+ (seconds|Mb)/, 'N $1')
        .replace(/^Ready to accept connections tcp$/, 'Ready to accept connections'),
    );
}
