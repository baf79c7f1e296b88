import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ascii, byteStringOf } from '../../src/base/bytes.ts';
import { appendDecimal, newGrowableBytes, takenBytes } from '../../src/base/growable-bytes.ts';
import { encodeCommand, encodedCommandLength } from '../../src/resp/command-encoder.ts';

test('a command is an array of bulk strings', () => {
  const sink = newGrowableBytes(0);
  encodeCommand([ascii('SET'), ascii(''), ascii('\r\n\0\xff')], sink);
  expect(byteStringOf(takenBytes(sink))).toBe('*3\r\n$3\r\nSET\r\n$0\r\n\r\n$4\r\n\r\n\0\xff\r\n');
});

test('its length is known beforehand, and it is what Buffer would make', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 150 }), { maxLength: 12 }), (parts) => {
      const argv = parts.map((part) => byteStringOf(part));
      const sink = newGrowableBytes(0);
      encodeCommand(argv, sink);
      const expected = [
        `*${argv.length}\r\n`,
        ...argv.flatMap((word) => [`$${word.length}\r\n`, word, '\r\n']),
      ].join('');
      expect(Buffer.from(takenBytes(sink)).equals(Buffer.from(expected, 'latin1'))).toBe(true);
      expect(encodedCommandLength(argv)).toBe(sink.length);
    }),
  );
});

test('decimal digits of any length', () => {
  const numbers = [
    0,
    9,
    10,
    99,
    100,
    999_999_999,
    1_000_000_000,
    2_147_483_647,
    2_147_483_648,
    Number.MAX_SAFE_INTEGER,
  ];
  for (const n of numbers) {
    const sink = newGrowableBytes(0);
    appendDecimal(sink, n);
    expect(byteStringOf(takenBytes(sink))).toBe(String(n));
  }
});
