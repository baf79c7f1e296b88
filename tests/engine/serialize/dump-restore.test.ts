import { describe, expect, test } from 'vitest';
import { ascii, bytesOf, byteStringOf, type ByteString } from '../../../src/base/bytes.ts';
import { nextBelow, seedRandom } from '../../../src/base/random.ts';
import { newEngineFixture, type EngineFixture } from '../../support/engine-fixture.ts';
import { configure } from '../../support/engine-port.ts';
import { describeWithRedis, replyText, startRedis, words } from '../../support/real-redis.ts';
import { fromHex, goldenFixture, hex, goldenRdbs } from './golden-values.ts';
import { digest, dump, encoding, K, payload, RESTORE } from './payloads.ts';

describe('beside the payloads of 7.2.4', () => {
  const dumped = goldenRdbs.filter(({ dump_hex }) => dump_hex !== null);

  test('all types that the engine has are among them', () => {
    const types = new Set(dumped.map(({ dump_hex }) => parseInt(dump_hex!.slice(0, 2), 16)));
    expect([...types].sort((a, b) => a - b)).toEqual(
      expect.arrayContaining([0, 2, 4, 5, 11, 16, 17, 18, 20]),
    );
  });

  test.each(dumped)('$name is dumped byte for byte', (golden) => {
    expect(hex(dump(goldenFixture(golden)))).toBe(golden.dump_hex);
  });

  test.each(dumped)('$name is restored with its value and its encoding', (golden) => {
    const made = goldenFixture(golden);
    made.line('PERSIST k');
    const restored = newEngineFixture(made.port);
    expect(restored.run([RESTORE, K, ascii('0'), fromHex(golden.dump_hex!)])).toEqual([
      { type: 'status', value: 'OK' },
    ]);
    expect(digest(restored)).toEqual(digest(made));
    expect(encoding(restored)).toBe(encoding(made));
    expect(hex(dump(restored))).toBe(golden.dump_hex);
  });

  test.each(dumped)(
    '$name, cut anywhere or with any bit flipped, is refused and changes nothing',
    ({ dump_hex }) => {
      const whole = bytesOf(fromHex(dump_hex!));
      const fixture = newEngineFixture();
      const restore = (bytes: Uint8Array): string =>
        replyText(fixture.run([RESTORE, K, ascii('0'), byteStringOf(bytes)])[0]);
      for (let end = 0; end < whole.length; end++) {
        expect(restore(whole.subarray(0, end))).toBe(
          'ERR DUMP payload version or checksum are wrong',
        );
      }
      for (let bit = 0; bit < whole.length * 8; bit++) {
        const flipped = whole.slice();
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        expect(restore(flipped)).toBe('ERR DUMP payload version or checksum are wrong');
      }
      expect(fixture.line('DBSIZE')).toEqual({ type: 'integer', value: 0 });
    },
  );

  test.each(dumped)(
    '$name, damaged below a right checksum, is refused or makes a value that can be used',
    ({ dump_hex }) => {
      const whole = bytesOf(fromHex(dump_hex!));
      const body = whole.subarray(0, whole.length - 10);
      const damaged: Uint8Array[] = [];
      for (let end = 0; end < body.length; end++) damaged.push(body.subarray(0, end));
      for (let bit = 0; bit < body.length * 8; bit++) {
        const flipped = body.slice();
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        damaged.push(flipped);
      }
      for (const bytes of damaged) {
        const fixture = newEngineFixture();
        const reply = replyText(fixture.run([RESTORE, K, ascii('0'), payload(bytes)])[0]);
        if (reply === 'ERR Bad data format') continue;
        expect(reply).toBe('OK');
        const again = newEngineFixture();
        again.run([RESTORE, K, ascii('0'), dump(fixture)]);
        expect(digest(again)).toEqual(digest(fixture));
      }
    },
  );
});

describe('values of every size', () => {
  const random = seedRandom('payloads');
  const text = (length: number): string =>
    Array.from({ length }, () => String.fromCharCode(nextBelow(random, 256))).join('');
  const lengths = [0, 1, 11, 12, 20, 21, 63, 64, 65, 4095, 4096, 16383, 16384, 70_000];
  const integers = [
    ...[
      '0',
      '-1',
      '127',
      '128',
      '-128',
      '-129',
      '4095',
      '4096',
      '-4096',
      '-4097',
      '32767',
      '32768',
      '-32769',
    ],
    ...[
      '8388607',
      '8388608',
      '-8388609',
      '2147483647',
      '2147483648',
      '-2147483649',
      '9007199254740993',
    ],
    ...['9223372036854775807', '-9223372036854775808', '00', '-0', '+1', '1.5'],
  ];
  const texts = [
    ...lengths.flatMap((length) => [text(length), 'ab'.repeat(length / 2)]),
    ...integers,
  ];
  const programs: string[][] = [
    ...texts.map((value) => ['SET', 'k', value]),
    ...texts.map((value) => ['RPUSH', 'k', value, 'x', value]),
    ...texts.map((value) => ['SADD', 'k', value]),
    ...texts.map((value) => ['HSET', 'k', value, value]),
    ...texts.map((value) => [
      'ZADD',
      'k',
      '1.25',
      value,
      '-inf',
      `${value}2`,
      '1e300',
      `${value}3`,
    ]),
    ['RPUSH', 'k', ...texts],
    ['SADD', 'k', ...texts],
    ['SADD', 'k', ...integers.slice(0, 19)],
    ['SADD', 'k', ...Array.from({ length: 600 }, (_, i) => String(i * 1000))],
    ['HSET', 'k', ...texts.flatMap((value) => [value, '1'])],
    ['ZADD', 'k', ...integers.slice(0, 19).flatMap((score) => [score, `m${score}`])],
    ['ZADD', 'k', ...Array.from({ length: 300 }, (_, i) => [String(i / 7), `m${i}`]).flat()],
  ];

  test.each(programs.map((program, i) => ({ program, i })))(
    '$i: what is dumped is what is restored',
    ({ program }) => {
      const made = newEngineFixture();
      made.run(program.map((word) => ascii(word)));
      const dumped = dump(made);
      const restored = newEngineFixture();
      restored.run([RESTORE, K, ascii('0'), dumped]);
      expect(digest(restored)).toEqual(digest(made));
      expect(encoding(restored)).toBe(encoding(made).replace('raw', encoding(restored)));
      expect(hex(dump(restored))).toBe(hex(dumped));
    },
  );
});

describe('RESTORE', () => {
  const value = goldenFixture(goldenRdbs.find(({ name }) => name === 'string raw')!);
  const good = dump(value);
  const restore = (fixture: EngineFixture, ...rest: string[]): string =>
    replyText(
      fixture.run([
        RESTORE,
        K,
        ascii(rest[0]!),
        good,
        ...rest.slice(1).map((word) => ascii(word)),
      ])[0],
    );
  const logged = (fixture: EngineFixture): string[] =>
    fixture.units.flatMap(({ commands }) =>
      commands.map(({ argv }) => argv.filter((word) => word !== good).join(' ')),
    );

  test('a relative time to live is logged as an instant', () => {
    const fixture = newEngineFixture();
    expect(restore(fixture, '5000', 'REPLACE')).toBe('OK');
    expect(fixture.line('PTTL k')).toEqual({ type: 'integer', value: 5000 });
    expect(logged(fixture)).toEqual([`RESTORE k ${fixture.now / 1000 + 5000} REPLACE ABSTTL`]);
  });

  test('0, and an instant, are logged as they were typed', () => {
    const fixture = newEngineFixture();
    expect(restore(fixture, '0')).toBe('OK');
    expect(restore(fixture, '4102444800000', 'absttl', 'replace')).toBe('OK');
    expect(logged(fixture)).toEqual(['RESTORE k 0', 'RESTORE k 4102444800000 absttl replace']);
  });

  test('what has expired already replaces a key by nothing', () => {
    const fixture = newEngineFixture();
    fixture.line('SET k old');
    expect(restore(fixture, '1', 'ABSTTL', 'REPLACE')).toBe('OK');
    expect(restore(fixture, '1', 'ABSTTL', 'REPLACE')).toBe('OK');
    expect(fixture.line('EXISTS k')).toEqual({ type: 'integer', value: 0 });
    expect(logged(fixture)).toEqual(['SET k old', 'DEL k']);
  });

  test('the idle time, or the frequency, comes with the key where the policy keeps it', () => {
    const lru = newEngineFixture();
    expect(restore(lru, '0', 'IDLETIME', '1000')).toBe('OK');
    expect(lru.line('OBJECT IDLETIME k')).toEqual({ type: 'integer', value: 1000 });
    const lfu = newEngineFixture();
    configure(lfu.port.config, 'maxmemory-policy', 'allkeys-lfu');
    expect(restore(lfu, '0', 'FREQ', '200')).toBe('OK');
    expect(lfu.line('OBJECT FREQ k')).toEqual({ type: 'integer', value: 200 });
  });

  test('a payload of a newer version is refused, one of an older is not', () => {
    const fixture = newEngineFixture();
    const body = bytesOf(good).subarray(0, good.length - 10);
    const reply = (version: number): string =>
      replyText(fixture.run([RESTORE, K, ascii('0'), payload(body, version), ascii('REPLACE')])[0]);
    expect(reply(12)).toBe('ERR DUMP payload version or checksum are wrong');
    expect(reply(11)).toBe('OK');
    expect(reply(6)).toBe('OK');
  });
});

describeWithRedis('beside the real server', () => {
  /** What the oldest real server at hand reads: everything but a set as a listpack. */
  const OLDER_VERSION = 10;
  const random = seedRandom('real payloads');
  const noise = (length: number): string =>
    Array.from({ length }, () => String.fromCharCode(97 + nextBelow(random, 26))).join('');
  const texts = [0, 5, 30, 64, 100, 5000, 70_000].flatMap((length) => [
    noise(length),
    'xy'.repeat(length),
  ]);
  const numbers = ['1', '-7', '300', '70000', '-3000000000', '9223372036854775807'];
  const programs: string[][] = [
    ...[...texts, ...numbers].map((value) => ['SET', 'k', value]),
    ...texts.map((value) => ['RPUSH', 'k', 'first', value, '12', value]),
    ['RPUSH', 'k', ...texts, ...numbers, ...texts],
    ['RPUSH', 'k', ...Array.from({ length: 5000 }, (_, i) => String(i * i))],
    ['SADD', 'k', ...numbers],
    ['SADD', 'k', ...numbers, ...texts],
    ['SADD', 'k', ...Array.from({ length: 600 }, (_, i) => String(i))],
    ['HSET', 'k', ...numbers],
    ['HSET', 'k', ...numbers, ...texts],
    [
      'ZADD',
      'k',
      '1',
      'a',
      '2.5',
      'b',
      '-inf',
      'c',
      '1e17',
      'd',
      '-0',
      'e',
      '0.1',
      'f',
      '1e-7',
      'g',
    ],
    ['ZADD', 'k', ...Array.from({ length: 200 }, (_, i) => [String(i / 3), `m${i}`]).flat()],
  ];

  test('each restores what the other dumps', async () => {
    const real = await startRedis('--enable-debug-command', 'yes');
    try {
      for (const program of programs) {
        const argv = words(...program);
        const [, , theirs, theirDigest] = await real.send([
          words('DEL', 'k'),
          argv,
          words('DUMP', 'k'),
          words('DEBUG', 'DIGEST-VALUE', 'k'),
        ]);
        const ours = newEngineFixture();
        ours.run([RESTORE, K, ascii('0'), replyText(theirs) as ByteString]);
        const label = program.join(' ').slice(0, 60);
        expect(digest(ours), label).toEqual(theirDigest);

        const made = newEngineFixture();
        made.run(argv);
        const body = bytesOf(dump(made)).slice(0, -10);
        if (body[0] === 20) continue;
        const replies = await real.send([
          words('DEL', 'k'),
          [RESTORE, K, ascii('0'), payload(body, OLDER_VERSION)],
          words('DEBUG', 'DIGEST-VALUE', 'k'),
        ]);
        expect(replies[1], label).toEqual({ type: 'status', value: 'OK' });
        expect(replies[2], label).toEqual(theirDigest);
      }
    } finally {
      await real.stop();
    }
  });
});
