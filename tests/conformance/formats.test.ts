/**
 * Every format both ways: what a real redis-server writes is loaded here, what is written here is loaded there, and the
 * digests of the data sets agree. 7.0.15 reads files up to version 10, so that of ours is set back where it holds
 * nothing that 7.0 does not know: sets as listpacks (type 20) and streams of version 3 (type 21) are the named exception.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { byteStringOf, bytesOf, utf8Encode, type ByteString } from '../../src/base/bytes.ts';
import { crc64Bytes, newCrc64, updateCrc64 } from '../../src/base/crc64.ts';
import { splitArguments } from '../../src/base/split-arguments.ts';
import type { Reply } from '../../src/resp/reply.ts';
import { until } from '../hosts/host.ts';
import { newSaveLab, type SaveLab } from '../server/save-lab.ts';
import { describeWithRedis, replyText, startRedis, type RealRedis } from '../support/real-redis.ts';

const FOLDER = 'appendonlydir';
const long = 'x'.repeat(100);
const range = (count: number, make: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => make(i)).join(' ');

/** Every type in every encoding, by the limits of the defaults, with and without an expiry, in two databases. */
const DATA: readonly string[] = [
  ...['SET int 42', 'SET negative -7', 'SET embstr hello', `SET raw ${long}`, 'SET empty ""'],
  ...['SET binary "\\x00\\xff\\r\\n"', 'SET big 12345678901234567890', 'APPEND appended abc'],
  ...['SETBIT bits 1000 1', 'PFADD hll a b c', 'SET compressed "' + 'abc'.repeat(200) + '"'],
  ...[
    'RPUSH list a b 1 -2',
    `RPUSH quicklist ${range(600, (i) => `${i}`)}`,
    `RPUSH plain ${'y'.repeat(9000)}`,
  ],
  ...['SADD intset 1 2 300', `SADD intset64 1 9223372036854775807`, `SADD hashset a ${long}`],
  ...[`SADD large ${range(200, (i) => `m${i}`)}`, `SADD manyints ${range(600, (i) => `${i}`)}`],
  ...[
    'HSET hash f v n 1',
    `HSET hashtable f ${long}`,
    `HSET widehash ${range(200, (i) => `f${i} ${i}`)}`,
  ],
  ...['ZADD zset 1 a 2.5 b -inf c', `ZADD skiplist ${range(200, (i) => `${i / 3} m${i}`)}`],
  ...[
    'GEOADD geo 13.361389 38.115556 Palermo',
    'SET e1 v PXAT 4102444800000',
    'PEXPIREAT list 4102444800001',
  ],
  ...['SELECT 5', 'SET other 1', 'SELECT 0'],
];
const STREAMS: readonly string[] = [
  ...range(150, (i) => `${i}`)
    .split(' ')
    .map((i) => `XADD stream 1-${Number(i) + 1} field ${i} other x`),
  ...[
    'XDEL stream 1-3',
    'XGROUP CREATE stream g 0',
    'XGROUP CREATE stream idle $',
    'XGROUP CREATECONSUMER stream g nobody',
  ],
  ...[
    'XREADGROUP GROUP g alice COUNT 5 STREAMS stream >',
    'XREADGROUP GROUP g bob COUNT 5 STREAMS stream >',
    'XACK stream g 1-1',
  ],
  ...['XADD gone 5-5 a b', 'XDEL gone 5-5', 'XSETID gone 9-9', 'XGROUP CREATE made $ MKSTREAM'],
].map((line) => line.replace('XGROUP CREATE made $ MKSTREAM', 'XGROUP CREATE made g $ MKSTREAM'));
/** A short set of texts is a listpack since 7.2. */
const LISTPACK_SET = 'SADD listpackset a b c';

/** Libraries are data too, of which a digest knows nothing: they are asked. */
const LIBRARY = String.raw`FUNCTION LOAD "#!lua name=greetings\nredis.register_function('greet', function(keys, args) return 'hello ' .. args[1] end)"`;
const GREETING = 'FCALL greet 0 you';

const directories: string[] = [];
function newDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'aof-lab-formats-'));
  directories.push(path);
  return path;
}

async function ask(real: RealRedis, lines: readonly string[]): Promise<Reply[]> {
  const replies = await real.send(lines.map((line) => splitArguments(utf8Encode(line))!));
  const failed = replies.find((reply) => reply.type === 'error');
  if (failed !== undefined) throw new Error(JSON.stringify(failed));
  return replies;
}

async function digestOf(real: RealRedis): Promise<string> {
  const replies = await ask(real, ['DEBUG DIGEST', GREETING]);
  return replies.map((reply) => replyText(reply)).join(', ');
}

/** A real server on those files, its digest, and its end. */
async function digestInRedis(
  files: ReadonlyMap<string, string>,
  ...settings: string[]
): Promise<string> {
  const directory = newDirectory();
  mkdirSync(join(directory, FOLDER));
  for (const [path, bytes] of files) writeFileSync(join(directory, path), bytes, 'latin1');
  const real = await startRedis('--dir', directory, '--enable-debug-command', 'yes', ...settings);
  await until(
    async () => (await real.send([splitArguments(utf8Encode('PING'))!]))[0]?.type === 'status',
  );
  const digest = await digestOf(real);
  await real.stop();
  return digest;
}

/** A simulated server on those files. */
function digestHere(files: ReadonlyMap<string, string>, appendonly: string): string {
  const lab = newSaveLab({ appendonly, 'aof-load-truncated': 'no' });
  lab.text('SHUTDOWN NOSAVE');
  const { kernel } = lab.lab.lanes[0]!;
  for (const path of lab.files()) kernel.removeFile(path);
  for (const [path, bytes] of files)
    kernel.writeFile(`/data/${path}`, bytesOf(bytes as ByteString));
  lab.lab.boot(undefined);
  lab.until(() => lab.lab.lanes[0]!.state.status !== 'loading');
  if (lab.lab.lanes[0]!.state.status !== 'running') throw new Error(lab.log());
  return contentsOf(lab);
}

function contentsOf(lab: SaveLab): string {
  return ['DEBUG DIGEST', GREETING].map((line) => lab.text(line)).join(', ');
}

function filesOf(directory: string): Map<string, string> {
  const log = readdirSync(join(directory, FOLDER), { recursive: false }).map(
    (name) => `${FOLDER}/${String(name)}`,
  );
  const own = readdirSync(directory).filter((name) => name.endsWith('.rdb'));
  return new Map(
    [...log, ...own].map((path) => [path, readFileSync(join(directory, path), 'latin1')]),
  );
}

describeWithRedis('what redis-server writes is loaded here', () => {
  /** Of a log with a base in that format, and commands behind it. */
  const written = async (
    preamble: string,
  ): Promise<{ files: Map<string, string>; digest: string; saved: string }> => {
    const directory = newDirectory();
    const settings = ['--aof-use-rdb-preamble', preamble, '--enable-debug-command', 'yes'];
    const real = await startRedis('--dir', directory, '--appendonly', 'yes', ...settings);
    await ask(real, [LIBRARY, ...DATA, ...STREAMS, LISTPACK_SET, 'SAVE']);
    const saved = await digestOf(real);
    await ask(real, ['BGREWRITEAOF']);
    const base = join(
      directory,
      FOLDER,
      `appendonly.aof.2.base.${preamble === 'yes' ? 'rdb' : 'aof'}`,
    );
    await until(
      () => readdirSync(join(directory, FOLDER)).length === 3 && readFileSync(base).length > 0,
    );
    await ask(real, [
      'SET after 1',
      'XADD stream 2-1 f v',
      'LPUSH list z',
      'MULTI',
      'INCR int',
      'INCR int',
      'EXEC',
    ]);
    const digest = await digestOf(real);
    await ask(real, ['CONFIG SET appendfsync always', 'SET int 44']);
    const last = await digestOf(real);
    await real.stop();
    expect(last).toBe(digest);
    return { files: filesOf(directory), digest, saved };
  };
  let byRdb: Awaited<ReturnType<typeof written>>;
  let byResp: Awaited<ReturnType<typeof written>>;
  beforeAll(async () => {
    [byRdb, byResp] = await Promise.all([written('yes'), written('no')]);
  }, 60_000);
  afterAll(() => directories.forEach((path) => rmSync(path, { recursive: true, force: true })));

  test('dump.rdb', () => {
    expect(digestHere(new Map([['dump.rdb', byRdb.files.get('dump.rdb')!]]), 'no')).toBe(
      byRdb.saved,
    );
  });
  test('a log in parts, with an RDB base', () => {
    expect(byRdb.files.get(`${FOLDER}/appendonly.aof.2.base.rdb`)!.slice(0, 9)).toBe('REDIS0010');
    expect(digestHere(byRdb.files, 'yes')).toBe(byRdb.digest);
  });
  test('a log in parts, with a base of commands', () => {
    expect(byResp.files.get(`${FOLDER}/appendonly.aof.2.base.aof`)!.slice(0, 1)).toBe('*');
    expect(digestHere(byResp.files, 'yes')).toBe(byResp.digest);
  });
  test('a log in a single file, of commands or with a snapshot in front', async () => {
    for (const [format, { files, digest }] of [
      ['rdb', byRdb],
      ['aof', byResp],
    ] as const) {
      const parts = [
        `${FOLDER}/appendonly.aof.2.base.${format}`,
        `${FOLDER}/appendonly.aof.2.incr.aof`,
      ];
      const single = new Map([['appendonly.aof', parts.map((path) => files.get(path)!).join('')]]);
      expect(digestHere(single, 'yes')).toBe(digest);
      expect(await digestInRedis(single, '--appendonly', 'yes')).toBe(digest);
    }
  });
});

describeWithRedis('what is written here is loaded by redis-server', () => {
  const filled = (config: Record<string, string>, data: readonly string[]): SaveLab => {
    const lab = newSaveLab({ appendfsync: 'always', ...config });
    for (const line of [LIBRARY, ...data]) {
      const reply = lab.ask(line);
      if (reply?.type === 'error') throw new Error(`${line}: ${reply.value}`);
    }
    return lab;
  };
  const logOf = (lab: SaveLab): Map<string, string> =>
    new Map(lab.files().map((path) => [path.slice('/data/'.length), lab.file(path)!]));

  test('a log in parts, before and after a rewrite to commands, and as a single file', async () => {
    const lab = filled({ appendonly: 'yes', 'aof-use-rdb-preamble': 'no' }, [
      ...DATA,
      ...STREAMS,
      LISTPACK_SET,
    ]);
    const digest = contentsOf(lab);
    expect(await digestInRedis(logOf(lab), '--appendonly', 'yes')).toBe(digest);
    lab.text('BGREWRITEAOF');
    lab.until(() => lab.field('aof_rewrite_in_progress') === '0');
    lab.text('SET after 1');
    const later = contentsOf(lab);
    const files = logOf(lab);
    expect(await digestInRedis(files, '--appendonly', 'yes')).toBe(later);
    const parts = ['base', 'incr'].map((part) =>
      files.get(`${FOLDER}/appendonly.aof.2.${part}.aof`)!,
    );
    const single = new Map([['appendonly.aof', parts.join('')]]);
    expect(await digestInRedis(single, '--appendonly', 'yes')).toBe(later);
  });

  test('dump.rdb and an RDB base, but for what 7.0 does not know', async () => {
    const lab = filled({ appendonly: 'yes' }, DATA);
    lab.text('SAVE');
    lab.text('BGREWRITEAOF');
    lab.until(() => lab.field('aof_rewrite_in_progress') === '0');
    const digest = contentsOf(lab);
    const files = new Map([...logOf(lab)].map(([path, bytes]) => [path, asOf70(bytes)]));
    expect(await digestInRedis(new Map([['dump.rdb', files.get('dump.rdb')!]]))).toBe(digest);
    files.delete('dump.rdb');
    expect(await digestInRedis(files, '--appendonly', 'yes')).toBe(digest);
  });

  test('DUMP and RESTORE go both ways', async () => {
    const lab = filled({}, [...DATA, ...STREAMS, LISTPACK_SET]);
    const real = await startRedis('--enable-debug-command', 'yes');
    try {
      await ask(real, [...DATA, ...STREAMS, LISTPACK_SET]);
      const [listed] = await ask(real, ['KEYS *']);
      if (listed?.type !== 'array') throw new Error('no keys');
      const names = listed.value.map((name) => replyText(name)).sort();
      expect(names.length).toBeGreaterThan(28);
      let refused = 0;
      for (const name of names) {
        const argv = (...more: string[]): ByteString[] => more as ByteString[];
        const [theirs, their] = await real.send([
          argv('DUMP', name),
          argv('DEBUG', 'DIGEST-VALUE', name),
        ]);
        // A digest holds the expiry, which a payload does not.
        const expires = Number(lab.text(`PEXPIRETIME ${name}`));
        const expiry = expires > 0 ? [String(expires), 'ABSTTL'] : ['0'];
        const mine = lab.ask(`DUMP ${name}`)!;
        const here = lab.ask(`DEBUG DIGEST-VALUE ${name}`)!;
        expect(here, name).toEqual(their);
        const quoted = `"${[...replyText(theirs)].map((char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')}"`;
        expect(
          lab.text(`RESTORE copy ${expiry[0]} ${quoted} REPLACE ${expiry[1] ?? ''}`),
          name,
        ).toBe('OK');
        expect(lab.ask('DEBUG DIGEST-VALUE copy'), name).toEqual(their);
        const payload = payloadOf70(replyText(mine));
        const [restored, copied] = await real.send([
          argv('RESTORE', 'copy', expiry[0]!, payload, 'REPLACE', ...expiry.slice(1)),
          argv('DEBUG', 'DIGEST-VALUE', 'copy'),
        ]);
        if ([20, 21].includes(payload.charCodeAt(0))) {
          expect(restored).toMatchObject({ type: 'error' });
          refused++;
          continue;
        }
        expect(restored, name).toMatchObject({ value: 'OK' });
        expect(copied, name).toEqual(their);
      }
      // The short set, and the three streams.
      expect(refused).toBe(4);
    } finally {
      await real.stop();
    }
  });
});

/** A file of version 11 with the number 10, and no checksum. */
function asOf70(bytes: string): string {
  if (!bytes.startsWith('REDIS0011')) return bytes;
  const body = `REDIS0010${bytes.slice(9, -8)}`;
  return body + checksum(body);
}

/** A payload of DUMP with that number in its footer. */
function payloadOf70(payload: string): string {
  const body = `${payload.slice(0, -10)}\x0a\0`;
  return body + checksum(body);
}

function checksum(text: string): string {
  const crc = newCrc64();
  updateCrc64(crc, bytesOf(text as ByteString), 0, text.length);
  return byteStringOf(crc64Bytes(crc));
}
