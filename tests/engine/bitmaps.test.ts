import { describe, expect, test } from 'vitest';
import { newEngineFixture } from '../support/engine-fixture.ts';
import { differentialSuite } from '../support/differential-suite.ts';
import { randomSuite } from '../support/random-suite.ts';
import { entryOf } from '../../src/engine/data/key-space.ts';

const everyWidth = (program: (type: string) => string): string =>
  [
    'i1',
    'i2',
    'i5',
    'i8',
    'i13',
    'i16',
    'i31',
    'i32',
    'i33',
    'i53',
    'i63',
    'i64',
    'u1',
    'u2',
    'u5',
    'u8',
    'u13',
    'u16',
    'u31',
    'u32',
    'u33',
    'u53',
    'u63',
  ]
    .map(program)
    .join('\n');

differentialSuite('bits answer as the real server does', {
  'single bits': `
    SETBIT b 7 1
    SETBIT b 7 1
    SETBIT b 7 0
    SETBIT b 7 0
    SETBIT b 100 0
    SETBIT b 100 0
    SETBIT b 0 1
    GET b
    STRLEN b
    OBJECT ENCODING b
    GETBIT b 0
    GETBIT b 1
    GETBIT b 100
    GETBIT b 10000
    GETBIT b 4294967295
    GETBIT missing 5
    SETBIT b 4294967296 1
    GETBIT b 4294967296
    SETBIT b -1 1
    GETBIT b -1
    SETBIT b x 1
    GETBIT b x
    GETBIT b #1
    SETBIT b 1 2
    SETBIT b 1 -1
    SETBIT b 1 x
    SETBIT b 1
    SETBIT n 0 0
    GET n
    SET i 12345
    SETBIT i 6 1
    GET i
    GETBIT i 3
    SET j 1
    GETBIT j 2
    RPUSH l a
    SETBIT l 0 1
    GETBIT l 0
    SETBIT l x 1
    EXPIRE b 1000
    SETBIT b 3 1
    ~ TTL b
    SET t hello
    SETBIT t 4 1
    GET t
  `,
  counts: `
    SET s foobar
    BITCOUNT s
    BITCOUNT s 0 0
    BITCOUNT s 1 1
    BITCOUNT s 1 -2
    BITCOUNT s -2 -1
    BITCOUNT s -1 -2
    BITCOUNT s -100 -1
    BITCOUNT s 0 100
    BITCOUNT s 5 2
    BITCOUNT s -100 -50
    BITCOUNT s 0 -100
    BITCOUNT s 0 0 BYTE
    BITCOUNT s 5 30 BIT
    BITCOUNT s 5 5 bit
    BITCOUNT s -7 -1 BIT
    BITCOUNT s 8 15 BIT
    BITCOUNT s 0 -1 BIT
    BITCOUNT s 40 3 BIT
    BITCOUNT s 0 9223372036854775807 BIT
    BITCOUNT s -9223372036854775808 9223372036854775807
    BITCOUNT missing
    BITCOUNT missing 0 1
    SET e ""
    BITCOUNT e
    BITCOUNT e 0 -1
    BITCOUNT e 0 -1 BIT
    SET i 123
    BITCOUNT i
    RPUSH l a
    BITCOUNT l
    BITCOUNT l 0 1
  `,
  positions: `
    SET s "\\xff\\xf0\\x00"
    BITPOS s 0
    BITPOS s 1
    BITPOS s 1 2
    BITPOS s 0 1
    BITPOS s 0 0 0
    BITPOS s 0 0 1
    BITPOS s 1 -1
    BITPOS s 1 -2
    BITPOS s 1 -2 -2
    BITPOS s 0 -3 -3
    BITPOS s 1 100
    BITPOS s 0 100
    BITPOS s 0 2 1
    BITPOS s 0 0 100
    BITPOS s 0 0 11 BIT
    BITPOS s 0 0 12 BIT
    BITPOS s 1 12 -1 BIT
    BITPOS s 1 10 -1 BIT
    BITPOS s 1 -13 -1 BIT
    BITPOS s 0 -13 -12 BIT
    BITPOS s 1 3 3 BIT
    BITPOS s 1 3 3 BYTE
    BITPOS s 0 13 5 BIT
    BITPOS s 2
    BITPOS s -1
    BITPOS s x
    BITPOS s
    SET ones "\\xff\\xff"
    BITPOS ones 0
    BITPOS ones 0 0
    BITPOS ones 0 1
    BITPOS ones 0 0 -1
    BITPOS ones 0 0 -1 BIT
    BITPOS ones 0 5 10 BIT
    BITPOS ones 0 2
    SET zeros "\\x00\\x00"
    BITPOS zeros 1
    BITPOS zeros 1 0 -1 BIT
    BITPOS zeros 0 1
    BITPOS missing 0
    BITPOS missing 1
    BITPOS missing 0 5 7
    SET e ""
    BITPOS e 0
    BITPOS e 1
    BITPOS e 0 0
    BITPOS e 0 0 -1
    BITPOS e 0 0 -1 BIT
    RPUSH l a
    BITPOS l 1
    BITPOS l 2
    SET i 5
    BITPOS i 1
  `,
  'strings are combined': `
    SET a "foobar"
    SET b "abcdef"
    SET c "ab"
    BITOP AND d a b
    GET d
    OBJECT ENCODING d
    BITOP OR d a b c
    GET d
    BITOP XOR d a b c
    GET d
    BITOP NOT d a
    GET d
    BITOP and d a c
    GET d
    BITOP AND d a missing
    GET d
    BITOP OR d a missing
    GET d
    BITOP XOR d c a
    GET d
    BITOP NOT d missing
    EXISTS d
    BITOP AND d missing nope
    SET d 1
    BITOP OR d missing
    EXISTS d
    BITOP NOT d a b
    BITOP NOPE d a
    BITOP AND d
    EXPIRE a 1000
    BITOP OR a a b
    TTL a
    SET i 255
    BITOP NOT i i
    GET i
    RPUSH l x
    BITOP AND d a l
    BITOP AND l a b
    TYPE l
    SET e ""
    BITOP NOT d e
    EXISTS d
    BITOP OR x a
    GET x
  `,
  fields: `
    BITFIELD f SET u8 0 255
    BITFIELD f GET u8 0
    BITFIELD f GET i8 0 GET u4 2 GET u4 6
    BITFIELD f INCRBY u8 0 10
    BITFIELD f SET i5 #1 7 GET i5 #1 GET u8 0
    BITFIELD f INCRBY i5 100 1 GET u4 0
    GET f
    BITFIELD f OVERFLOW SAT INCRBY u8 0 300
    BITFIELD f OVERFLOW FAIL INCRBY u8 0 1
    BITFIELD f OVERFLOW FAIL SET u8 0 256 SET u8 8 1
    BITFIELD f OVERFLOW wrap INCRBY u8 0 1 OVERFLOW sat INCRBY u8 0 -5
    BITFIELD f OVERFLOW NOPE SET u8 0 1
    BITFIELD f OVERFLOW
    BITFIELD f
    BITFIELD f GET
    BITFIELD f GET u8
    BITFIELD f SET u8 0
    BITFIELD f INCRBY u8 0
    BITFIELD f NOPE u8 0 1
    BITFIELD f GET u64 0
    BITFIELD f GET i65 0
    BITFIELD f GET u0 0
    BITFIELD f GET x8 0
    BITFIELD f GET U8 0
    BITFIELD f GET u 0
    BITFIELD f GET u-8 0
    BITFIELD f GET "u8\\x00x" 0
    BITFIELD f GET u8 -1
    BITFIELD f GET u8 x
    BITFIELD f GET u8 #x
    BITFIELD f GET u8 #-1
    BITFIELD f GET u8 #
    BITFIELD f GET u8 4294967296
    BITFIELD f GET u8 4294967288
    BITFIELD f GET u8 #536870912
    BITFIELD f GET u8 #2305843009213693952
    BITFIELD f GET u8 #9223372036854775807
    BITFIELD f SET u8 0 x
    BITFIELD f SET u8 0 9223372036854775808
    BITFIELD missing GET u8 0 GET i64 100
    EXISTS missing
    BITFIELD fail OVERFLOW FAIL SET u4 20 16
    EXISTS fail
    STRLEN fail
    BITFIELD_RO f GET u8 0 GET i4 3
    BITFIELD_RO f SET u8 0 1
    BITFIELD_RO f GET u8 0 INCRBY u8 0 1
    BITFIELD_RO f OVERFLOW SAT GET u8 0
    BITFIELD_RO missing GET u8 0
    BITFIELD_RO f
    RPUSH l a
    BITFIELD l GET u8 0
    BITFIELD l SET u8 0 1
    BITFIELD_RO l SET u8 0 1
    BITFIELD l SET u8 0 x
    SET i 12345
    BITFIELD i GET u8 0 GET u16 8
    BITFIELD i INCRBY u8 0 1
    GET i
  `,
  'fields of every width': everyWidth(
    (type) => `
    DEL w
    BITFIELD w SET ${type} 3 -1
    BITFIELD w GET ${type} 3 GET ${type} 0 GET ${type} 5
    BITFIELD w INCRBY ${type} 3 1
    BITFIELD w INCRBY ${type} 3 -1
    BITFIELD w INCRBY ${type} 3 9223372036854775807
    BITFIELD w INCRBY ${type} 3 -9223372036854775808
    BITFIELD w OVERFLOW SAT INCRBY ${type} 3 9223372036854775807
    BITFIELD w OVERFLOW SAT INCRBY ${type} 3 1
    BITFIELD w OVERFLOW SAT INCRBY ${type} 3 -9223372036854775808
    BITFIELD w OVERFLOW SAT INCRBY ${type} 3 -9223372036854775808
    BITFIELD w OVERFLOW FAIL INCRBY ${type} 3 9223372036854775807
    BITFIELD w OVERFLOW FAIL INCRBY ${type} 3 -9223372036854775808
    BITFIELD w OVERFLOW SAT SET ${type} 3 9223372036854775807
    BITFIELD w OVERFLOW SAT SET ${type} 3 -9223372036854775808
    BITFIELD w OVERFLOW FAIL SET ${type} 3 9223372036854775807
    BITFIELD w OVERFLOW FAIL SET ${type} 3 -9223372036854775808
    BITFIELD w SET ${type} 3 9223372036854775807
    BITFIELD w SET ${type} 3 1234567890123
    GET w`,
  ),
});

randomSuite('random bits', {
  words: {
    key: ['a', 'b', 'c'],
    any: ['a', 'b', 'c', 'missing', 'n'],
    offset: ['0', '1', '7', '8', '13', '63', '64', '100', '500'],
    range: ['0', '1', '5', '-1', '-3', '9', '40', '-100', '100'],
    bit: ['0', '1'],
    unit: ['BIT', 'BYTE'],
    type: ['u1', 'u8', 'i8', 'i5', 'u63', 'i64', 'u17', 'i33'],
    place: ['0', '3', '#1', '#2', '17', '64', '100'],
    value: [
      '0',
      '1',
      '-1',
      '127',
      '255',
      '-128',
      '1000',
      '9223372036854775807',
      '-9223372036854775808',
      '123456789',
    ],
    how: ['WRAP', 'SAT', 'FAIL'],
    op: ['AND', 'OR', 'XOR'],
    text: ['"\\xff\\xff"', '"\\x00"', 'abc', '12345', '""', '"\\x0f\\xf0\\x00\\x00\\x01"'],
  },
  templates: [
    'SETBIT {key} {offset} {bit}',
    'GETBIT {any} {offset}',
    'SET {key} {text}',
    'SET n 12345',
    'BITCOUNT {any}',
    'BITCOUNT {key} {range} {range} [{unit}]',
    'BITPOS {key} {bit}',
    'BITPOS {key} {bit} {range}',
    'BITPOS {key} {bit} {range} {range} [{unit}]',
    'BITOP {op} {key} {any} {any} [{any}]',
    'BITOP NOT {key} {any}',
    'BITFIELD {any} GET {type} {place} [OVERFLOW {how}] SET {type} {place} {value}',
    'BITFIELD {key} [OVERFLOW {how}] INCRBY {type} {place} {value} INCRBY {type} {place} {value}',
    'BITFIELD_RO {any} GET {type} {place}',
    'APPEND {key} {text}',
    'SETRANGE {key} 3 {text}',
    'GET {any}',
  ],
});

describe('where 7.2 differs from 7.0', () => {
  // 7.0 looks at the key first, which counts as a hit, and answers 0 or −1 if there is none.
  test.each(['missing', 's'])('bad words are refused before the key is looked at: %s', (key) => {
    const fixture = newEngineFixture();
    fixture.line('SET s foobar');
    const refused = (line: string): unknown => {
      const reply = fixture.line(line.replace('KEY', key));
      return reply.type === 'error' ? reply.value : reply;
    };
    for (const line of [
      'BITCOUNT KEY x 0',
      'BITCOUNT KEY 0 x',
      'BITPOS KEY 0 x',
      'BITPOS KEY 0 0 x',
      'BITPOS KEY 0 x 1 NOPE',
    ]) {
      expect(refused(line)).toBe('ERR value is not an integer or out of range');
    }
    for (const line of ['BITCOUNT KEY 0 0 NOPE', 'BITCOUNT KEY 0', 'BITCOUNT KEY 0 0 BIT x'])
      expect(refused(line)).toBe('ERR syntax error');
    for (const line of ['BITPOS KEY 0 0 1 NOPE', 'BITPOS KEY 0 0 x NOPE', 'BITPOS KEY 0 0 1 BIT x'])
      expect(refused(line)).toBe('ERR syntax error');
    expect(fixture.engine.state.stats).toMatchObject({ hits: 0, misses: 0 });
  });
});

test('a bit that is set in a long string costs no copy of it', () => {
  const fixture = newEngineFixture();
  fixture.line('SETBIT b 8000000 1');
  const before = entryOf(fixture.engine.state.databases[0]!.space, 'b' as never)!.value;
  for (let i = 0; i < 1000; i++) fixture.line(`SETBIT b ${i * 4096} 1`);
  const after = entryOf(fixture.engine.state.databases[0]!.space, 'b' as never)!.value;
  expect(after).toBe(before);
  expect(fixture.line('BITCOUNT b')).toEqual({ type: 'integer', value: 1001 });
});
