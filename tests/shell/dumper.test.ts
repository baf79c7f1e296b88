/** redis-dumper on the machine: what it backs up of one server comes back in another. */
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ShellLab } from './harness.ts';

function filled(): ShellLab {
  const lab = new ShellLab({ lanes: [{ config: { 'aof-timestamp-enabled': 'yes' } }] });
  lab.run('redis-cli SET user:1 Bos; redis-cli HSET product:1 name Kopi; sleep 2');
  lab.run('mkdir -p /srv/two; redis-server --port 6380 --dir /srv/two > /dev/null & sleep 0.3');
  return lab;
}

test('the documented line makes a backup, which another server takes', () => {
  const lab = filled();
  lab.run('redis-cli CONFIG SET requirepass kopi');
  const made = lab.run('redis-dumper backup -s 127.0.0.1 -p 6379 -a kopi -f /srv/backup.rdb');
  expect(made).toMatchObject({ stderr: '', exitCode: 0 });
  expect(made.stdout).toMatch(/^backup 1, full, 2026-01-15 12:00:\d\dZ: /);
  expect(lab.run('redis-dumper backup -s 127.0.0.1 -p 6379 -a wrong -f /srv/x').stderr).toContain(
    'AUTH failed: ',
  );
  expect(lab.run('redis-dumper verify -f /srv/backup.rdb').stdout).toBe(
    'backup 1: right, 2 keys\n',
  );
  expect(lab.run('redis-dumper restore -s 127.0.0.1 -p 6380 -f /srv/backup.rdb').exitCode).toBe(0);
  expect(
    lab.run('redis-cli -p 6380 GET user:1; redis-cli -p 6380 HGET product:1 name').stdout,
  ).toBe('Bos\nKopi\n');
});

test('compressed, encrypted and incremental ones come back, and a wrong password changes nothing', () => {
  const lab = filled();
  const how = '-f /srv/b --compress --encrypt --password kopi';
  expect(lab.run(`redis-dumper backup ${how}`)).toMatchObject({ stderr: '', exitCode: 0 });
  lab.run('redis-cli SET later 1; sleep 2');
  expect(lab.run(`redis-dumper backup --incremental ${how}`).stdout).toMatch(
    /^backup 2, incremental/,
  );
  expect(lab.run('grep -c Kopi /srv/b').stdout).toBe('0\n');
  const wrong = lab.run('redis-dumper restore -p 6380 -f /srv/b --password teh');
  expect(wrong.exitCode).toBe(1);
  expect(wrong.stderr).toContain('nothing was changed');
  expect(lab.run('redis-cli -p 6380 DBSIZE').stdout).toBe('0\n');
  expect(lab.run('redis-dumper restore -p 6380 -f /srv/b --password kopi').exitCode).toBe(0);
  expect(lab.run('redis-cli -p 6380 DBSIZE').stdout).toBe('3\n');
}, 90_000);

test('a schedule makes its backups in virtual time', () => {
  const lab = filled();
  expect(lab.run('redis-dumper schedule -f /srv/s --every 60 --count 3')).toMatchObject({
    exitCode: 0,
  });
  expect(lab.run('redis-dumper list -f /srv/s').stdout.split('\n').length).toBeGreaterThanOrEqual(
    4,
  );
  expect(lab.lab.now).toBeGreaterThan(120_000);
});

test('what it compresses, gzip reads', () => {
  const lab = filled();
  lab.run('redis-dumper backup -f /srv/plain; redis-dumper backup -f /srv/packed --compress');
  const packed = lab.lane.kernel.readFile('/srv/packed')!;
  const at = Buffer.from(packed).indexOf(Buffer.from([0x1f, 0x8b, 8]));
  expect(at).toBeGreaterThan(0);
  const opened: string[] = [];
  // Behind it stands the checksum of the part.
  for (let end = packed.length; end > packed.length - 100; end--) {
    try {
      opened.push(gunzipSync(packed.subarray(at, end)).toString('latin1'));
    } catch {
      continue;
    }
  }
  expect(opened).toHaveLength(1);
  expect(opened[0]).toContain('Kopi');
});
