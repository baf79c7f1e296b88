/** rdb-save-incremental-fsync and aof-rewrite-incremental-fsync: which calls are made on a large file, in which order. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { utf8Encode } from '../../src/base/bytes.ts';
import { splitArguments } from '../../src/base/split-arguments.ts';
import { formatCall } from '../../src/machine/strace-format.ts';
import { spawn } from 'node:child_process';
import { describeWithStrace } from '../conformance/system-calls.ts';
import { until } from '../hosts/host.ts';
import {
  connectSoon,
  describeWithRedis,
  freePort,
  replyText,
  sendAll,
} from '../support/real-redis.ts';
import { newSaveLab } from './save-lab.ts';

/** Ten megabytes: two whole stretches of four, and a rest. */
const FILL = 'DEBUG POPULATE 100 key 100000';
const STEPS: readonly string[] = [
  'CONFIG SET rdbcompression no',
  FILL,
  'SAVE',
  'BGSAVE',
  'wait rdb_bgsave_in_progress:0',
  'CONFIG SET aof-use-rdb-preamble no',
  'BGREWRITEAOF',
  'wait aof_rewrite_in_progress:0',
  'CONFIG SET rdb-save-incremental-fsync no',
  'CONFIG SET aof-rewrite-incremental-fsync no',
  'SAVE',
  'BGREWRITEAOF',
  'wait aof_rewrite_in_progress:0',
];

const WATCHED = ['sync_file_range', 'fsync', 'fdatasync', 'rename'];

/** The calls in their order, without process and descriptor numbers. */
function comparable(lines: readonly string[]): string[] {
  return lines
    .map((line) => /\b((?:sync_file_range|fsync|fdatasync|rename)\(.*)$/.exec(line)?.[1])
    .filter((line) => line !== undefined)
    .map((line) =>
      line
        .replace(/\((\d+)/, '(N')
        .replace(/-\d+\./g, '-N.')
        .replace(/\) += /, ') = '),
    );
}

async function realCalls(): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'incremental-sync-'));
  const output = join(directory, 'calls');
  const port = await freePort();
  const words = ['--port', `${port}`, '--dir', directory, '--save', ''];
  const strace = ['-f', '-qq', '-e', 'signal=none', '-e', `trace=${WATCHED.join(',')}`];
  const server = spawn(
    'strace',
    [...strace, '-o', output, 'redis-server', ...words, '--enable-debug-command', 'yes'],
    { stdio: 'ignore' },
  );
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const socket = await connectSoon(port, server);
  const ask = async (line: string): Promise<string> =>
    replyText((await sendAll(socket, [splitArguments(utf8Encode(line))!]))[0]);
  for (const step of STEPS) {
    const [word, field] = step.split(' ');
    if (word === 'wait') await until(async () => (await ask('INFO persistence')).includes(field!));
    else expect(await ask(step)).toMatch(/OK|started/);
  }
  await ask('SHUTDOWN NOSAVE').catch(() => undefined);
  await ended;
  const lines = readFileSync(output, 'latin1').split('\n');
  rmSync(directory, { recursive: true });
  return comparable(lines);
}

function simulatedCalls(): string[] {
  const lab = newSaveLab({ appendonly: 'no', save: '', 'enable-debug-command': 'yes' });
  const { kernel } = lab.lab.lanes[0]!;
  for (const step of STEPS) {
    const [word, field] = step.split(' ');
    if (word !== 'wait') expect(lab.text(step)).toMatch(/OK|started/);
    else lab.until(() => lab.text('INFO persistence').includes(field!));
  }
  return comparable(kernel.trace().map((entry) => formatCall(entry)));
}

describeWithStrace('a file of ten megabytes', () => {
  describeWithRedis('beside redis-server', () => {
    test('is written back in stretches of four, in the same order of calls', async () => {
      const expected = await realCalls();
      expect(expected.filter((line) => line.startsWith('sync_file_range'))).toHaveLength(9);
      expect(simulatedCalls()).toEqual(expected);
    }, 60_000);
  });
});

test('what is written back before leaves less to the fsync at the end', () => {
  const longest = (incremental: 'yes' | 'no'): number => {
    const lab = newSaveLab({ save: '', 'enable-debug-command': 'yes' });
    lab.configure('rdbcompression no', `rdb-save-incremental-fsync ${incremental}`);
    lab.text('DEBUG POPULATE 160 key 100000');
    lab.text('SAVE');
    const fsyncs = lab.lab.lanes[0]!.kernel.trace().filter(({ call }) => call === 'fsync');
    return Math.max(...fsyncs.map(({ at, endsAt }) => endsAt - at));
  };
  expect(longest('yes')).toBeLessThan(longest('no') / 2);
});
