import { describe, expect, test } from 'vitest';
import { newEngineFixture } from '../support/engine-fixture.ts';
import { differentialSuite } from '../support/differential-suite.ts';
import { randomSuite } from '../support/random-suite.ts';
import { long, numbers, words } from './members.ts';

differentialSuite('sets answer as the real server does', {
  'members come and go': `
    SADD s a b c a
    SADD s a
    SADD s d ""
    SADD s
    SCARD s
    SMEMBERS s
    SISMEMBER s a
    SISMEMBER s ""
    SISMEMBER s z
    SISMEMBER s
    SMISMEMBER s a z b
    SMISMEMBER s
    SREM s z
    SREM s a z b
    SREM s
    SMEMBERS s
    SREM s c d "" more
    EXISTS s
    SCARD missing
    SMEMBERS missing
    SISMEMBER missing a
    SMISMEMBER missing a b
    SREM missing a
    SSCAN missing 0
    SPOP missing
    SPOP missing 3
    SRANDMEMBER missing
    SRANDMEMBER missing 3
    SADD e 1
    EXPIRE e 1000
    SADD e 2
    ~ TTL e
  `,
  'any other type is refused': `
    SET str 1
    SADD s a
    SADD str a
    SREM str a
    SISMEMBER str a
    SMISMEMBER str a
    SCARD str
    SMEMBERS str
    SPOP str
    SPOP str 2
    SPOP str x
    SPOP str -1
    SRANDMEMBER str
    SRANDMEMBER str 2
    SRANDMEMBER str x
    SMOVE str s a
    SMOVE s str a
    SMOVE missing str a
    SMOVE str missing a
    SINTER s str
    SINTER missing str
    SINTERCARD 2 missing str
    SUNION s str
    SDIFF s str
    SINTERSTORE d s str
    SINTERSTORE d missing str
    SUNIONSTORE d str
    SDIFFSTORE d missing str
    SSCAN str 0
    SSCAN str x
    SSCAN s x
    SINTERSTORE str s s
    TYPE str
    SET str 1
    SINTERSTORE str s missing
    EXISTS str
  `,
  'integers are kept in order': `
    SADD i 5 -3 10 0 -20 9223372036854775807 -9223372036854775808 100
    SMEMBERS i
    OBJECT ENCODING i
    SADD i 5 +5 05
    OBJECT ENCODING i
    SADD j 3 1 2
    SREM j 2 x 02
    SMEMBERS j
    SISMEMBER j 3
    SISMEMBER j 03
    SISMEMBER j x
    SSCAN j 0
    OBJECT ENCODING j
    SADD j a
    OBJECT ENCODING j
    SMEMBERS j
    SADD k 1
    SREM k 1
    SADD k a
    OBJECT ENCODING k
  `,
  'the encoding follows the limits': `
    SADD i ${numbers(0, 512)}
    OBJECT ENCODING i
    SADD i 512
    OBJECT ENCODING i
    SREM i ${numbers(2, 513)}
    OBJECT ENCODING i
    SCARD i
    CONFIG SET set-max-intset-entries 4
    SADD few 1 2 3 4
    OBJECT ENCODING few
    SADD few 5
    OBJECT ENCODING few
    SADD again 1 2 3 4
    SADD again 1
    OBJECT ENCODING again
    CONFIG SET set-max-intset-entries 512
  `,
  'a member moves': `
    SADD a 1 2 x
    SADD b 2
    SMOVE a b 1
    SMOVE a b 2
    SMOVE a b missing
    SMOVE a a x
    SMOVE a a nope
    SMOVE a c x
    EXISTS a
    SMOVE nope c x
    SMEMBERS b
    SMEMBERS c
    SMOVE a b
    EXPIRE c 1000
    SMOVE c d x
    EXISTS c
    ~ TTL d
  `,
  'taking all, or none, at random': `
    SADD s a b c
    SRANDMEMBER s 3
    SRANDMEMBER s 10
    SRANDMEMBER s 0
    SADD one m
    SRANDMEMBER one
    SRANDMEMBER one 1
    SRANDMEMBER one -3
    SRANDMEMBER one 5
    SRANDMEMBER s x
    SRANDMEMBER s 1 2
    SRANDMEMBER s -9223372036854775808
    SRANDMEMBER s 9223372036854775807
    SRANDMEMBER s 9223372036854775808
    SRANDMEMBER missing -9223372036854775808
    SPOP s 0
    SPOP s -1
    SPOP s x
    SPOP s 1 2
    SPOP s 9223372036854775808
    SPOP s 3
    EXISTS s
    SPOP one
    EXISTS one
    SADD two 1 2
    SPOP two 9223372036854775807
    EXISTS two
    SADD big ${words(0, 200)}
    SPOP big 200
    SADD w 1 2
    WATCH w
    2> SPOP w 5
    MULTI
    SET x 1
    EXEC
  `,
  scans: `
    SADD s a b ab abc 1
    SSCAN s 0
    SSCAN s 0 MATCH a*
    SSCAN s 0 COUNT 100
    SSCAN s 0 COUNT 100 MATCH nope
    SSCAN s 0 COUNT 0
    SSCAN s 0 COUNT x
    SSCAN s 0 COUNT
    SSCAN s 0 TYPE set
    SSCAN s 0 NOPE 1
    SSCAN s abc
    SSCAN s
    SSCAN missing 0 NOPE
    SSCAN missing x
    SADD i 1 2 3
    SSCAN i 0 COUNT 1
    SADD big ${words(0, 200)}
    SSCAN big 0 COUNT 10000
  `,
});

randomSuite('random programs of sets', {
  words: {
    key: ['a', 'b', 'c', 'd', 'e'],
    any: ['a', 'b', 'c', 'd', 'e', 'str', 'missing'],
    member: ['1', '2', '3', '-7', '100', 'x', 'y', 'z', '""', '01', '9223372036854775807', long],
    many: [words(0, 130), numbers(0, 60), numbers(500, 1020), words(100, 160)],
    count: ['0', '1', '2', '3', '-1', 'x', '100'],
    all: ['5000', '9223372036854775807'],
  },
  templates: [
    'SADD {any} {member} [{member}] [{member}]',
    'SADD {key} {member} {member} {member} {member}',
    'SADD {key} {many}',
    'SREM {any} {member} [{member}]',
    'SREM {key} {many}',
    'SMOVE {any} {any} {member}',
    'SISMEMBER {any} {member}',
    'SMISMEMBER {any} {member} {member}',
    'SCARD {any}',
    'SMEMBERS {any}',
    'SPOP {any} {all}',
    'SRANDMEMBER {any} {all}',
    'SINTER {any} {any} [{any}]',
    'SINTERCARD 2 {any} {any} [LIMIT {count}]',
    'SINTERCARD {count} {any} {any}',
    'SUNION {any} {any} [{any}]',
    'SDIFF {any} {any} [{any}] [{any}]',
    'SINTERSTORE {key} {any} {any} [{any}]',
    'SUNIONSTORE {key} {any} [{any}] [{any}]',
    'SDIFFSTORE {key} {any} {any} [{any}] [{any}]',
    'SSCAN {any} 0 COUNT 5000 [MATCH m1*]',
    'OBJECT ENCODING {any}',
    'SET str v',
    'DEL {any}',
  ],
});

function texts(line: string, fixture = newEngineFixture()): string[] {
  const reply = fixture.line(line);
  if (reply.type !== 'array' && reply.type !== 'set')
    throw new Error(`no array: ${JSON.stringify(reply)}`);
  return reply.value.map((item) => (item.type === 'bulk' ? item.value : item.type));
}

describe('encodings of 7.2, where small sets of words are listpacks', () => {
  const encoding = (...lines: string[]): unknown => {
    const fixture = newEngineFixture();
    for (const line of lines) fixture.line(line);
    return fixture.line('OBJECT ENCODING s');
  };
  const named = (value: string) => ({ type: 'bulk', value });

  test('128 members of 64 bytes are a listpack, one more or one longer is a hash table', () => {
    expect(encoding(`SADD s ${words(0, 128)}`)).toEqual(named('listpack'));
    expect(encoding(`SADD s ${words(0, 128)}`, 'SADD s x')).toEqual(named('hashtable'));
    expect(encoding(`SADD s ${'x'.repeat(64)}`)).toEqual(named('listpack'));
    expect(encoding(`SADD s ${long}`)).toEqual(named('hashtable'));
  });

  test('the number of words given counts, though some are the same', () => {
    expect(encoding(`SADD s ${'x '.repeat(129)}`)).toEqual(named('hashtable'));
    expect(encoding('SADD s x', `SADD s ${'x '.repeat(129)}`)).toEqual(named('hashtable'));
    expect(encoding(`SADD s ${'1 '.repeat(513)}`)).toEqual(named('hashtable'));
  });

  test('integers and a word are a listpack while they are few, and it keeps the order of arrival', () => {
    expect(encoding(`SADD s ${numbers(0, 127)}`, 'SADD s x')).toEqual(named('listpack'));
    expect(encoding(`SADD s ${numbers(0, 128)}`, 'SADD s x')).toEqual(named('hashtable'));
    const fixture = newEngineFixture();
    fixture.line('SADD s 3 1 2');
    fixture.line('SADD s z 0 a');
    expect(texts('SMEMBERS s', fixture)).toEqual(['1', '2', '3', 'z', '0', 'a']);
    fixture.line('SREM s 2');
    expect(texts('SMEMBERS s', fixture)).toEqual(['1', '3', 'z', '0', 'a']);
  });

  test('an intersection of integers alone is an intset, a union is what its members need', () => {
    expect(encoding('SADD a 1 2 x', 'SADD b 1 2 y', 'SINTERSTORE s a b')).toEqual(named('intset'));
    expect(encoding('SADD a 1 2 x', 'SADD b 1 2 y', 'SUNIONSTORE s a b')).toEqual(
      named('listpack'),
    );
    expect(encoding('SADD a 1 2 x', 'SADD b x', 'SDIFFSTORE s a b')).toEqual(named('intset'));
    expect(
      encoding(`SADD a ${words(0, 200)}`, `SADD b ${words(198, 400)}`, 'SINTERSTORE s a b'),
    ).toEqual(named('hashtable'));
  });

  test('a set that lost most of its members at once is small again', () => {
    expect(encoding(`SADD s ${words(0, 200)}`, 'SPOP s 190')).toEqual(named('listpack'));
    expect(encoding(`SADD s ${words(0, 200)}`, 'SPOP s 100')).toEqual(named('hashtable'));
    expect(encoding(`SADD s ${numbers(0, 200)}`, 'SPOP s 190')).toEqual(named('intset'));
  });
});

describe('chance', () => {
  test.each(['1 2 3 4 5 6 7 8', 'a b c d e f g h', words(0, 8) + ` ${long}`])(
    'every member is picked about as often: %s',
    (members) => {
      const fixture = newEngineFixture();
      fixture.line(`SADD s ${members}`);
      const size = members.split(' ').length;
      const counts = new Map<string, number>();
      for (const member of texts(`SRANDMEMBER s -${size * 1000}`, fixture))
        counts.set(member, (counts.get(member) ?? 0) + 1);
      for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(170);
      expect(counts.size).toBe(size);
      for (const few of [2, size - 1]) {
        const seen = new Set<string>();
        for (let i = 0; i < 200; i++) {
          const picked = texts(`SRANDMEMBER s ${few}`, fixture);
          expect(new Set(picked).size).toBe(few);
          for (const member of picked) seen.add(member);
        }
        expect(seen.size).toBe(size);
      }
    },
  );

  test('what is popped is gone, and the log removes just that', () => {
    for (const count of [1, 40, 95]) {
      const fixture = newEngineFixture();
      fixture.line(`SADD s ${words(0, 100)}`);
      const popped = texts(`SPOP s ${count}`, fixture);
      const rest = texts('SMEMBERS s', fixture);
      expect([...popped, ...rest].sort()).toEqual(words(0, 100).split(' ').sort());
      expect(fixture.units.at(-1)!.commands.map(({ argv }) => argv)).toEqual([
        ['SREM', 's', ...popped],
      ]);
    }
  });

  test('many popped members are logged in batches of 1024', () => {
    const fixture = newEngineFixture();
    fixture.line(`SADD s ${words(0, 3000)}`);
    fixture.line('SPOP s 1500');
    expect(fixture.units.at(-1)!.commands.map(({ argv }) => argv.length - 2)).toEqual([1024, 476]);
  });
});

test('a scan of a large set finds what stays, though others come and go', () => {
  const fixture = newEngineFixture();
  fixture.line(`SADD s ${words(0, 1000)}`);
  const seen = new Set<string>();
  let cursor = '0';
  let step = 0;
  do {
    const reply = fixture.line(`SSCAN s ${cursor} COUNT 7`);
    if (reply.type !== 'array') throw new Error('no array');
    const [next, members] = reply.value;
    if (next?.type !== 'bulk' || members?.type !== 'array') throw new Error('no scan');
    cursor = next.value;
    for (const member of members.value) if (member.type === 'bulk') seen.add(member.value);
    fixture.line(`SREM s m${step * 2}`);
    fixture.line(`SADD s new${step}`);
    step++;
  } while (cursor !== '0');
  for (let i = 1; i < 1000; i += 2) expect(seen).toContain(`m${i}`);
});
