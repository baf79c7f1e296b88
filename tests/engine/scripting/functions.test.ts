/** FUNCTION and FCALL beside the real server. */
import { scriptSuite } from './script-suite.ts';

const library = (name: string, body: string): string[] => [
  'FUNCTION',
  'LOAD',
  `#!lua name=${name}\n${body}`,
];
const one = "redis.register_function('f', function(keys, args) return {keys, args} end)";
const named = (fields: string): string[] => library('named', `redis.register_function{${fields}}`);
const callback = 'callback = function() return 1 end';

scriptSuite('functions are those of Redis', {
  'a library is loaded, called, replaced and deleted': [
    library('mylib', one),
    ['FUNCTION', 'LIST'],
    ['FUNCTION', 'LIST', 'WITHCODE'],
    ['FUNCTION', 'LIST', 'LIBRARYNAME', 'MY*'],
    ['FUNCTION', 'LIST', 'LIBRARYNAME', 'x*'],
    ['FCALL', 'f', '1', 'k', 'a', 'b'],
    library('mylib', one),
    library('other', one),
    ['FUNCTION', 'LOAD', 'REPLACE', `#!lua name=mylib\n${one.replace('{keys, args}', '7')}`],
    ['FCALL', 'f', '0'],
    ['FUNCTION', 'STATS'],
    ['FUNCTION', 'DELETE', 'mylib'],
    ['FUNCTION', 'DELETE', 'mylib'],
    ['FCALL', 'f', '0'],
  ],
  'what a first line may say': [
    ['FUNCTION', 'LOAD', 'return 1'],
    ['FUNCTION', 'LOAD', '#!lua name=b'],
    ['FUNCTION', 'LOAD', `#!lua\n${one}`],
    ['FUNCTION', 'LOAD', `#!lua name=b name=c\n${one}`],
    ['FUNCTION', 'LOAD', `#!lua foo=b\n${one}`],
    ['FUNCTION', 'LOAD', `#!lua name=g flags=x\n${one}`],
    ['FUNCTION', 'LOAD', `#!js name=b\n${one}`],
    ['FUNCTION', 'LOAD', `#!lua name=b-b\n${one}`],
    ['FUNCTION', 'LOAD', `#!lua name=\n${one}`],
    ['FUNCTION', 'LOAD', `#!LUA NAME=upper\n${one}`],
    ['FUNCTION', 'FLUSH'],
  ],
  'what redis.register_function takes': [
    library('b', "redis.register_function('a b', function() end)"),
    library('b', "redis.register_function('', function() end)"),
    library('b', 'redis.register_function()'),
    library('b', 'redis.register_function(1)'),
    library('b', 'redis.register_function(1, 2)'),
    library('b', "redis.register_function('a', 2)"),
    library('b', 'redis.register_function({}, 2)'),
    library('b', "redis.register_function('a', function() end, 3)"),
    library(
      'b',
      "redis.register_function('a', function() end) redis.register_function('a', function() end)",
    ),
    library('b', 'redis.register_function{}'),
    named("function_name = 'a'"),
    named(`function_name = {}, ${callback}`),
    named("function_name = 'a', callback = 1"),
    named(`function_name = 'a', ${callback}, flags = 1`),
    named(`function_name = 'a', ${callback}, flags = {'x'}`),
    named(`function_name = 'a', ${callback}, flags = {1}`),
    named(`function_name = 'a', ${callback}, description = {}`),
    named(`function_name = 'a', ${callback}, bar = 1`),
    named(`[{}] = 'a', ${callback}`),
    named(
      `function_name = 'a', ${callback}, description = 'what it does', flags = {'allow-stale', 'no-writes', 'allow-oom', 'no-cluster'}`,
    ),
    ['FUNCTION', 'LIST'],
    ['FCALL_RO', 'a', '0'],
    ['FUNCTION', 'FLUSH', 'ASYNC'],
    named(`function_name = 7, ${callback}, description = 1`),
    ['FCALL', '7', '0'],
    ['FUNCTION', 'FLUSH', 'SYNC'],
  ],
  'what a library finds while it is loaded, and its functions later': [
    library('b', 'redis.call("set", "a", 1)'),
    library('b', 'local x = KEYS'),
    library('b', 'local x = pairs'),
    library('b', 'x = 1'),
    library('b', 'local x ='),
    library('b', 'return 1'),
    library('b', "error('x')"),
    library('b', 'redis.setresp(3)'),
    library(
      'c',
      `local count = 0
      local function next() count = count + 1 return count end
      redis.log(redis.LOG_DEBUG, 'loaded')
      redis.register_function('next', next)
      redis.register_function('wrong', function() return nosuch end)
      redis.register_function('set', function() x = 1 end)
      redis.register_function('indexed', function() local t = nil
        return t.x end)
      redis.register_function('missing', function() return tostring(redis.nosuch) end)
      redis.register_function('keys', function() return tostring(KEYS) end)
      redis.register_function('fails', function() return redis.call('incr', 'text') end)
      redis.register_function('caught', function() return redis.pcall('incr', 'text') end)
      redis.register_function('raises', function() error({err = 'MY error'}) end)
      redis.register_function('writes', function(keys, args) return redis.call('set', keys[1], args[1]) end)
      redis.register_function{function_name = 'ro', flags = {'no-writes'}, callback = function() return redis.call('set', 'a', 1) end}
      redis.register_function('proto', function() redis.setresp(3) return redis.call('hgetall', 'h') end)`,
    ),
    ['SET', 'text', 'x'],
    ['HSET', 'h', 'f', 'v'],
    ['FCALL', 'next', '0'],
    ['FCALL', 'next', '0'],
    ['FCALL', 'wrong', '0'],
    ['FCALL', 'set', '0'],
    ['FCALL', 'indexed', '0'],
    ['FCALL', 'missing', '0'],
    ['FCALL', 'keys', '0'],
    ['FCALL', 'fails', '0'],
    ['FCALL', 'caught', '0'],
    ['FCALL', 'raises', '0'],
    ['FCALL', 'writes', '1', 'k', 'v'],
    ['GET', 'k'],
    ['FCALL_RO', 'writes', '1', 'k', 'v'],
    ['FCALL', 'ro', '0'],
    ['FCALL_RO', 'ro', '0'],
    ['FCALL', 'proto', '0'],
    ['MULTI'],
    ['FCALL', 'next', '0'],
    ['EXEC'],
    ['FUNCTION', 'FLUSH'],
  ],
  'words that do not fit': [
    ['FUNCTION', 'LIST', 'foo'],
    ['FUNCTION', 'LIST', 'LIBRARYNAME'],
    ['FUNCTION', 'LIST', 'LIBRARYNAME', 'a', 'LIBRARYNAME', 'b'],
    ['FUNCTION', 'LIST', 'WITHCODE', 'WITHCODE'],
    ['FUNCTION', 'FLUSH', 'x'],
    ['FUNCTION', 'FLUSH', 'sync', 'async'],
    ['FUNCTION', 'RESTORE', 'x'],
    ['FUNCTION', 'RESTORE', 'x', 'foo'],
    ['FUNCTION', 'LOAD'],
    ['FUNCTION', 'LOAD', 'replace'],
    ['FUNCTION', 'LOAD', 'foo', 'bar'],
    ['FUNCTION', 'KILL'],
    ['FUNCTION', 'STATS', 'x'],
    ['FUNCTION', 'STATS'],
    ['FUNCTION'],
    ['FUNCTION', 'NOSUCH'],
    library('mylib', one),
    ['FCALL', 'f'],
    ['FCALL', 'f', 'x'],
    ['FCALL', 'nosuch', '0'],
    ['FCALL', 'f', '1'],
    ['FCALL', 'f', '-1'],
    ['FCALL_RO', 'f', '0'],
    ['EVAL', 'return redis.call("fcall", "f", 0)', '0'],
    ['EVAL', 'return redis.call("function", "list")', '0'],
    ['FUNCTION', 'FLUSH'],
  ],
});
