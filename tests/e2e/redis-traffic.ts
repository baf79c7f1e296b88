/** Commands of every kind that changes data here, by seed: what the logs of these tests are made of. */
import { type ByteString, ascii } from '../../src/base/bytes.ts';
import { nextBelow, type RandomState } from '../../src/base/random.ts';

/** `{x}` stands for one of these. */
const choices: Readonly<Record<string, readonly string[]>> = {
  value: ['1', '-5', '3.5', '', 'hello world', '\x00\xff\r\n', 'é'.repeat(40), '9007199254740993'],
  float: ['0.1', '-2.5', '1e3'],
  small: ['-3', '1', '2', '7'],
  // The year 2100: nothing of it is due while the logs travel.
  instant: ['4102444800', '4102531200'],
  ttl: ['100000', '2000000'],
  member: ['m', 'n', 'o', '\x00\xff', 'w'.repeat(70)],
  score: ['0', '-1', '2.5', '1e300', 'inf', '-inf', '3.0000000000000004'],
  db: ['1', '2', '9'],
};

/** Keys are of one type by their name, so that few commands end in WRONGTYPE. */
const templates = [
  ...['SET s:{n} {value}', 'SET s:{n} {value} EX {ttl}', 'SET s:{n} {value} PXAT {instant}123 GET'],
  ...['SET s:{n} {value} KEEPTTL', 'SETEX s:{n} {ttl} {value}', 'PSETEX s:{n} {ttl}000 {value}'],
  ...['SETNX s:{n} {value}', 'GETSET s:{n} {value}', 'GETDEL s:{n}', 'GETEX s:{n} EX {ttl}'],
  ...['GETEX s:{n} PERSIST', 'APPEND s:{n} {value}', 'SETRANGE s:{n} {small} {value}'],
  ...['MSET s:{n} {value} s:{n} {value}', 'MSETNX s:{n} {value} t:{n} {value}'],
  ...['INCR i:{n}', 'DECR i:{n}', 'INCRBY i:{n} {small}', 'DECRBY i:{n} {small}'],
  ...['INCRBYFLOAT f:{n} {float}', 'INCRBYFLOAT f:{n} {float}'],
  ...['EXPIRE s:{n} {ttl}', 'PEXPIRE i:{n} {ttl}000 NX', 'EXPIREAT f:{n} {instant}'],
  ...['PEXPIREAT l:{n} {instant}456', 'PERSIST s:{n}', 'EXPIRE s:{n} -1'],
  ...['DEL s:{n} s:{n}', 'UNLINK i:{n}', 'RENAME s:{n} s:{n}', 'RENAMENX s:{n} t:{n}'],
  ...['COPY s:{n} s:{n} REPLACE', 'COPY s:{n} c:{n} DB {db} REPLACE', 'MOVE t:{n} {db}'],
  ...['HSET h:{n} {member} {value} {member} {value}', 'HMSET h:{n} f {value}'],
  ...['HSETNX h:{n} {member} {value}', 'HDEL h:{n} {member}'],
  ...['LPUSH l:{n} {value}', 'RPUSH l:{n} {value} {value}', 'LPUSHX l:{n} {value}'],
  ...['RPUSHX l:{n} {value}', 'LPOP l:{n} 2', 'RPOP l:{n}'],
  ...['ZADD z:{n} {score} {member} {score} {member}', 'ZADD z:{n} INCR {small} n'],
  ...['ZINCRBY z:{n} {small} m', 'ZREM z:{n} {member}', 'ZPOPMAX z:{n}', 'ZPOPMIN z:{n} 2'],
  ...['ZMPOP 1 z:{n} MIN', 'ZREMRANGEBYRANK z:{n} 0 0', 'ZREMRANGEBYSCORE z:{n} -1 1'],
  ...['ZREMRANGEBYLEX y:{n} - [m', 'ZRANGESTORE y:{n} z:{n} 0 3', 'ZDIFFSTORE y:{n} 2 z:{n} z:{n}'],
  ...['ZINTERSTORE y:{n} 2 z:{n} z:{n}', 'ZUNIONSTORE y:{n} 2 z:{n} z:{n} WEIGHTS 2 3'],
  ...['HINCRBY h:{n} c {small}', 'HINCRBYFLOAT h:{n} d {float}'],
  ...['LINSERT l:{n} BEFORE {value} new', 'LMOVE l:{n} l:{n} LEFT RIGHT', 'LMPOP 1 l:{n} LEFT'],
  ...['LREM l:{n} 1 {value}', 'LSET l:{n} 0 {value}', 'LTRIM l:{n} 0 20', 'RPOPLPUSH l:{n} l:{n}'],
  ...['SADD u:{n} {member} {small}', 'SREM u:{n} {member}', 'SPOP u:{n}'],
  ...['SMOVE u:{n} u:{n} {member}', 'SDIFFSTORE v:{n} u:{n} u:{n}'],
  ...['SINTERSTORE v:{n} u:{n} u:{n}', 'SUNIONSTORE v:{n} u:{n} u:{n}'],
  ...[
    'SETBIT b:{n} 77 1',
    'BITFIELD b:{n} SET u8 8 200 INCRBY i5 100 1',
    'BITOP XOR b:{n} s:{n} b:{n}',
  ],
  ...['PFADD p:{n} {member} {value}', 'PFMERGE p:{n} p:{n} p:{n}'],
  ...['GEOADD g:{n} 13.361389 38.115556 {member} 15.087269 37.502669 m'],
  ...['GEORADIUS g:{n} 15 37 200 km STORE k:{n}', 'GEORADIUSBYMEMBER g:{n} m 200 km STORE k:{n}'],
  ...['GEOSEARCHSTORE k:{n} g:{n} FROMLONLAT 15 37 BYRADIUS 200 km'],
  ...['XADD x:{n} * {member} {value}', 'XADD x:{n} MAXLEN 5 * f {value}', 'XTRIM x:{n} MAXLEN 4'],
  ...['XADD e:{n} {instant}-{small} f 1', 'XDEL e:{n} {instant}-1', 'XSETID e:{n} 9999999999999-9'],
  ...['XGROUP CREATE x:{n} g 0 MKSTREAM', 'XGROUP CREATECONSUMER x:{n} g idle'],
  ...['XREADGROUP GROUP g {member} COUNT 2 STREAMS x:{n} >', 'XACK x:{n} g {instant}-1'],
  ...['XCLAIM x:{n} g idle 0 {instant}-1', 'XAUTOCLAIM x:{n} g idle 0 0 COUNT 2'],
  ...['SORT l:{n} ALPHA LIMIT 0 5 STORE l:{n}', 'SORT z:{n} BY nosort STORE l:{n}'],
] as const;

/** Commands that change all of a database, or may have to wait, now and then. */
const rare = [
  ...['SWAPDB 1 2', 'FLUSHDB', 'SELECT 0', 'SELECT 1', 'SELECT 2', 'SELECT 9'],
  ...['BLPOP l:{n} 0.001', 'BRPOP l:{n} 0.001', 'BLMOVE l:{n} l:{n} LEFT RIGHT 0.001'],
  ...['BRPOPLPUSH l:{n} l:{n} 0.001', 'BLMPOP 0.001 2 l:{n} l:{n} LEFT COUNT 2'],
  ...['BZPOPMAX z:{n} 0.001', 'BZPOPMIN z:{n} 0.001', 'BZMPOP 0.001 1 z:{n} MIN'],
] as const;

/** The names of all commands that traffic may hold. */
export const trafficNames: ReadonlySet<string> = new Set(
  [...templates, ...rare].map((template) => template.split(' ')[0]!.toLowerCase()),
);

/** At least `count` commands; one unit in ten is a transaction of several. */
export function traffic(random: RandomState, count: number): ByteString[][] {
  const commands: ByteString[][] = [];
  while (commands.length < count) {
    const dice = nextBelow(random, 200);
    if (dice === 0) commands.push(filled(random, pick(random, rare)));
    else if (dice < 20) {
      commands.push([ascii('MULTI')]);
      for (let left = nextBelow(random, 5); left > 0; left--)
        commands.push(filled(random, pick(random, templates)));
      commands.push([ascii('EXEC')]);
    } else commands.push(filled(random, pick(random, templates)));
  }
  return commands;
}

function filled(random: RandomState, template: string): ByteString[] {
  return template
    .split(' ')
    .map((word) =>
      ascii(
        word.replace(/\{(\w+)\}/g, (_, name: string) =>
          name === 'n' ? String(nextBelow(random, 300)) : pick(random, choices[name]!),
        ),
      ),
    );
}

function pick<T>(random: RandomState, from: readonly T[]): T {
  return from[nextBelow(random, from.length)]!;
}
