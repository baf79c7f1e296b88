import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { commandSyntaxOf, helpTableOf } from '../../src/cli/command-syntax.ts';
import type { CommandDocs } from '../../src/cli/command-syntax.ts';
import { completionsFor } from '../../src/cli/completion.ts';
import { helpBlocks, helpText } from '../../src/cli/command-help.ts';
import { hintFor, syntaxText } from '../../src/cli/hints.ts';

const golden = new URL('../golden/commands-7.2.4.json', import.meta.url);
const docs = (JSON.parse(readFileSync(golden, 'utf8')) as { docs: CommandDocs }).docs;
const table = helpTableOf(commandSyntaxOf(docs));
const EXPIRY =
  '[EX seconds|PX milliseconds|EXAT unix-time-seconds|PXAT unix-time-milliseconds|KEEPTTL]';

describe('hints shrink while arguments are typed, as those of redis-cli 7.2', () => {
  // Facts of redis-cli 7.2, checked against the list that Redis tests its own client with
  // (redis: tests/assets/test_cli_hint_suite.txt); the syntax comes from the real 7.2.4.
  test.each([
    ['GET ', 'key'],
    ['GET abc ', ''],
    ['get abc ', ''],
    ['DECRBY ', 'key decrement'],
    ['DECRBY xyz ', 'decrement'],
    ['LPOP key ', '[count]'],
    ['LPOP key 3 ', ''],
    ['XRANGE k 4 2 ', '[COUNT count]'],
    ['XRANGE k 4 2 COU', ' [COUNT count]'],
    ['XRANGE k 4 2 COUNT', ' [COUNT count]'],
    ['XRANGE k 4 2 COUNT ', 'count'],
    ['CONFIG SET param ', 'value [parameter value ...]'],
    ['CONFIG SET param val ', '[parameter value ...]'],
    ['CONFIG SET param val parm2 val2 ', '[parameter value ...]'],
    ['ZRANDMEMBER k ', '[count [WITHSCORES]]'],
    ['ZRANDMEMBER k 3 ', '[WITHSCORES]'],
    ['ZRANDMEMBER k 3 WITHSCORES ', ''],
    ['MGET ', 'key [key ...]'],
    ['MGET k k ', '[key ...]'],
    ['SCAN 2 MATCH ', 'pattern [COUNT count] [TYPE type]'],
    ['SCAN 2 COUNT ', 'count [MATCH pattern] [TYPE type]'],
    ['BLMOVE src dst LEFT ', 'LEFT|RIGHT timeout'],
    ['ZRANGE k 1 2 ', '[BYSCORE|BYLEX] [REV] [LIMIT offset count] [WITHSCORES]'],
    ['ZRANGE k 1 2 bylex rev ', '[LIMIT offset count] [WITHSCORES]'],
    ['ZRANGE k 1 2 limit 2 4 ', '[BYSCORE|BYLEX] [REV] [WITHSCORES]'],
    ['ZRANGE k 1 2 bylex rev limit 2 4 WITHSCORES ', ''],
    ['SET key value ', `[NX|XX] [GET] ${EXPIRY}`],
    ['SET key value EX ', 'seconds [NX|XX] [GET]'],
    ['SET key value PXAT ', 'unix-time-milliseconds [NX|XX] [GET]'],
    ['SET key value KEEPTTL ', '[NX|XX] [GET]'],
    ['SET key value XX ', `[GET] ${EXPIRY}`],
    [
      'GEORADIUS key 1 -2.345 3 M COUNT 12 ',
      '[ANY] [WITHCOORD] [WITHDIST] [WITHHASH] [ASC|DESC] [STORE key|STOREDIST key]',
    ],
    ['ZADD key ', '[NX|XX] [GT|LT] [CH] [INCR] score member [score member ...]'],
    ['ZADD key CH LT ', '[NX|XX] [INCR] score member [score member ...]'],
    ['ZADD key 0 ', 'member [score member ...]'],
    ['ZADD key 0 a 1 b ', '[score member ...]'],
  ])('%j is followed by %j', (line, hint) => {
    expect(hintFor(table, line)).toBe(hint);
  });

  test('once the next option is begun, what completed the one before is no longer offered', () => {
    expect(hintFor(table, 'GEORADIUS key 1 2 3 M COUNT 12 ASC ')).not.toContain('ANY');
    expect(hintFor(table, 'GEORADIUS key 1 2 3 M COUNT 12 ')).toContain('[ANY]');
  });

  test('a word that fits nowhere, or has the wrong type, ends the hinting', () => {
    expect(hintFor(table, 'SET key value FOOBAR ')).toBe('');
    expect(hintFor(table, 'ZRANDMEMBER k many ')).toBe('');
    expect(hintFor(table, 'GEORADIUS key 1 X ')).toBe('');
  });

  test('an empty token shows as a pair of quotes', () => {
    expect(hintFor(table, 'MIGRATE ')).toBe(
      'host port key|"" destination-db timeout [COPY] [REPLACE] [AUTH password|AUTH2 username password] [KEYS key [key ...]]',
    );
  });

  test('a name is hinted only when a blank ends it', () => {
    expect(hintFor(table, 'GET')).toBeUndefined();
    expect(hintFor(table, 'GE ')).toBeUndefined();
    expect(hintFor(table, '')).toBeUndefined();
  });

  test('the word under the cursor is still part of the hint, after a blank', () => {
    expect(hintFor(table, 'GET k')).toBe(' key');
  });

  test('the longest command name wins', () => {
    expect(hintFor(table, 'OBJECT ENCODING ')).toBe('key');
    expect(hintFor(table, 'object encoding k ')).toBe('');
  });

  test('unbalanced quotes give no hint until they are closed', () => {
    expect(hintFor(table, 'SET "user 1')).toBeUndefined();
    expect(hintFor(table, 'SET "user 1" ')).toBe(`value [NX|XX] [GET] ${EXPIRY}`);
  });

  test('brackets of a repeatable option stay balanced while it is typed', () => {
    const hint = hintFor(table, 'MIGRATE h 1 "" 0 1 KEYS a ') ?? '';
    expect(hint.startsWith('[key ...]')).toBe(true);
    expect([...hint].filter((c) => c === '[').length).toBe(
      [...hint].filter((c) => c === ']').length,
    );
  });

  test('every command and every beginning of its syntax has a hint or none, without a failure', () => {
    for (const { full, syntax } of table.entries) {
      const whole = syntaxText(syntax.arguments ?? []);
      expect(hintFor(table, `${full} `)).toBe(whole);
      expect([...whole].filter((c) => c === '[').length).toBe(
        [...whole].filter((c) => c === ']').length,
      );
    }
    expect(table.entries.length).toBeGreaterThan(350);
  });
});

describe('Tab', () => {
  test('completes commands and subcommands whatever the case', () => {
    expect(completionsFor(table, 'bgr')).toEqual(['BGREWRITEAOF']);
    expect(completionsFor(table, 'config re')).toEqual(['CONFIG RESETSTAT', 'CONFIG REWRITE']);
  });

  test('offers nothing for what no command begins with', () => {
    expect(completionsFor(table, 'nosuch')).toEqual([]);
    expect(completionsFor(table, 'get k')).toEqual([]);
  });

  test('completes topics behind help, groups too, keeping what was typed before', () => {
    expect(completionsFor(table, 'help  @str')).toEqual(['help  @stream', 'help  @string']);
    expect(completionsFor(table, 'HELP bgs')).toEqual(['HELP BGSAVE']);
  });
});

describe('help', () => {
  test('shows a command with its subcommands', () => {
    expect(helpBlocks(table, ['bgrewriteaof']).map(({ name }) => name)).toEqual(['BGREWRITEAOF']);
    expect(helpBlocks(table, ['config']).map(({ name }) => name)).toContain('CONFIG REWRITE');
  });

  test('shows a group without naming it again', () => {
    const blocks = helpBlocks(table, ['@hyperloglog']);
    expect(blocks.map(({ name }) => name)).toEqual([
      'PFADD',
      'PFCOUNT',
      'PFDEBUG',
      'PFMERGE',
      'PFSELFTEST',
    ]);
    expect(blocks[0]?.lines.map(({ label }) => label)).toEqual(['since']);
  });

  test('without a topic says how to ask', () => {
    expect(helpText(table, [], '7.2.4').split('\n').slice(0, 2)).toEqual([
      'redis-cli 7.2.4',
      'To get help about Redis commands type:',
    ]);
  });

  test('of an unknown topic is empty', () => {
    expect(helpText(table, ['nosuch'], '7.2.4').trim()).toBe('');
  });
});
