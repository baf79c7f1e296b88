import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { sha256Hex } from '../../src/base/sha256.ts';

test('SHA-256 is what OpenSSL computes, for messages of every length around the block borders', () => {
  for (let length = 0; length < 200; length++) {
    const message = new Uint8Array(randomBytes(length));
    const expected = createHash('sha256').update(message).digest('hex');
    expect(sha256Hex(message), Buffer.from(message).toString('hex')).toBe(expected);
  }
});
