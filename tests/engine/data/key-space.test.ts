import { expect, test } from 'vitest';
import { ascii, type ByteString } from '../../../src/base/bytes.ts';
import { nextBelow, seedRandom } from '../../../src/base/random.ts';
import { scanKeys } from '../../../src/engine/data/key-space.ts';
import { releaseSnapshot, snapshotEntry, takeSnapshot } from '../../../src/engine/data/snapshot.ts';
import { cloneData } from '../../../src/base/clone.ts';
import { newEngineFixture } from '../../support/engine-fixture.ts';

const lines = [
  ...[
    'SET {k} 1',
    'SET {k} text EX 100',
    'INCR {k}',
    'APPEND {k} more',
    'SETRANGE {k} 300 x',
    'DEL {k}',
    'RPUSH {k} a b',
  ],
  ...[
    'LPOP {k}',
    'HSET {k} f v g w',
    'HDEL {k} f',
    'ZADD {k} 1 m 2 n',
    'ZREM {k} m',
    'EXPIRE {k} 50',
    'PERSIST {k}',
  ],
  ...[
    'RENAME {k} {k}',
    'COPY {k} {k} REPLACE',
    'MOVE {k} 1',
    'GETDEL {k}',
    'EXPIRE {k} -1',
    'FLUSHDB',
    'SWAPDB 0 1',
  ],
];

test.each([1, 2, 3, 4, 5])(
  'a snapshot keeps what there was, whatever is written meanwhile (seed %i)',
  (seed) => {
    const random = seedRandom(seed);
    const fixture = newEngineFixture();
    const step = (rare: boolean): void => {
      const template = lines[nextBelow(random, lines.length - (rare ? 0 : 2))]!;
      fixture.line(template.replace(/\{k\}/g, () => `k${nextBelow(random, 40)}`));
    };
    for (let i = 0; i < 400; i++) step(false);

    const { databases } = fixture.engine.state;
    const before = cloneData(databases);
    const snapshot = takeSnapshot(databases);
    for (let i = 0; i < 400; i++) step(true);

    expect(snapshot.databases.map(({ id }) => id)).toEqual(
      before.filter(({ space }) => space.entries.length > 0).map(({ id }) => id),
    );
    for (const database of snapshot.databases) {
      const { space } = before[database.id]!;
      expect(database.entries.map(({ key }) => key)).toEqual(space.entries.map(({ key }) => key));
      expect(database.expires).toBe(space.expiring.length);
      for (const [i, { value, expiry }] of space.entries.entries()) {
        const entry = snapshotEntry(database, i);
        expect(entry.value).toEqual(value);
        expect(entry.expireAt).toBe(expiry?.at);
      }
    }
    releaseSnapshot(snapshot);
    for (const { space } of databases) expect(space.preImages).toBeNull();
  },
);

test.each([1, 2, 3])(
  'a scan sees every key that is there all the time, whatever comes and goes (seed %i)',
  (seed) => {
    const random = seedRandom(seed);
    const fixture = newEngineFixture();
    for (let i = 0; i < 300; i++) fixture.line(`SET stays${i} 1`);
    for (let i = 0; i < 300; i++) fixture.line(`SET goes${i} 1`);
    const { space } = fixture.engine.state.databases[0]!;
    const seen = new Set<ByteString>();
    let cursor = 0;
    do {
      const found = scanKeys(space, cursor, 1 + nextBelow(random, 20));
      for (const key of found.keys) seen.add(key);
      cursor = found.cursor;
      for (let i = 0; i < 5; i++) {
        fixture.line(`DEL goes${nextBelow(random, 300)}`);
        if (nextBelow(random, 2) === 0) fixture.line(`SET new${nextBelow(random, 100)} 1`);
      }
    } while (cursor !== 0);
    for (let i = 0; i < 300; i++) expect(seen.has(ascii(`stays${i}`)), `stays${i}`).toBe(true);
  },
);

test('the active cycle deletes what has expired, and goes on where it stopped', () => {
  const fixture = newEngineFixture();
  for (let i = 0; i < 500; i++) fixture.line(`SET k${i} 1 PX ${i % 2 === 0 ? 10 : 100000}`);
  const later = fixture.now + 1_000_000;
  let deleted = 0;
  for (let turn = 0; turn < 100 && deleted < 250; turn++)
    deleted += fixture.engine.activeExpire(later, 100).length;
  expect(deleted).toBe(250);
  expect(fixture.engine.state.stats.expired).toBe(250);
  expect(fixture.line('DBSIZE')).toMatchObject({ value: 250 });
  expect(fixture.engine.activeExpire(later, 1000)).toEqual([]);
});
