import fc from 'fast-check';
import { crc32 as zlibCrc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';

import { crc32 } from '../../src/base/crc32.ts';
import { encodeFrames, encodeLog, isPrefix, parseLog } from '../../src/storage/log-frames.ts';

const record = fc.uint8Array({ maxLength: 40 });
const records = fc.array(record, { maxLength: 12 });

describe('crc32', () => {
  test('agrees with zlib for any bytes, whole and continued', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, cut) => {
        const at = Math.min(cut, bytes.length);
        expect(crc32(bytes)).toBe(zlibCrc32(bytes));
        expect(crc32(bytes, at, bytes.length, crc32(bytes, 0, at))).toBe(zlibCrc32(bytes));
      }),
    );
  });

  test('gives the check value of the standard', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });
});

describe('a log', () => {
  test('is read as it was written, in however many steps', () => {
    fc.assert(
      fc.property(
        records,
        records,
        fc.integer({ min: 1, max: 2 ** 50 }),
        (first, later, generation) => {
          const { bytes, chain } = logOf(first, later, generation);
          const parsed = parseLog(bytes);
          expect(parsed.header).toEqual({ generation, initial: first.length });
          expect(parsed.records).toEqual([...first, ...later]);
          expect(parsed).toMatchObject({ end: bytes.length, chain, damage: null, newer: false });
        },
      ),
    );
  });

  test('cut at any byte, it gives every record before the cut', () => {
    fc.assert(
      fc.property(records, (all) => {
        const { bytes } = encodeLog(1, all);
        const ends = frameEnds(all);
        for (let cut = 0; cut <= bytes.length; cut++) {
          const parsed = parseLog(bytes.subarray(0, cut));
          const whole = ends.filter((end) => end <= cut).length;
          expect(parsed.records).toEqual(all.slice(0, Math.max(0, whole - 1)));
          expect(parsed.damage).toBe(cut === 0 || ends.includes(cut) ? null : 'cut');
        }
      }),
      { numRuns: 30 },
    );
  });

  test('with any one bit flipped, it gives every record before the flip and none after it', () => {
    fc.assert(
      fc.property(records, (all) => {
        const { bytes } = encodeLog(3, all);
        const ends = frameEnds(all);
        for (let bit = 0; bit < bytes.length * 8; bit++) {
          const flipped = bytes.slice();
          flipped[bit >> 3]! ^= 1 << (bit & 7);
          const parsed = parseLog(flipped);
          const whole = ends.filter((end) => end <= bit >> 3).length;
          expect(parsed.records).toEqual(all.slice(0, Math.max(0, whole - 1)));
          expect(parsed.damage).not.toBe(null);
        }
      }),
      { numRuns: 10 },
    );
  });

  test('a frame that is missing, doubled or of another log ends it', () => {
    const all = [1, 2, 3, 4].map((n) => Uint8Array.of(n, n, n));
    const { bytes } = encodeLog(1, all);
    const ends = frameEnds(all);
    const without = joined(bytes.subarray(0, ends[1]), bytes.subarray(ends[2]));
    const doubled = joined(bytes.subarray(0, ends[2]), bytes.subarray(ends[1]));
    const other = encodeLog(2, all).bytes;
    const mixed = joined(bytes.subarray(0, ends[2]), other.subarray(ends[2]));
    expect(parseLog(without).records).toEqual(all.slice(0, 1));
    expect(parseLog(doubled).records).toEqual(all.slice(0, 2));
    expect(parseLog(mixed).records).toEqual(all.slice(0, 2));
  });

  test('bytes that are no log, zeros too, give nothing', () => {
    for (const bytes of [new Uint8Array(4096), new Uint8Array(4096).fill(255), Uint8Array.of(1)]) {
      expect(parseLog(bytes)).toMatchObject({ header: null, records: [], end: 0 });
      expect(parseLog(bytes).damage).not.toBe(null);
    }
  });

  test('of a later format is recognised and not read', () => {
    const header = encodeLog(1, []).bytes.slice(8);
    header[6] = 2;
    const { bytes } = encodeFrames([header, Uint8Array.of(1)], 0);
    expect(parseLog(bytes)).toMatchObject({ newer: true, header: null, records: [] });
  });

  test('is a prefix of another exactly if all its records begin it', () => {
    fc.assert(
      fc.property(records, records, fc.boolean(), (first, later, sameStart) => {
        const whole = logOf(first, later, 1).bytes;
        const part = encodeLog(sameStart ? 1 : 2, first).bytes;
        expect(isPrefix(parseLog(part), parseLog(whole), whole)).toBe(sameStart);
        expect(isPrefix(parseLog(whole), parseLog(part), part)).toBe(
          sameStart && later.length === 0,
        );
      }),
    );
  });
});

function logOf(first: Uint8Array[], later: Uint8Array[], generation: number) {
  const begun = encodeLog(generation, first);
  const { bytes, chain } = encodeFrames(later, begun.chain);
  return { bytes: joined(begun.bytes, bytes), chain };
}

/** Offsets after each frame, the header's first: laid out here once more, by the description alone. */
function frameEnds(all: readonly Uint8Array[]): number[] {
  const headerEnd = 8 + 20;
  let end = headerEnd;
  return [headerEnd, ...all.map(({ length }) => (end += 8 + length))];
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
