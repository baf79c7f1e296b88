/** One console, several connections: each keeps its database and its open transaction while another one speaks. */
import { expect, test } from 'vitest';
import { RedisCliSession } from '../../src/console/redis-cli-session.ts';
import type { Reply } from '../../src/resp/reply.ts';

const OK: Reply = { type: 'status', value: 'OK' };

function newDesk(): {
  session: RedisCliSession;
  sent: string[];
  connects: string[];
  run: (line: string) => Promise<string>;
} {
  let place = 'main a';
  const sent: string[] = [];
  const connects: string[] = [];
  const session = new RedisCliSession({
    connect: () => {
      connects.push(place);
      return Promise.resolve({ kind: 'connected' });
    },
    send: (argv) => {
      sent.push(`${place}: ${argv.join(' ')}`);
      return Promise.resolve({ kind: 'replies', replies: [OK] });
    },
    disconnect: () => undefined,
    control: (action) => {
      if (action.kind === 'client') place = `main ${action.client}`;
      return Promise.resolve(undefined);
    },
    place: () => place,
    write: () => undefined,
    helpTable: () => undefined,
    loadHistory: () => [],
    saveHistory: () => undefined,
  });
  const run = async (line: string): Promise<string> => {
    session.submitLine(line);
    await new Promise((resolve) => setTimeout(resolve, 0));
    return session.prompt;
  };
  return { session, sent, connects, run };
}

test('!client goes to another connection and back, and each prompt is its own', async () => {
  const { session, sent, connects, run } = newDesk();
  await session.start();
  expect(await run('SELECT 3')).toBe('127.0.0.1:6379[3]> ');
  expect(await run('MULTI')).toBe('127.0.0.1:6379[3](TX)> ');
  expect(await run('!client b')).toBe('127.0.0.1:6379> ');
  expect(session.place).toBe('main b');
  expect(await run('SET k 1')).toBe('127.0.0.1:6379> ');
  expect(await run('!client a')).toBe('127.0.0.1:6379[3](TX)> ');
  await run('SET k 2');
  expect(sent).toEqual(['main a: SELECT 3', 'main a: MULTI', 'main b: SET k 1', 'main a: SET k 2']);
  expect(connects).toEqual(['main a', 'main b']);
});

test('a console of no place yet takes the first one without a new connection', async () => {
  let place = '';
  const connects: string[] = [];
  const session = new RedisCliSession({
    connect: () => {
      connects.push(place);
      return Promise.resolve({ kind: 'connected' });
    },
    send: () => Promise.resolve({ kind: 'replies', replies: [OK] }),
    disconnect: () => undefined,
    control: () => Promise.resolve(undefined),
    place: () => place,
    write: () => undefined,
    helpTable: () => undefined,
    loadHistory: () => [],
    saveHistory: () => undefined,
  });
  await session.start();
  place = 'main a';
  await session.moved();
  expect(session.place).toBe('main a');
  expect(connects).toEqual(['']);
});
