/** What a server in virtual time reads back from a snapshot: at its start, on DEBUG RELOAD, as a log's base (spec §6.2). */
import { describe, expect, test } from 'vitest';
import { bytesOf, type ByteString } from '../../src/base/bytes.ts';
import { boot, DUMP, fault, keysOf, newSaveLab, type SaveLab } from './save-lab.ts';

describe('DEBUG RELOAD', () => {
  test('writes a snapshot and reads it back', () => {
    const lab = newSaveLab();
    lab.text('MSET a 1 b 2');
    lab.text('DEBUG POPULATE 3000');
    const digest = lab.text('DEBUG DIGEST');
    expect(lab.text('DEBUG RELOAD')).toBe('OK');
    expect(lab.text('DEBUG DIGEST')).toBe(digest);
    expect(lab.log()).toContain('DB reloaded by DEBUG RELOAD');
  });

  test('NOSAVE takes the file as it is', () => {
    const lab = newSaveLab();
    lab.text('SET a 1');
    lab.text('SAVE');
    lab.text('SET b 2');
    expect(lab.text('DEBUG RELOAD NOSAVE')).toBe('OK');
    expect(lab.text('DBSIZE')).toBe('1');
  });

  test('NOSAVE NOFLUSH MERGE puts the file’s keys over those that there are', () => {
    const lab = newSaveLab();
    lab.text('SET a 1');
    lab.text('SAVE');
    lab.text('MSET a 2 b 2');
    expect(lab.text('DEBUG RELOAD NOSAVE NOFLUSH MERGE')).toBe('OK');
    expect(lab.text('GET a')).toBe('1');
    expect(lab.text('GET b')).toBe('2');
  });

  test('NOFLUSH without MERGE is a panic, as in real Redis', () => {
    const lab = newSaveLab();
    lab.text('SET a 1');
    expect(lab.text('DEBUG RELOAD NOFLUSH')).toBe('(closed)');
    expect(lab.log()).toContain("RDB has duplicated key 'a' in DB 0");
  });

  test('without a file there is an error, and no data', () => {
    const lab = newSaveLab();
    lab.text('SET a 1');
    expect(lab.text('DEBUG RELOAD NOSAVE')).toBe(
      'ERR Error trying to load the RDB dump, check server logs.',
    );
    expect(lab.text('DBSIZE')).toBe('0');
  });

  test('a save that fails changes nothing', () => {
    const lab = newSaveLab();
    lab.text('SET a 1');
    lab.lab.plan(fault('write-error', { value: 'EIO' }));
    expect(lab.text('DEBUG RELOAD')).toBe('ERR');
    expect(lab.text('GET a')).toBe('1');
  });
});

describe('a start', () => {
  const started = (bytes: string | undefined, config: Record<string, string> = {}): SaveLab => {
    const lab = newSaveLab(config);
    lab.text('SET a 1');
    lab.text('SAVE');
    lab.lab.crash('process-killed', 'lost', undefined);
    const { kernel } = lab.lab.lanes[0]!;
    if (bytes !== undefined) kernel.writeFile(DUMP, bytesOf(bytes as ByteString));
    boot(lab);
    return lab;
  };

  test.each([
    ['a newer version', 'REDIS0012', "Can't handle RDB format version 12"],
    ['another format', 'not a dump at all', 'Wrong signature trying to load DB from file'],
  ])('from %s ends with an error', (_, bytes, line) => {
    const lab = started(bytes);
    expect(lab.log()).toContain(line);
    expect(lab.log()).toMatch(/Fatal error loading the DB, check server logs\. Exiting\.$/);
    expect(lab.lab.lanes[0]!.state.status).toBe('failed');
  });

  test('from an empty file is a short read', () => {
    const lab = started('');
    expect(lab.log()).toContain('Short read or OOM loading DB. Unrecoverable error, aborting now.');
    expect(lab.lab.lanes[0]!.state.status).toBe('failed');
  });

  test('serves between the pieces of a long load, and says how far it is', () => {
    const lab = newSaveLab({
      'key-load-delay': '2000',
      'loading-process-events-interval-bytes': '1024',
    });
    lab.text('DEBUG POPULATE 2000 key 10');
    lab.text('SAVE');
    lab.lab.crash('process-killed', 'lost', undefined);
    lab.lab.boot(undefined);
    lab.pass(500);
    expect(lab.text('GET key:1')).toBe('LOADING Redis is loading the dataset in memory');
    expect(lab.field('loading')).toBe('1');
    const loaded = Number(lab.field('loading_loaded_bytes'));
    expect(loaded).toBeGreaterThan(0);
    expect(loaded).toBeLessThan(Number(lab.field('loading_total_bytes')));
    lab.until(() => lab.field('loading') === '0');
    expect(lab.text('DBSIZE')).toBe('2000');
  });

  test('with a log does not look at the snapshot, however full it is (the classic trap)', () => {
    const lab = newSaveLab({ save: '3600 1' });
    lab.text('SET a 1');
    lab.text('SHUTDOWN');
    const { kernel } = lab.lab.lanes[0]!;
    kernel.writeFile('/etc/redis/redis.conf', Buffer.from('appendonly yes\nsave 3600 1\n'));
    boot(lab);
    expect(lab.text('DBSIZE')).toBe('0');
    expect(keysOf(lab)).toEqual(['a']);
    lab.text('SHUTDOWN');
    // The next clean stop saves what there is: nothing.
    expect(keysOf(lab)).toEqual([]);
  });
});

describe('a rewrite', () => {
  test.each([
    ['yes', 'appendonly.aof.2.base.rdb'],
    ['no', 'appendonly.aof.2.base.aof'],
  ])('with aof-use-rdb-preamble %s makes %s, from which a start comes back', (preamble, name) => {
    const lab = newSaveLab({ appendonly: 'yes', 'aof-use-rdb-preamble': preamble });
    lab.text('SET a 1');
    lab.text('RPUSH l 1 2 3');
    lab.text('SET e v PXAT 4102444800000');
    lab.text('BGREWRITEAOF');
    lab.pass(1000);
    lab.text('SET after 1');
    const digest = lab.text('DEBUG DIGEST');
    expect(lab.files()).toContain(`/data/appendonlydir/${name}`);
    expect(lab.log()).toMatch(
      /:C .* \* Successfully created the temporary AOF base file temp-rewriteaof-bg-\d+\.aof$/m,
    );
    lab.lab.crash('power-lost', 'kept', undefined);
    boot(lab);
    expect(lab.text('DEBUG DIGEST')).toBe(digest);
    if (preamble === 'yes') expect(lab.log()).toContain('RDB is base AOF');
  });

  test('its base in RDB format may have commands behind it, and may not be damaged', () => {
    const lab = newSaveLab({ appendonly: 'yes' });
    lab.text('SET a 1');
    lab.text('BGREWRITEAOF');
    lab.pass(1000);
    lab.text('SHUTDOWN');
    const base = '/data/appendonlydir/appendonly.aof.2.base.rdb';
    const bytes = lab.file(base)!;
    const { kernel } = lab.lab.lanes[0]!;
    kernel.writeFile(
      base,
      bytesOf(`${bytes}*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n2\r\n` as ByteString),
    );
    boot(lab);
    expect(lab.text('GET b')).toBe('2');
    expect(lab.text('GET a')).toBe('1');
    lab.text('SHUTDOWN');
    kernel.writeFile(base, bytesOf(bytes.slice(0, -3) as ByteString));
    boot(lab);
    expect(lab.log()).toMatch(
      /-> Unexpected EOF reading RDB file\n\[offset 0\] Checking RDB file appendonly\.aof\.2\.base\.rdb$/,
    );
    const { status, failure } = lab.lab.lanes[0]!.state;
    expect(status).toBe('failed');
    expect(failure).toMatch(/Unexpected EOF reading RDB file$/);
    const newer = bytesOf(`REDIS0012${bytes.slice(9)}` as ByteString);
    kernel.writeFile(base, newer);
    boot(lab);
    expect(lab.log()).toMatch(
      /Can't handle RDB format version 12\n.*Error reading the RDB base file appendonly\.aof\.2\.base\.rdb, AOF loading aborted$/,
    );
  });
});
