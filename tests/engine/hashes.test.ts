import { expect, test } from 'vitest';
import { ascii } from '../../src/base/bytes.ts';
import type { Reply } from '../../src/resp/reply.ts';
import { differentialSuite } from '../support/differential-suite.ts';
import { newEngineFixture, type EngineFixture } from '../support/engine-fixture.ts';

const long = 'x'.repeat(65);
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

differentialSuite('hashes answer as the real server does', {
  HINCRBY: `
    HINCRBY h a 5
    HINCRBY h a -7
    HINCRBY h a 9223372036854775807
    HINCRBY h a 9223372036854775807
    HGET h a
    HINCRBY h b 9223372036854775807
    HINCRBY h b 1
    HINCRBY h b -9223372036854775808
    HINCRBY h c -9223372036854775808
    HINCRBY h c -1
    HINCRBY h a 1.5
    HINCRBY h a x
    HINCRBY h a 9223372036854775808
    HINCRBY h a ""
    HSET h text abc blank " 1" float 1.0 zeros 007 empty ""
    HINCRBY h text 1
    HINCRBY h blank 1
    HINCRBY h float 1
    HINCRBY h zeros 1
    HINCRBY h empty 1
    HINCRBY h text x
    SET s 1
    HINCRBY s a 1
    HINCRBY s a x
    HINCRBY h a
    HINCRBY h a 1 2
    HGETALL h
  `,
  HINCRBYFLOAT: `
    HINCRBYFLOAT h a 0.1
    HINCRBYFLOAT h a 0.2
    HINCRBYFLOAT h a 5e3
    HINCRBYFLOAT h a -5000.3
    HINCRBYFLOAT h a 1e20
    HINCRBYFLOAT h a -1e20
    HINCRBYFLOAT h b 10
    HINCRBYFLOAT h b x
    HINCRBYFLOAT h b nan
    HINCRBYFLOAT h b inf
    HINCRBYFLOAT h b -inf
    HINCRBYFLOAT new b inf
    EXISTS new
    HINCRBYFLOAT h b ""
    HINCRBYFLOAT h b " 1"
    HSET h text abc i inf empty "" big 1.1e4932
    HINCRBYFLOAT h text 1
    HINCRBYFLOAT h i 1
    HINCRBYFLOAT h empty 1
    HINCRBYFLOAT h big 1.1e4932
    HINCRBYFLOAT h int 3
    HINCRBY h int 1
    HINCRBYFLOAT h int 3.0
    HINCRBYFLOAT h c 1.23456789012345678901
    HINCRBYFLOAT h c 1e-20
    HINCRBYFLOAT h d 3.0e-5
    SET s 1
    HINCRBYFLOAT s a 1
    HINCRBYFLOAT s a x
    HGETALL h
  `,
  'HRANDFIELD, where chance has no say': `
    HRANDFIELD missing
    HRANDFIELD missing 1
    HRANDFIELD missing -1
    HRANDFIELD missing 1 WITHVALUES
    HRANDFIELD missing x
    HSET one f v
    HRANDFIELD one
    HRANDFIELD one 1
    HRANDFIELD one 5
    HRANDFIELD one -3
    HRANDFIELD one 0
    HRANDFIELD one 1 WITHVALUES
    HRANDFIELD one -2 withvalues
    HRANDFIELD one 0 WITHVALUES
    HSET h a 1 b 2 c 3
    HRANDFIELD h 3
    HRANDFIELD h 3 WITHVALUES
    HRANDFIELD h 100 WITHVALUES
    HRANDFIELD h 9223372036854775807
    HRANDFIELD h -9223372036854775808
    HRANDFIELD h 9223372036854775807 WITHVALUES
    HRANDFIELD h -9223372036854775807 WITHVALUES
    HRANDFIELD h 9223372036854775808
    HRANDFIELD h x
    HRANDFIELD h 1.5
    HRANDFIELD h 1 WITHSCORES
    HRANDFIELD h 1 WITHVALUES x
    HRANDFIELD h x WITHSCORES
    HRANDFIELD h WITHVALUES
    HRANDFIELD
    SET s 1
    HRANDFIELD s
    HRANDFIELD s 0
    HRANDFIELD s 1 x
    HRANDFIELD s x
    RPUSH l ${numbers(5).join(' ')}
    HRANDFIELD l 1 WITHVALUES
  `,
  'HSCAN of what is one piece': `
    HSCAN missing 0
    HSCAN missing x
    HSCAN missing 0 NONSENSE
    HSCAN missing 0 COUNT 0
    HSET h a 1 ab 2 b 3 c 4
    HSCAN h 0
    HSCAN h 5
    HSCAN h 0 COUNT 1
    HSCAN h 0 MATCH a*
    HSCAN h 0 MATCH *
    HSCAN h 0 MATCH z
    HSCAN h 0 MATCH a* COUNT 100
    HSCAN h 0 COUNT 0
    HSCAN h 0 COUNT -1
    HSCAN h 0 COUNT x
    HSCAN h 0 COUNT
    HSCAN h 0 MATCH
    HSCAN h 0 TYPE string
    HSCAN h 0 NOVALUES
    HSCAN h x
    HSCAN h -1
    HSCAN h 18446744073709551615
    HSCAN h 18446744073709551616
    HSCAN h ""
    HSCAN h
    SET s 1
    HSCAN s 0
    HSCAN s x
    HSCAN s 0 COUNT 0
  `,
  encodings: `
    CONFIG SET hash-max-listpack-entries 4
    CONFIG SET hash-max-listpack-value 5
    HSET h a 1 b 2 c 3 d 4
    OBJECT ENCODING h
    HINCRBY h e 1
    OBJECT ENCODING h
    HSET i a 12345
    OBJECT ENCODING i
    HSET i a 123456
    OBJECT ENCODING i
    HINCRBY j a 1
    HSETNX j 123456 1
    OBJECT ENCODING j
    HSET k a 12345
    HINCRBY k a 100000
    OBJECT ENCODING k
    HINCRBYFLOAT k2 a 1.23456
    OBJECT ENCODING k2
    HDEL h a b c d
    OBJECT ENCODING h
    HSET all 1 1 1 2 1 3 1 4 1 5
    HLEN all
    CONFIG SET hash-max-listpack-entries 512
    CONFIG SET hash-max-listpack-value 64
    HSET m ${long} 1
    OBJECT ENCODING m
  `,
  'fields keep their order while they are few': `
    HSET h c 1 a 2 b 3
    HKEYS h
    HSET h c 9
    HDEL h a
    HSET h a 4
    HVALS h
    HGETALL h
    HSCAN h 0
  `,
});

/** The texts of an array of bulk strings. */
function texts(reply: Reply | undefined): string[] {
  if (reply?.type !== 'array') throw new Error(`no array: ${JSON.stringify(reply)}`);
  return reply.value.map((item) => (item.type === 'bulk' ? item.value : ''));
}

function hashOf(size: number): EngineFixture {
  const fixture = newEngineFixture();
  fixture.run(
    ['HSET', 'h', ...numbers(size).flatMap((n) => [`f${n}`, `v${n}`])].map((word) => ascii(word)),
  );
  return fixture;
}

test('a scan of a large hash finds every field that stays, though others come and go', () => {
  const fixture = hashOf(1000);
  const found = new Set<string>();
  let cursor = '0';
  let round = 0;
  do {
    const reply = fixture.line(`HSCAN h ${cursor} COUNT 50`);
    if (reply.type !== 'array' || reply.value[0]?.type !== 'bulk') throw new Error('no cursor');
    cursor = reply.value[0].value;
    const items = texts(reply.value[1]);
    for (let i = 0; i < items.length; i += 2) {
      expect(items[i + 1]).toBe(items[i]!.replace('f', 'v'));
      found.add(items[i]!);
    }
    // Every tenth field is deleted at some time, and new ones are added.
    fixture.line(`HDEL h f${round * 10}`);
    fixture.line(`HSET h g${round} v${round}`.replace('g', 'fnew').replace(' v', ' vnew'));
    round++;
  } while (cursor !== '0');
  expect(round).toBeGreaterThan(10);
  for (const n of numbers(1000)) if (n % 10 !== 0) expect(found).toContain(`f${n}`);
});

test('HRANDFIELD picks as many as are asked for, of those that there are', () => {
  for (const size of [10, 1000]) {
    const fixture = hashOf(size);
    for (const count of [1, 3, Math.floor(size / 2), size - 1]) {
      const picked = texts(fixture.line(`HRANDFIELD h ${count}`));
      expect(new Set(picked).size).toBe(count);
      for (const field of picked) expect(field).toMatch(/^f\d+$/);
    }
    const repeated = texts(fixture.line('HRANDFIELD h -5000 WITHVALUES'));
    expect(repeated).toHaveLength(10_000);
    expect(repeated[1]).toBe(repeated[0]!.replace('f', 'v'));
    // By chance all of 10 fields come; none of them much more often than another.
    const counts = new Map<string, number>();
    for (let i = 0; i < repeated.length; i += 2)
      counts.set(repeated[i]!, (counts.get(repeated[i]!) ?? 0) + 1);
    expect(counts.size).toBeGreaterThan(size === 10 ? 9 : 900);
    expect(Math.max(...counts.values())).toBeLessThan((5000 / size) * 5);
  }
});

test('few picks of a listpack come in the order of the fields', () => {
  const fixture = hashOf(20);
  for (let i = 0; i < 20; i++) {
    const picked = texts(fixture.line('HRANDFIELD h 5')).map((field) => Number(field.slice(1)));
    expect(picked).toEqual([...picked].sort((a, b) => a - b));
  }
});

test('a reply is not made longer by a number that is merely claimed', () => {
  expect(hashOf(3).line('HRANDFIELD h -1000000000')).toEqual({
    type: 'error',
    value: 'ERR value is out of range',
  });
});

test('HINCRBYFLOAT goes to the log as the result', () => {
  const fixture = newEngineFixture();
  fixture.line('HINCRBYFLOAT h f 0.1');
  fixture.line('hincrby h g 1');
  expect(fixture.units.map(({ commands }) => commands.map(({ argv }) => argv.join(' ')))).toEqual([
    ['HSET h f 0.1'],
    ['hincrby h g 1'],
  ]);
});
