import { describe, expect, test } from 'vitest';
import type { SendResult } from '../../src/console/redis-cli-ports.ts';
import type { Reply } from '../../src/resp/reply.ts';
import { bulk, type Desk, OK, PROMPT, READING, settle, started } from './cli-desk.ts';

describe('waiting', () => {
  test('Ctrl-C drops the connection of a blocked command and makes a new one', async () => {
    const desk = await started();
    desk.answers.set('blpop', () => new Promise<SendResult>(() => undefined));
    await desk.type('BLPOP q 0\r');
    expect(desk.session.mode).toBe('running');
    await desk.type('PING\r');
    expect(desk.sent).toEqual(['BLPOP q 0']);
    await desk.type('\x03');
    expect(desk.screen).toEqual([`${PROMPT}BLPOP q 0`, '^C', PROMPT.trimEnd()]);
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
    expect(desk.screen).toEqual([`${PROMPT}BLPOP q 0`, '^C', PROMPT.trimEnd()]);
  });

  test('Ctrl-C stops a command that is repeated', async () => {
    const desk = await started();
    desk.answers.set('incr', () => {
      if (desk.sent.length === 3) desk.session.interrupt();
      return { kind: 'replies', replies: [OK] };
    });
    await desk.type('1000 INCR a\r');
    expect(desk.sent).toHaveLength(3);
    expect(desk.screen.at(-1)).toBe(PROMPT.trimEnd());
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
      `${PROMPT}BLPOP q 0`,
      '(nil)',
      `${PROMPT}PING`,
      'OK',
      `${PROMPT}DBSIZE`,
      'OK',
      PROMPT.trimEnd(),
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
    expect(desk.screen).toEqual([`${PROMPT}SET a 1`, 'OK', PROMPT.trimEnd()]);
  });

  test('Ctrl-C at the prompt drops the line', async () => {
    const desk = await started();
    await desk.type('SET a\x03');
    expect(desk.screen).toEqual([`${PROMPT}SET a^C`, PROMPT.trimEnd()]);
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
      `${PROMPT}SUBSCRIBE news`,
      '1) "subscribe"',
      '2) "news"',
      '3) (integer) 1',
      READING,
    ]);
    desk.session.push(message('one'));
    expect(desk.screen.slice(4)).toEqual(['1) "message"', '2) "news"', '3) "one"', READING]);
    await desk.type('PROMPT');
    expect(desk.screen.at(-1)).toBe('127.0.0.1:6379(subscribed mode)> PROMPT');
    desk.session.push(message('two'));
    expect(desk.screen.join()).not.toContain('two');
    await desk.type('ING\r');
    expect(desk.screen.slice(-5)).toEqual(['1) "message"', '2) "news"', '3) "two"', 'OK', READING]);
  });

  test('end with Ctrl-C, by a new connection', async () => {
    const desk = await subscriber();
    await desk.type('\x03');
    expect(desk.screen.at(-1)).toBe(PROMPT.trimEnd());
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
      `${PROMPT}MONITOR`,
      'OK',
      '1700000000.000001 [0 127.0.0.1:5000] "set" "a" "1"',
    ]);
    await desk.type('\x03');
    expect(desk.screen.at(-1)).toBe(PROMPT.trimEnd());
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
    expect(desk.screen.slice(-3)).toEqual(["-> invalidate: 'a', 'b'", 'OK', PROMPT.trimEnd()]);
  });
});
