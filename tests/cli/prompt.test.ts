import { describe, expect, test } from 'vitest';
import { ascii } from '../../src/base/bytes.ts';
import {
  afterConnect,
  afterDisconnect,
  afterReply,
  afterRetarget,
  connectionTo,
  promptOf,
} from '../../src/cli/prompt.ts';
import type { ConnectionState } from '../../src/cli/prompt.ts';
import type { Reply } from '../../src/resp/reply.ts';
import { hasRedisCli, promptsOfRedisCli } from './fake-server.ts';

const OK: Reply = { type: 'status', value: 'OK' };
const QUEUED: Reply = { type: 'status', value: 'QUEUED' };
const error = (value: string): Reply => ({ type: 'error', value });
const connected = afterConnect(connectionTo('127.0.0.1', 6379));

function after(...steps: [string, Reply][]): ConnectionState {
  return steps.reduce(
    (state, [line, reply]) => afterReply(state, line.split(' '), reply),
    connected,
  );
}

describe('the prompt', () => {
  test('says where the client is connected to', () => {
    expect(promptOf(connected)).toBe('127.0.0.1:6379> ');
    expect(promptOf(connectionTo('127.0.0.1', 6379))).toBe('not connected> ');
    expect(promptOf(afterConnect(connectionTo('::1', 7000)))).toBe('[::1]:7000> ');
  });

  test('goes on to name the database, the transaction and the subscription', () => {
    expect(promptOf(after(['select 2', OK], ['multi', OK]))).toBe('127.0.0.1:6379[2](TX)> ');
    const subscribed: Reply = {
      type: 'push',
      value: [
        { type: 'bulk', value: ascii('subscribe') },
        { type: 'bulk', value: ascii('news') },
        { type: 'integer', value: 1 },
      ],
    };
    expect(promptOf(after(['SUBSCRIBE news', subscribed]))).toBe(
      '127.0.0.1:6379(subscribed mode)> ',
    );
  });

  test('of a lost connection forgets the transaction, and the next one wants the same database', () => {
    const lost = afterDisconnect(after(['select 2', OK], ['multi', OK]));
    expect(promptOf(lost)).toBe('not connected> ');
    const again = afterConnect(lost);
    expect(promptOf(again)).toBe('127.0.0.1:6379> ');
    expect(again.wantedDb).toBe(2);
  });

  test('of a connection to another server keeps the wanted database', () => {
    expect(afterRetarget(after(['select 2', OK]), '127.0.0.1', 6380)).toMatchObject({
      port: 6380,
      connected: false,
      wantedDb: 2,
    });
  });

  test('HELLO chooses the protocol, RESET takes everything back', () => {
    const map: Reply = { type: 'map', value: [] };
    expect(after(['HELLO 3', map]).protocol).toBe(3);
    expect(after(['HELLO 3', map], ['HELLO 2', map]).protocol).toBe(2);
    expect(after(['HELLO 3', error('NOPROTO unsupported protocol version')]).protocol).toBe(2);
    expect(
      after(
        ['HELLO 3', map],
        ['select 4', OK],
        ['multi', OK],
        ['RESET', { type: 'status', value: 'RESET' }],
      ),
    ).toEqual(connected);
  });
});

/** A line, the reply that Redis gives to it, and its bytes. */
const SESSION: [string, Reply, string][] = [
  ['select 3', OK, '+OK\r\n'],
  ['multi', OK, '+OK\r\n'],
  ['set a 1', QUEUED, '+QUEUED\r\n'],
  ['select 5', QUEUED, '+QUEUED\r\n'],
  ['exec', { type: 'array', value: [OK, OK] }, '*2\r\n+OK\r\n+OK\r\n'],
  ['MULTI', OK, '+OK\r\n'],
  ['select 7', QUEUED, '+QUEUED\r\n'],
  [
    'bad',
    error("ERR unknown command 'bad', with args beginning with: "),
    "-ERR unknown command 'bad', with args beginning with: \r\n",
  ],
  [
    'EXEC',
    error('EXECABORT Transaction discarded because of previous errors.'),
    '-EXECABORT Transaction discarded because of previous errors.\r\n',
  ],
  ['select 99', error('ERR DB index is out of range'), '-ERR DB index is out of range\r\n'],
  ['multi', OK, '+OK\r\n'],
  ['multi', error('ERR MULTI calls can not be nested'), '-ERR MULTI calls can not be nested\r\n'],
  ['select 1', QUEUED, '+QUEUED\r\n'],
  ['discard', OK, '+OK\r\n'],
  ['discard', error('ERR DISCARD without MULTI'), '-ERR DISCARD without MULTI\r\n'],
  ['multi', OK, '+OK\r\n'],
  ['select 2', QUEUED, '+QUEUED\r\n'],
  ['exec', { type: 'null-array' }, '*-1\r\n'],
  ['exec', error('ERR EXEC without MULTI'), '-ERR EXEC without MULTI\r\n'],
  ['select 0', OK, '+OK\r\n'],
  [
    'select 4 4',
    error("ERR wrong number of arguments for 'select' command"),
    "-ERR wrong number of arguments for 'select' command\r\n",
  ],
];

describe.skipIf(!hasRedisCli())('the real redis-cli', () => {
  test('shows the same prompts through a session of SELECT, MULTI, EXEC and DISCARD', async () => {
    const real = await promptsOfRedisCli(
      SESSION.map(([line]) => line),
      SESSION.map(([, , bytes]) => bytes),
    );
    const ours = SESSION.map((_, i) =>
      promptOf(
        after(...SESSION.slice(0, i + 1).map(([line, reply]): [string, Reply] => [line, reply])),
      ),
    );
    expect(real.map((prompt) => prompt.replace('PORT', '6379'))).toEqual([
      promptOf(connected),
      ...ours,
    ]);
  }, 20_000);
});
