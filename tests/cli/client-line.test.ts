import { describe, expect, test } from 'vitest';
import { parseClientLine } from '../../src/cli/client-line.ts';
import { isSensitiveCommand } from '../../src/cli/sensitive.ts';

describe('a line at the prompt', () => {
  test.each([
    ['SET user:1 "Alice"', { kind: 'command', argv: ['SET', 'user:1', 'Alice'], repeat: 1 }],
    ['  get  k  ', { kind: 'command', argv: ['get', 'k'], repeat: 1 }],
    ['set k "a\\x00b\\n"', { kind: 'command', argv: ['set', 'k', 'a\0b\n'], repeat: 1 }],
    ['SET k é', { kind: 'command', argv: ['SET', 'k', '\xc3\xa9'], repeat: 1 }],
    ['5 INCR a', { kind: 'command', argv: ['INCR', 'a'], repeat: 5 }],
    ['5', { kind: 'command', argv: ['5'], repeat: 1 }],
    ['5x INCR a', { kind: 'command', argv: ['5x', 'INCR', 'a'], repeat: 1 }],
    ['0 INCR a', { kind: 'message', text: 'Invalid redis-cli repeat command option value.' }],
    ['-1 get a', { kind: 'message', text: 'Invalid redis-cli repeat command option value.' }],
    [
      '99999999999999999999 get a',
      { kind: 'message', text: 'Invalid redis-cli repeat command option value.' },
    ],
    ['"abc', { kind: 'message', text: 'Invalid argument(s)' }],
    ['"a"b', { kind: 'message', text: 'Invalid argument(s)' }],
    ['', { kind: 'nothing' }],
    ['   ', { kind: 'nothing' }],
    ['quit', { kind: 'quit' }],
    ['EXIT', { kind: 'quit' }],
    ['clear', { kind: 'clear' }],
    ['clear all', { kind: 'command', argv: ['clear', 'all'], repeat: 1 }],
    ['connect 127.0.0.1 6380', { kind: 'connect', host: '127.0.0.1', port: 6380 }],
    ['connect 127.0.0.1', { kind: 'command', argv: ['connect', '127.0.0.1'], repeat: 1 }],
    ['connect host nowhere', { kind: 'connect', host: 'host', port: 0 }],
    [':set hints', { kind: 'hints', shown: 'yes' }],
    [':set nohints', { kind: 'hints', shown: 'no' }],
    [':set foo', { kind: 'message', text: "unknown redis-cli preference 'foo'" }],
    [':x', { kind: 'message', text: "unknown redis-cli internal command ':x'" }],
    ['restart', { kind: 'message', text: "Use 'restart' only in Lua debugging mode." }],
    ['help set', { kind: 'help', topic: ['set'] }],
    ['? @string', { kind: 'help', topic: ['@string'] }],
    ['!kill', { kind: 'control', action: { kind: 'kill' } }],
    ['  !advance 900ms', { kind: 'control', action: { kind: 'advance', duration: 900 } }],
  ])('%j', (line, parsed) => {
    expect(parseClientLine(line)).toEqual(parsed);
  });

  test('a lone surrogate becomes the replacement character', () => {
    expect(parseClientLine('set k \ud800')).toEqual({
      kind: 'command',
      argv: ['set', 'k', '\xef\xbf\xbd'],
      repeat: 1,
    });
  });

  test('a wrong control line says what is wrong and how it is written', () => {
    expect(parseClientLine('!advance soon')).toEqual({
      kind: 'message',
      text: '!advance: "soon" is not a duration: write a number and its unit, as in 900ms, 1.8s or 250us. Usage: !advance DURATION, as in !advance 900ms',
    });
  });
});

describe('what the stored history leaves out', () => {
  test.each([
    'auth secret',
    'AUTH user secret',
    'acl setuser alice on >pw',
    'ACL GETUSER alice',
    'config set requirepass pw',
    'CONFIG SET maxmemory 1mb masterauth pw',
    'hello 3 auth user pw',
    'hello 3 setname me auth user pw',
    'migrate h 1 k 0 5 copy auth pw',
    'migrate h 1 k 0 5 auth2 u p',
    'sentinel set m auth-pass pw',
    'sentinel config set sentinel-pass pw',
  ])('%s', (line) => {
    expect(isSensitiveCommand(line.split(' '))).toBe(true);
  });

  test.each([
    'get auth',
    'acl whoami',
    'acl list',
    'config get requirepass',
    'config set maxmemory requirepass',
    'hello 3',
    'hello 3 setname auth',
    'migrate h 1 "" 0 5 keys auth pw',
    'migrate h 1 k 0 5 copy',
    'sentinel set m quorum 2',
  ])('but not %s', (line) => {
    expect(isSensitiveCommand(line.split(' '))).toBe(false);
  });
});
