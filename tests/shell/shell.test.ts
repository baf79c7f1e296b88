/** The shell on its simulated machine: processes, the page cache, power, Redis. */
import { describe, expect, test } from 'vitest';
import { ascii } from '../../src/base/bytes.ts';
import { encodeCommand } from '../../src/resp/command-encoder.ts';
import { newGrowableBytes, takenBytes } from '../../src/base/growable-bytes.ts';
import seeds from '../seeds/commands.json' with { type: 'json' };
import { ShellLab } from './harness.ts';

describe('a line of the shell', () => {
  test('leaves its variables and its working directory to the next one', () => {
    const lab = new ShellLab();
    lab.run('cd /tmp; name=kopi');
    expect(lab.run('echo "$name in $PWD"').stdout).toBe('kopi in /tmp\n');
  });

  test('that is no command ends in 127 and says so', () => {
    expect(new ShellLab().run('frobnicate')).toEqual({
      stdout: '',
      stderr: 'bash: frobnicate: command not found\n',
      exitCode: 127,
    });
  });

  test('that sleeps takes virtual time', () => {
    const lab = new ShellLab();
    const before = lab.lab.clock.now;
    lab.run('sleep 2');
    expect((lab.lab.clock.now - before) / 1e6).toBeCloseTo(2, 1);
  });

  test('a loop without end gives way to everything else and can be killed', () => {
    const lab = new ShellLab();
    lab.run('while :; do :; done &');
    expect(lab.run('redis-cli ping').stdout).toBe('PONG\n');
    expect(lab.run('kill $!; wait $!; echo $?').stdout).toBe('143\n');
  });

  test('MONITOR into head ends when head has its lines', () => {
    const lab = new ShellLab();
    const line =
      'redis-cli MONITOR | head -n 3 > /tmp/seen & sleep 0.1; ' +
      'for i in 1 2 3 4; do redis-cli SET k $i > /dev/null; done; wait; wc -l < /tmp/seen; pidof redis-cli';
    expect(lab.run(line)).toEqual({ stdout: '3\n', stderr: '', exitCode: 1 });
  });
});

describe('files stand in the page cache', () => {
  const lines = (extra: string): string =>
    `echo kept > /data/a; ${extra} cp /data/a /data/b; echo $?`;

  test('a copy that nothing has synced is lost with the power', () => {
    const lab = new ShellLab();
    expect(lab.run(lines('')).stdout).toBe('0\n');
    lab.lab.crash('power-lost', 'lost', undefined);
    lab.lab.boot(undefined);
    lab.lab.runUntilUp();
    expect(lab.run('cat /data/b').stderr).toBe('cat: /data/b: No such file or directory\n');
  });

  test('a copy that was synced survives it', () => {
    const lab = new ShellLab();
    lab.run(`${lines('')}; sync`);
    lab.lab.crash('power-lost', 'lost', undefined);
    lab.lab.boot(undefined);
    lab.lab.runUntilUp();
    expect(lab.run('cat /data/b').stdout).toBe('kept\n');
  });

  test('a log that is removed under its server goes on without a name, and is gone at the next start', () => {
    const lab = new ShellLab();
    lab.run('redis-cli SET a 1');
    expect(lab.run('rm -r appendonlydir; redis-cli SET b 2; ls').stdout).toBe('OK\n');
    lab.run('redis-cli SHUTDOWN NOSAVE');
    lab.lab.boot(undefined);
    lab.lab.runUntilUp();
    expect(lab.run('redis-cli DBSIZE').stdout).toBe('0\n');
  });

  test('a shell ends with the power, and says so', () => {
    const lab = new ShellLab();
    const result = lab.until((done) => {
      lab.shells.run(lab.lane, ascii('sleep 100'), done);
      lab.lab.crash('power-lost', 'lost', undefined);
    });
    expect(result).toMatchObject({
      stderr: 'bash: the machine has lost its power\n',
      exitCode: 255,
    });
  });
});

describe('redis-server', () => {
  test('started by hand becomes the server of the lab, with its options', () => {
    const lab = new ShellLab();
    lab.run('redis-cli SHUTDOWN NOSAVE');
    lab.run('redis-server --appendonly yes --appendfsync always > /tmp/log &');
    expect(lab.run('sleep 0.5; redis-cli CONFIG GET appendfsync').stdout).toBe(
      'appendfsync\nalways\n',
    );
    expect(lab.run('kill -TERM $(pidof redis-server); wait; tail -n 1 /tmp/log').stdout).toMatch(
      /bye bye\.\.\.\n$/,
    );
  });

  test('obeys a configuration file that was edited', () => {
    const lab = new ShellLab();
    lab.run("redis-cli SHUTDOWN NOSAVE; sed -i 's/everysec/no/' /etc/redis/redis.conf");
    lab.run('redis-server /etc/redis/redis.conf > /dev/null &');
    expect(lab.run('sleep 0.5; redis-cli CONFIG GET appendfsync').stdout).toBe('appendfsync\nno\n');
  });
});

/** In a terminal of the page: tests/e2e/seeds.spec.ts. */
describe('what the documents print', () => {
  /** Without a terminal redis-cli prints the bare values. */
  const bare = (text: string): string =>
    text.replace(/^(?:\(integer\) |\d+\) )?"?(.*?)"?$/gm, '$1');

  test.each([seeds.tutorial, seeds.format, seeds.chat])('redis-cli answers: $credit', (one) => {
    const lab = new ShellLab();
    for (const { line, prints } of one.redis)
      expect([line, lab.run(`redis-cli ${line}`).stdout]).toEqual([line, `${bare(prints)}\n`]);
  });

  test('the log of those commands is shown, checked, and replayed by --pipe', () => {
    const lab = new ShellLab();
    for (const { line } of [...seeds.tutorial.redis, ...seeds.chat.redis.slice(0, 3)])
      lab.run(`redis-cli ${line}`);
    lab.run('sleep 1.5; cp appendonlydir/appendonly.aof.1.incr.aof aof_file.aof');
    const [check, pipe] = seeds.format.shell;
    expect(lab.run('cat aof_file.aof').stdout).toContain('$9\r\nproduct:1\r\n');
    expect(lab.run(`${check} aof_file.aof`).stdout).toMatch(/ is valid\n$/);
    lab.run('redis-cli FLUSHALL');
    expect(lab.run(pipe!).stdout).toMatch(/errors: 0, replies: 4\n$/);
    expect(lab.run('redis-cli GET user:1; redis-cli HGET product:1 name').stdout).toBe(
      'Bos\nKopi\n',
    );
  });

  test("the article's line makes the backup that it promises", () => {
    const lab = new ShellLab();
    lab.run('redis-cli SET user:1 Bos; redis-cli SAVE; mkdir -p /path/to');
    lab.run(seeds.article.shell[0]!);
    expect(lab.run('redis-check-rdb /path/to/backup.rdb').exitCode).toBe(0);
  });

  test("the guide's sample output comes from a log of those commands", () => {
    const lab = new ShellLab();
    const sink = newGrowableBytes();
    for (const line of seeds.guide.parsed) {
      const words = [...line.matchAll(/'([^']*)'/g)].map(([, word]) => ascii(word!));
      encodeCommand(words, sink);
    }
    lab.lane.kernel.writeFile('/data/sample.aof', takenBytes(sink));
    expect(lab.run('aof-parse sample.aof').stdout).toBe(`${seeds.guide.parsed.join('\n')}\n`);
  });
});
