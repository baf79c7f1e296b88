/** The tools as users run them: bundled, on real files. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleTool } from '../../scripts/builds.mjs';
import { describeWithRedis } from '../support/real-redis.ts';
import { command } from './damaged-logs.ts';
import { dump } from './dump-7.0.15.ts';
import { withoutLogPrefix } from './run-tools.ts';

let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'aof-lab-tools-'));
  for (const tool of ['check-aof', 'check-rdb']) await bundleTool(tool, folder);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sound = command('SET', 'k', '\xff');
const short = command('SET', 'k', 'value').slice(0, -4);

function inDirectory(program: readonly string[], words: readonly string[], input: string) {
  const directory = mkdtempSync(join(folder, 'data-'));
  const put = (name: string, text: string) => writeFileSync(join(directory, name), text, 'latin1');
  mkdirSync(join(directory, 'sub'));
  put('sound.aof', sound);
  put('short.aof', sound + short);
  put('empty.aof', '');
  put('sub/m', 'file base.rdb seq 1 type b\nfile incr.aof seq 1 type i\n');
  put('sub/wrong', 'file base.rdb seq 1 type b\nfile incr.aof seq 0 type i\n');
  put('sub/base.rdb', dump.toString('latin1'));
  put('sub/incr.aof', sound + short);
  const [file = '', ...first] = program;
  const run = spawnSync(file, [...first, ...words], { cwd: directory, input });
  const left = ['short.aof', 'sub/incr.aof'].map((name) =>
    readFileSync(join(directory, name), 'latin1'),
  );
  return {
    status: run.status,
    stdout: withoutLogPrefix(run.stdout.toString('latin1')),
    stderr: run.stderr.toString(),
    left,
  };
}

describeWithRedis('bundled', () => {
  test.each([
    [['sound.aof'], ''],
    [['short.aof'], ''],
    [['--fix', 'short.aof'], 'y\n'],
    [['--fix', 'short.aof'], 'no\n'],
    [['--fix', 'short.aof'], ''],
    [['empty.aof'], ''],
    [['none.aof'], ''],
    [['sub'], ''],
    [['sound.aof/x'], ''],
    [['sub/m'], ''],
    [['--fix', './sub//m'], 'Y'],
    [['sub/wrong'], ''],
    [[], ''],
  ])('check-aof %j with the answer %j does what redis-check-aof does', (words, input) => {
    const ours = inDirectory([process.execPath, join(folder, 'check-aof.mjs')], words, input);
    expect(ours).toEqual(inDirectory(['redis-check-aof'], words, input));
  });

  test.each([[['sub/base.rdb']], [['sound.aof']], [['none']], [['sub']], [[]]])(
    'check-rdb %j does what redis-check-rdb does',
    (words) => {
      const ours = inDirectory([process.execPath, join(folder, 'check-rdb.mjs')], words, '');
      expect(ours).toEqual(inDirectory(['redis-check-rdb'], words, ''));
    },
  );
});
