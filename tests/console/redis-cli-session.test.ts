import { describe, expect, test } from 'vitest';
import { utf8Encode } from '../../src/base/bytes.ts';
import type { Reply } from '../../src/resp/reply.ts';
import { bulk, Desk, OK, PROMPT, REFUSED, settle, started } from './cli-desk.ts';

describe('a session', () => {
  test('prints a command, its reply and the next prompt', async () => {
    const desk = await started();
    desk.answer('get', bulk('Alice\n'));
    await desk.type('SET user:1 "Alice"\r');
    await desk.type('GET user:1\r');
    expect(desk.screen).toEqual([
      `${PROMPT}SET user:1 "Alice"`,
      'OK',
      `${PROMPT}GET user:1`,
      '"Alice\\n"',
      PROMPT.trimEnd(),
    ]);
    expect(desk.sent).toEqual(['SET user:1 Alice', 'GET user:1']);
  });

  test('runs pasted lines one after another, each under its own prompt', async () => {
    const desk = await started();
    await desk.type('\x1b[200~SELECT 2\nMULTI\nSET a 1\nunfinished\x1b[201~');
    expect(desk.screen).toEqual([
      `${PROMPT}SELECT 2`,
      'OK',
      '127.0.0.1:6379[2]> MULTI',
      'OK',
      '127.0.0.1:6379[2](TX)> SET a 1',
      'OK',
      '127.0.0.1:6379[2](TX)> unfinished',
    ]);
  });

  test('shows hints in the rest of the row, and takes them away when the line is sent', async () => {
    const desk = await started();
    await desk.type('get ');
    expect(desk.screen).toEqual([`${PROMPT}get key`]);
    await desk.type('k\r');
    expect(desk.screen[0]).toBe(`${PROMPT}get k`);
    await desk.type(':set nohints\rget ');
    expect(desk.screen.at(-1)).toBe(`${PROMPT}get`);
  });

  test('completes with Tab and searches with Ctrl-R', async () => {
    const desk = await started(['SET old 1']);
    await desk.type('bgrew\t');
    expect(desk.screen).toEqual([`${PROMPT}BGREWRITEAOF`]);
    await desk.type('\x15\x12old');
    expect(desk.screen).toEqual(["(reverse-i-search)`old': SET old 1"]);
    await desk.type('\r');
    expect(desk.screen[0]).toBe(`${PROMPT}SET old 1`);
    expect(desk.sent).toEqual(['SET old 1']);
  });

  test('Enter after a line that was too long does not run the suggestion in its place', async () => {
    const desk = await started();
    desk.session.suggest('SET user:1 "Alice"');
    desk.session.input(`\x1b[200~SET big ${'x'.repeat(1 << 20)}\r\n\x1b[201~`);
    expect(desk.sent).toEqual([]);
    expect(desk.session.transcript.join('\n')).toContain('Not taken: a line holds at most 1048576');
    await desk.type('\r');
    expect(desk.sent).toEqual(['SET user:1 Alice']);
  });

  test('offers a suggestion that Enter runs and Tab takes over', async () => {
    const desk = await started();
    desk.session.suggest('SET user:1 "Alice"');
    expect(desk.screen).toEqual([`${PROMPT}SET user:1 "Alice"`]);
    await desk.type('\t 2');
    expect(desk.screen[0]).toMatch(/SET user:1 "Alice" 2 \[NX/);
    await desk.type('\x15\r');
    expect(desk.sent).toEqual(['SET user:1 Alice']);
    desk.session.suggest(undefined);
    await desk.type('\r');
    expect(desk.sent).toHaveLength(1);
  });

  test('repeats a command by its number', async () => {
    const desk = await started();
    let n = 0;
    desk.answers.set('incr', () => ({
      kind: 'replies',
      replies: [{ type: 'integer', value: ++n }],
    }));
    await desk.type('3 INCR a\r');
    expect(desk.screen.slice(1, -1)).toEqual(['(integer) 1', '(integer) 2', '(integer) 3']);
  });

  test('says how long a slow command took, by the clock of the machine', async () => {
    const desk = await started();
    desk.answers.set('debug', () => {
      desk.now += 1230;
      return { kind: 'replies', replies: [OK] };
    });
    await desk.type('debug sleep 1.23\r');
    expect(desk.screen.slice(1, -1)).toEqual(['OK', '(1.23s)']);
  });

  test('never lets a control character through to the terminal', async () => {
    const desk = await started();
    desk.answer('get', { type: 'error', value: 'ERR \x1b[31mred\x9b\r' });
    desk.answer('info', bulk('a\x1b]0;title\x07\r\nb\r\n'));
    await desk.type('get k\rinfo\r');
    expect(desk.screen.slice(1, 2)).toEqual(['(error) ERR \\x1b[31mred\ufffd\\x0d']);
    expect(desk.screen.slice(3, 5)).toEqual(['a\\x1b]0;title\\x07', 'b']);
  });

  test('says what is wrong with a line, and goes on', async () => {
    const desk = await started();
    await desk.type('SET a "b\r0 GET a\r!explode\r');
    expect(desk.screen[1]).toBe('Invalid argument(s)');
    expect(desk.screen[3]).toBe('Invalid redis-cli repeat command option value.');
    expect(desk.screen[5]).toContain('Unknown control "!explode"');
    expect(desk.sent).toEqual([]);
  });

  test('speaks RESP2 until HELLO 3', async () => {
    const desk = await started();
    const map: Reply = { type: 'map', value: [[bulk('k'), bulk('v')]] };
    desk.answer('hgetall', map);
    desk.answer('hello', { type: 'map', value: [[bulk('proto'), { type: 'integer', value: 3 }]] });
    await desk.type('hgetall h\rhello 3\rhgetall h\r');
    expect(desk.screen.slice(1, 3)).toEqual(['1) "k"', '2) "v"']);
    expect(desk.screen[4]).toBe('1# "proto" => (integer) 3');
    expect(desk.screen[6]).toBe('1# "k" => "v"');
  });

  test('carries control lines to the lab and prints what it says', async () => {
    const desk = await started();
    desk.control = () => Promise.resolve('Advanced 900 ms.');
    await desk.type('!advance 900ms\r');
    expect(desk.controls).toEqual([{ kind: 'advance', duration: 900 }]);
    expect(desk.screen.slice(1)).toEqual(['Advanced 900 ms.', PROMPT.trimEnd()]);
  });

  test('help, clear and an empty line', async () => {
    const desk = await started();
    await desk.type('help get\r');
    expect(desk.screen.join('\n')).toContain('GET key');
    await desk.type('clear\r');
    expect(desk.screen).toEqual([PROMPT.trimEnd()]);
    await desk.type('\r  \r');
    expect(desk.screen).toEqual([PROMPT.trimEnd(), PROMPT.trimEnd(), PROMPT.trimEnd()]);
  });

  test('a line that is longer than a row is edited over several rows', async () => {
    const desk = await started();
    await desk.type(`SET k ${'x'.repeat(100)}\x01\x1b[3~\r`);
    expect(desk.screen.slice(0, 2).join('')).toBe(`${PROMPT}ET k ${'x'.repeat(100)}`);
    expect(desk.screen.at(-2)).toBe('OK');
  });
});

describe('the connection', () => {
  test('is refused at the start while the server is down', async () => {
    const desk = new Desk();
    desk.up = false;
    await desk.session.start();
    expect(desk.screen).toEqual([`${REFUSED}`.slice(0, 72), 'not connected>'].flat());
    desk.up = true;
    await desk.type('PING\r');
    expect(desk.screen.slice(1)).toEqual(['not connected> PING', 'OK', PROMPT.trimEnd()]);
  });

  test('that was lost unseen is refused with the next command', async () => {
    const desk = await started();
    desk.up = false;
    desk.session.connectionLost();
    expect(desk.screen).toEqual([PROMPT.trimEnd()]);
    await desk.type('GET a\rGET a\r');
    expect(desk.screen).toEqual([
      `${PROMPT}GET a`,
      REFUSED,
      'not connected> GET a',
      REFUSED,
      'not connected>',
    ]);
    expect(desk.sent).toEqual([]);
  });

  test('that was lost unseen is made anew when the server is back, in the same database and without the transaction', async () => {
    const desk = await started();
    await desk.type('SELECT 3\rMULTI\r');
    desk.session.connectionLost();
    await desk.type('GET a\r');
    expect(desk.sent).toEqual(['SELECT 3', 'MULTI', 'SELECT 3', 'GET a']);
    expect(desk.screen.at(-1)).toBe('127.0.0.1:6379[3]>');
  });

  test('that breaks under a command says so', async () => {
    const desk = await started();
    desk.answers.set('set', () => ({ kind: 'closed' }));
    await desk.type('5 SET a 1\r');
    expect(desk.screen.slice(1)).toEqual(['Error: Server closed the connection', 'not connected>']);
    expect(desk.sent).toHaveLength(1);
  });

  test('that ends by SHUTDOWN says nothing', async () => {
    const desk = await started();
    desk.answers.set('shutdown', () => ({ kind: 'closed' }));
    await desk.type('shutdown\r');
    expect(desk.screen.slice(1)).toEqual(['not connected>']);
  });

  test('goes elsewhere by connect, or when the lane changes', async () => {
    const desk = await started();
    await desk.type('connect 127.0.0.1 6380\r');
    expect(desk.screen.at(-1)).toBe('127.0.0.1:6380>');
    await desk.session.retarget('127.0.0.1', 6381);
    expect(desk.screen.at(-1)).toBe('127.0.0.1:6381>');
    expect(desk.drops).toBe(2);
  });

  test('a database that is refused on the new connection is said', async () => {
    const desk = await started();
    await desk.type('SELECT 3\r');
    desk.answer('select', { type: 'error', value: 'NOAUTH Authentication required.' });
    desk.session.connectionLost();
    await desk.type('PING\r');
    expect(desk.screen).toContain('SELECT 3 failed: NOAUTH Authentication required.');
    desk.answers.delete('select');
    await desk.type('AUTH pw\r');
    expect(desk.sent.slice(-2)).toEqual(['AUTH pw', 'SELECT 3']);
    expect(desk.screen.at(-1)).toBe('127.0.0.1:6379[3]>');
  });

  test('quit and Ctrl-D leave and come back as a new client', async () => {
    const desk = await started();
    await desk.type('SELECT 3\rquit\r');
    expect(desk.screen.at(-1)).toBe(PROMPT.trimEnd());
    await desk.type('\x04');
    expect(desk.quits).toBe(2);
    expect(desk.sent).toEqual(['SELECT 3']);
  });
});

describe('what is kept', () => {
  test('the history goes to storage, without secrets, which stay in memory', async () => {
    const desk = await started(['PING']);
    await desk.type('SET a 1\rAUTH secret\rGET a\r');
    expect(desk.saved.at(-1)).toEqual(['PING', 'SET a 1', 'GET a']);
    await desk.type('\x1b[A\x1b[A');
    expect(desk.screen.at(-1)).toContain(`${PROMPT}AUTH secret`);
  });

  test('the transcript has every finished line and tells of the status', async () => {
    const desk = await started();
    desk.answer('get', bulk('v'));
    await desk.type('GET a\r');
    expect(desk.session.transcript).toEqual([`${PROMPT}GET a`, '"v"']);
    expect(desk.events).toEqual([
      { kind: 'lines', lines: [`${PROMPT}GET a`] },
      { kind: 'lines', lines: ['"v"'] },
    ]);
  });

  test('a page without a terminal submits lines and reads the transcript', async () => {
    const desk = await started();
    desk.session.submitLine('SET k "é"');
    await settle();
    expect(desk.sent).toEqual([`SET k ${utf8Encode('é')}`]);
    expect(desk.session.transcript).toEqual([`${PROMPT}SET k "é"`, 'OK']);
    expect(desk.session.prompt).toBe(PROMPT);
  });
});
