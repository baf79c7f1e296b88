import { expect, test } from 'vitest';
import { ascii, bytesOf, concatBytes, type ByteString } from '../../../src/base/bytes.ts';
import { nextBelow, seedRandom } from '../../../src/base/random.ts';
import {
  addKey,
  entryOf,
  newKeySpace,
  putValue,
  removeKey,
  setExpiry,
  type KeySpace,
} from '../../../src/engine/data/key-space.ts';
import { findKeys, newKeyBatch, noteHash } from '../../../src/engine/data/key-index.ts';

test.each([1, 2, 3, 4])('keys come and go as in a Map, and their places fit (seed %i)', (seed) => {
  const random = seedRandom(seed);
  const space = newKeySpace();
  const model = new Map<ByteString, number>();
  // Few keys that come and go often fill and empty every pair of the table; many make it grow.
  const names = [7, 40, 600, 6000][seed - 1]!;
  for (let i = 0; i < 20_000; i++) {
    const key = ascii(`k${nextBelow(random, names)}`.padEnd(nextBelow(random, 2) * 9, '\xff'));
    const dice = nextBelow(random, 10);
    if (dice < 5) {
      putValue(space, key, i, 0);
      model.set(key, i);
    } else if (dice < 9) expect(removeKey(space, key)).toBe(model.delete(key));
    else if (model.has(key)) setExpiry(space, key, i);
    expect(entryOf(space, key)?.value).toBe(model.get(key));
    if (i % 4000 === 0) expectSame(space, model);
  }
  expectSame(space, model);
});

test('words of a log are the strings under which they are kept, whatever their bytes and their length', () => {
  const space = newKeySpace();
  const every = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i)) as ByteString;
  const names = Array.from({ length: 257 }, (_, length) => ascii(every.slice(0, length)));
  const line = bytesOf(concatBytes(...names));
  const batch = newKeyBatch(names.length);
  let at = 0;
  names.forEach((name, i) => {
    batch.starts[i] = at;
    batch.ends[i] = at += name.length;
  });
  for (let kept = 0; kept <= names.length; kept += 64) {
    findKeys(space.index, space.entries, line, batch, names.length);
    expect(batch.keys).toEqual(names);
    names.forEach((name, i) => {
      noteHash(space.index, batch.keys[i]!, batch.hashes[i]!);
      expect(entryOf(space, batch.keys[i]!)?.value).toBe(i < kept ? i : undefined);
      expect(entryOf(space, ascii('another'))).toBeUndefined();
      expect(entryOf(space, name)?.value).toBe(i < kept ? i : undefined);
    });
    for (let i = kept; i < Math.min(kept + 64, names.length); i++) addKey(space, names[i]!, i, 0);
  }
});

test('names that count up are spread over the table', () => {
  for (const name of ['user:', '', 'a rather long name with its number behind ']) {
    const space = newKeySpace();
    for (let i = 0; i < 50_000; i++) addKey(space, ascii(`${name}${i}`), i, 0);
    const { table } = space.index;
    let longest = 0;
    for (let at = 1, run = 0; at < table.length; at += 2) {
      run = table[at] === 0 ? 0 : run + 1;
      longest = Math.max(longest, run);
    }
    // Of 50,000 in 131,072 pairs, a fair spread has rows of about 20.
    expect(longest).toBeLessThan(60);
  }
});

function expectSame(space: KeySpace, model: ReadonlyMap<ByteString, number>): void {
  expect(new Map(space.entries.map(({ key, value }) => [key, value]))).toEqual(model);
  space.entries.forEach((entry, i) => {
    expect(entry.slot).toBe(i);
    expect(entryOf(space, entry.key)).toBe(entry);
  });
  space.expiring.forEach((entry, i) => {
    expect(entry.expiry?.slot).toBe(i);
  });
  const pairs = space.index.table.filter((place, at) => at % 2 === 1 && place !== 0);
  expect(pairs).toHaveLength(space.entries.length);
}
