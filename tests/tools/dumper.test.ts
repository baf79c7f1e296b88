import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundleTool } from '../../scripts/builds.mjs';
import { nextBelow, seedRandom, type RandomState } from '../../src/base/random.ts';
import { sha256 } from '../../src/base/sha256.ts';
import { DUMPER_SETTINGS } from '../../src/tools/dumper/dumper.ts';
import { describeWithRedis, replyText, startRedis, words } from '../support/real-redis.ts';
import { asBytes, START, World } from './dumper-world.ts';
import { asCommands, everyType } from './rdb-samples.ts';

const FILE = '/path/to/backup.rdb';
const TO = ['restore', '-p', '6380', '-f', FILE];
const secret = ['--encrypt', '--password', 'kopi'];

function filled(): World {
  const world = new World();
  world.run('SET', 'user:1', 'Bos');
  world.run('HSET', 'product:1', 'name', 'Kopi');
  world.now += 5;
  world.run('RPUSH', 'list', 'a', 'b', 'c');
  return world;
}

test.each([
  ['plain', [], []],
  ['compressed', ['--compress'], []],
  ['encrypted', secret, ['--password', 'kopi']],
  ['compressed and encrypted', ['--compress', ...secret], ['--password', 'kopi']],
])('a %s backup comes back as it was', (_name, how, open) => {
  const world = filled();
  expect(world.dump('backup', '-s', '127.0.0.1', '-p', '6379', '-f', FILE, ...how)).toMatchObject({
    exit: 0,
    stderr: '',
    stdout: expect.stringMatching(/^backup 1, full, 2023-11-14 22:13:25Z: \d+ bytes of log/),
  });
  const made = world.digest();
  world.run('SET', 'user:1', 'later');
  expect(world.dump(...TO, ...open)).toMatchObject({
    exit: 0,
    stderr: '',
    stdout: expect.stringMatching(/^restored 3 keys/),
  });
  expect(world.restoredDigest()).toBe(made);
  expect(world.dump('verify', '-f', FILE, ...open).stdout).toBe('backup 1: right, 3 keys\n');
});

test('what is secret stands nowhere in an encrypted backup', () => {
  const world = filled();
  world.dump('backup', '-f', FILE, ...secret);
  expect(world.files[FILE]).not.toContain('Kopi');
  const first = world.files[FILE];
  world.dump('backup', '-f', FILE, ...secret);
  expect(world.files[FILE]!.slice(100)).not.toBe(first!.slice(100));
});

test('every byte of a chain that is changed is found, and a restore of it changes nothing', () => {
  for (const [how, open] of [
    [[], []],
    [secret, ['--password', 'kopi']],
  ] as const) {
    const world = filled();
    world.dump('backup', '-f', FILE, ...how);
    world.run('SET', 'more', '1');
    world.dump('backup', '-f', FILE, '--incremental', ...how);
    const whole = world.files[FILE]!;
    for (let at = 0; at < whole.length; at++) {
      const changed = String.fromCharCode(whole.charCodeAt(at) ^ (1 << (at % 8)));
      world.files[FILE] = whole.slice(0, at) + changed + whole.slice(at + 1);
      const run = world.dump(...TO, ...open);
      expect(run.exit, `byte ${at}`).toBe(1);
      expect(run.stderr).toMatch(/: (damaged: |not a backup).*; nothing was changed\n$/);
      expect(world.restored).toBeNull();
    }
    for (let end = 0; end < whole.length; end += 7) {
      world.files[FILE] = whole.slice(0, end);
      if (world.dump('list', '-f', FILE).exit === 0) expect(whole.slice(end)).toMatch(/^AOFLABBK/);
    }
  }
});

test('a wrong password, none, damage and a later version are told apart', () => {
  const world = filled();
  world.dump('backup', '-f', FILE, ...secret);
  const whole = world.files[FILE]!;
  expect(world.dump(...TO, '--password', 'teh').stderr).toContain(
    'backup 1: wrong password; nothing',
  );
  expect(world.dump(...TO).stderr).toContain('it is encrypted: a password is needed');
  const withSum = (text: string): string =>
    text + Buffer.from(sha256(asBytes(text))).toString('latin1');
  const body = whole.slice(0, -32);
  // Somebody who can make the sum anew, but has no password.
  world.files[FILE] = withSum(`${body.slice(0, -1)}${body.endsWith('x') ? 'y' : 'x'}`);
  expect(world.dump(...TO, '--password', 'kopi').stderr).toContain(
    'changed by someone without the password',
  );
  world.files[FILE] = withSum(`${body.slice(0, 8)}\x02${body.slice(9)}`);
  expect(world.dump(...TO, '--password', 'kopi').stderr).toContain(
    'written in version 2 of the format; this redis-dumper reads version 1',
  );
  world.files[FILE] = 'REDIS0011';
  expect(world.dump(...TO).stderr).toContain('not a backup of redis-dumper');
  expect(world.restored).toBeNull();
});

test('a backup that tells of less than it holds is not inflated beyond that', () => {
  const world = new World();
  world.run('SET', 'bomb', 'x'.repeat(300_000));
  world.dump('backup', '-f', FILE, '--compress');
  const whole = world.files[FILE]!;
  const files = whole.indexOf('.incr.aof') + 9 + 8;
  const smaller = `${whole.slice(0, files)}\0\0\0\0\0\0\x01\0${whole.slice(files + 8, -32)}`;
  world.files[FILE] = smaller + Buffer.from(sha256(asBytes(smaller))).toString('latin1');
  expect(world.dump(...TO)).toMatchObject({
    exit: 1,
    stderr: expect.stringContaining('damaged: it'),
  });
});

test('a backup that tells of more than its bytes can hold, or than anybody restores, is not inflated at all', () => {
  const world = new World();
  world.run('SET', 'bomb', 'x'.repeat(300_000));
  world.dump('backup', '-f', FILE, '--compress');
  const whole = world.files[FILE]!;
  const at = whole.indexOf('.incr.aof') + 9 + 8;
  // 16 MB of so few bytes; 10 GB.
  for (const length of ['\0\0\0\x01\0\0\0\0', '\0\0\0\x80\x02\0\0\0']) {
    const more = `${whole.slice(0, at)}${length}${whole.slice(at + 8, -32)}`;
    world.files[FILE] = more + Buffer.from(sha256(asBytes(more))).toString('latin1');
    expect(world.dump(...TO)).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/damaged: \d+ compressed bytes tell of \d{8,}/),
    });
    expect(world.restored).toBeNull();
  }
});

test('a backup in the middle of another one’s place does not belong there', () => {
  const world = filled();
  world.dump('backup', '-f', FILE);
  const full = world.files[FILE]!;
  world.run('SET', 'x', '1');
  world.dump('backup', '-f', FILE, '--incremental');
  const second = world.files[FILE]!.slice(full.length);
  world.run('SET', 'x', '2');
  world.dump('backup', '-f', FILE, '--incremental');
  const third = world.files[FILE]!.slice(full.length + second.length);
  for (const wrong of [full + third, full + second + second, second + third, full + full])
    expect({ ...world.files, [FILE]: wrong }).toSatisfy((files: Record<string, string>) => {
      world.files = files;
      return world.dump('verify', '-f', FILE).stderr.includes('damaged: ');
    });
});

test('without timestamps in the log an instant is that of the last backup by then', () => {
  const world = new World();
  world.annotate = false;
  world.run('SET', 'k', 'first');
  world.dump('backup', '-f', FILE);
  const first = world.digest();
  world.now += 10;
  world.run('SET', 'k', 'second');
  world.now += 10;
  world.dump('backup', '-f', FILE, '--incremental');
  world.dump(...TO, '--to', String(START + 15));
  expect(world.restoredDigest()).toBe(first);
  expect(world.dump(...TO, '--to', String(START - 1))).toMatchObject({
    exit: 1,
    stderr: expect.stringContaining('nothing was changed'),
  });
});

test('after a rewrite the next backup is a full one, and both can be gone back to', () => {
  const world = filled();
  world.dump('backup', '-f', FILE);
  const before = { at: world.now, digest: world.digest() };
  world.now += 3;
  world.run('DEL', 'list');
  world.rewrite();
  world.now += 3;
  expect(world.dump('backup', '-f', FILE, '--incremental').stderr).toContain(
    'this one is a full one',
  );
  expect(world.dump('list', '-f', FILE).stdout.match(/full|incremental/g)).toEqual([
    'full',
    'full',
  ]);
  world.dump(...TO);
  expect(world.restoredDigest()).toBe(world.digest());
  world.dump(...TO, '--to', String(before.at));
  expect(world.restoredDigest()).toBe(before.digest);
});

test('a schedule makes backups in its own time, every so many a full one', () => {
  const world = filled();
  const run = world.dump(
    ...['schedule', '-f', FILE, '--every', '3600', '--full-every', '3', '--count', '4'],
  );
  expect(run.exit).toBe(0);
  expect(run.stdout.match(/backup \d, \w+, [^ ]+ [^ ]+:/g)).toEqual([
    'backup 1, full, 2023-11-14 22:13:25Z:',
    'backup 2, incremental, 2023-11-14 23:13:25Z:',
    'backup 3, incremental, 2023-11-15 00:13:25Z:',
    'backup 1, full, 2023-11-15 01:13:25Z:',
  ]);
});

test('a server that refuses leaves no file, and none is needed for that', () => {
  const world = filled();
  world.password = 'right';
  expect(world.dump('backup', '-a', 'wrong', '-f', FILE)).toMatchObject({
    exit: 1,
    stderr: expect.stringContaining('AUTH failed: WRONGPASS'),
  });
  expect(world.dump('backup', '-p', '1', '-f', FILE).stderr).toContain(
    'Could not connect to Redis at 127.0.0.1:1: Connection refused',
  );
  expect(world.files[FILE]).toBeUndefined();
});

test.each([
  [''],
  ['nonsense -f x'],
  ['backup'],
  ['backup -f'],
  ['backup -f x --to 3'],
  ['backup -f x --encrypt'],
  ['backup -f x --password y'],
  ['backup -f x -p zero'],
  ['schedule -f x'],
  ['list -f x --compress'],
])('redis-dumper %s is told how it is used', (line) => {
  const run = new World().dump(...line.split(' ').filter((word) => word !== ''));
  expect(run).toMatchObject({ exit: 2, stderr: expect.stringContaining('usage: redis-dumper') });
});

test('new backups take at least 600,000 rounds of PBKDF2', () => {
  expect(DUMPER_SETTINGS.iterations).toBeGreaterThanOrEqual(600_000);
});

function randomWrite(random: RandomState): string[] {
  const key = `k${nextBelow(random, 8)}`;
  const text = String(nextBelow(random, 1000));
  const list = `l${nextBelow(random, 3)}`;
  switch (nextBelow(random, 9)) {
    case 0:
      return ['DEL', key];
    case 1:
      return ['RPUSH', list, text, text];
    case 2:
      return ['LPOP', list];
    case 3:
      return ['PEXPIREAT', key, '4102444800000'];
    case 4:
      return ['HSET', `h${nextBelow(random, 3)}`, text, key];
    case 5:
      return ['SELECT', String(nextBelow(random, 3))];
    case 6:
      return ['MSET', key, text, `${key}b`, text];
    case 7:
      return ['XADD', 'stream', '*', 'f', text];
    default:
      return ['SET', key, text];
  }
}

test('random chains of backups restore to the data set of any second that they hold', () => {
  const seed = Date.now() % 1_000_000;
  const random = seedRandom(seed);
  for (let round = 0; round < 100; round++) {
    const world = new World();
    const digests = new Map<number, string>();
    /** Seconds whose records a rewrite threw away before any backup had them. */
    let backedUpTo = START - 1;
    const lost = new Set<number>();
    let chain = false;
    for (let step = 0; step < 25; step++) {
      const what = nextBelow(random, 10);
      if (what < 6) {
        if (nextBelow(random, 5) === 0) {
          world.run('MULTI');
          world.run(...randomWrite(random).map((word) => (word === 'SELECT' ? 'PING' : word)));
          world.run('EXEC');
        } else world.run(...randomWrite(random));
      } else if (what < 8) {
        digests.set(world.now, world.digest());
        world.now += 1 + nextBelow(random, 4);
      } else if (what === 8 || !chain) {
        // A backup sees a second that is over.
        digests.set(world.now, world.digest());
        world.now += 1;
        world.dump('backup', '-f', FILE, ...(chain ? ['--incremental'] : []));
        if (!chain) for (const second of digests.keys()) lost.delete(second);
        chain = true;
        backedUpTo = world.now - 1;
        digests.set(world.now, world.digest());
        world.now += 1;
      } else {
        digests.set(world.now, world.digest());
        for (const second of digests.keys()) if (second > backedUpTo) lost.add(second);
        world.now += 1;
        world.rewrite();
        digests.set(world.now, world.digest());
      }
    }
    if (!chain) continue;
    const seconds = [...digests.keys()].filter((at) => at <= backedUpTo && !lost.has(at));
    const at = seconds[nextBelow(random, seconds.length)];
    if (at === undefined) continue;
    const run = world.dump(...TO, '--to', String(at));
    expect(run, `seed ${seed}, round ${round}, second ${at - START}`).toMatchObject({ exit: 0 });
    expect(world.restoredDigest(), `seed ${seed}, round ${round}, second ${at - START}`).toBe(
      digests.get(at),
    );
  }
}, 60_000);

describeWithRedis('the bundled program, with real servers', () => {
  test('backs up, gains, and restores what DEBUG DIGEST calls the same; a wrong password changes nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'aof-lab-dumper-'));
    const debug = ['--enable-debug-command', 'yes'];
    const source = await startRedis(
      ...['--dir', folder, '--appendonly', 'yes', '--aof-timestamp-enabled', 'yes'],
      ...['--requirepass', 'hunter2', ...debug],
    );
    const target = await startRedis(...debug);
    const digest = words('DEBUG', 'DIGEST');
    const run = (...given: string[]) =>
      spawnSync(process.execPath, [join(folder, 'redis-dumper.mjs'), ...given], {
        cwd: folder,
        encoding: 'utf8',
      });
    try {
      await bundleTool('redis-dumper', folder);
      await source.send([words('AUTH', 'hunter2'), ...asCommands(everyType)]);
      const from = ['-p', String(source.port), '-a', 'hunter2', '-f', 'backups/b.rdb'];
      const sealed = ['--compress', '--encrypt', '--password', 'kopi'];
      expect(run('backup', ...from, ...sealed)).toMatchObject({ status: 0, stderr: '' });
      await source.send([words('SELECT', '0'), words('APPEND', 'string', ' and more')]);
      const made = run('backup', '--incremental', ...from, ...sealed);
      expect(made).toMatchObject({ status: 0, stderr: '' });
      const [expected] = await source.send([digest]);
      await target.send([words('SET', 'here before', '1')]);
      const [before] = await target.send([digest]);
      const to = ['restore', '-p', String(target.port), '-f', 'backups/b.rdb'];
      const wrong = run(...to, '--password', 'teh');
      expect(wrong).toMatchObject({ status: 1, stderr: expect.stringContaining('wrong password') });
      expect(replyText((await target.send([digest]))[0])).toBe(replyText(before));
      const right = run(...to, '--password', 'kopi');
      expect(right).toMatchObject({ status: 0, stderr: '' });
      expect(replyText((await target.send([digest]))[0])).toBe(replyText(expected));
      const file = join(folder, 'backups/b.rdb');
      const bytes = readFileSync(file);
      bytes[bytes.length >> 1]! ^= 1;
      writeFileSync(file, bytes);
      expect(run('verify', '-f', 'backups/b.rdb', '--password', 'kopi').stderr).toContain(
        'damaged',
      );
    } finally {
      await source.stop();
      await target.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);

  test('backs up a server without a log by a snapshot of its own', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'aof-lab-dumper-'));
    const server = await startRedis('--dir', folder, '--enable-debug-command', 'yes');
    const run = (...given: string[]) =>
      spawnSync(process.execPath, [join(folder, 'redis-dumper.mjs'), ...given], {
        cwd: folder,
        encoding: 'utf8',
      });
    try {
      await bundleTool('redis-dumper', folder);
      await server.send(asCommands(everyType));
      const [expected] = await server.send([words('DEBUG', 'DIGEST')]);
      const at = ['-p', String(server.port), '-f', 'b'];
      expect(run('backup', ...at)).toMatchObject({ status: 0, stderr: '' });
      await server.send([words('FLUSHALL')]);
      expect(run('restore', ...at)).toMatchObject({ status: 0, stderr: '' });
      const [got] = await server.send([words('DEBUG', 'DIGEST')]);
      expect(replyText(got)).toBe(replyText(expected));
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);
});
