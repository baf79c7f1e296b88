import { expect, test } from 'vitest';
import { nextBelow, seedRandom } from '../../src/base/random.ts';
import { looksLikeManifest } from '../../src/tools/manifest-detection.ts';
import { inMemory } from '../../src/tools/tool-files.ts';

/** fgets with a buffer of 1025 bytes, line by line. */
function byLines(text: string): boolean {
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf('\n', at);
    const end = Math.min(newline < 0 ? text.length : newline + 1, at + 1024);
    if (text.startsWith('file', at)) return true;
    at = end;
  }
  return false;
}

test('a line that begins with file is found wherever it stands, and no other', () => {
  const seed = 20_261_121;
  const random = seedRandom(seed);
  let found = 0;
  for (let round = 0; round < 4000; round++) {
    const pieces = Array.from({ length: 1 + nextBelow(random, 12) }, () => {
      const kind = nextBelow(random, 6);
      if (kind === 0) return 'file';
      if (kind === 1) return '\n';
      if (kind === 2)
        return 'x'.repeat(nextBelow(random, 5) === 0 ? 1020 + nextBelow(random, 8) : 1);
      return Array.from(
        { length: nextBelow(random, 6) },
        () => 'file\n'[nextBelow(random, 5)],
      ).join('');
    });
    const text = pieces.join('');
    const offset = nextBelow(random, 4);
    const bytes = new Uint8Array(text.length + offset).subarray(offset);
    bytes.set(Buffer.from(text, 'latin1'));
    const expected = byLines(text);
    const sizes = [undefined, 4 + nextBelow(random, 60)];
    for (const size of sizes)
      expect(
        looksLikeManifest(inMemory(bytes), size),
        `seed ${seed}, in pieces of ${size}: ${JSON.stringify(text)}`,
      ).toBe(expected);
    if (expected) found++;
  }
  expect(found).toBeGreaterThan(500);
  expect(found).toBeLessThan(3500);
});
