import { describe, expect, test } from 'vitest';
import { ascii } from '../../src/base/bytes.ts';
import { crc64Bytes, newCrc64, updateCrc64 } from '../../src/base/crc64.ts';
import { datasetDigest } from '../../src/engine/data/digest.ts';
import { usedBefore, usedOften } from '../../src/engine/data/usage.ts';
import { libraryCodes } from '../../src/engine/scripting-state.ts';
import { newRdbReader, nextRdbItem, type RdbItem } from '../../src/persistence/rdb-reader.ts';
import { emptyRdb } from '../../src/persistence/rdb-writer.ts';
import { newEngineFixture } from '../support/engine-fixture.ts';
import { configure, testConfig } from '../support/engine-port.ts';
import { goldenFixture, goldenRdbs } from '../engine/serialize/golden-values.ts';
import { HEADER, LOADED_AT, loadRdb, saveRdb } from './rdb-files.ts';
import { entryOf } from '../../src/engine/data/key-space.ts';

/** A file of these bytes, in hexadecimal, behind the signature, with the right sum behind it. */
function file(body: string, version = '0011'): Uint8Array {
  const bytes = Buffer.concat([Buffer.from(`REDIS${version}`), Buffer.from(body, 'hex')]);
  const crc = newCrc64();
  updateCrc64(crc, bytes);
  return Buffer.concat([bytes, crc64Bytes(crc)]);
}

function auxiliary(bytes: Uint8Array): Map<string, string> {
  const reader = newRdbReader(bytes, testConfig());
  const found = new Map<string, string>();
  for (
    let item = nextRdbItem(reader);
    item.item === 'version' || item.item === 'aux';
    item = nextRdbItem(reader)
  ) {
    if (item.item === 'aux') found.set(item.name, item.value);
  }
  return found;
}

describe('beside the files of 7.2.4', () => {
  test.each(goldenRdbs)('$name: the whole file comes out byte for byte', (golden) => {
    const theirs = Buffer.from(golden.rdb_hex, 'hex');
    const { engine, port } = goldenFixture(golden);
    // The values were dumped before they were saved, which is an access.
    if (golden.dump_hex !== null) {
      const fixture = goldenFixture(golden);
      fixture.line('DUMP k');
      Object.assign(engine.state, fixture.engine.state);
    }
    const aux = auxiliary(theirs);
    const header = {
      ...HEADER,
      createdAt: Number(aux.get('ctime')),
      usedMemory: Number(aux.get('used-mem')),
    };
    const policy = golden.config['maxmemory-policy'] ?? '';
    const ours = saveRdb(engine.state, port.config, header, {
      checksum: golden.config['rdbchecksum'] !== 'no',
      usage: policy.endsWith('lru') ? 'idle' : policy.endsWith('lfu') ? 'frequency' : 'none',
    });
    expect(Buffer.from(ours).toString('hex')).toBe(golden.rdb_hex);
  });

  test.each(goldenRdbs)('$name: is loaded as the data set that it was', (golden) => {
    const { engine, port } = goldenFixture(golden);
    const loaded = loadRdb(Buffer.from(golden.rdb_hex, 'hex'), {}, port.config);
    expect(loaded.step).toEqual({ kind: 'done', end: golden.rdb_hex.length / 2 });
    expect(loaded.digest()).toBe(datasetDigest(engine.state.databases));
  });

  test.each(goldenRdbs)(
    '$name: cut anywhere, it is a short read, and nothing else',
    ({ rdb_hex }) => {
      const whole = Buffer.from(rdb_hex, 'hex');
      for (let end = 0; end < whole.length; end++) {
        const { step, lines } = loadRdb(whole.subarray(0, end));
        expect(step).toEqual({ kind: 'failed', exit: 'report' });
        expect(lines.slice(-2)).toEqual([
          'warning: Short read or OOM loading DB. Unrecoverable error, aborting now.',
          'warning: Internal error in RDB reading offset 0 -> Unexpected EOF reading RDB file',
        ]);
      }
    },
  );

  test.each(goldenRdbs)(
    '$name: any flipped bit is found out, but for those of the version',
    ({ rdb_hex, config }) => {
      const whole = Buffer.from(rdb_hex, 'hex');
      for (let bit = 0; bit < whole.length * 8; bit++) {
        const flipped = Buffer.from(whole);
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        const { step } = loadRdb(flipped);
        const ofVersion = bit >= 5 * 8 && bit < 9 * 8;
        if (!ofVersion && config['rdbchecksum'] !== 'no') expect(step.kind).toBe('failed');
      }
    },
  );

  test('a file without a checksum is loaded, and the log says so', () => {
    const golden = goldenRdbs.find(({ config }) => config['rdbchecksum'] === 'no')!;
    const { step, lines } = loadRdb(Buffer.from(golden.rdb_hex, 'hex'));
    expect(step.kind).toBe('done');
    expect(lines).toContain(
      'notice: RDB file was saved with checksum disabled: no check performed.',
    );
  });
});

describe('writing', () => {
  const filled = () => {
    const fixture = newEngineFixture();
    for (let i = 0; i < 300; i++) fixture.line(`SET k${i} ${i % 7 === 0 ? 'x'.repeat(i + 1) : i}`);
    fixture.line('RPUSH list a b c');
    fixture.line('PEXPIREAT k5 4102444800000');
    fixture.line('SELECT 9');
    fixture.line('HSET hash f v');
    fixture.line('ZADD zset 1.5 m');
    return fixture;
  };

  test('in steps of any size the same bytes come out', () => {
    const { engine } = filled();
    const whole = saveRdb(engine.state);
    for (const keys of [1, 2, 7, 300, 301])
      expect(saveRdb(engine.state, undefined, HEADER, {}, keys)).toEqual(whole);
  });

  test('what is written is what is read, in steps of any size', () => {
    const { engine } = filled();
    const bytes = saveRdb(engine.state);
    for (const budget of [1, 100, 1 << 21]) {
      const loaded = loadRdb(bytes, {}, undefined, budget);
      expect(loaded.digest()).toBe(datasetDigest(engine.state.databases));
      expect(loaded.load).toMatchObject({ loaded: 303, expired: 0 });
    }
  });

  test('libraries of functions are kept', () => {
    const code = ascii("#!lua name=lib\nredis.register_function('f', function() return 1 end)");
    const { engine, run } = newEngineFixture();
    run([ascii('FUNCTION'), ascii('LOAD'), code]);
    const loaded = loadRdb(saveRdb(engine.state));
    expect(libraryCodes(loaded.engine.scripting)).toEqual([code]);
  });

  test('an empty data set takes 88 bytes, as under 7.2.4', () => {
    const bytes = emptyRdb({ ...HEADER, aofBase: true });
    expect(bytes.length).toBe(88);
    expect(loadRdb(bytes).lines).toEqual([
      'notice: Loading RDB produced by version 7.2.4',
      'notice: RDB age 0 seconds',
      'notice: RDB memory usage when created 0.95 Mb',
      'notice: RDB is base AOF',
      'notice: Done loading RDB, keys loaded: 0, keys expired: 0.',
    ]);
  });

  test('idle times and frequencies come back under the policy that keeps them', () => {
    const fixture = newEngineFixture();
    fixture.line('SET k v');
    const { space } = fixture.engine.state.databases[0]!;
    const now = LOADED_AT / 1000;
    for (const [policy, usage, lru] of [
      ['allkeys-lru', 'idle', usedBefore(500, now)],
      ['allkeys-lfu', 'frequency', usedOften(77, now)],
    ] as const) {
      entryOf(space, ascii('k'))!.lru = lru;
      const config = testConfig();
      configure(config, 'maxmemory-policy', policy);
      const loaded = loadRdb(saveRdb(fixture.engine.state, config, HEADER, { usage }), {}, config);
      expect(entryOf(loaded.engine.databases[0]!.space, ascii('k'))!.lru).toBe(lru);
    }
  });
});

describe('loading', () => {
  const expiring = file(
    'fe00fb0202' +
      'fc0100000000000000' +
      '0003' +
      '6f6c64' +
      '0176' +
      'fc00d8c32cbb030000' +
      '0003' +
      '6e6577' +
      '0176' +
      'ff',
  );

  test('a snapshot loses what has expired, and counts it', () => {
    const loaded = loadRdb(expiring);
    expect(loaded.engine.databases[0]!.space.entries.map(({ key }) => key)).toEqual(['new']);
    expect(loaded.lines.at(-1)).toBe('notice: Done loading RDB, keys loaded: 1, keys expired: 1.');
  });

  test('the base of a log keeps what has expired: its deletion is logged when it comes', () => {
    const loaded = loadRdb(expiring, { kind: 'aof-base' });
    expect(loaded.engine.databases[0]!.space.entries.map(({ key }) => key)).toEqual(['old', 'new']);
  });

  test('times to live in seconds, of versions before 4, are read too', () => {
    const loaded = loadRdb(file('fe00' + 'fd80a5856b' + '0001' + '6b' + '0176' + 'ff', '0003'));
    expect(loaded.step.kind).toBe('done');
    expect(entryOf(loaded.engine.databases[0]!.space, ascii('k'))!.expiry!.at).toBe(
      0x6b85a580 * 1000,
    );
  });

  test.each([
    ['0012', "Can't handle RDB format version 12"],
    ['0000', "Can't handle RDB format version 0"],
    ['abcd', "Can't handle RDB format version 0"],
  ])('a file of version %s is refused', (version, line) => {
    expect(loadRdb(file('ff', version))).toMatchObject({
      step: { kind: 'failed' },
      lines: [`warning: ${line}`],
    });
  });

  test('what is no RDB file at all is refused', () => {
    const { lines } = loadRdb(Buffer.from('something else'));
    expect(lines).toEqual(['warning: Wrong signature trying to load DB from file']);
  });

  test('a wrong sum is told with the right one, without leading zeros', () => {
    const bytes = emptyRdb(HEADER);
    const sum = Buffer.from(bytes.subarray(-8)).reverse().toString('hex').replace(/^0+/, '');
    bytes[bytes.length - 1]! ^= 1;
    const got = Buffer.from(bytes.subarray(-8)).reverse().toString('hex').replace(/^0+/, '');
    expect(loadRdb(bytes).lines.slice(-2)).toEqual([
      `warning: Wrong RDB checksum expected: (${sum}) but got (${got}). Aborting now.`,
      'warning: Internal error in RDB reading offset 0 -> RDB CRC error',
    ]);
    expect(loadRdb(bytes, { checksum: 'ignore' }).step.kind).toBe('done');
  });

  test.each([
    ['an unknown type', '08' + '016b', 'Unknown RDB encoding type 8'],
    ['a stream of the future', '16' + '016b', 'Unknown RDB encoding type 22'],
    ['an unknown length', '00' + '82', 'Unknown length encoding 2 in rdbLoadLen()'],
    ['an unknown string', '00' + 'c4', 'Unknown RDB string encoding type 4'],
    ['functions from before their time', 'f6', 'Pre-release function format not supported.'],
    [
      'a module’s data without a time',
      'f7' + '81' + '79bd2a4b1c2d0c01' + '0500',
      'bad when_opcode',
    ],
    ['a member twice', '02' + '016b' + '02' + '0161' + '0161', 'Duplicate set members detected'],
    [
      'a score that is none',
      '05' + '016b' + '01' + '0161' + '000000000000f87f',
      'Zset with NAN score detected',
    ],
    [
      'a broken listpack',
      '10' + '016b' + '07' + '08000000' + '0000' + 'ff',
      'Hash listpack integrity check failed.',
    ],
    [
      'a compressed string that is none',
      '00' + '016b' + 'c3' + '02' + '40' + 'ffff',
      'Invalid LZF compressed string',
    ],
  ])('%s is named in the log', (_, body, reason) => {
    const { step, lines } = loadRdb(file(body));
    expect(step.kind).toBe('failed');
    expect(lines.at(-1)).toBe(`warning: Internal error in RDB reading offset 0 -> ${reason}`);
  });

  test('the base of a log that ends early is told like a snapshot that does', () => {
    const cut = loadRdb(emptyRdb(HEADER).subarray(0, 40), { kind: 'aof-base' });
    expect(cut.lines.at(-1)).toBe(
      'warning: Internal error in RDB reading offset 0 -> Unexpected EOF reading RDB file',
    );
  });

  test('a module’s data ends the server, without a report', () => {
    const { step, lines } = loadRdb(file('f7' + '81' + '79bd2a4b1c2d0c01' + '0201'));
    expect(step).toEqual({ kind: 'failed', exit: 'error' });
    expect(lines.at(-1)).toBe(
      "warning: The RDB file contains AUX module data I can't load: no matching module 'eb0qSxwtD'",
    );
  });

  test('a key twice is a panic, unless data sets are merged', () => {
    const twice = file('fe00' + '0001' + '6b' + '0161' + '0001' + '6b' + '0162' + 'ff');
    const refused = loadRdb(twice);
    expect(refused.step).toEqual({ kind: 'failed', exit: 'abort' });
    expect(refused.lines).toEqual(["warning: RDB has duplicated key 'k' in DB 0"]);
    const merged = loadRdb(twice, { duplicates: 'replace' });
    expect(entryOf(merged.engine.databases[0]!.space, ascii('k'))!.value).toBe('b');
  });

  test('a database beyond those that there are ends the server', () => {
    const { step, lines } = loadRdb(file('fe10' + 'ff'));
    expect(step).toEqual({ kind: 'failed', exit: 'error' });
    expect(lines).toEqual([
      'warning: FATAL: Data file was created with a Redis server configured to handle more than 16 databases. Exiting\n',
    ]);
  });

  test('empty collections are passed over', () => {
    const { step, lines, load } = loadRdb(
      file('fe00' + '02' + '0161' + '00' + '0001' + '6b' + '0176' + 'ff'),
    );
    expect(step.kind).toBe('done');
    expect(load).toMatchObject({ loaded: 1, empty: 1 });
    expect(lines.at(-1)).toBe(
      'notice: Done loading RDB, keys loaded: 1, keys expired: 0, empty keys skipped: 1.',
    );
  });

  test('fields of other servers are named when their names begin with %', () => {
    const { lines } = loadRdb(file('fa' + '0225' + '61' + '0162' + 'fa' + '0178' + '0179' + 'ff'));
    expect(lines).toEqual([
      "notice: RDB '%a': b",
      "debug: Unrecognized RDB AUX field: 'x'",
      'notice: Done loading RDB, keys loaded: 0, keys expired: 0.',
    ]);
  });
});

describe('lengths that lie', () => {
  const huge = '81' + '0fffffffffffffff';
  const large = '80' + 'ffffffff';
  test.each([
    ['a key', '00' + huge],
    ['a string', '00' + '016b' + large],
    ['a compressed string', '00' + '016b' + 'c3' + '05' + large + '0000000000'],
    [
      'a compressed string that would fill the memory',
      '00' + '016b' + 'c3' + '0a' + '81' + '0000000080000000' + '00'.repeat(10),
    ],
    ['a list', '01' + '016b' + large],
    ['a quicklist', '12' + '016b' + huge],
    ['a set', '02' + '016b' + huge],
    ['a hash', '04' + '016b' + large],
    ['a sorted set', '05' + '016b' + large],
    ['a hint of how many keys there are', 'fb' + large + large],
  ])('of %s: nothing is allocated by it', (_, body) => {
    const before = process.memoryUsage().arrayBuffers;
    expect(loadRdb(file(body)).step.kind).toBe('failed');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20);
  });

  test('reading goes on to the end whatever the bytes are', () => {
    const bytes = file('fe00' + '1201' + '6b' + '81'.repeat(60) + 'ff');
    const reader = newRdbReader(bytes, testConfig());
    const items: RdbItem[] = [];
    do items.push(nextRdbItem(reader));
    while (items.at(-1)!.item !== 'failed' && items.length < 100);
    expect(items.map(({ item }) => item)).toEqual(['version', 'select', 'failed']);
    expect(reader).toMatchObject({ doing: 'read-object-value', key: 'k', type: 0x12 });
  });
});
