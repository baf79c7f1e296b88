import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byteStringOf, utf8Encode } from '../../src/base/bytes.ts';
import { printableLine, printableLines } from '../../src/cli/printable.ts';

describe('text for a terminal', () => {
  test('spells control characters out and keeps lines apart', () => {
    expect(printableLines(utf8Encode('a\x1b[31mb\r\nc\x07\nd\x7f\x9b\re'))).toEqual([
      'a\\x1b[31mb',
      'c\\x07',
      'd\\x7f\\x9b\\x0de',
    ]);
  });

  test('decodes UTF-8 and marks what is none', () => {
    expect(printableLines(utf8Encode('kopi ☕'))).toEqual(['kopi ☕']);
    expect(printableLines(byteStringOf(Uint8Array.of(0x61, 0xff)))).toEqual(['a\ufffd']);
  });

  test('does not let text turn its direction', () => {
    expect(printableLine('a\u202eb\u2028')).toBe('a\\u202eb\\u2028');
  });

  test('expands tabs', () => {
    expect(printableLine('ab\tc')).toBe('ab      c');
  });

  const SEED = 27;
  test(`lets no control character through, whatever the bytes (seed ${SEED})`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        for (const line of printableLines(byteStringOf(bytes)))
          expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });
});
