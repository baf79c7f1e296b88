/**
 * Every command line of the documents that this lab was asked for from (tests/seeds/commands.json), pasted into the page's
 * terminal, and the effect that its document promises.
 */
import { expect, test, type Page } from '@playwright/test';
import seeds from '../seeds/commands.json' with { type: 'json' };
import { enter, openTerminal, paste, printed, rows, run } from './machine-terminal.ts';

// Some fifty lines are pasted one after the other, where the host may be busy.
test.describe.configure({ timeout: 300_000 });

const { tutorial, format, chat, article, guide } = seeds;
const INCR = 'appendonlydir/appendonly.aof.1.incr.aof';
const off = { lanes: [{ id: 'main', config: { appendonly: 'no', appendfsync: 'no' } }] };

const cli = (page: Page, line: string): Promise<string> => run(page, 'redis-cli', line);
const bash = (page: Page, line: string): Promise<string> => run(page, 'bash', line);

/** In redis-cli's own console, and as words of redis-cli in bash. */
async function answersAsPrinted(
  page: Page,
  lines: readonly { readonly line: string; readonly prints: string }[],
): Promise<void> {
  await cli(page, 'DEL product:1');
  for (const { line, prints } of lines)
    expect([line, await cli(page, line)]).toEqual([line, prints]);
  await bash(page, 'redis-cli DEL product:1');
  for (const { line, prints } of lines) {
    const answer = await bash(page, `redis-cli ${line}`);
    const running = 'ERR Background append only file rewriting already in progress';
    expect([prints, `(error) ${running}`].includes(answer), `${line}: ${answer}`).toBe(true);
  }
}

async function restart(page: Page): Promise<void> {
  await bash(page, 'redis-cli SHUTDOWN NOSAVE');
  await bash(page, 'redis-server /etc/redis/redis.conf > /tmp/log & sleep 0.5');
}

async function setting(page: Page, name: string): Promise<string> {
  return (await bash(page, `redis-cli CONFIG GET ${name}`)).split('\n').at(-1) ?? '';
}

test('the tutorial: its example answers as it prints, and a restart brings the data back', async ({
  page,
}) => {
  await openTerminal(page, off);
  await answersAsPrinted(page, tutorial.redis);
  // As they stand on the page, with the prompt before each.
  const example = tutorial.redis.map(({ line, prints }) => [`127.0.0.1:6379> ${line}`, prints]);
  await enter(page, 'redis-cli');
  await page.keyboard.press('Control+L');
  await paste(page, `${example.map(([line]) => line).join('\n')}\n`);
  await expect
    .poll(async () => (await printed(page)).join('\n'))
    .toBe([...example.flat(), '127.0.0.1:6379>'].join('\n'));
  expect(await bash(page, `aof-parse ${INCR} user:1`)).toContain("['SET', 'user:1', 'Alice']");
  await bash(page, "sleep 1.2; echo 'appendonly yes' >> /etc/redis/redis.conf");
  await restart(page);
  expect(await cli(page, tutorial.redis.at(-1)!.line)).toBe(tutorial.redis.at(-1)!.prints);
});

test('the page of the format: the log begins as it says, is read, checked, replayed and rewritten', async ({
  page,
}) => {
  await openTerminal(page);
  await cli(page, 'SET mykey myvalue');
  await bash(page, `sleep 1.2; tail -n 7 ${INCR} > aof_file.aof`);
  expect((await bash(page, 'cat aof_file.aof')).replaceAll('\n', ' ')).toBe(format.signature);
  const [check, pipe] = format.shell;
  expect(await bash(page, `${check} aof_file.aof`)).toMatch(/ is valid$/);
  await cli(page, 'DEL mykey');
  expect(await bash(page, pipe!)).toMatch(/errors: 0, replies: 1$/);
  expect(await cli(page, 'GET mykey')).toBe('"myvalue"');

  for (const [reader, leave] of [
    ['less', 'q'],
    ['nano', 'Control+X'],
  ] as const) {
    expect(format.readers).toContain(reader);
    await enter(page, 'bash');
    await paste(page, `${reader} aof_file.aof\n`);
    await expect.poll(async () => (await rows(page)).join('\n')).toMatch(/SET[^]*mykey[^]*myvalue/);
    await page.keyboard.press(leave);
    await expect.poll(async () => (await rows(page)).at(-1)).toBe('root@lab:/data#');
  }

  await answersAsPrinted(page, format.redis);
  expect(await bash(page, 'sleep 1; cat appendonlydir/appendonly.aof.manifest')).toMatch(
    /^file appendonly\.aof\.[23]\.base\.rdb seq [23] type b\nfile .* type i$/,
  );
  for (const line of format.conf) {
    await bash(page, `echo '${line}' >> /etc/redis/redis.conf`);
    await restart(page);
    const [name, value] = line.split(' ');
    expect(await setting(page, name!)).toBe(`2) "${value}"`);
  }
});

test('the chat: its block in one paste, its settings by nano, and its container', async ({
  page,
}) => {
  await openTerminal(page, off);
  await answersAsPrinted(page, chat.redis.slice(-1));
  const block = chat.redis.slice(0, 3);
  await cli(page, block.map(({ line }) => line).join('\n'));
  expect(await printed(page)).toEqual([
    ...block.flatMap(({ line, prints }) => [`127.0.0.1:6379> ${line}`, prints]),
    '127.0.0.1:6379>',
  ]);
  await cli(page, 'SET user:2 here\nDEL user:2');
  const logged = await bash(page, `aof-parse ${INCR}`);
  // What deletes nothing is not logged.
  expect(logged.match(/\['(?:SET|DEL|HSET)'.*/g)).toEqual([
    "['SET', 'user:1', 'Bos']",
    "['HSET', 'product:1', 'name', 'Kopi']",
    "['SET', 'user:2', 'here']",
    "['DEL', 'user:2']",
  ]);
  expect(await bash(page, 'ls appendonlydir')).toContain(chat.file);
  await answersAsPrinted(page, chat.redis);

  await paste(page, 'nano /etc/redis/redis.conf\n');
  await expect.poll(async () => (await rows(page))[0]).toContain('GNU nano');
  for (let line = 0; line < 12; line++) await page.keyboard.press('Control+K');
  await paste(page, `${chat.conf.join('\n')}\n`);
  await page.keyboard.press('Control+O');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await rows(page)).join('\n')).toContain('[ Wrote 2 lines ]');
  await page.keyboard.press('Control+X');
  await expect.poll(async () => (await rows(page)).at(-1)).toBe('root@lab:/data#');
  expect(await bash(page, 'cat /etc/redis/redis.conf')).toBe(chat.conf.join('\n'));
  await restart(page);
  for (const line of chat.conf) {
    const [name, value] = line.split(' ');
    expect(await setting(page, name!)).toBe(`2) "${value}"`);
  }
  expect(await cli(page, 'GET user:1')).toBe('"Bos"');

  expect(await bash(page, chat.shell[0]!)).toMatch(/^[0-9a-f]{64}$/);
  const ps = await bash(page, 'sleep 0.5; docker ps');
  expect(ps.replaceAll('\n', '')).toMatch(/"docker-entrypoint\.s…".*redis-aof$/);
  const inside = 'docker exec -it redis-aof redis-cli';
  expect(await bash(page, `${inside} CONFIG GET appendonly`)).toBe('1) "appendonly"\n2) "yes"');
  expect(await bash(page, `${inside} SET user:1 Bos`)).toBe('OK');
  expect(await bash(page, `docker exec redis-aof cat ${INCR}`)).toMatch(/user:1\n\$3\nBos$/);
});

test('the article: snapshots by the rule of save, and the two backups', async ({ page }) => {
  await openTerminal(page, { clock: { paused: false, speed: 100 } });
  await bash(page, `printf '${article.conf.join('\\n')}\\n' >> /etc/redis/redis.conf`);
  await restart(page);
  expect(await setting(page, 'save')).toBe('2) "300 100"');
  expect(await setting(page, 'appendonly')).toBe('2) "yes"');
  const hundred = "seq 100 | sed 's/.*/SET key:& &/' | redis-cli > /dev/null";
  expect(await bash(page, `${hundred}; ls *.rdb`)).toContain('No such file or directory');
  expect(await bash(page, 'sleep 302; ls *.rdb')).toBe('dump.rdb');

  const [rdb, dumper] = article.shell;
  expect(await bash(page, rdb!)).toContain('dump.rdb -> /path/to/backup.rdb: 100 keys');
  expect(await bash(page, 'redis-check-rdb /path/to/backup.rdb')).toContain('RDB looks OK');
  expect(await bash(page, 'rdb -c justkeys /path/to/backup.rdb | grep -c key:')).toBe('100');

  // As printed, its placeholders are redirections; filled in, it does what it says.
  expect(await bash(page, dumper!)).toBe('bash: REDIS_HOST: No such file or directory');
  await cli(page, 'CONFIG SET requirepass secret');
  await cli(page, 'AUTH secret');
  const filled = dumper!
    .replace('<REDIS_HOST>', '127.0.0.1')
    .replace('<REDIS_PORT>', '6379')
    .replace('<REDIS_PASSWORD>', 'secret');
  expect(await bash(page, filled)).toMatch(/^backup 1, full, /);
  await cli(page, 'FLUSHALL');
  expect(await bash(page, filled.replace('backup', 'restore'))).toMatch(/^restored 100 keys from /);
  expect(await cli(page, 'GET key:100')).toBe('"100"');
});

test("the guide: its sample output from a log of those commands, one key's history, its request", async ({
  page,
}) => {
  await openTerminal(page);
  const records = guide.parsed.map((parsed) => {
    const words = [...parsed.matchAll(/'([^']*)'/g)].map(([, word]) => word!);
    return `*${words.length}\\r\\n${words.map((word) => `$${word.length}\\r\\n${word}\\r\\n`).join('')}`;
  });
  await bash(page, records.map((record) => `printf '${record}' >> sample.aof`).join('\n'));
  expect(await bash(page, 'aof-parse sample.aof')).toBe(guide.parsed.join('\n'));
  expect(await bash(page, 'aof-parse sample.aof RedisTestLog')).toBe(
    guide.parsed.slice(0, 3).join('\n'),
  );
  const request = guide.request.replaceAll('\r\n', '\\r\\n');
  expect(await bash(page, `printf '${request}' | redis-cli --pipe`)).toMatch(
    /errors: 0, replies: 1$/,
  );
});
