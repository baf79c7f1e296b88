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
  ...['ZINCRBY z:{n} {small} m', 'ZREM z:{n} {member}'],
] as const;

/** Commands that change little but everything, now and then. */
const rare = ['SWAPDB 1 2', 'FLUSHDB', 'SELECT 0', 'SELECT 1', 'SELECT 2', 'SELECT 9'] as const;

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
