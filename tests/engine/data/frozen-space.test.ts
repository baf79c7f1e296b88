import { expect, test } from 'vitest';
import { cloneData } from '../../../src/base/clone.ts';
import { nextBelow, seedRandom } from '../../../src/base/random.ts';
import { freezeSpace, thawSpace, type FrozenSpace } from '../../../src/engine/data/frozen-space.ts';
import { entryOf, type Database } from '../../../src/engine/data/key-space.ts';
import type { Entry } from '../../../src/engine/data/value.ts';
import { newEngineFixture } from '../../support/engine-fixture.ts';

/** They leave values that never change in place, so that copies and key spaces may share the entries. */
const plain = [
  ...['SET {k} 1', 'SET {k} text EX 100', 'SET {k} 12345678901234567890', 'GET {k}', 'GET {k}'],
  ...['GETEX {k} EX 7', 'GETEX {k} PERSIST', 'TOUCH {k}', 'INCR {k}', 'SET {k} x KEEPTTL'],
  ...['EXPIRE {k} 50', 'PERSIST {k}', 'DEL {k}', 'GETDEL {k}', 'RENAME {k} {k}'],
  ...['COPY {k} {k} REPLACE', 'MOVE {k} 1', 'EXPIRE {k} -1'],
];
const all = [
  ...plain,
  ...['APPEND {k} more', 'SETRANGE {k} 9 x', 'RPUSH {k} a b', 'LPOP {k}', 'HSET {k} f v'],
  ...['ZADD {k} 1 m', 'DBSIZE'],
];

function heldBy({ space }: Database): { entries: readonly Entry[]; expiring: readonly Entry[] } {
  const { entries, expiring } = space;
  for (const [slot, entry] of entries.entries()) {
    expect(entryOf(space, entry.key)).toBe(entry);
    expect(entry.slot).toBe(slot);
  }
  for (const [slot, entry] of expiring.entries()) {
    expect(entry.expiry?.slot).toBe(slot);
    expect(entries[entry.slot]).toBe(entry);
  }
  return { entries, expiring };
}

test.each([
  [1, 'plain', plain],
  [2, 'plain', plain],
  [3, 'all', all],
] as const)(
  'a key space made of a copy goes on as the one that was copied, and changes no copy (seed %i, %s)',
  (seed, _, lines) => {
    const random = seedRandom(seed);
    const [straight, copied] = [newEngineFixture(), newEngineFixture()];
    const kept: { readonly frozen: FrozenSpace; readonly was: FrozenSpace }[] = [];
    const known: (FrozenSpace | undefined)[] = [];
    let shared = 0;
    for (let round = 0; round < 12; round++) {
      for (let i = 0; i < 150; i++) {
        const template = lines[nextBelow(random, lines.length)]!;
        const line = template.replace(/\{k\}/g, () => `k${nextBelow(random, 130)}`);
        straight.now = copied.now += nextBelow(random, 3) * 1_000_000;
        expect(copied.line(line), line).toEqual(straight.line(line));
      }
      for (const [id, database] of copied.engine.state.databases.entries()) {
        if (database.space.entries.length === 0 && known[id] === undefined) continue;
        const frozen = freezeSpace(database.space, known[id]);
        database.space.touched = new Uint8Array(frozen.groups.length + 1);
        kept.push({ frozen, was: cloneData(frozen) });
        known[id] = frozen;
        if (frozen.groups.some(({ isPlain }) => isPlain)) shared++;
        // Sometimes the one that was copied goes on itself.
        if (nextBelow(random, 3) > 0) database.space = thawSpace(frozen);
        expect(heldBy(database)).toEqual(heldBy(straight.engine.state.databases[id]!));
      }
    }
    // In the mixture hardly any group is without a value that changes in place.
    if (lines === plain) expect(shared).toBeGreaterThan(12);
    for (const { frozen, was } of kept) expect(frozen).toEqual(was);
  },
);
