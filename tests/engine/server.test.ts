import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ascii } from '../../src/base/bytes.ts';
import { commandTable } from '../../src/engine/command-table.ts';
import { commandSummaries } from '../../src/engine/command-summaries.ts';
import type { Command } from '../../src/engine/command.ts';
import { asRead, newEngineFixture } from '../support/engine-fixture.ts';
import { newTestPort } from '../support/engine-port.ts';
import type { Reply } from '../../src/resp/reply.ts';
import { differentialSuite } from '../support/differential-suite.ts';

differentialSuite('the server answers as the real one does', {
  'arguments of server commands': `
    TIME x
    LASTSAVE x
    SHUTDOWN x
    SHUTDOWN SAVE NOSAVE
    SHUTDOWN ABORT NOW
    BGSAVE x
    BGSAVE SCHEDULE x
    SAVE x
    LOLWUT VERSION x
    CONFIG
    CONFIG NOPE
    CONFIG SET a
    CONFIG SET a 1 b
    CONFIG GET
    CONFIG GET hash-max-listpack-entries
    CONFIG GET hash-max-listpack-ent* hash-max-listpack-entries
    CONFIG GET nothing-like-this
    CONFIG RESETSTAT x
    CONFIG RESETSTAT
    CONFIG REWRITE
    BGREWRITEAOF x
  `,
  COMMAND: `
    COMMAND NOPE
    COMMAND COUNT x
    COMMAND INFO nope
    COMMAND DOCS nope
    COMMAND LIST x
    COMMAND LIST FILTERBY x y
    COMMAND LIST FILTERBY ACLCAT
    COMMAND LIST FILTERBY ACLCAT nope
    COMMAND LIST FILTERBY MODULE x
    COMMAND LIST FILTERBY PATTERN expireti*
    COMMAND LIST FILTERBY PATTERN EXPIRETIME
    COMMAND GETKEYS
    COMMAND GETKEYS SET
    COMMAND GETKEYS SET x
    COMMAND GETKEYS SET x y
    COMMAND GETKEYS nope x
    COMMAND GETKEYS PING x
    COMMAND GETKEYS GET a b
    COMMAND GETKEYS MSET a b c d
    COMMAND GETKEYS MSET a b c
    COMMAND GETKEYS MGET a b c
    COMMAND GETKEYS CONFIG GET a
    COMMAND GETKEYS OBJECT ENCODING a
    COMMAND GETKEYS OBJECT a b
    COMMAND GETKEYS RENAME a b
    COMMAND GETKEYS LCS a b LEN
    COMMAND GETKEYSANDFLAGS SET a b
    COMMAND GETKEYSANDFLAGS SET a b GET
    COMMAND GETKEYSANDFLAGS SET a b NX get
    COMMAND GETKEYSANDFLAGS MSET a b c d
    COMMAND GETKEYSANDFLAGS COPY a b
    COMMAND GETKEYSANDFLAGS DEL a b
    COMMAND GETKEYSANDFLAGS GETEX a
  `,
  DEBUG: `
    DEBUG
    DEBUG nope
    DEBUG HELP x
    DEBUG DIGEST x
    DEBUG DIGEST
    DEBUG DIGEST-VALUE
    SET a 1 EX 1000
    RPUSH l 1 2 3
    HSET h f v
    ZADD z 1.5 m
    APPEND s abc
    APPEND s def
    DEBUG DIGEST-VALUE a l h z s missing
    DEBUG DIGEST
    SELECT 3
    SET a 1
    DEBUG DIGEST
    DEBUG ERROR "some\\r\\nerror"
    DEBUG ERROR
    DEBUG SLEEP 0
    DEBUG SLEEP x
    DEBUG SLEEP
    DEBUG LOG
    DEBUG LOG hello
    DEBUG OBJECT missing
    DEBUG SET-ACTIVE-EXPIRE x
    DEBUG SET-ACTIVE-EXPIRE 1
    DEBUG CHANGE-REPL-ID
    DEBUG CHANGE-REPL-ID x
    DEBUG POPULATE x
    DEBUG POPULATE -1
    DEBUG POPULATE 3
    GET key:2
    DEBUG POPULATE 3 k 20
    GET k:0
    DEBUG POPULATE 2 q 3
    GET q:0
    OBJECT ENCODING q:0
    DEBUG POPULATE 2 r 0
    GET r:1
    DEBUG POPULATE 2 r 0 0
    DEBUG RELOAD NOSAVE nope
    DEBUG QUICKLIST-PACKED-THRESHOLD 100b
    DEBUG QUICKLIST-PACKED-THRESHOLD 1kb
    DEBUG QUICKLIST-PACKED-THRESHOLD x
    DEBUG QUICKLIST-PACKED-THRESHOLD 5gb
    DEBUG PROTOCOL x
    DEBUG PROTOCOL string
    DEBUG PROTOCOL integer
    DEBUG PROTOCOL double
    DEBUG PROTOCOL null
    DEBUG PROTOCOL array
    DEBUG PROTOCOL set
    DEBUG PROTOCOL map
    DEBUG PROTOCOL verbatim
    DEBUG PROTOCOL bignum
    DEBUG PROTOCOL true
    DEBUG PROTOCOL false
    DEBUG PROTOCOL attrib
    DEBUG JMAP
  `,
});

type Row = readonly [name: string, ...unknown[]];
const facts = JSON.parse(
  readFileSync(new URL('../golden/commands-7.2.4.json', import.meta.url), 'utf8'),
) as {
  readonly command: readonly Row[];
};

test('COMMAND describes our commands as 7.2.4 describes them', () => {
  const fixture = newEngineFixture();
  const reply = fixture.line('COMMAND');
  const ours = new Map((plain(asRead(reply, 3)) as Row[]).map((row) => [row[0], row]));
  expect(ours.size).toBe(commandTable.size);
  for (const row of facts.command) {
    const own = ours.get(row[0]);
    if (own === undefined) continue;
    // Sub-commands that we do not have are left out, and the order of the others is not told.
    const subcommands = new Map((own[9] as Row[]).map((sub) => [sub[0], sub]));
    expect(own.slice(0, 9)).toEqual(row.slice(0, 9));
    for (const sub of row[9] as Row[]) {
      if (subcommands.has(sub[0])) expect(subcommands.get(sub[0])).toEqual(sub);
    }
  }
});

/** A reply of the third protocol as JSON would have it. */
function plain(reply: Reply): unknown {
  if (reply.type === 'array' || reply.type === 'set') return reply.value.map(plain);
  if (reply.type === 'map')
    return Object.fromEntries(reply.value.map(([name, value]) => [plain(name), plain(value)]));
  return reply.type === 'null' || reply.type === 'null-array' ? null : reply.value;
}

test('every command has a summary, and COMMAND DOCS and HELP give it', () => {
  const check = (commands: Iterable<Command>): void => {
    for (const { facts: known, subcommands } of commands) {
      expect(commandSummaries[known.name], known.name).toMatch(/^[A-Z].*\.$/);
      check(subcommands.values());
    }
  };
  check(commandTable.values());
  const { line } = newEngineFixture();
  expect(JSON.stringify(line('COMMAND DOCS get'))).toContain('Reads a string.');
  const help = plain(line('OBJECT HELP')) as string[];
  expect(help[0]).toBe('OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:');
  expect(help).toContain('ENCODING <key>');
  expect(help.slice(-2)).toEqual(['HELP', '    Print this help.']);
});

test('what takes system calls is asked of the server', () => {
  const { run, requests, session } = newEngineFixture();
  const asked = (...words: string[]): unknown => {
    requests.length = 0;
    const replies = run(words.map((word) => ascii(word)));
    session().blocked = null;
    return [replies.map(plain), requests[0]];
  };
  expect(asked('SAVE')).toEqual([[], { kind: 'save' }]);
  expect(asked('BGSAVE')).toEqual([[], { kind: 'bgsave', schedule: false }]);
  expect(asked('BGSAVE', 'schedule')).toEqual([[], { kind: 'bgsave', schedule: true }]);
  expect(asked('BGREWRITEAOF')).toEqual([[], { kind: 'rewrite-aof' }]);
  expect(asked('FLUSHALL')).toEqual([['OK'], { kind: 'flushed-all' }]);
  expect(asked('DEBUG', 'SLEEP', '1.5')).toEqual([['OK'], { kind: 'sleep', micros: 1_500_000 }]);
  expect(asked('DEBUG', 'RELOAD', 'NOSAVE')).toEqual([
    [],
    { kind: 'reload', from: 'rdb', save: false, flush: true, merge: false },
  ]);
  expect(asked('DEBUG', 'LOADAOF')).toEqual([
    [],
    { kind: 'reload', from: 'aof', save: false, flush: true, merge: false },
  ]);
  expect(asked('SHUTDOWN')).toEqual([
    [],
    { kind: 'shutdown', save: 'default', force: false, now: false },
  ]);
  expect(asked('SHUTDOWN', 'NOSAVE', 'now', 'FORCE')).toEqual([
    [],
    { kind: 'shutdown', save: 'nosave', force: true, now: true },
  ]);
  expect(asked('SHUTDOWN', 'ABORT')).toEqual([[], { kind: 'abort-shutdown' }]);
  expect(asked('DEBUG', 'SEGFAULT')).toEqual([[], { kind: 'die', how: 'segfault', delayMs: 0 }]);
});

test('inside a transaction there is a reply for everything, and the server is asked in order', () => {
  const { line, requests, port } = newEngineFixture();
  line('MULTI');
  for (const text of ['FLUSHALL', 'DEBUG RELOAD', 'BGREWRITEAOF', 'BGSAVE']) line(text);
  expect(line('EXEC')).toMatchObject({
    value: [
      { value: 'OK' },
      { value: 'OK' },
      { value: 'Background append only file rewriting scheduled' },
      { value: 'Background saving scheduled' },
    ],
  });
  expect(port.scheduled).toEqual(['rewrite-aof', 'bgsave']);
  expect(requests).toMatchObject([
    { kind: 'sequence', requests: [{ kind: 'flushed-all' }, { kind: 'reload' }] },
  ]);
});

test('a child that runs already refuses another, or lets it be scheduled', () => {
  const { line, port } = newEngineFixture();
  port.child = 'rdb';
  expect(line('BGSAVE')).toMatchObject({ value: 'ERR Background save already in progress' });
  expect(line('SAVE')).toMatchObject({ value: 'ERR Background save already in progress' });
  expect(line('BGREWRITEAOF')).toMatchObject({
    value: 'Background append only file rewriting scheduled',
  });
  port.child = 'aof';
  expect(line('BGSAVE')).toMatchObject({
    type: 'error',
    value: expect.stringContaining("can't BGSAVE right now") as string,
  });
  expect(line('BGSAVE SCHEDULE')).toMatchObject({ value: 'Background saving scheduled' });
  expect(line('BGREWRITEAOF')).toMatchObject({
    value: 'ERR Background append only file rewriting already in progress',
  });
});

test('while the disk fails, writes and PING are refused, reads are not, and a transaction with a write is aborted', () => {
  const { line, port } = newEngineFixture();
  const denied = 'MISCONF Errors writing to the AOF file: No space left on device';
  line('SET a 1');
  line('MULTI');
  line('SET b 1');
  port.denied = denied;
  expect(line('EXEC')).toMatchObject({
    value: `EXECABORT Transaction discarded because of: ${denied}`,
  });
  expect(line('SET a 2')).toMatchObject({ value: denied });
  expect(line('PING')).toMatchObject({ value: denied });
  expect(line('GET a')).toMatchObject({ value: '1' });
  line('MULTI');
  expect(line('SET a 2')).toMatchObject({ value: denied });
  expect(line('EXEC')).toMatchObject({
    value: 'EXECABORT Transaction discarded because of previous errors.',
  });
  line('MULTI');
  line('GET a');
  expect(line('EXEC')).toMatchObject({ value: [{ value: '1' }] });
});

test('DEBUG is refused where it is not allowed, before it is asked who the client is', () => {
  const port = newTestPort();
  port.debug = false;
  const { line, session } = newEngineFixture(port);
  line('CONFIG SET requirepass secret');
  session().authenticated = false;
  expect(line('DEBUG DIGEST')).toMatchObject({
    value: expect.stringContaining('ERR DEBUG command not allowed.') as string,
  });
  expect(line('GET a')).toMatchObject({ value: 'NOAUTH Authentication required.' });
  expect(line('AUTH wrong')).toMatchObject({
    value: 'WRONGPASS invalid username-password pair or user is disabled.',
  });
  expect(line('AUTH secret')).toMatchObject({ value: 'OK' });
  expect(line('GET a')).toMatchObject({ type: 'null' });
  expect(line('RESET')).toMatchObject({ value: 'RESET' });
  expect(line('GET a')).toMatchObject({ value: 'NOAUTH Authentication required.' });
  expect(line('HELLO 3 AUTH default secret')).toMatchObject({ type: 'map' });
  expect(session().protocol).toBe(3);
});

test('WAITAOF answers when the log is on disk, or when its time is up', () => {
  const { engine, line, run, session, port, now } = newEngineFixture();
  const waitaof = (local: string, replicas: string, timeout: string): Reply[] =>
    run(['WAITAOF', local, replicas, timeout].map((word) => ascii(word)));
  expect(line('WAITAOF 1 0 0')).toMatchObject({
    value: 'ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.',
  });
  port.appendOnly = true;
  expect(line('WAITAOF 2 0 0')).toMatchObject({
    value: 'ERR value is out of range, value must between 0 and 1',
  });
  expect(line('WAITAOF 1 0 -1')).toMatchObject({ value: 'ERR timeout is negative' });
  expect(waitaof('1', '0', '0')).toEqual([]);
  expect(engine.wake(now + 1_000_000).replies).toEqual([]);
  port.synced = true;
  expect(engine.wake(now + 2_000_000).replies).toMatchObject([
    { client: 1, reply: { value: [{ value: 1 }, { value: 0 }] } },
  ]);
  expect(session().blocked).toBeNull();
  expect(waitaof('1', '0', '0')).toMatchObject([{ value: [{ value: 1 }, { value: 0 }] }]);
  port.synced = false;
  expect(
    engine.execute(session(), [ascii('WAITAOF'), ascii('1'), ascii('0'), ascii('50')], now).replies,
  ).toEqual([]);
  expect(engine.nextDeadline()).toBe(now + 51_000);
  expect(engine.wake(now + 50_999).replies).toEqual([]);
  expect(engine.wake(now + 51_000).replies).toMatchObject([
    { reply: { value: [{ value: 0 }, { value: 0 }] } },
  ]);
  expect(engine.nextDeadline()).toBeNull();
});

test('CLIENT UNBLOCK ends the waiting of another client', () => {
  const { engine, session, line, now } = newEngineFixture();
  const blocked = session(2);
  engine.execute(blocked, [ascii('WAIT'), ascii('1'), ascii('0')], now);
  expect(blocked.blocked).not.toBeNull();
  const outcome = engine.execute(
    session(1),
    ['CLIENT', 'UNBLOCK', '2', 'ERROR'].map((word) => ascii(word)),
    now,
  );
  expect(outcome.replies).toMatchObject([
    { client: 1, reply: { value: 1 } },
    { client: 2, reply: { value: 'UNBLOCKED client unblocked via CLIENT UNBLOCK' } },
  ]);
  expect(line('CLIENT UNBLOCK 2')).toMatchObject({ value: 0 });
});

test('CLIENT LIST has the fields of 7.2.4 in their order, and KILL marks and disconnects', () => {
  const { line, session, port, run } = newEngineFixture();
  session(2);
  line('CLIENT SETINFO lib-name test-lib');
  line('CLIENT SETNAME me');
  const info = line('CLIENT INFO');
  expect(info.type).toBe('verbatim');
  const names = /^(.*)\n$/
    .exec(String((info as { value: string }).value))![1]!
    .split(' ')
    .map((part) => part.split('=')[0]);
  expect(names).toEqual(
    (
      'id addr laddr fd name age idle flags db sub psub ssub multi qbuf qbuf-free argv-mem multi-mem rbs rbp obl oll omem ' +
      'tot-mem events cmd user redir resp lib-name lib-ver'
    ).split(' '),
  );
  expect((info as { value: string }).value).toContain(' name=me ');
  expect((info as { value: string }).value).toContain(' lib-name=test-lib ');
  expect(line('CLIENT SETINFO lib-ver "1 2"')).toMatchObject({
    value: 'ERR lib-ver cannot contain spaces, newlines or special characters.',
  });
  expect(line('CLIENT SETINFO nope x')).toMatchObject({ value: "ERR Unrecognized option 'nope'" });
  expect((line('CLIENT LIST') as { value: string }).value.split('\n')).toHaveLength(3);
  expect((line('CLIENT LIST ID 2 99') as { value: string }).value).toMatch(/^id=2 /);
  expect(line('CLIENT KILL ID 2')).toMatchObject({ value: 1 });
  expect(port.disconnected.map(({ id }) => id)).toEqual([2]);
  expect(line('CLIENT KILL TYPE normal SKIPME no')).toMatchObject({ value: 1 });
  expect(session(1).closing).toBe(true);
  expect(run([ascii('QUIT')])).toMatchObject([{ value: 'OK' }]);
});
