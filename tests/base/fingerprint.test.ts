import { expect, test } from 'vitest';
import { FINGERPRINT } from './fingerprint-value.ts';
import { fingerprint } from './fingerprint.ts';

test('numbers, texts and chance are the same on every host, to the last bit', () => {
  expect(fingerprint()).toBe(FINGERPRINT);
});
