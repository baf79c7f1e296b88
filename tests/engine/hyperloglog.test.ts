import { describe, expect, test } from 'vitest';
import { ascii } from '../../src/base/bytes.ts';
import { newGrowableBytes } from '../../src/base/growable-bytes.ts';
import { murmurHash64A } from '../../src/base/murmur-hash.ts';
import { nextBelow, seedRandom } from '../../src/base/random.ts';
import {
  DENSE_BYTES,
  emptyHyperLogLog,
  makeDense,
  raiseRegister,
  REGISTERS,
} from '../../src/engine/data/hyperloglog.ts';
import { describeRuns } from '../../src/engine/data/hyperloglog-sparse.ts';
import { registerAt } from '../../src/engine/data/hyperloglog-registers.ts';
import { differentialSuite } from '../support/differential-suite.ts';
import { newEngineFixture } from '../support/engine-fixture.ts';
import { randomSuite } from '../support/random-suite.ts';

const elements = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `e${from + i}`).join(' ');
const growing = (to: number, step: number): string =>
  Array.from(
    { length: to / step },
    (_, i) => `PFADD h ${elements(i * step, (i + 1) * step)}\nGET h\nPFCOUNT h`,
  ).join('\n');

differentialSuite('HyperLogLogs answer, and are kept, as the real server does', {
  'elements are added and counted': `
    PFADD h a b c
    GET h
    PFADD h a
    PFADD h
    PFCOUNT h
    GET h
    PFCOUNT h
    PFADD h d ""
    GET h
    PFCOUNT h
    PFADD e
    GET e
    PFCOUNT e
    PFADD e
    PFCOUNT missing
    PFCOUNT missing h e
    PFCOUNT
    PFADD
    OBJECT ENCODING h
    TYPE h
    EXPIRE h 1000
    PFADD h x
    ~ TTL h
    PFDEBUG DECODE h
    PFDEBUG ENCODING h
    PFDEBUG encoding e
  `,
  'lengths of elements of all kinds': `
    PFADD h 1 12 123 1234 12345 123456 1234567 12345678 123456789 1234567890abcdef 1234567890abcdefg
    PFADD h "\\x00" "\\xff" "\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff" "\\x80\\x81\\x82\\x83\\x84\\x85\\x86"
    GET h
    PFDEBUG DECODE h
  `,
  'a sparse one grows to be dense': growing(3000, 100),
  'a low limit': `
    CONFIG SET hll-sparse-max-bytes 40
    PFADD h ${elements(0, 5)}
    GET h
    PFADD h ${elements(5, 20)}
    PFDEBUG ENCODING h
    GET h
    CONFIG SET hll-sparse-max-bytes 0
    PFADD i a
    PFDEBUG ENCODING i
    PFMERGE j i
    PFDEBUG ENCODING j
    CONFIG SET hll-sparse-max-bytes 3000
  `,
  merges: `
    PFADD a ${elements(0, 50)}
    PFADD b ${elements(25, 100)}
    PFMERGE c a b
    GET c
    PFCOUNT c
    PFCOUNT a b
    PFCOUNT a b c
    PFMERGE d
    GET d
    PFMERGE a b
    GET a
    PFMERGE a
    PFMERGE e missing
    PFCOUNT e
    PFADD big ${elements(0, 2000)}
    PFMERGE c big
    GET c
    PFDEBUG ENCODING c
    PFMERGE fresh big a
    GET fresh
    PFMERGE big a b c
    GET big
    PFCOUNT big a
    PFMERGE
  `,
  'what is none': `
    SET s hello
    SET n 5
    RPUSH l a
    SET short HYLL
    SET encoding "HYLL\\x02\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00"
    SET densebad "HYLL\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00"
    PFADD s a
    PFADD n a
    PFADD l a
    PFADD short a
    PFADD encoding a
    PFADD densebad a
    PFCOUNT s
    PFCOUNT l
    PFCOUNT s l
    PFADD h a
    PFMERGE h s
    PFMERGE s h
    PFMERGE h l
    PFDEBUG ENCODING s
    PFDEBUG ENCODING missing
    PFDEBUG NOPE h
    PFDEBUG NOPE missing
    PFDEBUG NOPE h more
    PFDEBUG ENCODING h more
    PFDEBUG ENCODING
  `,
  'corrupted ones': `
    SET empty "HYLL\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x80"
    SET few "HYLL\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x80\\x05"
    SET many "HYLL\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x80\\x7f\\xff\\x7f\\xff"
    SET over "HYLL\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x80\\x7f\\xfe\\x87"
    SET after "HYLL\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x80\\x7f\\xff\\x84"
    PFCOUNT empty
    PFCOUNT few
    PFCOUNT many
    PFCOUNT over
    PFCOUNT after
    PFCOUNT empty few
    PFCOUNT over few
    PFCOUNT after after
    PFADD empty a
    PFADD few a b c d e f
    PFMERGE d few
    PFMERGE few d
    PFMERGE d after
    PFDEBUG GETREG few
    PFDEBUG TODENSE over
    PFDEBUG DECODE many
    SET cached "HYLL\\x01\\x00\\x00\\x00\\x01\\x02\\x03\\x04\\x05\\x06\\x07\\x08\\x7f\\xff"
    PFCOUNT cached
    SET cachedsmall "HYLL\\x01\\x00\\x00\\x00\\x01\\x02\\x03\\x00\\x00\\x00\\x00\\x00\\x7f\\xff"
    PFCOUNT cachedsmall
  `,
  'behind the scenes': `
    PFADD h ${elements(0, 20)}
    PFDEBUG GETREG h
    PFDEBUG ENCODING h
    PFDEBUG DECODE h
    PFADD i a
    PFDEBUG TODENSE i
    PFDEBUG todense i
    GET i
    PFADD i b
    PFCOUNT i
    GET i
    APPEND i x
    PFADD i c
    PFSELFTEST more
  `,
});

randomSuite(
  'random HyperLogLogs',
  {
    words: {
      key: ['h', 'i', 'j'],
      any: ['h', 'i', 'j', 'missing', 's'],
      element: Array.from({ length: 300 }, (_, i) => `x${i * 7919}`),
      many: [elements(0, 100), elements(50, 300), elements(300, 900)],
    },
    templates: [
      'PFADD {key} {element} {element} {element}',
      'PFADD {key} {element} {element} {element} {element} {element} {element}',
      'PFADD {key} {many}',
      'PFADD {any} {element}',
      'PFCOUNT {any}',
      'PFCOUNT {any} {any}',
      'PFMERGE {any} {any} {any}',
      'PFDEBUG TODENSE {any}',
      'PFDEBUG DECODE {any}',
      'GET {key}',
      'SET s x',
      'DEL {key}',
    ],
  },
  15,
  100,
);

test('the self-test passes', () => {
  expect(newEngineFixture().line('PFSELFTEST')).toEqual({ type: 'status', value: 'OK' });
});

describe('the sparse representation against an array of registers', () => {
  test.each([1, 2, 3])('holds what was set, in any order (seed %i)', (seed) => {
    const random = seedRandom(seed);
    const text = emptyHyperLogLog();
    const hll = newGrowableBytes();
    for (let i = 0; i < text.length; i++) hll.bytes[i] = text.charCodeAt(i);
    hll.length = text.length;
    const model = new Uint8Array(REGISTERS);
    // Few places, so that neighbours with equal values are common.
    for (let step = 0; step < 3000; step++) {
      const index =
        nextBelow(random, 2) === 0 ? nextBelow(random, 300) : nextBelow(random, REGISTERS);
      const value = 1 + nextBelow(random, step < 1500 ? 3 : 32);
      expect(raiseRegister(hll, index, value, 1e6)).toBe(model[index]! < value);
      model[index] = Math.max(model[index]!, value);
    }
    expect(describeRuns(hll).split(' ').length).toBeLessThan(3000 * 2);
    expect(makeDense(hll)).toBeUndefined();
    expect(hll.length).toBe(DENSE_BYTES);
    for (let i = 0; i < REGISTERS; i++) expect(registerAt(hll.bytes, i)).toBe(model[i]);
  });
});

test('MurmurHash64A against arithmetic in big integers', () => {
  const m = 0xc6a4a7935bd1e995n;
  const cut = (x: bigint): bigint => BigInt.asUintN(64, x);
  const reference = (data: string, seed: bigint): bigint => {
    let h = seed ^ cut(BigInt(data.length) * m);
    const bytes = Array.from(data, (char) => BigInt(char.charCodeAt(0)));
    while (bytes.length >= 8) {
      let k = bytes.splice(0, 8).reduceRight((sum, byte) => (sum << 8n) | byte, 0n);
      k = cut(k * m);
      k ^= k >> 47n;
      h = cut((h ^ cut(k * m)) * m);
    }
    if (bytes.length > 0)
      h = cut((h ^ bytes.reduceRight((sum, byte) => (sum << 8n) | byte, 0n)) * m);
    h = cut((h ^ (h >> 47n)) * m);
    return h ^ (h >> 47n);
  };
  const random = seedRandom(5);
  for (let i = 0; i < 500; i++) {
    const data = Array.from({ length: nextBelow(random, 40) }, () =>
      String.fromCharCode(nextBelow(random, 256)),
    ).join('');
    const { high, low } = murmurHash64A(ascii(data), 0xadc83b19);
    expect((BigInt(high) << 32n) | BigInt(low)).toBe(reference(data, 0xadc83b19n));
  }
});
