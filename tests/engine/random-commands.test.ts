import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedRandom } from '../../src/base/random.ts';
import { describeDifferences, differences } from '../support/differential.ts';
import { randomProgram, shrunk, type Grammar } from '../support/random-programs.ts';
import { describeWithRedis, startRedis, type RealRedis } from '../support/real-redis.ts';

const grammar: Grammar = {
  words: {
    key: ['a', 'b', 'c', 'd', 'e', 'f'],
    list: ['l', 'm', 'a'],
    hash: ['h', 'i', 'a'],
    zset: ['z', 'y', 'a'],
    any: ['a', 'b', 'c', 'd', 'e', 'f', 'l', 'm', 'h', 'i', 'z', 'y', 'missing'],
    value: [
      '1',
      '0',
      '-5',
      '3.5',
      'abc',
      '""',
      '9223372036854775807',
      '10000',
      '"\\x00\\xff"',
      'hello-world',
      '12x',
    ],
    int: [
      '0',
      '1',
      '-1',
      '5',
      '-7',
      '100',
      '9223372036854775807',
      '-9223372036854775808',
      'x',
      '1.5',
    ],
    small: ['0', '1', '2', '3', '-1', '-2', '-100', '100'],
    float: ['0', '1.5', '-0.1', '1e10', '3', 'x', '1e-3'],
    // Far enough away that nothing expires while a program runs.
    seconds: ['1000', '5000', '100000'],
    instant: ['33177117420', '33177117999'],
    when: ['NX', 'XX', 'GT', 'LT', 'nope'],
    db: ['0', '1', '2', '16', '-1', 'x'],
    field: ['f', 'g', 'k', '1', ''.padEnd(70, 'w')],
    member: ['m', 'n', 'o', '1', ''.padEnd(70, 'v')],
    score: ['0', '1', '-1', '2.5', '1e3', 'inf', '-inf', '-0', 'x'],
    pattern: ['*', 'a*', '?', '[a-c]', 'missing'],
  },
  templates: [
    'GET {any}',
    'SET {any} {value}',
    'SET {key} {value} [NX] [XX] [GET] [KEEPTTL]',
    'SET {key} {value} [EX {seconds}] [PX {instant}] [GET]',
    'SET {key} {value} PXAT {instant}000 [NX]',
    'SETNX {any} {value}',
    'SETEX {any} {seconds} {value}',
    'GETSET {key} {value}',
    'GETDEL {key}',
    'GETEX {key} [EX {seconds}] [PERSIST]',
    'MGET {any} {any} {any}',
    'MSET {key} {value} {key} {value}',
    'MSETNX {key} {value} {any} {value}',
    'APPEND {key} {value}',
    'STRLEN {any}',
    'INCR {any}',
    'DECR {key}',
    'INCRBY {key} {int}',
    'DECRBY {key} {int}',
    'INCRBYFLOAT {key} {float}',
    'SETRANGE {key} {small} {value}',
    'SETRANGE {key} 250 {value}',
    'GETRANGE {any} {small} {small}',
    'LCS {key} {key} [LEN] [IDX] [WITHMATCHLEN] [MINMATCHLEN {small}]',
    'DEL {any} {any}',
    'UNLINK {any}',
    'EXISTS {any} {any}',
    'TOUCH {any} {any}',
    'TYPE {any}',
    'RENAME {any} {any}',
    'RENAMENX {any} {any}',
    'MOVE {any} {db}',
    'COPY {any} {any} [DB {db}] [REPLACE]',
    'KEYS {pattern}',
    'DBSIZE',
    'SELECT {db}',
    'SELECT 0',
    'SWAPDB {db} {db}',
    'EXPIRE {any} {seconds} [{when}]',
    'PEXPIREAT {any} {instant}000 [{when}] [{when}]',
    'EXPIRE {any} {int} [{when}]',
    'EXPIREAT {any} {instant} [{when}]',
    '~ TTL {any}',
    'PEXPIREAT {key} {instant}123',
    'PERSIST {any}',
    'OBJECT ENCODING {any}',
    'HSET {hash} {field} {value} [{field} {value}]',
    'HSETNX {hash} {field} {value}',
    'HGET {hash} {field}',
    'HMGET {hash} {field} {field}',
    'HDEL {hash} {field} {field}',
    'HGETALL {hash}',
    'HLEN {hash}',
    'HSTRLEN {hash} {field}',
    'RPUSH {list} {value} [{value}]',
    'LPUSH {list} {value}',
    'LPUSHX {list} {value}',
    'LPOP {list} [{small}]',
    'RPOP {list}',
    'LRANGE {list} {small} {small}',
    'LINDEX {list} {small}',
    'LLEN {list}',
    'ZADD {zset} [NX] [XX] [GT] [CH] {score} {member}',
    'ZADD {zset} [LT] [CH] {score} {member} {score} {member}',
    'ZADD {zset} INCR {score} {member}',
    'ZINCRBY {zset} {score} {member}',
    'ZREM {zset} {member}',
    'ZSCORE {zset} {member}',
    'ZMSCORE {zset} {member} {member}',
    'ZRANK {zset} {member}',
    'ZREVRANK {zset} {member}',
    'ZCARD {zset}',
    'MULTI',
    'EXEC',
    'EXEC',
    'DISCARD',
    'WATCH {any}',
    'UNWATCH',
    'FLUSHDB',
    'NOSUCH {any}',
    'GET',
  ],
};

const PROGRAMS = 100;
const LENGTH = 200;
const seed = Number(process.env['SEED'] ?? 20_240_115);

describeWithRedis('random commands', () => {
  let real: RealRedis;
  beforeAll(async () => {
    real = await startRedis('--enable-debug-command', 'yes');
  });
  afterAll(() => real.stop());

  test(
    `${PROGRAMS * LENGTH} of them answer as the real server does (SEED=${seed})`,
    { timeout: 120_000 },
    async () => {
      for (let i = 0; i < PROGRAMS; i++) {
        const program = randomProgram(seedRandom(seed + i), grammar, LENGTH);
        const protocol = i % 2 === 0 ? 2 : 3;
        const found = await differences(real, program, protocol);
        if (found.length === 0) continue;
        const shortest = await shrunk(
          program,
          async (part) => (await differences(real, part, protocol)).length > 0,
        );
        const lines = shortest.map(({ text }) => text).join('\n');
        expect.fail(
          `SEED=${seed + i}, RESP${protocol}:\n${lines}\n\n${describeDifferences(await differences(real, shortest, protocol))}`,
        );
      }
    },
  );
});
