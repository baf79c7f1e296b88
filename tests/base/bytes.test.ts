import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ascii,
  byteStringOf,
  bytesOf,
  compareBytes,
  concatBytes,
  equalsIgnoreCase,
  lowerCase,
  upperCase,
  utf8Decode,
  utf8Encode,
  writeBytes,
} from '../../src/base/bytes.ts';

const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i);

describe('byte strings', () => {
  test('all 256 bytes survive the way into a string and back', () => {
    const text = byteStringOf(everyByte);
    expect(text.length).toBe(256);
    expect([...text].map((char) => char.charCodeAt(0))).toEqual([...everyByte]);
    expect(bytesOf(text)).toEqual(everyByte);
  });

  test('any part of any bytes is the same as by Buffer', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 100 }),
        fc.nat(110),
        fc.nat(110),
        (bytes, start, end) => {
          const expected = Buffer.from(bytes)
            .subarray(start, Math.max(start, end))
            .toString('latin1');
          expect(byteStringOf(bytes, start, end)).toBe(expected);
        },
      ),
    );
  });

  test('strings of every length around the pieces they are made of', () => {
    const bytes = Uint8Array.from({ length: 400 }, (_, i) => (i * 37) & 255);
    for (let length = 0; length <= 200; length++) {
      const expected = Buffer.from(bytes).toString('latin1', 5, 5 + length);
      expect(byteStringOf(bytes, 5, 5 + length)).toBe(expected);
    }
  });

  test('writeBytes writes at an offset, returns the end, and refuses to write past the room', () => {
    const into = new Uint8Array(6);
    expect(writeBytes(ascii('a\xffb'), into, 2)).toBe(5);
    expect([...into]).toEqual([0, 0, 97, 255, 98, 0]);
    expect(() => writeBytes(ascii('abc'), into, 4)).toThrow(RangeError);
  });

  test('a literal with a char above 255 is refused', () => {
    expect(() => ascii('€')).toThrow(RangeError);
  });

  test('order is that of memcmp', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6 }), fc.uint8Array({ maxLength: 6 }), (a, b) => {
        const order = compareBytes(byteStringOf(a), byteStringOf(b));
        expect(Math.sign(order)).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });

  test('concatBytes joins its parts', () => {
    expect(concatBytes(ascii('a'), ascii(''), ascii('\xff'))).toBe('a\xff');
  });

  test('case is changed for ASCII letters only', () => {
    const all = byteStringOf(everyByte);
    for (let i = 0; i < 256; i++) {
      const isUpper = i >= 65 && i <= 90;
      const isLower = i >= 97 && i <= 122;
      expect(lowerCase(all).charCodeAt(i)).toBe(isUpper ? i + 32 : i);
      expect(upperCase(all).charCodeAt(i)).toBe(isLower ? i - 32 : i);
    }
    expect(lowerCase(ascii('abc'))).toBe('abc');
  });

  test.each([
    ['SET', 'set', true],
    ['SET', 'sez', false],
    ['SET', 'sets', false],
    ['\xc4', '\xe4', false],
    ['@', '`', false],
    ['[', '{', false],
    ['', '', true],
  ])('%j equals %j but for case: %j', (a, b, expected) => {
    expect(equalsIgnoreCase(a, b)).toBe(expected);
  });
});

describe('UTF-8', () => {
  test('encodes as Buffer does, lone surrogates included', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 20 }),
        fc.array(fc.nat(0xffff), { maxLength: 8 }),
        (text, units) => {
          for (const sample of [text, text + String.fromCharCode(...units)]) {
            expect(utf8Encode(sample)).toBe(Buffer.from(sample, 'utf8').toString('latin1'));
          }
        },
      ),
    );
    expect(utf8Encode('a\ud800b')).toBe('a\xef\xbf\xbdb');
  });

  test('decodes any bytes as TextDecoder does', () => {
    const reference = new TextDecoder('utf-8', { ignoreBOM: true });
    const telling = fc.constantFrom(
      0x41,
      0x80,
      0xbf,
      0xc0,
      0xc2,
      0xdf,
      0xe0,
      0xa0,
      0xed,
      0x9f,
      0xef,
      0xf0,
      0x90,
      0xf4,
      0x8f,
      0xf5,
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(telling, fc.nat(255)), { maxLength: 12 }), (codes) => {
        const bytes = Uint8Array.from(codes);
        expect(utf8Decode(byteStringOf(bytes))).toBe(reference.decode(bytes));
      }),
      { numRuns: 3_000 },
    );
  });
});
