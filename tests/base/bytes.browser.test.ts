import { expect, test } from 'vitest';
import { byteStringOf, bytesOf, lowerCase, upperCase } from '../../src/base/bytes.ts';
import { FINGERPRINT } from './fingerprint-value.ts';
import { fingerprint } from './fingerprint.ts';

test('all 256 bytes survive the way into a string and back in a real browser', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  const text = byteStringOf(bytes);
  for (let i = 0; i < 256; i++) expect(text.charCodeAt(i)).toBe(i);
  expect(bytesOf(text)).toEqual(bytes);
  expect(lowerCase(upperCase(text)).slice(128)).toBe(text.slice(128));
});

test('numbers, texts and chance are the same as in Node, to the last bit', () => {
  expect(fingerprint()).toBe(FINGERPRINT);
});
