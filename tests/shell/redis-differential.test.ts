/** The same scripts of Redis's programs in this shell and in a real bash beside a real server. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { utf8Encode } from '../../src/base/bytes.ts';
import { describeWithRedis } from '../support/real-redis.ts';
import { ShellLab } from './harness.ts';
import { exceptions } from './redis-exceptions.ts';
import { RealMachine, type Ended } from './real-bash.ts';

/** One a line; ⏎ is a newline within a script. */
const scripts = readFileSync(new URL('./redis-scripts.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => line.replaceAll('⏎', '\n'));

/** Much of a script is waiting, so that several run at once, each beside a server of its own. */
const AT_ONCE = 3;

function alike(script: string, { stdout, stderr, exitCode }: Ended): Ended {
  const change = (text: string): string =>
    exceptions
      .filter((one) => script.includes(one.scripts))
      .reduce((so, one) => one.alike(so), text);
  return { stdout: change(stdout), stderr: change(stderr), exitCode };
}

describeWithRedis('scripts of Redis programs end as in a real bash', () => {
  const ours = new ShellLab();
  const real = new Map<string, Promise<Ended>>();
  const machines: RealMachine[] = [];
  let folders = 0;

  beforeAll(async () => {
    const settle = new Map<string, (ended: Ended) => void>();
    for (const script of scripts)
      real.set(script, new Promise((resolve) => settle.set(script, resolve)));
    const waiting = [...scripts];
    for (let n = 0; n < AT_ONCE; n++) {
      const machine = await RealMachine.start();
      machines.push(machine);
      void (async () => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
          settle.get(next)?.(await machine.run(next));
      })();
    }
  }, 20_000);
  afterAll(() => Promise.all(machines.map((machine) => machine.stop())));

  test('are at least a hundred, and each differs from all others', () => {
    expect(new Set(scripts).size).toBe(scripts.length);
    expect(scripts.length).toBeGreaterThanOrEqual(100);
  });

  test('each exception is for a script that is there', () => {
    for (const { scripts: part } of exceptions)
      expect(scripts.some((script) => script.includes(part))).toBe(true);
  });

  test.each(scripts)(
    '%s',
    async (script) => {
      const folder = `/tmp/work${folders++}`;
      const expected = alike(script, (await real.get(script))!);
      const prepare = 'redis-cli FLUSHALL; redis-cli CONFIG RESETSTAT';
      ours.bash(`mkdir ${folder}; { ${prepare}; } > /dev/null`, '/');
      const variables = 'DATA=/data; ';
      expect(alike(script, ours.bash(variables + utf8Encode(script), folder))).toEqual(expected);
    },
    60_000,
  );
});
