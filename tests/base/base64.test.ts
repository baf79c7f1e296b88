import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromBase64, toBase64 } from '../../src/base/base64.ts';

test('base64 is what Node writes, and reads back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(toBase64(bytes, 'padded')).toBe(Buffer.from(bytes).toString('base64'));
      expect(toBase64(bytes, 'url')).toBe(Buffer.from(bytes).toString('base64url'));
      expect(fromBase64(toBase64(bytes, 'padded'), 'padded')).toEqual(bytes);
      expect(fromBase64(toBase64(bytes, 'url'), 'url')).toEqual(bytes);
    }),
    { seed: 64 },
  );
});

test.each(['A', 'AB', 'AB=', 'AAA', 'AQ==AQ==', 'A===', 'AR==', 'A-==', 'ÀQ==', 'AQ\n='])(
  '%j is no base64',
  (text) => expect(fromBase64(text, 'padded')).toBeUndefined(),
);

test.each(['A', 'AR', 'AQ==', 'A+', 'AAB', 'AA A'])('%j is no base64 of an address', (text) =>
  expect(fromBase64(text, 'url')).toBeUndefined(),
);
