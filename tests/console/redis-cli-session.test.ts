import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ascii, utf8Encode } from '../../src/base/bytes.ts';
import { commandSyntaxOf, helpTableOf } from '../../src/cli/command-syntax.ts';
import type { CommandDocs } from '../../src/cli/command-syntax.ts';
import type { ControlAction } from '../../src/cli/control-line.ts';
import type { ConnectResult, SendResult } from '../../src/console/redis-cli-ports.ts';
import { RedisCliSession } from '../../src/console/redis-cli-session.ts';
import type { TranscriptEvent } from '../../src/console/screen.ts';
import type { Reply } from '../../src/resp/reply.ts';
import { TinyTerminal } from './tiny-terminal.ts';

const golden = new URL('../golden/commands-7.2.4.json', import.meta.url);
const table = helpTableOf(
  commandSyntaxOf((JSON.parse(readFileSync(golden, 'utf8')) as { docs: CommandDocs }).docs),
);

const bulk = (text: string): Reply => ({ type: 'bulk', value: ascii(text) });
const OK: Reply = { type: 'status', value: 'OK' };
const P = '127.0.0.1:6379> ';
const REFUSED = 'Could not connect to Redis at 127.0.0.1:6379: Connection refused';
const READING = 'Reading messages... (press Ctrl-C to quit or any key to type command)';

/** A session over a server that answers as it is told. */
class Desk {
  readonly terminal = new TinyTerminal(72);
  readonly sent: string[] = [];
  readonly controls: ControlAction[] = [];
  readonly saved: string[][] = [];
  readonly events: TranscriptEvent[] = [];
  connects = 0;
  drops = 0;
  quits = 0;
  up = true;
  now = 0;
  control: (action: ControlAction) => Promise<string | undefined> = () =>
    Promise.resolve(undefined);
  /** Answers by the first word; a missing one is answered with OK. */
  readonly answers = new Map<
    string,
    (argv: readonly string[]) => SendResult | Promise<SendResult>
  >();
  readonly session: RedisCliSession;

  constructor(history: string[] = []) {
    this.session = new RedisCliSession({
      connect: (): Promise<ConnectResult> => {
        this.connects++;
        return Promise.resolve({ kind: this.up ? 'connected' : 'refused' });
      },
      send: async (argv) => {
        this.sent.push(argv.join(' '));
        return (
          (await this.answers.get((argv[0] ?? '').toLowerCase())?.(argv)) ?? {
            kind: 'replies',
            replies: [OK],
          }
        );
      },
      disconnect: () => void this.drops++,
      control: (action) => {
        this.controls.push(action);
        return this.control(action);
      },
      write: this.terminal.write,
      helpTable: () => table,
      loadHistory: () => history,
      saveHistory: (lines) => void this.saved.push([...lines]),
      now: () => this.now,
      quit: () => void this.quits++,
    });
    this.session.resize(72);
    this.session.onTranscript((event) => this.events.push(event));
  }

  answer(command: string, ...replies: Reply[]): void {
    this.answers.set(command, () => ({ kind: 'replies', replies }));
  }

  async type(data: string): Promise<void> {
    this.session.input(data);
    await settle();
  }

  /** What the terminal shows, without the first row that says nothing but where it is connected to. */
  get screen(): string[] {
    return this.terminal.text.split('\n');
  }
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
}

async function started(history: string[] = []): Promise<Desk> {
  const desk = new Desk(history);
  await desk.session.start();
  return desk;
}

describe('a session', () => {
  test('prints a command, its reply and the next prompt', async () => {
    const desk = await started();
    desk.answer('get', bulk('Alice\n'));
    await desk.type('SET user:1 "Alice"\r');
    await desk.type('GET user:1\r');
    expect(desk.screen).toEqual([
      `${P}SET user:1 "Alice"`,
      'OK',
      `${P}GET user:1`,
      '"Alice\\n"',
      P.trimEnd(),
    ]);
    expect(desk.sent).toEqual(['SET user:1 Alice', 'GET user:1']);
  });

  test('runs pasted lines one after another, each under its own prompt', async () => {
    const desk = await started();
    await desk.type('\x1b[200~SELECT 2\nMULTI\nSET a 1\nunfinished\x1b[201~');
    expect(desk.screen).toEqual([
      `${P}SELECT 2`,
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
    expect(desk.screen).toEqual([`${P}get key`]);
    await desk.type('k\r');
    expect(desk.screen[0]).toBe(`${P}get k`);
    await desk.type(':set nohints\rget ');
    expect(desk.screen.at(-1)).toBe(`${P}get`);
  });

  test('completes with Tab and searches with Ctrl-R', async () => {
    const desk = await started(['SET old 1']);
    await desk.type('bgrew\t');
    expect(desk.screen).toEqual([`${P}BGREWRITEAOF`]);
    await desk.type('\x15\x12old');
    expect(desk.screen).toEqual(["(reverse-i-search)`old': SET old 1"]);
    await desk.type('\r');
    expect(desk.screen[0]).toBe(`${P}SET old 1`);
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
    expect(desk.screen).toEqual([`${P}SET user:1 "Alice"`]);
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
    expect(desk.screen.slice(1)).toEqual(['Advanced 900 ms.', P.trimEnd()]);
  });

  test('help, clear and an empty line', async () => {
    const desk = await started();
    await desk.type('help get\r');
    expect(desk.screen.join('\n')).toContain('GET key');
    await desk.type('clear\r');
    expect(desk.screen).toEqual([P.trimEnd()]);
    await desk.type('\r  \r');
    expect(desk.screen).toEqual([P.trimEnd(), P.trimEnd(), P.trimEnd()]);
  });

  test('a line that is longer than a row is edited over several rows', async () => {
    const desk = await started();
    await desk.type(`SET k ${'x'.repeat(100)}\x01\x1b[3~\r`);
    expect(desk.screen.slice(0, 2).join('')).toBe(`${P}ET k ${'x'.repeat(100)}`);
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
    expect(desk.screen.slice(1)).toEqual(['not connected> PING', 'OK', P.trimEnd()]);
  });

  test('that was lost unseen is refused with the next command', async () => {
    const desk = await started();
    desk.up = false;
    desk.session.connectionLost();
    expect(desk.screen).toEqual([P.trimEnd()]);
    await desk.type('GET a\rGET a\r');
    expect(desk.screen).toEqual([
      `${P}GET a`,
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
    expect(desk.screen.at(-1)).toBe(P.trimEnd());
    await desk.type('\x04');
    expect(desk.quits).toBe(2);
    expect(desk.sent).toEqual(['SELECT 3']);
  });
});

describe('waiting', () => {
  test('Ctrl-C drops the connection of a blocked command and makes a new one', async () => {
    const desk = await started();
    desk.answers.set('blpop', () => new Promise<SendResult>(() => undefined));
    await desk.type('BLPOP q 0\r');
    expect(desk.session.mode).toBe('running');
    await desk.type('PING\r');
    expect(desk.sent).toEqual(['BLPOP q 0']);
    await desk.type('\x03');
    expect(desk.screen).toEqual([`${P}BLPOP q 0`, '^C', P.trimEnd()]);
    expect([desk.drops, desk.connects]).toEqual([1, 2]);
  });

  test('a reply that comes after Ctrl-C is not printed', async () => {
    const desk = await started();
    let answer: (result: SendResult) => void = () => undefined;
    desk.answers.set('blpop', () => new Promise<SendResult>((resolve) => (answer = resolve)));
    await desk.type('BLPOP q 0\r');
    await desk.type('\x03');
    answer({ kind: 'replies', replies: [bulk('late')] });
    await settle();
    expect(desk.screen.join()).not.toContain('late');
  });

  test('Ctrl-C in one piece with the line comes before the command is sent', async () => {
    const desk = await started();
    await desk.type('BLPOP q 0\r\x03');
    expect(desk.sent).toEqual([]);
    expect(desk.screen).toEqual([`${P}BLPOP q 0`, '^C', P.trimEnd()]);
  });

  test('Ctrl-C stops a command that is repeated', async () => {
    const desk = await started();
    desk.answers.set('incr', () => {
      if (desk.sent.length === 3) desk.session.interrupt();
      return { kind: 'replies', replies: [OK] };
    });
    await desk.type('1000 INCR a\r');
    expect(desk.sent).toHaveLength(3);
    expect(desk.screen.at(-1)).toBe(P.trimEnd());
  });

  test('what is typed meanwhile comes afterwards', async () => {
    const desk = await started();
    let answer: (result: SendResult) => void = () => undefined;
    desk.answers.set('blpop', () => new Promise<SendResult>((resolve) => (answer = resolve)));
    await desk.type('BLPOP q 0\r');
    await desk.type('PING\rECH');
    desk.session.submitLine('DBSIZE');
    answer({ kind: 'replies', replies: [{ type: 'null-array' }] });
    await settle();
    expect(desk.screen).toEqual([
      `${P}BLPOP q 0`,
      '(nil)',
      `${P}PING`,
      'OK',
      `${P}DBSIZE`,
      'OK',
      P.trimEnd(),
    ]);
  });

  test('a notice stands in the row below until the reply comes', async () => {
    const desk = await started();
    let answer: (result: SendResult) => void = () => undefined;
    desk.answers.set('set', () => new Promise<SendResult>((resolve) => (answer = resolve)));
    await desk.type('SET a 1\r');
    desk.session.notice('waiting for fsync; the clock is paused: Step, Play or Ctrl-C');
    expect(desk.screen.at(-1)).toBe('waiting for fsync; the clock is paused: Step, Play or Ctrl-C');
    answer({ kind: 'replies', replies: [OK] });
    await settle();
    expect(desk.screen).toEqual([`${P}SET a 1`, 'OK', P.trimEnd()]);
  });

  test('Ctrl-C at the prompt drops the line', async () => {
    const desk = await started();
    await desk.type('SET a\x03');
    expect(desk.screen).toEqual([`${P}SET a^C`, P.trimEnd()]);
    expect(desk.drops).toBe(0);
  });
});

describe('pushed messages', () => {
  const message = (text: string): Reply => ({
    type: 'push',
    value: [bulk('message'), bulk('news'), bulk(text)],
  });
  const subscribed: Reply = {
    type: 'push',
    value: [bulk('subscribe'), bulk('news'), { type: 'integer', value: 1 }],
  };

  async function subscriber(): Promise<Desk> {
    const desk = await started();
    desk.answer('subscribe', subscribed);
    await desk.type('SUBSCRIBE news\r');
    return desk;
  }

  test('are read until a key is pressed', async () => {
    const desk = await subscriber();
    expect(desk.screen).toEqual([
      `${P}SUBSCRIBE news`,
      '1) "subscribe"',
      '2) "news"',
      '3) (integer) 1',
      READING,
    ]);
    desk.session.push(message('one'));
    expect(desk.screen.slice(4)).toEqual(['1) "message"', '2) "news"', '3) "one"', READING]);
    await desk.type('P');
    expect(desk.screen.at(-1)).toBe('127.0.0.1:6379(subscribed mode)> P');
    desk.session.push(message('two'));
    expect(desk.screen.join()).not.toContain('two');
    await desk.type('ING\r');
    expect(desk.screen.slice(-5)).toEqual(['1) "message"', '2) "news"', '3) "two"', 'OK', READING]);
  });

  test('end with Ctrl-C, by a new connection', async () => {
    const desk = await subscriber();
    await desk.type('\x03');
    expect(desk.screen.at(-1)).toBe(P.trimEnd());
    expect([desk.drops, desk.connects]).toEqual([1, 2]);
  });

  test('end when the server goes away', async () => {
    const desk = await subscriber();
    desk.session.connectionLost();
    expect(desk.screen.slice(-2)).toEqual([
      'Error: Server closed the connection',
      'not connected>',
    ]);
  });

  test('of MONITOR are shown until Ctrl-C, and keys do nothing', async () => {
    const desk = await started();
    await desk.type('MONITOR\r');
    expect(desk.session.mode).toBe('monitor');
    await desk.type('abc\r');
    desk.session.push({
      type: 'status',
      value: '1700000000.000001 [0 127.0.0.1:5000] "set" "a" "1"',
    });
    expect(desk.screen).toEqual([
      `${P}MONITOR`,
      'OK',
      '1700000000.000001 [0 127.0.0.1:5000] "set" "a" "1"',
    ]);
    await desk.type('\x03');
    expect(desk.screen.at(-1)).toBe(P.trimEnd());
    expect(desk.sent).toEqual(['MONITOR']);
  });

  test('of client-side caching stand on one line', async () => {
    const desk = await started();
    desk.answer('hello', { type: 'map', value: [] });
    await desk.type('HELLO 3\r');
    desk.session.push({
      type: 'push',
      value: [bulk('invalidate'), { type: 'array', value: [bulk('a'), bulk('b')] }],
    });
    await desk.type('PING\r');
    expect(desk.screen.slice(-3)).toEqual(["-> invalidate: 'a', 'b'", 'OK', P.trimEnd()]);
  });
});

describe('what is kept', () => {
  test('the history goes to storage, without secrets, which stay in memory', async () => {
    const desk = await started(['PING']);
    await desk.type('SET a 1\rAUTH secret\rGET a\r');
    expect(desk.saved.at(-1)).toEqual(['PING', 'SET a 1', 'GET a']);
    await desk.type('\x1b[A\x1b[A');
    expect(desk.screen.at(-1)).toContain(`${P}AUTH secret`);
  });

  test('the transcript has every finished line and tells of the status', async () => {
    const desk = await started();
    desk.answer('get', bulk('v'));
    await desk.type('GET a\r');
    expect(desk.session.transcript).toEqual([`${P}GET a`, '"v"']);
    expect(desk.events).toEqual([
      { kind: 'lines', lines: [`${P}GET a`] },
      { kind: 'lines', lines: ['"v"'] },
    ]);
  });

  test('a page without a terminal submits lines and reads the transcript', async () => {
    const desk = await started();
    desk.session.submitLine('SET k "é"');
    await settle();
    expect(desk.sent).toEqual([`SET k ${utf8Encode('é')}`]);
    expect(desk.session.transcript).toEqual([`${P}SET k "é"`, 'OK']);
    expect(desk.session.prompt).toBe(P);
  });
});
