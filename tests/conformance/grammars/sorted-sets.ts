import { nextDouble, seedRandom } from '../../../src/base/random.ts';
import type { Grammar } from '../../support/random-programs.ts';

const long = 'w'.repeat(70);
const scored = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `${(from + i) % 50} m${from + i}`).join(' ');

export const sortedSetGrammar: Grammar = {
  words: {
    k: ['z', 'y', 'x', 'set', 's'],
    m: ['a', 'b', 'c', 'd', 'e', '1', '2', '""', '"\\xff"', long],
    score: ['0', '0', '1', '2', '-1', '2.5', '1e3', 'inf', '-inf', '0.1', '3', 'x'],
    bound: ['0', '1', '(1', '-inf', '+inf', '(0.1', '3', '(-1', '2.5', 'x', '1e3'],
    lex: ['-', '+', '[a', '(a', '[c', '(d', '[', '[e', 'x'],
    n: ['0', '1', '-1', '2', '-2', '3', '-100', '100', 'x'],
    few: ['1', '2', '3'],
    w: ['1', '2', '-1', '0', '0.5', 'inf', 'x'],
    how: ['SUM', 'MIN', 'MAX'],
    many: [scored(0, 130), scored(100, 160)],
    end: ['MIN', 'MAX'],
    op: ['union', 'inter', 'diff'],
  },
  templates: [
    'ZADD {k} {score} {m} [{score} {m}] [{score} {m}]',
    'ZADD {k} [NX] [XX] [GT] [LT] [CH] {score} {m} [{score} {m}]',
    'ZADD {k} [NX] [XX] [GT] INCR {score} {m}',
    'ZADD {k} 0 a 0 b 0 c 0 d 0 e',
    'ZADD {k} {many}',
    'ZINCRBY {k} {score} {m}',
    'ZREM {k} {m} [{m}]',
    'ZSCORE {k} {m}',
    'ZMSCORE {k} {m} {m}',
    'ZRANK {k} {m}',
    'ZREVRANK {k} {m}',
    'ZCARD {k}',
    'ZRANGE {k} {n} {n} [REV] [WITHSCORES]',
    'ZRANGE {k} {bound} {bound} BYSCORE [REV] [LIMIT {n} {n}] [WITHSCORES]',
    'ZRANGESTORE {k} {k} {n} {n} [REV]',
    'ZRANGESTORE {k} {k} {bound} {bound} BYSCORE [REV] [LIMIT {n} {n}]',
    'ZREVRANGE {k} {n} {n} [WITHSCORES]',
    'ZRANGEBYSCORE {k} {bound} {bound} [WITHSCORES] [LIMIT {n} {n}]',
    'ZREVRANGEBYSCORE {k} {bound} {bound} [LIMIT {n} {n}]',
    'ZCOUNT {k} {bound} {bound}',
    'ZREMRANGEBYRANK {k} {n} {n}',
    'ZREMRANGEBYSCORE {k} {bound} {bound}',
    'ZPOPMIN {k} [{n}]',
    'ZPOPMAX {k} [{n}]',
    'ZMPOP 2 {k} {k} {end} [COUNT {few}]',
    'ZUNION 2 {k} {k} [WEIGHTS {w} {w}] [AGGREGATE {how}] WITHSCORES',
    'ZINTER 2 {k} {k} [WEIGHTS {w} {w}] [AGGREGATE {how}] WITHSCORES',
    'ZDIFF 2 {k} {k} [WITHSCORES]',
    'ZINTERCARD 2 {k} {k} [LIMIT {n}]',
    'Z{op}STORE {k} {few} {k} {k}',
    'ZUNIONSTORE {k} 2 {k} {k} [WEIGHTS {w} {w}] [AGGREGATE {how}]',
    'OBJECT ENCODING {k}',
    'COPY {k} {k} REPLACE',
    'DEL {k}',
    'SADD set {m}',
    'SET s v',
  ],
};

const random = seedRandom(7);
const between = (min: number, max: number): string =>
  String(min + nextDouble(random) * (max - min));

/** Distances are not stored: the last of their 17 digits is another one in a few of 100,000. */
export const geoGrammar: Grammar = {
  words: {
    k: ['g', 'h'],
    lon: Array.from({ length: 40 }, () => between(-180, 180)),
    lat: Array.from({ length: 40 }, () => between(-85, 85)),
    m: Array.from({ length: 60 }, (_, i) => `p${i}`),
    size: ['0', '1', '50', '300', '1000', '2500', '6000', '12000', '0.5'],
    unit: ['m', 'km', 'mi', 'ft'],
    sort: ['ASC', 'DESC'],
  },
  templates: [
    'GEOADD {k} {lon} {lat} {m} {lon} {lat} {m} {lon} {lat} {m}',
    'GEOADD {k} [NX] [XX] [CH] {lon} {lat} {m} {lon} {lat} {m}',
    'GEODIST {k} {m} {m} {unit}',
    'GEOPOS {k} {m} {m}',
    'GEOHASH {k} {m} {m}',
    'GEOSEARCH {k} FROMLONLAT {lon} {lat} BYRADIUS {size} km [{sort} WITHDIST] [WITHHASH]',
    'GEOSEARCH {k} FROMLONLAT {lon} {lat} BYBOX {size} {size} km [{sort} WITHDIST] [WITHCOORD]',
    'GEOSEARCH {k} FROMMEMBER {m} BYRADIUS {size} {unit} [COUNT 3] [{sort}]',
    'GEOSEARCH {k} FROMMEMBER {m} BYBOX {size} {size} km COUNT 2 [ANY]',
    'GEORADIUS {k} {lon} {lat} {size} km [{sort}] [COUNT 4]',
    'GEORADIUSBYMEMBER {k} {m} {size} km [STORE d]',
    'GEOSEARCHSTORE d {k} FROMLONLAT {lon} {lat} BYRADIUS {size} km [COUNT 5]',
    'ZRANGE d 0 -1 WITHSCORES',
    'ZREM {k} {m}',
    'DEL {k}',
  ],
};
