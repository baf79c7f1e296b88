import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedRandom } from '../../src/base/random.ts';
import { conversationDifferences } from '../support/conversations.ts';
import { randomProgram, shrunk, type Grammar } from '../support/random-programs.ts';
import { describeWithRedis, startRedis, type RealRedis } from '../support/real-redis.ts';

const long = 'w'.repeat(70);

/** Lists and sorted sets, with clients that wait for them, transactions, watches and listeners. */
const waiting: Grammar = {
  words: {
    c: ['1', '2', '3', '4', '4', '4'],
    k: ['a', 'b', 'c'],
    z: ['a', 'y', 'z'],
    v: ['1', 'x', 'y', '""', long],
    end: ['LEFT', 'RIGHT'],
    which: ['MIN', 'MAX'],
    n: ['0', '1', '2', '-1', '-2', '5', 'x'],
    score: ['0', '1', '-1.5', 'inf'],
  },
  templates: [
    '{c}> RPUSH {k} {v} [{v}] [{v}]',
    '{c}> LPUSH {k} {v} [{v}]',
    '{c}> LPUSHX {k} {v}',
    '{c}> RPOP {k} [{n}]',
    '{c}> LPOP {k}',
    '{c}> LRANGE {k} {n} {n}',
    '{c}> LINDEX {k} {n}',
    '{c}> LSET {k} {n} {v}',
    '{c}> LINSERT {k} BEFORE {v} {v}',
    '{c}> LINSERT {k} AFTER {v} {v}',
    '{c}> LREM {k} {n} {v}',
    '{c}> LTRIM {k} {n} {n}',
    '{c}> LPOS {k} {v} [RANK {n}] [COUNT {n}] [MAXLEN {n}]',
    '{c}> LMOVE {k} {k} {end} {end}',
    '{c}> RPOPLPUSH {k} {k}',
    '{c}> LMPOP 2 {k} {k} {end} [COUNT {n}]',
    '{c}> BLPOP {k} {k} 0',
    '{c}> BRPOP {k} 0',
    '{c}> BLMOVE {k} {k} {end} {end} 0',
    '{c}> BRPOPLPUSH {k} {k} 0',
    '{c}> BLMPOP 0 2 {k} {k} {end} [COUNT {n}]',
    '{c}> ZADD {z} {score} {v} [{score} {v}]',
    '{c}> ZPOPMIN {z}',
    '{c}> BZPOPMIN {z} {z} 0',
    '{c}> BZPOPMAX {z} 0',
    '{c}> BZMPOP 0 2 {z} {z} {which} [COUNT {n}]',
    '{c}> DEL {k}',
    '{c}> RENAME {k} {k}',
    '{c}> COPY {k} {k}',
    '{c}> TYPE {z}',
    '4> MULTI',
    '4> EXEC',
    '4> EXEC',
    '4> DISCARD',
    '4> WATCH {k}',
    '{c}> SWAPDB 0 1',
    '4> FLUSHALL',
  ],
};

/** Streams with groups; which consumers there are is another matter (7.2 makes more of them than 7.0). */
const streams: Grammar = {
  words: {
    c: ['1', '2', '3', '3'],
    s: ['s', 't', 'list'],
    g: ['g', 'h', 'nope'],
    who: ['a', 'b', 'c'],
    id: ['1', '2-1', '3', '5-2', '7-1', '10', '0', '-', '+', '(2', '99', 'x', '$'],
    new: ['1-1', '2-1', '3', '4-1', '5-2', '5-*', '8', '10-1', '20-*', '33177117420000'],
    fields: ['f v', 'f v', 'g w', 'f 1 g 2', 'f'],
    n: ['0', '1', '2', '3', '10', '-1', 'x'],
    // 7.0 tells an XREAD that waits of an entry that is trimmed as soon as it is added.
    most: ['1', '2', '3', '10', '-1', 'x'],
    low: ['0', '1-1', 'x'],
    idle: ['0', '0', '0', '100000', 'x'],
  },
  templates: [
    '{c}> XADD {s} {new} {fields}',
    '{c}> XADD {s} {new} {fields}',
    '{c}> XADD {s} [NOMKSTREAM] MAXLEN {most} {new} f v',
    '{c}> XADD {s} MAXLEN ~ {most} [LIMIT {n}] {new} f v',
    '{c}> XADD {s} MINID = {low} {new} f v',
    '{c}> XTRIM {s} MAXLEN {n}',
    '{c}> XTRIM {s} MAXLEN ~ {n} [LIMIT {n}]',
    '{c}> XTRIM {s} MINID ~ {id}',
    '{c}> XTRIM {s} MINID {id}',
    '{c}> XDEL {s} {id} {id}',
    '{c}> XLEN {s}',
    '{c}> XRANGE {s} {id} {id} [COUNT {n}]',
    '{c}> XREVRANGE {s} {id} {id} [COUNT {n}]',
    '{c}> XREAD [COUNT {n}] STREAMS {s} {s} {id} {id}',
    '{c}> XREAD [COUNT {n}] BLOCK 0 STREAMS s {id}',
    '{c}> XGROUP CREATE {s} {g} {id} [MKSTREAM] [ENTRIESREAD {n}]',
    '{c}> XGROUP CREATE {s} {g} {id} [MKSTREAM]',
    '{c}> XGROUP SETID {s} {g} {id} [ENTRIESREAD {n}]',
    '{c}> XREADGROUP GROUP {g} {who} [COUNT {n}] STREAMS {s} >',
    '{c}> XREADGROUP GROUP {g} {who} [COUNT {n}] STREAMS {s} {s} > {id}',
    '{c}> XREADGROUP GROUP {g} {who} [COUNT {n}] STREAMS {s} {id}',
    '{c}> XACK {s} {g} {id} {id}',
    '{c}> XPENDING {s} {g}',
    '{c}> XCLAIM {s} {g} {who} {idle} {id} {id} [JUSTID] [FORCE] [RETRYCOUNT {n}]',
    '{c}> XCLAIM {s} {g} {who} {idle} {id} JUSTID [LASTID {id}]',
    '{c}> XAUTOCLAIM {s} {g} {who} {idle} {id} [COUNT {n}] [JUSTID]',
    '{c}> XINFO STREAM {s}',
    '{c}> XINFO GROUPS {s}',
    '{c}> COPY {s} {s}',
    '3> RPUSH list a',
  ],
};

const PROGRAMS = 25;
const LENGTH = 80;
const seed = Number(process.env['SEED'] ?? 20_240_116);

describeWithRedis('random conversations', () => {
  let real: RealRedis;
  beforeAll(async () => {
    real = await startRedis(
      '--enable-debug-command',
      'yes',
      '--appendonly',
      'yes',
      '--appendfsync',
      'no',
    );
  });
  afterAll(() => real.stop());

  test.each([
    ['clients that wait', waiting],
    ['streams', streams],
  ] as const)(
    `%s: ${PROGRAMS * LENGTH} lines go as on the real server (SEED=${seed})`,
    { timeout: 120_000 },
    async (_, grammar) => {
      for (let i = 0; i < PROGRAMS; i++) {
        const program = randomProgram(seedRandom(seed + i), grammar, LENGTH);
        const protocol = i % 2 === 0 ? 2 : 3;
        const found = await conversationDifferences(real, program, protocol);
        if (found.length === 0) continue;
        const shortest = await shrunk(
          program,
          async (part) => (await conversationDifferences(real, part, protocol)).length > 0,
        );
        const lines = shortest.map(({ text }) => text).join('\n');
        const why = (await conversationDifferences(real, shortest, protocol)).join('\n');
        expect.fail(`SEED=${seed + i}, RESP${protocol}:\n${lines}\n\n${why}`);
      }
    },
  );
});
