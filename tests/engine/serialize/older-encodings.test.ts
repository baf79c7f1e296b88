import { describe, expect, test } from 'vitest';
import { ascii, type ByteString } from '../../../src/base/bytes.ts';
import type { Reply } from '../../../src/resp/reply.ts';
import { newEngineFixture, type EngineFixture } from '../../support/engine-fixture.ts';
import { newTestPort, testConfig } from '../../support/engine-port.ts';
import { describeWithRedis, replyText, startRedis, words } from '../../support/real-redis.ts';
import { digest, encoding, K, payload, RESTORE } from './payloads.ts';

/** Payloads as versions before 7.0 wrote them, put together as ziplist.c and zipmap.c describe them. */
const older: Readonly<Record<string, string>> = {
  'a list of plain elements (1)': `01${'02'}${'0161'}${'0162'}`,
  'a sorted set with scores as text (3)': `03${'03'}${'0161'}${'03312e35'}${'0162'}${'ff'}${'0163'}${'fe'}`,
  'a hash as a zipmap (9)': `09${string(`02${'0161'}${'010078'}${'0162'}${'0102'}${'79'}${'eeee'}ff`)}`,
  'a list as a ziplist (10)': `0a${string(ziplist('0161', 'f5', 'c00004', 'fe80', 'd070110100', 'f0ffff7f', 'e0ffffffffffffff7f'))}`,
  'a list with a long element (10)': `0a${string(ziplist('0161', `412c${'62'.repeat(300)}`, '0162'))}`,
  'a sorted set as a ziplist (12)': `0c${string(ziplist('0161', 'f3', '0162', '03322e35'))}`,
  'a hash as a ziplist (13)': `0d${string(ziplist('0161', 'f3', '0162', '0178'))}`,
  'a quicklist of ziplists (14)': `0e02${string(ziplist('0161', 'f5'))}${string(ziplist('0162'))}`,
};

/** The bytes behind a length of up to 16,383. */
function string(body: string): string {
  const length = body.length / 2;
  return (
    (length < 64 ? length : length | 0x4000).toString(16).padStart(length < 64 ? 2 : 4, '0') + body
  );
}

/** Entries are an encoding and its data; each stands behind the length of the one before. */
function ziplist(...entries: string[]): string {
  let body = '';
  let before = 0;
  let tail = 0;
  for (const entry of entries) {
    tail = body.length / 2;
    const length = before < 254 ? before.toString(16).padStart(2, '0') : `fe${little(before, 4)}`;
    body += length + entry;
    before = (length.length + entry.length) / 2;
  }
  return (
    little(body.length / 2 + 11, 4) + little(tail + 10, 4) + little(entries.length, 2) + body + 'ff'
  );
}

function little(value: number, width: number): string {
  const bytes = Buffer.alloc(width);
  bytes.writeUIntLE(value, 0, width);
  return bytes.toString('hex');
}

function olderPayload(name: string): ByteString {
  return payload(Buffer.from(older[name]!, 'hex'), 6);
}

describe('encodings of older versions', () => {
  const restored = (name: string): EngineFixture => {
    const fixture = newEngineFixture();
    const reply = fixture.run([RESTORE, K, ascii('0'), olderPayload(name)]);
    expect(reply).toEqual([{ type: 'status', value: 'OK' }]);
    return fixture;
  };

  test('lists keep their elements, whatever width their integers have', () => {
    expect(restored('a list of plain elements (1)').line('LRANGE k 0 -1')).toEqual(bulks('a', 'b'));
    expect(restored('a list as a ziplist (10)').line('LRANGE k 0 -1')).toEqual(
      bulks('a', '4', '1024', '-128', '70000', '8388607', '9223372036854775807'),
    );
    expect(restored('a quicklist of ziplists (14)').line('LRANGE k 0 -1')).toEqual(
      bulks('a', '4', 'b'),
    );
    expect(restored('a list with a long element (10)').line('LINDEX k 1')).toEqual({
      type: 'bulk',
      value: 'b'.repeat(300),
    });
  });

  test('hashes and sorted sets keep their pairs', () => {
    expect(restored('a hash as a zipmap (9)').line('HMGET k a b')).toEqual(bulks('x', 'y'));
    expect(restored('a hash as a ziplist (13)').line('HMGET k a b')).toEqual(bulks('2', 'x'));
    expect(restored('a sorted set with scores as text (3)').line('ZSCORE k a')).toMatchObject({
      value: 1.5,
    });
    expect(restored('a sorted set with scores as text (3)').line('ZSCORE k b')).toMatchObject({
      value: -Infinity,
    });
    expect(restored('a sorted set as a ziplist (12)').line('ZSCORE k b')).toMatchObject({
      value: 2.5,
    });
  });
});

function bulks(...values: string[]): Reply {
  return { type: 'array', value: values.map((value) => ({ type: 'bulk', value: ascii(value) })) };
}

const written = [
  'SET k value',
  'SADD k 1 2 3',
  'SADD k a b',
  'HSET k f v',
  'ZADD k 1 a 2 b',
  'RPUSH k a b c',
  `RPUSH k ${'x'.repeat(5000)} ${'y'.repeat(5000)} z`,
  `HSET k f ${'v'.repeat(100)}`,
  'XADD k 1-1 f v',
];

describeWithRedis('beside the real server', () => {
  test.each(['yes', 'no', 'clients'] as const)(
    'both count the packings that they check: sanitize-dump-payload %s',
    async (sanitizeDumpPayload) => {
      const real = await startRedis('--sanitize-dump-payload', sanitizeDumpPayload);
      const config = { ...testConfig(), sanitizeDumpPayload };
      const port = newTestPort(config);
      try {
        const payloads = Object.keys(older).map((name) => [name, olderPayload(name)] as const);
        for (const line of written) {
          const [, , dump] = await real.send([
            words('DEL', 'k'),
            words(...line.split(' ')),
            words('DUMP', 'k'),
          ]);
          payloads.push([line, ascii(replyText(dump))] as const);
        }
        for (const [name, payload] of payloads) {
          const restore = [RESTORE, K, ascii('0'), payload];
          const [, , theirs] = await real.send([
            words('CONFIG', 'RESETSTAT'),
            [...restore, ascii('REPLACE')],
            words('INFO', 'stats'),
          ]);
          const ours = newEngineFixture(port);
          ours.run(restore);
          const counted = /dump_payload_sanitizations:(\d+)/.exec(replyText(theirs))?.[1];
          expect(String(ours.engine.state.stats.sanitizations), name).toBe(counted);
        }
      } finally {
        await real.stop();
      }
    },
  );

  test('both read the encodings of older versions alike', async () => {
    const real = await startRedis('--enable-debug-command', 'yes');
    try {
      for (const name of Object.keys(older)) {
        const [, reply, theirs, theirEncoding] = await real.send([
          words('DEL', 'k'),
          [RESTORE, K, ascii('0'), olderPayload(name)],
          words('DEBUG', 'DIGEST-VALUE', 'k'),
          words('OBJECT', 'ENCODING', 'k'),
        ]);
        expect(reply, name).toEqual({ type: 'status', value: 'OK' });
        const ours = newEngineFixture();
        ours.run([RESTORE, K, ascii('0'), olderPayload(name)]);
        expect(digest(ours), name).toEqual(theirs);
        // A list that fits one node has been a listpack since 7.2.
        if (!name.includes('list')) expect(encoding(ours), name).toBe(replyText(theirEncoding));
      }
    } finally {
      await real.stop();
    }
  });
});
