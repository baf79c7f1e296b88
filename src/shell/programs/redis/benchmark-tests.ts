/** The tests of redis-benchmark (redis-benchmark.c:main), in its order. */
import { ascii, type ByteString } from '../../../base/bytes.ts';

export interface BenchmarkTest {
  readonly title: string;
  /** By which -t chooses it. */
  readonly names: readonly string[];
  /** `__rand_int__` stands for a random number if there are any, `__data__` for the payload. */
  readonly command: readonly ByteString[];
}

function test(title: string, names: string, command: string): BenchmarkTest {
  return { title, names: names.split(' '), command: command.split(' ').map(ascii) };
}

function range(count: number): BenchmarkTest {
  return test(
    `LRANGE_${count} (first ${count} elements)`,
    `lrange lrange_${count}`,
    `LRANGE mylist 0 ${count - 1}`,
  );
}

export const benchmarkTests: readonly BenchmarkTest[] = [
  test('PING_INLINE', 'ping_inline ping', 'PING'),
  test('PING_MBULK', 'ping_mbulk ping', 'PING'),
  test('SET', 'set', 'SET key:__rand_int__ __data__'),
  test('GET', 'get', 'GET key:__rand_int__'),
  test('INCR', 'incr', 'INCR counter:__rand_int__'),
  test('LPUSH', 'lpush', 'LPUSH mylist __data__'),
  test('RPUSH', 'rpush', 'RPUSH mylist __data__'),
  test('LPOP', 'lpop', 'LPOP mylist'),
  test('RPOP', 'rpop', 'RPOP mylist'),
  test('SADD', 'sadd', 'SADD myset element:__rand_int__'),
  test('HSET', 'hset', 'HSET myhash element:__rand_int__ __data__'),
  test('SPOP', 'spop', 'SPOP myset'),
  test('ZADD', 'zadd', 'ZADD myzset __rand_int__ element:__rand_int__'),
  test('ZPOPMIN', 'zpopmin', 'ZPOPMIN myzset'),
  test(
    'LPUSH (needed to benchmark LRANGE)',
    'lrange lrange_100 lrange_300 lrange_500 lrange_600',
    'LPUSH mylist __data__',
  ),
  ...[100, 300, 500, 600].map(range),
  test('MSET (10 keys)', 'mset', `MSET${' key:__rand_int__ __data__'.repeat(10)}`),
];
