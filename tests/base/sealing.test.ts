/** Keys and ciphers against Node's own. */
import { createCipheriv, pbkdf2Sync, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { openBytes, sealBytes } from '../../src/base/aes-gcm.ts';
import { keyOf, newKeyJob, stepKeyJob } from '../../src/base/pbkdf2.ts';

test.each([0, 1, 15, 16, 17, 31, 32, 33, 1000])('AES-256-GCM of %i bytes is Node’s', (length) => {
  const key = randomBytes(32);
  const nonce = randomBytes(12);
  const beside = randomBytes(length % 40);
  const text = randomBytes(length);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(beside);
  const expected = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  const sealed = sealBytes({ key, nonce, beside }, text);
  expect(Buffer.from(sealed).toString('hex')).toBe(expected.toString('hex'));
  expect(openBytes({ key, nonce, beside }, sealed)).toEqual(new Uint8Array(text));
  for (const at of [0, sealed.length >> 1, sealed.length - 1]) {
    const changed = sealed.slice();
    changed[at] = changed[at]! ^ 1;
    expect(openBytes({ key, nonce, beside }, changed)).toBeUndefined();
  }
  expect(openBytes({ key, nonce, beside: randomBytes(3) }, sealed)).toBeUndefined();
});

test.each([
  [1, 8, 16],
  [2, 0, 0],
  [1000, 64, 7],
  [777, 65, 100],
])(
  'PBKDF2 of %i rounds, a password of %i and a salt of %i bytes is Node’s',
  (rounds, long, salty) => {
    const password = randomBytes(long);
    const salt = randomBytes(salty);
    const job = newKeyJob(password, salt, rounds);
    while (!stepKeyJob(job, 100));
    expect(Buffer.from(keyOf(job)).toString('hex')).toBe(
      pbkdf2Sync(password, salt, rounds, 32, 'sha256').toString('hex'),
    );
  },
);
