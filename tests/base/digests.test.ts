import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ascii, bytesOf } from '../../src/base/bytes.ts';
import { crc16, keySlot } from '../../src/base/crc16.ts';
import { crc64Bytes, crc64Hex, newCrc64, updateCrc64 } from '../../src/base/crc64.ts';
import { sha1, sha1Hex } from '../../src/base/sha1.ts';

const check = bytesOf(ascii('123456789'));

describe('SHA-1', () => {
  test('of any bytes is what OpenSSL says', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(sha1Hex(bytes)).toBe(createHash('sha1').update(bytes).digest('hex'));
        expect(Buffer.from(sha1(bytes)).toString('hex')).toBe(sha1Hex(bytes));
      }),
    );
  });

  test.each([0, 55, 56, 63, 64, 65, 119, 120, 1_000_000])(
    'of %i bytes, at the edges of a block',
    (length) => {
      const bytes = new Uint8Array(length).fill(0x61);
      expect(sha1Hex(bytes)).toBe(createHash('sha1').update(bytes).digest('hex'));
    },
  );
});

describe('CRC-64', () => {
  test('has the check value that Redis documents', () => {
    const state = newCrc64();
    updateCrc64(state, check);
    expect(crc64Hex(state)).toBe('e9c6d914c4b8d9ca');
    expect([...crc64Bytes(state)]).toEqual([0xca, 0xd9, 0xb8, 0xc4, 0x14, 0xd9, 0xc6, 0xe9]);
  });

  test('equals the bitwise definition, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(80), fc.nat(80), (bytes, i, j) => {
        const [first, second] = [
          Math.min(i, j, bytes.length),
          Math.min(Math.max(i, j), bytes.length),
        ];
        const state = newCrc64();
        updateCrc64(state, bytes, 0, first);
        updateCrc64(state, bytes, first, second);
        updateCrc64(state, bytes.subarray(second));
        expect(crc64Hex(state)).toBe(bitwiseCrc64(bytes));
      }),
    );
  });
});

function bitwiseCrc64(bytes: Uint8Array): string {
  const reflect = (x: bigint, bits: number): bigint =>
    BigInt(`0b${[...x.toString(2).padStart(bits, '0')].reverse().join('')}`);
  const polynomial = 0xad93_d235_94c9_35a9n;
  let crc = 0n;
  for (const byte of bytes) {
    crc ^= reflect(BigInt(byte), 8) << 56n;
    for (let bit = 0; bit < 8; bit++)
      crc = BigInt.asUintN(64, (crc << 1n) ^ ((crc >> 63n) * polynomial));
  }
  return reflect(crc, 64).toString(16).padStart(16, '0');
}

describe('CRC-16 and cluster slots', () => {
  test('has the check value of XMODEM', () => {
    expect(crc16(ascii('123456789'))).toBe(0x31c3);
  });

  test.each([
    ['{user1000}.following', 'user1000'],
    ['{user1000}.followers', 'user1000'],
    ['foo{}{bar}', 'foo{}{bar}'],
    ['foo{{bar}}zap', '{bar'],
    ['foo{bar}{zap}', 'bar'],
    ['foo{bar', 'foo{bar'],
    ['foo}bar{', 'foo}bar{'],
  ])('%s is hashed by %s', (key, hashed) => {
    expect(keySlot(ascii(key))).toBe(crc16(ascii(hashed)) % 16_384);
  });

  test('slots that the cluster tutorial prints', () => {
    expect(keySlot(ascii('foo'))).toBe(12_182);
    expect(keySlot(ascii('hello'))).toBe(866);
  });
});
