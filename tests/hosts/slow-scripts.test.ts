/** Scripts that do not end, on the Node host: others are told BUSY, and the script can be ended. */
import { describe, expect, test } from 'vitest';
import { ascii, type ByteString } from '../../src/base/bytes.ts';
import type { Reply } from '../../src/resp/reply.ts';
import { sendAll, connectSoon } from '../support/real-redis.ts';
import { logFiles, startHost, temporaryDirectories, until, useHost, type Host } from './host.ts';

useHost();
const temporary = temporaryDirectories();

/** Scripts by what keeps them from ending. */
const endless: Readonly<Record<string, string>> = {
  'a loop': 'while true do end',
  'errors that are caught': 'while true do pcall(function() error("x") end) end',
  'a pattern': 'return string.find(string.rep("a", 60), string.rep("a*", 25) .. "b")',
  'a coroutine': 'local f = coroutine.wrap(function() while true do end end) f()',
  'a comparison of table.sort': 'local t = {2, 1} table.sort(t, function() while true do end end)',
  'texts that are thrown away': 'while true do local s = string.rep("x", 1000000) .. "y" end',
};

async function sendOnItsOwn(host: Host, ...words: readonly string[]): Promise<Reply | undefined> {
  const socket = await connectSoon(host.port, host.process);
  try {
    const argv: ByteString[] = words.map((word) => ascii(word));
    return (await sendAll(socket, [argv]))[0];
  } finally {
    socket.destroy();
  }
}

describe('a script that does not end', () => {
  for (const [name, script] of Object.entries(endless)) {
    test(`${name}: others get BUSY, and SCRIPT KILL ends it within two seconds`, async () => {
      const host = await startHost(temporary(), '--busy-reply-threshold', '50');
      const ended = sendOnItsOwn(host, 'EVAL', script, '0');
      await until(async () => (await host.send('PING'))[0]?.type === 'error');
      expect(await host.send('GET a', 'FUNCTION KILL')).toEqual(
        Array(2).fill({
          type: 'error',
          value:
            'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.',
        }),
      );
      const asked = performance.now();
      expect(await host.send('SCRIPT KILL')).toEqual([{ type: 'status', value: 'OK' }]);
      const reply = await ended;
      expect(performance.now() - asked).toBeLessThan(2000);
      expect(reply?.type === 'error' && reply.value).toMatch(
        /^ERR Script killed by user with SCRIPT KILL\.\.\. script: [0-9a-f]{40}, on @user_script:1\.$/,
      );
      expect(await host.send('PING')).toEqual([{ type: 'status', value: 'PONG' }]);
      expect(host.output()).toContain('Slow script detected: still in execution after');
      await host.stop();
    });
  }

  for (const [name, script, reply] of [
    ['a text of a gigabyte', 'return #string.rep("x", 1024 * 1024 * 1024)', 'not enough memory'],
    ['a text that doubles', 'local s = "x" while true do s = s .. s end', 'not enough memory'],
    [
      'a function that calls itself',
      'local function f() return 1 + f() end return f()',
      'stack overflow',
    ],
    [
      'a metamethod that calls itself',
      'return setmetatable({}, {__index = function(t, k) return t[k] end}).x',
      'C stack overflow',
    ],
  ] as const) {
    test(`${name}: it is refused within two seconds, and nothing of it is logged`, async () => {
      const directory = temporary();
      const host = await startHost(directory, '--appendonly', 'yes', '--appendfsync', 'always');
      const asked = performance.now();
      const answer = await sendOnItsOwn(host, 'EVAL', script, '0');
      expect(performance.now() - asked).toBeLessThan(2000);
      expect(answer?.type === 'error' && answer.value).toContain(reply);
      expect(await host.send('SET after 1')).toEqual([{ type: 'status', value: 'OK' }]);
      const log = [...logFiles(directory).values()].join('');
      expect(log).toContain('after');
      expect(log).not.toMatch(/EVAL|local|return/i);
      await host.stop();
    });
  }

  test('one that has written cannot be killed; SHUTDOWN NOSAVE ends the server, and nothing of it is in the log', async () => {
    const directory = temporary();
    const host = await startHost(
      directory,
      ...['--busy-reply-threshold', '50', '--appendonly', 'yes', '--appendfsync', 'always'],
    );
    await host.send('SET before 1');
    const ended = sendOnItsOwn(host, 'EVAL', 'redis.call("SET","during",1) while true do end', '0');
    ended.catch(() => undefined);
    await until(async () => (await host.send('PING'))[0]?.type === 'error');
    const [unkillable] = await host.send('SCRIPT KILL');
    expect(unkillable?.type === 'error' && unkillable.value).toMatch(/^UNKILLABLE /);
    const exit = new Promise((resolve) => host.process.once('exit', resolve));
    host.send('SHUTDOWN NOSAVE').catch(() => undefined);
    await exit;
    const log = [...logFiles(directory).values()].join('');
    expect(log).toContain('before');
    expect(log).not.toContain('during');
  });

  test('what a transaction had queued behind a script is carried out when it ends', async () => {
    const host = await startHost(temporary(), '--busy-reply-threshold', '50');
    const loop = 'local n = 0 for i = 1, 20000000 do n = n + 1 end return n'.split(' ');
    const socket = await connectSoon(host.port, host.process);
    const replies = await sendAll(socket, [
      [ascii('MULTI')],
      [ascii('EVAL'), ascii(loop.join(' ')), ascii('0')],
      [ascii('SET'), ascii('a'), ascii('1')],
      [ascii('EXEC')],
    ]);
    expect(replies.at(-1)).toEqual({
      type: 'array',
      value: [
        { type: 'integer', value: 20_000_000 },
        { type: 'status', value: 'OK' },
      ],
    });
    socket.destroy();
    await host.stop();
  });
});
