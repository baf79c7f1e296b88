/** The seeded commands of a crash run: all types, several databases, expiry, transactions, scripts. */
import { nextBelow, seedRandom, type RandomState } from '../../src/base/random.ts';

export interface Request {
  readonly client: string;
  readonly argv: readonly string[];
}

const CLIENTS = 6;
const SCRIPT = "redis.call('SET',KEYS[1],ARGV[1]) return redis.call('RPUSH',KEYS[2],ARGV[1])";

/** `count` commands, MULTI and EXEC included, and among them two BGREWRITEAOF. */
export function crashWorkload(seed: number, count: number): Request[] {
  const random = seedRandom(`crash ${seed}`);
  const requests: Request[] = [];
  const rewrites = [Math.floor(count * 0.35), Math.floor(count * 0.7)];
  while (requests.length < count) {
    const n = requests.length;
    if (rewrites[0] !== undefined && n >= rewrites[0]) {
      rewrites.shift();
      requests.push({ client: 'admin', argv: ['BGREWRITEAOF'] });
      continue;
    }
    const client = `client ${nextBelow(random, CLIENTS)}`;
    const left = count - n;
    const block =
      left > 8 && nextBelow(random, 12) === 0 ? transaction(random, n) : [one(random, n)];
    for (const argv of block) requests.push({ client, argv });
  }
  return requests;
}

function transaction(random: RandomState, n: number): (readonly string[])[] {
  const inner = Array.from({ length: 1 + nextBelow(random, 5) }, (_, i) =>
    // One that fails in the middle of an EXEC: the others stand.
    nextBelow(random, 8) === 0 ? ['INCRBY', 'text', '1'] : one(random, n + i, 'inside MULTI'),
  );
  const end =
    nextBelow(random, 10) === 0 ? 'DISCARD' : nextBelow(random, 2) === 0 ? 'EXEC' : 'exec';
  return [['MULTI'], ...inner, [end]];
}

type Where = 'alone' | 'inside MULTI';

function one(random: RandomState, n: number, where: Where = 'alone'): readonly string[] {
  const k = (name: string, keys: number): string => `${name}${nextBelow(random, keys)}`;
  const small = (): string => String(nextBelow(random, 9));
  const rare = nextBelow(random, 400);
  if (rare === 0) return ['FLUSHDB'];
  if (rare === 1) return ['SWAPDB', '1', '2'];
  if (rare < 20 && where === 'alone') return ['SELECT', String(nextBelow(random, 3))];
  if (rare === 20) return ['SET', 'text', 'no number'];
  const choices: (() => readonly string[])[] = [
    () => ['SET', k('s', 40), `v${n}`],
    () => ['set', k('s', 40), `v${n}`],
    () => ['MSET', k('s', 40), `a${n}`, k('s', 40), `b${n}`],
    () => ['APPEND', k('a', 5), small()],
    () => ['INCRBY', k('n', 10), small()],
    () => ['DECR', k('n', 10)],
    () => ['GETDEL', k('a', 5)],
    () => ['DEL', k('s', 40), k('e', 20)],
    () => ['UNLINK', k('h', 8), k('l', 8)],
    () => ['SET', k('e', 20), `e${n}`, 'PX', String(20 + nextBelow(random, 900))],
    () => ['SET', k('e', 20), `e${n}`, 'EX', '2'],
    () => ['PEXPIRE', k('s', 40), String(50 + nextBelow(random, 2000))],
    () => ['EXPIRE', k('h', 8), '1'],
    () => ['PERSIST', k('e', 20)],
    () => ['GET', k('e', 20)],
    () => ['APPEND', k('e', 20), small()],
    () => ['RENAME', k('s', 40), k('s', 40)],
    () => ['RPUSH', k('l', 8), `i${n}`, small()],
    () => ['LPUSH', k('l', 8), `i${n}`],
    () => ['LPOP', k('l', 8)],
    () => ['LTRIM', k('l', 8), '0', '6'],
    () => ['HSET', k('h', 8), small(), `f${n}`],
    () => ['HDEL', k('h', 8), small()],
    () => ['SADD', k('u', 6), small(), k('m', 20)],
    () => ['SREM', k('u', 6), small()],
    () => ['ZADD', k('z', 6), `${nextBelow(random, 50)}.5`, k('m', 9)],
    () => ['ZREM', k('z', 6), k('m', 9)],
    () => ['XADD', k('x', 3), `${n + 1}-1`, 'field', `x${n}`],
    () => ['XDEL', k('x', 3), `${nextBelow(random, n + 1)}-1`],
    () => ['EVAL', SCRIPT, '2', k('s', 40), k('l', 8), `script ${n}`],
  ];
  return choices[nextBelow(random, choices.length)]!();
}
