import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ByteString, ascii, byteStringOf, bytesOf } from '../../src/base/bytes.ts';
import { lzfCompress, lzfDecompress } from '../../src/base/lzf.ts';
import { type RandomState, nextBelow, seedRandom } from '../../src/base/random.ts';
import { type RealRedis, describeWithRedis, replyText, startRedis } from '../support/real-redis.ts';

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');

describe('LZF', () => {
  test('forty times a becomes what the real server writes', () => {
    const input = new Uint8Array(40).fill(0x61);
    expect(hex(lzfCompress(input, 36))).toBe('016161e01b00016161');
  });

  test('what is compressed comes back', () => {
    const repetitive = fc.array(fc.oneof(fc.constantFrom(1, 2, 3), fc.nat(255)), {
      maxLength: 3_000,
    });
    fc.assert(
      fc.property(repetitive, (codes) => {
        const input = Uint8Array.from(codes);
        const compressed = lzfCompress(input, input.length + input.length / 16 + 8);
        if (input.length === 0) expect(compressed).toBeUndefined();
        else expect(lzfDecompress(compressed!, input.length)).toEqual(input);
      }),
    );
  });

  test('it never takes more room than it may', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 200 }), fc.nat(120), (codes, room) => {
        const compressed = lzfCompress(Uint8Array.from(codes), room);
        expect(compressed?.length ?? 0).toBeLessThanOrEqual(room);
      }),
    );
  });

  test('corrupt input is refused, never believed', () => {
    const compressed = bytesOf(ascii('\x01aa\xe0\x1b\x00\x01aa'));
    expect(lzfDecompress(compressed, 40)).toEqual(new Uint8Array(40).fill(0x61));
    for (const wrong of [0, 39, 41, 2 ** 32])
      expect(lzfDecompress(compressed, wrong)).toBeUndefined();
    for (let cut = 1; cut < compressed.length; cut++) {
      expect(lzfDecompress(compressed.subarray(0, cut), 40)).toBeUndefined();
    }
    expect(lzfDecompress(bytesOf(ascii('\x20\x00')), 3)).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), fc.nat(600), (bytes, length) => {
        const output = lzfDecompress(bytes, length);
        expect(output === undefined || output.length === length).toBe(true);
      }),
    );
  });
});

/** Texts with repetitions at many distances, as compressors meet them. */
function compressible(random: RandomState): ByteString {
  const length = 21 + nextBelow(random, nextBelow(random, 8) === 0 ? 30_000 : 600);
  const alphabet = 2 + nextBelow(random, nextBelow(random, 3) === 0 ? 254 : 6);
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    if (at > 4 && nextBelow(random, 3) === 0) {
      const from = nextBelow(random, at);
      for (let left = 1 + nextBelow(random, 400); left > 0 && at < length; left--, at++) {
        bytes[at] = bytes[from + (at % Math.max(1, at - from))]!;
      }
    } else bytes[at++] = nextBelow(random, alphabet);
  }
  return byteStringOf(bytes);
}

describeWithRedis('LZF and the real server', () => {
  let redis: RealRedis;
  beforeAll(async () => {
    redis = await startRedis('--rdbcompression', 'yes');
  });
  afterAll(() => redis.stop());

  test('compress the same strings to the same bytes', async () => {
    const random = seedRandom('lzf');
    const inputs = Array.from({ length: 600 }, () => compressible(random));
    await redis.send(inputs.map((input, i) => [ascii('SET'), ascii(`k${i}`), input]));
    const dumps = await redis.send(inputs.map((_, i) => [ascii('DUMP'), ascii(`k${i}`)]));
    let compressedCount = 0;
    inputs.forEach((input, i) => {
      const dump = bytesOf(ascii(replyText(dumps[i])));
      // Type 0, then c3, two lengths and the compressed bytes, then version and checksum.
      const body = dump.subarray(1, dump.length - 10);
      const compressed = lzfCompress(bytesOf(input), input.length - 4);
      if (body[0] !== 0xc3) {
        expect(compressed).toBeUndefined();
        return;
      }
      compressedCount++;
      expect(hex(body).endsWith(hex(compressed))).toBe(true);
      expect(compressed!.length).toBeGreaterThan(0);
      const lengths = body.length - 1 - compressed!.length;
      expect(lengths).toBe(lengthOfLength(compressed!.length) + lengthOfLength(input.length));
    });
    expect(compressedCount).toBeGreaterThan(300);
  });
});

function lengthOfLength(n: number): number {
  return n < 64 ? 1 : n < 16_384 ? 2 : 5;
}
