/** What scripts may ask of Redis, and the commands that run them. */
import { expect, test } from 'vitest';
import { ascii } from '../../../src/base/bytes.ts';
import { newEngineFixture } from '../../support/engine-fixture.ts';
import { scriptSuite } from './script-suite.ts';

const sha = 'e0e1f9fabfc9d4800c877a703b823ac0578ff8db';

scriptSuite('scripts speak with Redis as in the real one', {
  'replies of commands': [
    'return redis.call("SET", "a", "1")',
    'return redis.call("GET", "a")',
    'return redis.call("INCR", "a")',
    'return redis.call("GET", "missing") == false',
    'return redis.call("SET", "a", "x").ok',
    'return redis.call("RPUSH", "l", 1, 2, 3)',
    'return redis.call("LRANGE", "l", 0, -1)',
    'return redis.call("HSET", "h", "f", "v", "g", 2)',
    'return redis.call("HGETALL", "h")',
    'return redis.call("ZADD", "z", 1.5, "m")',
    'return redis.call("ZSCORE", "z", "m")',
    'return redis.call("ZRANGE", "z", 0, -1, "WITHSCORES")',
    'return redis.call("SADD", "s", "x")',
    'return redis.call("SMEMBERS", "s")',
    'redis.call("SET", "n", 10) return redis.call("GET", "n")',
    'redis.call("SET", "n", 1e20) return redis.call("STRLEN", "n")',
    'redis.setresp(3) return redis.call("HGETALL", "h").map.f',
    'redis.setresp(3) return redis.call("SMEMBERS", "s").set.x',
    'redis.setresp(3) return redis.call("ZSCORE", "z", "m").double',
    'redis.setresp(3) return redis.call("ZSCORE", "z", "m")',
    'redis.setresp(3) return redis.call("SMEMBERS", "s")',
    'redis.setresp(3) return redis.call("GET", "missing") == nil',
    'redis.setresp(3) return {true, false}',
    'return {double = 1.5}',
    'return {map = {a = 1}}',
    'return {set = {a = true}}',
    'return {big_number = "123"}',
    'return {verbatim_string = {format = "txt", string = "abc"}}',
  ],
  'keys and arguments': [
    ['EVAL', 'return {KEYS[1], KEYS[2], ARGV[1], #KEYS, #ARGV}', '2', 'a', 'b', 'c'],
    ['EVAL', 'return KEYS', '0'],
    ['EVAL', 'return 1', '-1'],
    ['EVAL', 'return 1', '2', 'a'],
    ['EVAL', 'return 1', 'x'],
    ['EVAL', 'return 1'],
    ['EVAL', 'return redis.call("SET", KEYS[1], ARGV[1])', '1', 'k', 'v\xff\0'],
    ['EVAL', 'return redis.call("GET", KEYS[1])', '1', 'k'],
    ['EVAL', 'KEYS[1] = "mine" return KEYS[1]', '1', 'k'],
  ],
  'errors of commands': [
    'return redis.call()',
    'return redis.call("nosuch")',
    'return redis.call("get")',
    'return redis.call({})',
    'return redis.call("set", "a", "x")',
    'return redis.call("incr", "a")',
    'return redis.pcall("incr", "a")',
    'return redis.pcall("incr", "a").err',
    'return redis.pcall("nosuch").err',
    'redis.call("lpush", "a", "x")',
    '\nredis.call("lpush", "a", "x")',
    'local ok, e = pcall(redis.call, "lpush", "a", "x") return e',
    'local ok, e = pcall(function() return redis.call("incr", "a") end) return e',
    'return redis.error_reply("My error")',
    'return redis.error_reply("-My error")',
    'return redis.error_reply(1)',
    'return redis.status_reply("FINE")',
    'return redis.status_reply()',
    'return redis.call("multi")',
    'return redis.call("subscribe", "a")',
    'return redis.call("eval", "return 1", 0)',
    'return redis.sha1hex("abc")',
    'return redis.sha1hex("")',
    'return redis.sha1hex()',
    'redis.setresp(4)',
    'redis.setresp()',
    'redis.log(1)',
    'redis.log("x", "y")',
    'redis.log(9, "y")',
    'return redis.log(redis.LOG_DEBUG, "y")',
    'redis.set_repl(9)',
    'redis.set_repl()',
    'return redis.replicate_commands()',
    'return {redis.LOG_DEBUG, redis.LOG_VERBOSE, redis.LOG_NOTICE, redis.LOG_WARNING}',
    'return {redis.REPL_NONE, redis.REPL_AOF, redis.REPL_SLAVE, redis.REPL_REPLICA, redis.REPL_ALL}',
    'return redis.acl_check_cmd("get", "a")',
    'return redis.acl_check_cmd("nosuch")',
    'return redis.acl_check_cmd()',
    'redis.call("select", 3) return redis.call("set", "in3", 1)',
    ['EXISTS', 'in3'],
  ],
  'the cache of scripts': [
    ['SCRIPT', 'LOAD', 'return 1'],
    ['EVALSHA', sha, '0'],
    ['EVALSHA', sha.toUpperCase(), '0'],
    ['EVALSHA', 'aa', '0'],
    ['EVALSHA', sha, 'x'],
    ['SCRIPT', 'EXISTS', sha, 'nope', sha.toUpperCase()],
    ['SCRIPT', 'EXISTS'],
    ['SCRIPT', 'LOAD', 'x ='],
    ['SCRIPT', 'FLUSH', 'x'],
    ['SCRIPT', 'FLUSH', 'async', 'x'],
    ['SCRIPT', 'FLUSH', 'ASYNC'],
    ['SCRIPT', 'EXISTS', sha],
    ['EVAL', 'return 1', '0'],
    ['SCRIPT', 'EXISTS', sha],
    ['SCRIPT', 'KILL'],
    ['SCRIPT'],
    ['SCRIPT', 'NOSUCH'],
    ['MULTI'],
    ['EVAL', 'return redis.call("INCR", "x")', '0'],
    ['EXEC'],
  ],
  'scripts that may not write': [
    ['EVAL_RO', 'return redis.call("SET", "a", 1)', '0'],
    ['EVAL_RO', 'return redis.call("GET", "a")', '0'],
    ['EVALSHA_RO', 'aa', '0'],
    '#!lua flags=no-writes\nreturn redis.call("SET", "a", 1)',
    '#!lua flags=no-writes\nreturn 5',
    '#!lua\nreturn redis.call("SET", "a", 1)',
    '#!lua flags=nope\nreturn 1',
    '#!python\nreturn 1',
    '#!lua name=x\nreturn 1',
    '#!lua',
    ['EVAL_RO', '#!lua\nreturn 1', '0'],
  ],
});

test('what a script writes is one unit, whose cause is the script', () => {
  const fixture = newEngineFixture();
  fixture.run([
    ascii('EVAL'),
    ascii('redis.call("SET", "a", 1) redis.call("INCR", "a") return 1'),
    ascii('0'),
  ]);
  expect(fixture.units).toHaveLength(1);
  expect(fixture.units[0]?.cause.kind).toBe('script');
  expect(fixture.units[0]?.commands.map(({ argv }) => argv.join(' '))).toEqual([
    'SET a 1',
    'INCR a',
  ]);
});

test('redis.set_repl keeps writes out of the log', () => {
  const fixture = newEngineFixture();
  const script =
    'redis.set_repl(redis.REPL_NONE) redis.call("SET", "a", 1) redis.set_repl(redis.REPL_ALL) redis.call("SET", "b", 1)';
  fixture.run([ascii('EVAL'), ascii(script), ascii('0')]);
  expect(
    fixture.units.flatMap(({ commands }) => commands.map(({ argv }) => argv.join(' '))),
  ).toEqual(['SET b 1']);
});
