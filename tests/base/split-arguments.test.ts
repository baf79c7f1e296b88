import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ascii, byteStringOf } from '../../src/base/bytes.ts';
import { splitArguments } from '../../src/base/split-arguments.ts';

test.each<[string, string[] | undefined]>([
  ['', []],
  ['  \t\v\f ', []],
  ['set a b', ['set', 'a', 'b']],
  [' set\ta \r\n', ['set', 'a']],
  ['"a b" \'c d\'', ['a b', 'c d']],
  ['""', ['']],
  ["''", ['']],
  ['"\\x41\\xfF\\n\\r\\t\\b\\a\\"\\\\\\q"', ['A\xff\n\r\t\b\x07"\\q']],
  ['"\\xg1\\x4"', ['xg1x4']],
  ["'\\n\\'\\x41'", ["\\n'\\x41"]],
  ['a"b c"', ['ab c']],
  ["a'b c' d", ['ab c', 'd']],
  ['a\\n', ['a\\n']],
  ['a\vb c', ['a\vb', 'c']],
  ['"a"b', undefined],
  ["'a'b", undefined],
  ['"a"\vb', ['a', 'b']],
  ['"a', undefined],
  ["'a", undefined],
  ['"a\\', undefined],
  ['"a\\"', undefined],
  ["'a\\'", undefined],
  ['a\0b c', ['a']],
  ['"a\0"', undefined],
])('%j is split into %j', (line, expected) => {
  expect(splitArguments(ascii(line))).toEqual(expected);
});

test('what is quoted byte by byte comes back', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 5 }), { maxLength: 4 }), (words) => {
      const line = words
        .map(
          (word) =>
            `"${[...word].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}"`,
        )
        .join(' ');
      expect(splitArguments(ascii(line))).toEqual(words.map((word) => byteStringOf(word)));
    }),
  );
});

test('no line makes it throw or loop', () => {
  const telling = fc.constantFrom(0x20, 0x22, 0x27, 0x5c, 0x78, 0x41, 0x0a, 0x00);
  fc.assert(
    fc.property(fc.array(fc.oneof(telling, fc.nat(255)), { maxLength: 12 }), (codes) => {
      const words = splitArguments(byteStringOf(Uint8Array.from(codes)));
      expect(words === undefined || words.every((word) => typeof word === 'string')).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
