/** Whatever is typed, called or dropped: a clear answer, and data, files and log as they were. */
import { expect, test, type Page } from '@playwright/test';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ascii } from '../../src/base/bytes.ts';
import { words } from '../support/real-redis.ts';
import { dropOnFiles, importEnds } from './drop.ts';
import { consoleShows, openLab, send } from './lab-page.ts';
import { digestOf, readLog, redisIsInstalled, startLogging, temporaryFolder } from './redis-log.ts';

/** All that could have been changed: data, every file with its bytes, offsets and counts, and what was done. */
async function everything(page: Page): Promise<string> {
  const digest = await send(page, 'DEBUG DIGEST');
  const rest = await page.evaluate(async () => {
    const { lanes } = await window.aofLab.view();
    const all = [];
    for (const { id, state, keys, acknowledged, written, fsynced, ...lane } of lanes) {
      const files: string[] = [];
      for (const { path, size, durableSize } of lane.files) {
        const bytes = await window.aofLab.readFile(path, { lane: id });
        const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes.slice()));
        files.push(`${path} ${size} ${durableSize} ${sum.join()}`);
      }
      const offsets = { acknowledged, written, fsynced, writes: lane.acknowledgedWrites };
      all.push({ id, state, keys, offsets, files });
    }
    const actions = (await window.aofLab.actionLog()).map(({ action }) => action);
    return { all, actions: actions.filter((action) => action !== 'DEBUG DIGEST') };
  });
  return JSON.stringify({ digest, ...rest }, null, 1);
}

async function openWithData(page: Page, config: Record<string, string> = {}): Promise<void> {
  await openLab(page, {
    lanes: [{ config: { appendfsync: 'always', ...config } }],
    disk: { preset: 'nvme' },
  });
  for (const line of ['SET kept 1', 'HSET hash f v', 'RPUSH list a b']) await send(page, line);
}

const refusedLines = [
  ['SET "kept 2', 'Invalid argument(s)'],
  ["SET kept 'x'y", 'Invalid argument(s)'],
  [`NOSUCH kept`, "(error) ERR unknown command 'NOSUCH', with args beginning with: 'kept'"],
  ['"\\x00\\xff" a', "(error) ERR unknown command '"],
  ['SET kept', "(error) ERR wrong number of arguments for 'set' command"],
  ['SET kept 2 3 4', '(error) ERR syntax error'],
  ['INCRBY kept 9223372036854775807', '(error) ERR increment or decrement would overflow'],
  ['LPUSH kept x', '(error) WRONGTYPE Operation against a key holding the wrong kind of value'],
  ['EXPIRE kept soon', '(error) ERR value is not an integer or out of range'],
  ['SELECT 16', '(error) ERR DB index is out of range'],
  ['EXEC', '(error) ERR EXEC without MULTI'],
  ['CONFIG SET nosuch 1', '(error) ERR Unknown option or number of arguments for CONFIG SET'],
  ['DEBUG NOSUCH', "(error) ERR unknown subcommand or wrong number of arguments for 'NOSUCH'"],
] as const;

test('lines in the console that redis-server or redis-cli refuses change nothing', async ({
  page,
}) => {
  await openWithData(page);
  const before = await withoutActions(page);
  for (const [line, answer] of refusedLines) {
    await enter(page, line);
    await consoleShows(page, answer);
    await page.keyboard.press('Control+l');
  }
  expect(await withoutActions(page)).toBe(before);
});

test('a line of a megabyte, pasted, is answered and changes nothing', async ({ page }) => {
  await openWithData(page);
  const before = await withoutActions(page);
  const long = 'x'.repeat(1_000_000);
  for (const [line, answer] of [
    [`SET kept "${long}`, 'Invalid argument(s)'],
    [`NOSUCH ${long}`, "ERR unknown command 'NOSUCH', with args beginning with: 'xxx"],
    [`SET kept ${long}${long}`, 'Not taken: a line holds at most 1048576 characters here'],
  ] as const) {
    const start = performance.now();
    await paste(page, line);
    await page.keyboard.press('Enter');
    // The end of a row may come in between.
    await expect
      .poll(async () => (await page.locator('.xterm-rows').innerText()).replaceAll('\n', ''), {
        timeout: 20_000,
      })
      .toContain(answer);
    console.log(`${answer}: ${Math.round(performance.now() - start)} ms`);
    await page.keyboard.press('Control+l');
  }
  expect(await withoutActions(page)).toBe(before);
  // The page is as quick as before.
  await enter(page, 'GET kept');
  await consoleShows(page, '"1"');
});

const oddKeys = [
  ['"\\x00\\xff"', '"\\x00\\xff"'],
  ['"a\\r\\nb"', '"a\\r\\nb"'],
  ['🦊', '"\\xf0\\x9f\\xa6\\x8a"'],
  ['__proto__', '"__proto__"'],
  ['constructor', '"constructor"'],
  ['hasOwnProperty', '"hasOwnProperty"'],
  ['""', '""'],
] as const;

test('odd keys and fields are keys and fields like any other', async ({ page }) => {
  await openLab(page, { lanes: [{ config: { appendfsync: 'always' } }] });
  for (const [typed] of oddKeys) {
    expect(await send(page, `GET ${typed}`)).toBe('(nil)');
    expect(await send(page, `HGET h ${typed}`)).toBe('(nil)');
  }
  // Typed where there is a terminal; what is typed there must arrive as bytes.
  for (const [typed] of oddKeys) {
    await enter(page, `SET ${typed} ${typed}`);
    await enter(page, `HSET h ${typed} ${typed}`);
  }
  await expect.poll(() => send(page, 'DBSIZE')).toBe(`(integer) ${oddKeys.length + 1}`);
  await expect.poll(() => send(page, 'HLEN h')).toBe(`(integer) ${oddKeys.length}`);
  for (const [typed, shown] of oddKeys) {
    expect(await send(page, `GET ${typed}`)).toBe(shown);
    expect(await send(page, `HGET h ${typed}`)).toBe(shown);
  }
  const all = await send(page, 'KEYS *');
  for (const [, shown] of oddKeys) expect(all).toContain(` ${shown}`);
  const digest = await send(page, 'DEBUG DIGEST');
  expect(await page.evaluate(() => Object.keys(Object.prototype))).toEqual([]);
  // They come back from the log, too.
  await page.evaluate(async () => {
    await window.aofLab.crash('power-lost');
    await window.aofLab.boot();
  });
  await expect.poll(() => send(page, 'DEBUG DIGEST')).toBe(digest);
});

test('the door refuses wrong arguments with what, where and an example, and changes nothing', async ({
  page,
}) => {
  await openWithData(page);
  const before = await everything(page);
  for (const [call, message] of refusedCalls) {
    const outcome = await page.evaluate(async (code) => {
      try {
        // Each is written as a script would write it.
        await (0, eval)(`(async () => aofLab.${code})()`);
        return 'resolved';
      } catch (error) {
        return error instanceof Error ? error.message : `threw ${String(error)}`;
      }
    }, call);
    expect.soft(outcome, call).toMatch(message);
    expect.soft(outcome.length, call).toBeLessThan(400);
  }
  expect(await everything(page)).toBe(before);
});

const refusedCalls: readonly (readonly [string, RegExp])[] = [
  ["reset('now')", /^aofLab\.reset: setup must be an object.*Example/],
  ['reset({seeds: 1})', /setup\.seeds is not known/],
  ['reset({seed: 1.5})', /seed must be a whole number/],
  ['reset({lanes: []})', /lanes must be a list of 1 to 5/],
  ['reset({lanes: [{}, {}, {}, {}, {}, {}]})', /lanes must be a list of 1 to 5/],
  ["reset({lanes: [{id: 'a'}, {id: 'a'}]})", /two lanes are called a/],
  ["reset({lanes: [{id: 'a b'}]})", /lanes\[0\]\.id must be/],
  ["reset({lanes: [{config: {'a b': 'x'}}]})", /a b is not a directive/],
  ["reset({disk: {preset: 'floppy'}})", /disk\.preset must be one of/],
  ['reset({disk: {capacity: -1}})', /disk\.capacity must be/],
  ['reset({clock: {speed: 0}})', /speed must be 0\.001 to 100/],
  ['reset({clock: {startAt: 0}})', /clock\.startAt must be/],
  ['reset({workload: {rate: 0}})', /rate must be above 0/],
  ["reset({files: {'a': 'text'}})", /must be a Uint8Array/],
  [
    "reset({files: {'../../x': new Uint8Array(1)}})",
    /files\['\.\.\/\.\.\/x'\]: a path must be made of names/,
  ],
  [
    "reset({files: {'a/b/c': new Uint8Array(1), 'a/b': new Uint8Array(1)}})",
    /files\['a\/b(\/c)?'\]/,
  ],
  ["reset({files: {'/data': new Uint8Array(1)}})", /files\['\/data'\] is a folder/],
  ['send()', /command must be a text, not empty, but is missing/],
  ["send('')", /command must be a text, not empty/],
  ["send('   ')", /an empty line is no command/],
  ["send('SET \"kept')", /unbalanced quotes/],
  ["send('SET kept 2', {lane: 'nobody'})", /no lane nobody; the lanes are main/],
  ["send('SET kept 2', {lane: 5})", /options\.lane must be a text/],
  ["send('SET kept 2', {user: 'a'})", /options\.user is not known/],
  ['workload()', /workload must be an object, but is missing/],
  ['workload({rate: -1})', /rate must be above 0/],
  ['workload({rate: Infinity})', /workload\.rate must be a number/],
  ['workload({rate: 1, mix: []})', /mix needs at least one command/],
  ["workload({rate: 1, mix: ['SET \"a']})", /unbalanced quotes in mix/],
  ['workload({rate: 1, clients: 0})', /clients must be 1 to 1000/],
  ["setClock('fast')", /clock must be an object/],
  ['setClock({speed: 1000})', /speed must be 0\.001 to 100/],
  ['setClock({speed: NaN})', /clock\.speed must be a number, but is NaN/],
  ['advance(-1)', /ms must be a number, 0 or more, but is -1/],
  ['advance(Infinity)', /ms must be a number, 0 or more/],
  ['advance(1e12)', /ms must be 0 to 86400000/],
  ["step('week')", /what must be one of 'command', 'tick', 'fsync'/],
  ["crash('boom')", /kind must be one of 'process-killed', 'power-lost'/],
  ["crash('power-lost', {tail: 'eaten'})", /options\.tail must be 'lost'/],
  ["crash('power-lost', {tail: {cutAt: -1}})", /options\.tail must be/],
  ["crash('power-lost', {lane: 'nobody'})", /no lane nobody/],
  ['boot()', /boot: the server is running already/],
  ["boot({lane: 'nobody'})", /no lane nobody/],
  ["signal('NOPE')", /signal NOPE is not known; use/],
  ["signal('TERM', {lane: 'nobody'})", /no lane nobody/],
  ["plan('fire')", /fault must be an object/],
  ["plan({kind: 'fire'})", /fire/],
  ["plan({kind: 'fsync-time', value: 'long'})", /fsync-time/],
  ["plan({kind: 'fsync-time', value: 5, lane: 'nobody'})", /no lane nobody/],
  ["readFile('missing')", /there is no file missing/],
  ["readFile('../../../etc/passwd')", /there is no file/],
  ["readFile('x', {lane: 'nobody'})", /no lane nobody/],
  ["writeFile('x', 'text')", /bytes must be a Uint8Array/],
  ["writeFile('', new Uint8Array(1))", /path must be a text, not empty/],
  ["writeFile('appendonlydir', new Uint8Array(1))", /writeFile: .*appendonlydir/],
  ["writeFile('x', new Uint8Array(1), {lane: 'nobody'})", /no lane nobody/],
  ["export('everything')", /kind must be one of 'appendonlydir', 'run'/],
  ["export('appendonlydir', {lane: 'nobody'})", /no lane nobody/],
  ["on('party', () => 1)", /event must be one of/],
  ["on('reply', 'listener')", /listener must be a function/],
];

test.describe('files dropped on the page', () => {
  test.skip(!redisIsInstalled && process.env['CI'] === undefined, 'redis-server is not installed');

  test('files that are no log, or a broken one, are refused, and nothing is changed', async ({
    page,
  }) => {
    await openWithData(page, { 'aof-load-truncated': 'no' });
    const before = await everything(page);
    const { log, snapshot } = await realFiles();
    const incr = 'appendonlydir/appendonly.aof.1.incr.aof';
    const manifest = 'appendonlydir/appendonly.aof.manifest';
    const bytes = log.get(incr)!;
    const flipped = bytes.slice();
    // The star of a command in the middle.
    flipped[Buffer.from(bytes).indexOf('*3\r\n', bytes.length >> 1)]! ^= 0x10;
    const lines = Buffer.from(log.get(manifest)!).toString();
    const cases: readonly (readonly [string, Record<string, Uint8Array | string>, RegExp])[] = [
      ['a text', { 'notes.txt': 'buy milk' }, /no \.aof, no \.rdb and no manifest/],
      [
        'garbage',
        { 'garbage.aof': randomBytes(5_000) },
        /garbage|appendonly\.aof is no append only/,
      ],
      ['a cut log', { 'cut.aof': bytes.slice(0, -3) }, /Unexpected end of file/],
      ['a flipped byte', { 'flipped.aof': flipped }, /Bad file format/],
      ['a cut snapshot', { 'cut.rdb': snapshot.slice(0, -9) }, /RDB/],
      ['a snapshot of garbage', { 'x.rdb': randomBytes(500) }, /RDB|snapshot/],
      ['a zip that is none', { 'x.zip': randomBytes(500) }, /x\.zip is not a zip archive/],
      ['a manifest alone', { [manifest]: lines }, /appendonly\.aof\.1\.base\.rdb/],
      ['a bad manifest', { ...Object.fromEntries(log), [manifest]: 'file x\n' }, /manifest/i],
      ['two logs', { 'a.aof': bytes, 'b.aof': bytes }, /more than one such file/],
    ];
    for (const [name, files, message] of cases) {
      const folder = temporaryFolder();
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(folder.path, path)), { recursive: true });
        writeFileSync(join(folder.path, path), content);
      }
      const tops = [...new Set(Object.keys(files).map((path) => path.split('/')[0]!))];
      await dropOnFiles(page, ...tops.map((top) => join(folder.path, top)));
      const said = await importEnds(page, 'refused');
      console.log(`${name}: ${said.replaceAll('\n', ' ')}`);
      expect.soft(said, name).toMatch(message);
      expect
        .soft(said.match(/Nothing was changed/g) ?? [], name)
        .toHaveLength(said.includes('Redis does not load') ? 1 : 0);
      await page.getByRole('alert').getByRole('button', { name: 'Close' }).click();
      folder.remove();
    }
    expect(await everything(page)).toBe(before);
  });

  test('a snapshot with keys is loaded as redis-server loads it', async ({ page }) => {
    await openWithData(page);
    const { snapshot, digest } = await realFiles();
    const folder = temporaryFolder();
    writeFileSync(join(folder.path, 'dump.rdb'), snapshot);
    await dropOnFiles(page, join(folder.path, 'dump.rdb'));
    expect(await importEnds(page, 'loaded')).toContain('Keys: 50');
    expect(await send(page, 'DEBUG DIGEST')).toBe(digest);
    folder.remove();
  });

  test('a log that is cut short is taken as far as redis-server takes it', async ({ page }) => {
    await openWithData(page);
    const { log } = await realFiles();
    const folder = temporaryFolder();
    const cut = log.get('appendonlydir/appendonly.aof.1.incr.aof')!.slice(0, -3);
    writeFileSync(join(folder.path, 'appendonly.aof'), cut);
    await dropOnFiles(page, join(folder.path, 'appendonly.aof'));
    await importEnds(page, 'loaded');
    const redis = await startLogging(folder.path);
    expect(await send(page, 'DEBUG DIGEST')).toBe(await digestOf(redis));
    await redis.stop();
    folder.remove();
  });
});

/** A log and a snapshot of the same few keys. */
async function realFiles(): Promise<{
  log: ReadonlyMap<string, Uint8Array>;
  snapshot: Uint8Array;
  digest: string;
}> {
  const folder = temporaryFolder();
  const redis = await startLogging(folder.path);
  const commands = Array.from({ length: 50 }, (_, i) => words('SET', `key:${i}`, 'value'));
  await redis.send([...commands, [ascii('SAVE')]]);
  const digest = await digestOf(redis);
  await redis.stop();
  const log = readLog(folder.path);
  const snapshot = new Uint8Array(readFileSync(join(folder.path, 'dump.rdb')));
  folder.remove();
  return { log, snapshot, digest };
}

function randomBytes(count: number): Uint8Array {
  let state = 12345;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state >>> 16;
  });
}

/** As `everything`, but commands that were answered with an error stand in the action log by right. */
async function withoutActions(page: Page): Promise<string> {
  const { actions, ...rest } = JSON.parse(await everything(page)) as Record<string, unknown>;
  expect(actions).toBeDefined();
  return JSON.stringify(rest, null, 1);
}

/** A line in the console, put in at once, as from a list of emoji or by dictation. */
async function enter(page: Page, line: string): Promise<void> {
  await page
    .getByRole('textbox', { name: /terminal|console|redis-cli/i })
    .first()
    .focus();
  await page.keyboard.insertText(line);
  await page.keyboard.press('Enter');
}

/** As Ctrl-V does it. */
async function paste(page: Page, text: string): Promise<void> {
  const input = page.getByRole('textbox', { name: /terminal|console|redis-cli/i }).first();
  await input.focus();
  await input.evaluate((element, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', pasted);
    element.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
    );
  }, text);
}
