import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ascii, type ByteString } from '../../src/base/bytes.ts';
import { seedRandom } from '../../src/base/random.ts';
import { addKey, setExpiry } from '../../src/engine/data/key-space.ts';
import { newHash } from '../../src/engine/data/hash.ts';
import { newList, push } from '../../src/engine/data/list.ts';
import { stringOf } from '../../src/engine/data/string.ts';
import type { Value } from '../../src/engine/data/value.ts';
import { newEngineState } from '../../src/engine/engine-state.ts';
import { rdbType } from '../../src/engine/serialize/rdb-format.ts';
import { memoryOf } from '../../src/tools/rdb/memory.ts';
import { rdb } from '../../src/tools/rdb/rdb.ts';
import { loadRdb, saveRdb } from '../persistence/rdb-files.ts';
import { describeWithRedis, replyText, startRedis, words } from '../support/real-redis.ts';
import { asCommands, everyType, goldenNames, goldenRdb } from './rdb-samples.ts';
import { runSteps } from './run-steps.ts';

type Keys = Readonly<Record<string, Value | string>>;

function fileOf(databases: Readonly<Record<number, Keys>>, expiries: Record<string, number> = {}) {
  const engine = newEngineState(16, 1);
  for (const [id, keys] of Object.entries(databases)) {
    const { space } = engine.databases[Number(id)]!;
    for (const [key, value] of Object.entries(keys)) {
      const shown = typeof value === 'string' ? stringOf(ascii(value)) : value;
      addKey(space, ascii(key), shown, 0);
      if (expiries[key] !== undefined) setExpiry(space, ascii(key), expiries[key]);
    }
  }
  return saveRdb(engine);
}

function run(files: Readonly<Record<string, string | Uint8Array>>, ...given: string[]) {
  return runSteps(rdb(given.map(ascii)), files);
}

/** The original's own sample of strings, with the outputs that its tests expect. */
const utf8 = Buffer.from('בדיקה\u{1000f}123עברית').toString('latin1');
const strings = new Map<string, string>([
  ['int_value', '123'],
  ['ascii', '\x00! ~0\n\t\rAb'],
  ['bin', '\x00$ ~0\x7f\xff\n\xaa\t\x80\rAb'],
  ['printable', '!+ Ab^~'],
  [' 378', 'int_key_name'],
  ['utf8', utf8],
]);
const sample = fileOf({ 0: Object.fromEntries(strings) });

const shownAs: Readonly<Record<string, readonly string[]>> = {
  raw: [...strings.values()],
  print: [
    '123',
    String.raw`\x00! ~0\x0A\x09\x0DAb`,
    String.raw`\x00$ ~0\x7F\xFF\x0A\xAA\x09\x80\x0DAb`,
    '!+ Ab^~',
    'int_key_name',
    String.raw`\xD7\x91\xD7\x93\xD7\x99\xD7\xA7\xD7\x94\xF0\x90\x80\x8F123\xD7\xA2\xD7\x91\xD7\xA8\xD7\x99\xD7\xAA`,
  ],
  utf8: [
    '123',
    '\x00! ~0\n\t\rAb',
    '\x00$ ~0\x7f\\xFF\n\\xAA\t\\x80\rAb',
    '!+ Ab^~',
    'int_key_name',
    utf8,
  ],
  base64: [
    'MTIz',
    'ACEgfjAKCQ1BYg==',
    'ACQgfjB//wqqCYANQWI=',
    'ISsgQWJefg==',
    'aW50X2tleV9uYW1l',
    '15HXk9eZ16fXlPCQgI8xMjPXoteR16jXmdeq',
  ],
};

test.each(Object.keys(shownAs))('strings are shown as the original shows them: %s', (escape) => {
  const shown = shownAs[escape]!;
  const keys = [...strings.keys()];
  const made = (format: string) => run({ f: sample }, '-c', format, '-e', escape, 'f').stdout;
  expect(made('diff')).toBe(keys.map((key, i) => `db=0 ${key} -> ${shown[i]!}\r\n`).join(''));
  expect(made('justkeyvals')).toBe(keys.map((key, i) => `\r\n${key} ${shown[i]!}`).join(','));
  expect(made('justkeys')).toBe(keys.map((key) => `${key}\n`).join(''));
  expect(JSON.parse(made('json'))).toEqual([
    Object.fromEntries(
      keys.map((key, i) => [
        key,
        escape === 'utf8' ? Buffer.from(shown[i]!, 'latin1').toString() : shown[i]!,
      ]),
    ),
  ]);
});

test('JSON is pure ASCII, escaped as the original escapes it', () => {
  const json = run({ f: sample }, '-c', 'json', 'f').stdout;
  expect(json).toBe(
    String.raw`[{#"int_value":"123",#"ascii":"\u0000! ~0\n\t\rAb",#"bin":"\u0000$ ~0\u007f\\xFF\n\\xAA\t\\x80\rAb",#"printable":"!+ Ab^~",#" 378":"int_key_name",#"utf8":"\u05d1\u05d3\u05d9\u05e7\u05d4\ud800\udc0f123\u05e2\u05d1\u05e8\u05d9\u05ea"}]`.replaceAll(
      '#',
      '\r\n',
    ),
  );
});

test('protocol with base64 hides even the names of the commands, as in the original', () => {
  const made = run({ f: sample }, '-c', 'protocol', '-e', 'base64', '-k', 'int', 'f').stdout;
  expect(made).toBe(
    '*2\r\n$8\r\nU0VMRUNU\r\n$4\r\nMA==\r\n*3\r\n$4\r\nU0VU\r\n$12\r\naW50X3ZhbHVl\r\n$4\r\nMTIz\r\n',
  );
});

const list = (...items: string[]): Value => {
  const value = newList();
  for (const item of items) push(value, 'right', ascii(item));
  return value;
};
const hash = (pairs: Readonly<Record<string, string>>): Value => {
  const value = newHash();
  for (const [field, text] of Object.entries(pairs)) value.fields.set(ascii(field), ascii(text));
  return value;
};
const zset = (...entries: readonly (readonly [number, string])[]): Value => ({
  kind: 'zset',
  order: {
    encoding: 'listpack',
    entries: entries.map(([score, member]) => ({ score, member: ascii(member) })),
  },
});

const collections = fileOf({
  0: { l: list('a', 'b,c'), h: hash({ f: 'v', g: '1' }), z: zset([1, 'one'], [1.5, 'more']) },
  2: { s: 'x' },
});

test.each([
  [
    'json',
    '[{\r\n"l":["a","b,c"],\r\n"h":{"f":"v","g":"1"},\r\n"z":{"one":"1","more":"1.5"}},{\r\n"s":"x"}]',
  ],
  [
    'diff',
    'db=0 l[0] -> a\r\ndb=0 l[1] -> b,c\r\ndb=0 h . f -> v\r\ndb=0 h . g -> 1\r\ndb=0 z -> {one, score=1}\r\ndb=0 z -> {more, score=1.5}\r\ndb=2 s -> x\r\n',
  ],
  ['justkeyvals', '\r\nl a,b,c,\r\nh f v,g 1,\r\nz one 1,more 1.5,\r\ns x'],
  ['justkeys', 'l\nl\nl\nh\nh\nh\nz\nz\nz\ns\n'],
])('%s of collections', (format, text) => {
  expect(run({ f: collections }, '-c', format, 'f')).toMatchObject({
    stdout: text,
    stderr: '',
    exit: 0,
  });
});

test('filters pick by database, key and type', () => {
  const keys = (...given: string[]) => [
    ...new Set(run({ f: collections }, '-c', 'justkeys', ...given, 'f').stdout.match(/\w+/g)),
  ];
  expect(keys('-n', '2')).toEqual(['s']);
  expect(keys('--db=0', '-t', 'list', '--type', 'hash')).toEqual(['l', 'h']);
  expect(keys('-k', '[lz]')).toEqual(['l', 'z']);
  expect(keys('--not-key', 'l|s')).toEqual(['h', 'z']);
  // The original matches from the start of the key on, and not to its end.
  expect(run({ f: sample }, '-c', 'justkeys', '-k', 'int', 'f').stdout).toBe('int_value\n');
  expect(run({ f: sample }, '-c', 'justkeys', '-k', 'value', 'f').stdout).toBe('');
  // A database whose keys are all left out still shows as an object.
  expect(run({ f: collections }, '-c', 'json', '-n', '2', 'f').stdout).toBe('[{},{\r\n"s":"x"}]');
});

test('memory: figures that the original prints', () => {
  const sizes = [6, 12, 18, 24, 30, 36];
  const easy = list(...sizes.map((size) => 'a'.repeat(size)));
  const file = fileOf(
    {
      0: {
        simplekey: 'sevench',
        expires_ms_precision: '2022-12-25 10:11:12.573 UTC',
        ziplist_compresses_easily: easy,
      },
    },
    { expires_ms_precision: 1671963072573 },
  );
  expect(run({ f: file }, '-c', 'memory', 'f').stdout).toBe(
    `database,type,key,size_in_bytes,encoding,num_elements,len_largest_element,expiry
0,string,simplekey,72,string,7,7,
0,string,expires_ms_precision,128,string,27,27,2022-12-25T10:11:12.573000
0,list,ziplist_compresses_easily,301,quicklist,6,36,
`,
  );
  expect(run({ f: file }, '-c', 'memory', '-b', '128', 'f').stdout).not.toContain('simplekey');
  const largest = run({ f: file }, '-c', 'memory', '-l', '2', 'f').stdout.split('\n').slice(1, 3);
  expect(largest.map((line) => line.split(',')[2])).toEqual([
    'ziplist_compresses_easily',
    'expires_ms_precision',
  ]);
});

test('memory: a table of hashes reckons its entries, a packing its bytes', () => {
  const value = hash({ field: 'value' });
  const record = {
    ...{ database: 0, key: ascii('k'), type: 'hash' as const, value },
    ...{ expireAt: null, written: rdbType.hash },
  };
  // Key: an entry of 24, "k" in 8, the object of 16. The table: 4 + 56 + 32 and two slots of 12; an entry and two strings.
  expect(memoryOf(record, seedRandom(1)).bytes).toBe(24 + 8 + 16 + 92 + 24 + 24 + 8 + 8);
  // In a ziplist: 11, and a length before and one of its own for each of two texts of five.
  expect(memoryOf({ ...record, written: rdbType.hashZiplist }, seedRandom(1))).toMatchObject({
    bytes: 24 + 8 + 16 + 11 + 7 + 7,
    encoding: 'ziplist',
    elements: 1,
    largestElement: 5,
  });
});

test('protocol: expiries are kept, dropped or moved', () => {
  const file = fileOf({ 0: { a: '1' } }, { a: 4_102_444_800_999 });
  const expiry = (...given: string[]) =>
    /EXPIREAT\r\n\$1\r\na\r\n\$10\r\n(\d+)/.exec(
      run({ f: file }, '-c', 'protocol', ...given, 'f').stdout,
    )?.[1];
  expect(expiry()).toBe('4102444800');
  expect(expiry('-x')).toBeUndefined();
  expect(expiry('--amend-expire', '60')).toBe('4102444860');
  expect(expiry('--amend-expiry=60')).toBe('4102444860');
  expect(expiry('-a', '-60')).toBe('4102444800');
});

test('-f writes a file, and of a damaged snapshot none', () => {
  const { stdout, files } = run({ f: collections }, '-c', 'justkeys', '-f', 'out', '-n2', 'f');
  expect([stdout, files['out']]).toEqual(['', 's\n']);
  const torn = run({ f: collections.slice(0, -20) }, '-c', 'json', '-f', 'out', 'f');
  expect(torn).toMatchObject({
    exit: 1,
    stderr: expect.stringContaining('rdb: f: it ends too early'),
  });
  expect(torn.files['out']).toBeUndefined();
});

test('of several files the last one that has a key wins', () => {
  const a = fileOf({ 0: { k: 'old', only: 'a' } });
  const b = fileOf({ 0: { k: 'new' }, 1: { k: 'other database' } });
  expect(run({ a, b }, '-c', 'diff', 'a', 'b').stdout).toBe(
    'db=0 only -> a\r\ndb=0 k -> new\r\ndb=1 k -> other database\r\n',
  );
  const merged = run({ a, b }, '-c', 'a', 'b', 'all.rdb');
  expect(merged.exit).toBe(0);
  const whole = loadRdb(Buffer.from(merged.files['all.rdb']!, 'latin1'));
  expect(whole.step.kind).toBe('done');
  expect(whole.digest()).toBe(
    loadRdb(fileOf({ 0: { only: 'a', k: 'new' }, 1: { k: 'other database' } })).digest(),
  );
});

test("the article's line makes the backup that it promises, and says what the real tool takes there", () => {
  const made = run({ 'dump.rdb': collections }, '-c', 'dump.rdb', '/path/to/backup.rdb');
  expect(made.exit).toBe(0);
  expect(made.files['/path/to/backup.rdb']).toBe(Buffer.from(collections).toString('latin1'));
  expect(made.stderr).toContain('the real redis-rdb-tools takes a format after -c');
  expect(made.stderr).toContain(
    `dump.rdb -> /path/to/backup.rdb: 4 keys, ${collections.length} bytes`,
  );
});

test('a snapshot that was changed is no backup', () => {
  const changed = Uint8Array.from(collections);
  changed[collections.indexOf(0x62)]! ^= 1;
  const made = run({ 'dump.rdb': changed }, '-c', 'dump.rdb', '/path/to/backup.rdb');
  expect(made.exit).toBe(1);
  expect(Object.keys(made.files)).toEqual(['dump.rdb']);
  const refused = run({ 'dump.rdb': collections }, '-c', 'dump.rdb', '/read-only/b.rdb');
  expect(refused).toMatchObject({ exit: 1 });
  expect(refused.stderr).toContain('/read-only/b.rdb: Read-only file system');
});

const usage = `usage: usage: rdb [options] /path/to/dump.rdb

Example : rdb --command json -k "user.*" /var/redis/6379/dump.rdb
`;

/** What Python 3.11's argparse prints for the original's options. */
test.each([
  ['', 'the following arguments are required: -c/--command, dump_file'],
  ['-c', 'argument -c/--command: expected one argument'],
  ['-c json', 'the following arguments are required: dump_file'],
  ['x.rdb', 'the following arguments are required: -c/--command'],
  [
    '-c json -e foo x',
    "argument -e/--escape: invalid choice: 'foo' (choose from 'raw', 'print', 'utf8', 'base64')",
  ],
  ['-c json -x -a 3 x', 'argument -a/--amend-expire: not allowed with argument -x/--no-expire'],
  ['-c json -a z x', "argument -a/--amend-expire: invalid int value: 'z'"],
  ['-c json --foo x', 'unrecognized arguments: --foo'],
  ['-c json -n', 'argument -n/--db: expected one argument'],
  ['--no x -c json', 'ambiguous option: --no could match --not-key, --no-expire'],
  ['-z x', 'the following arguments are required: -c/--command'],
  ['-x=3 f -c json', "argument -x/--no-expire: ignored explicit argument '3'"],
  ['--no-expire=3 f -c json', "argument -x/--no-expire: ignored explicit argument '3'"],
])('wrong words are told as the original tells them: rdb %s', (line, problem) => {
  const made = run({}, ...line.split(' ').filter((word) => word !== ''));
  expect(made).toMatchObject({ exit: 2, stdout: '', stderr: `${usage}rdb: error: ${problem}\n` });
});

test.each([
  ['--com json f', 0],
  ['-cjson f', 0],
  ['--db=3 -c json f', 0],
  ['-xcjson f', 0],
  ['-a -3 -c json f', 0],
  ['-c json -- f', 0],
  ['-c json -n x f', 1],
  ['-c json -t hashes f', 1],
  ['-c json -k [ f', 1],
  ['-c nonsense f', 1],
  ['-c json none', 1],
])('rdb %s ends with %i', (line, exit) => {
  expect(run({ f: sample }, ...line.split(' ')).exit).toBe(exit);
});

describeWithRedis('protocol into a real server', () => {
  const debug = ['--enable-debug-command', 'yes'];
  const digest = words('DEBUG', 'DIGEST');
  const pipe = (port: number, input: string): string => {
    const cli = spawnSync('redis-cli', ['-p', String(port), '--pipe'], {
      input: Buffer.from(input, 'latin1'),
    });
    return cli.stdout.toString();
  };

  test('makes the same data set as the server that wrote the file, of every type and encoding', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'aof-lab-rdb-'));
    const source = await startRedis('--dir', folder, ...debug);
    const target = await startRedis(...debug);
    try {
      for (const rows of [
        [],
        [words('CONFIG', 'SET', 'rdbcompression', 'no')],
        [
          words('CONFIG', 'SET', 'hash-max-listpack-entries', '0'),
          words('CONFIG', 'SET', 'zset-max-listpack-entries', '0'),
          words('CONFIG', 'SET', 'set-max-intset-entries', '0'),
          words('CONFIG', 'SET', 'list-max-listpack-size', '1'),
        ],
      ] as ByteString[][][]) {
        const replies = await source.send([...rows, words('FLUSHALL'), ...asCommands(everyType)]);
        expect(replies.filter(({ type }) => type === 'error')).toEqual([]);
        const [expected] = await source.send([digest, words('SAVE')]);
        const file = readFileSync(join(folder, 'dump.rdb'));
        const made = run({ f: file }, '--command', 'protocol', 'f');
        expect(made).toMatchObject({ exit: 0, stderr: '' });
        await target.send([words('FLUSHALL')]);
        expect(pipe(target.port, made.stdout)).toContain('errors: 0');
        const [got] = await target.send([digest]);
        expect(replyText(got)).toBe(replyText(expected));
      }
    } finally {
      await source.stop();
      await target.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);

  test('makes the data sets of files of 7.2', async () => {
    const target = await startRedis(...debug);
    try {
      for (const name of goldenNames) {
        const file = goldenRdb(name);
        const { stdout } = run({ f: file }, '-c', 'protocol', 'f');
        await target.send([words('FLUSHALL')]);
        if (stdout !== '') expect(pipe(target.port, stdout)).toContain('errors: 0');
        const [got] = await target.send([digest]);
        expect.soft(replyText(got), name).toBe(loadRdb(file).digest());
      }
    } finally {
      await target.stop();
    }
  }, 60_000);
});
