/** What leaves the lab is read by tar, unzip, Python and the real redis-server, and means the same data. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { afterEach, expect, test } from 'vitest';
import { ascii } from '../../../src/base/bytes.ts';
import { splitArguments } from '../../../src/base/split-arguments.ts';
import { applyAction } from '../../../src/lab/action.ts';
import { Lab } from '../../../src/lab/lab.ts';
import { planLab } from '../../../src/lab/setup.ts';
import { defaultDirectives, directives } from '../../../src/server/directives.ts';
import { download } from '../../../src/worker/exchange/downloads.ts';
import { handoverConf } from '../../../src/worker/exchange/handover-conf.ts';
import {
  connectSoon,
  describeWithRedis,
  freePort,
  replyText,
  sendAll,
  words,
} from '../../support/real-redis.ts';

const STARTED = Date.UTC(2026, 2, 29, 12, 34, 56);
const folders: string[] = [];

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aof-lab-'));
  folders.push(folder);
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Values of every kind, in three databases, in a log that 7.0 reads: its base is made of commands. */
const lines = [
  'SET user:1 "Alice\\x00\\xff\\r\\n"',
  'SET "spaced key" 日本',
  'RPUSH list a b c',
  'SADD set 1 2 3',
  'SADD words x y z',
  'ZADD z 1.5 a -inf b',
  'HSET h f v __proto__ w',
  'SET soon 1 EX 1000000000',
  'XADD s 1-1 a 1 b 2',
  'XADD s 2-1 a 1 b 2',
  'XGROUP CREATE s g 0',
  'XREADGROUP GROUP g c COUNT 1 STREAMS s >',
  'PFADD hll a b c d',
  "EVAL \"for i=1,600 do redis.call('RPUSH', 'long', i) end\" 0",
  'SELECT 3',
  'SET other 3',
  'SELECT 0',
];

function filledLab(config: Record<string, string> = {}): Lab {
  const plan = planLab(
    {
      lanes: [{ config: { 'aof-use-rdb-preamble': 'no', appendfsync: 'always', ...config } }],
      disk: { preset: 'nvme' },
      clock: { startAt: STARTED, paused: true },
    },
    STARTED * 1000,
  );
  if (typeof plan === 'string') throw new Error(plan);
  const lab = Lab.create(plan);
  for (const line of lines) run(lab, line);
  return lab;
}

function run(lab: Lab, line: string): void {
  const argv = splitArguments(ascii(Buffer.from(line).toString('latin1')))!;
  expect(applyAction(lab, { kind: 'command', lane: 'main', client: 'script', argv })).toBe(
    undefined,
  );
  lab.runUntil(lab.clock.now + 50_000, Infinity);
}

function digest(lab: Lab): string {
  const { answers } = lab.lanes[0]!.state;
  answers.length = 0;
  const argv = words('DEBUG', 'DIGEST');
  lab.send(argv, 'script', 'main', 77);
  lab.runUntil(lab.clock.now + 50_000, Infinity);
  const outcome = answers.find(({ token }) => token === 77)?.outcome;
  return outcome?.outcome === 'reply' ? replyText(outcome.reply) : 'no answer';
}

async function save(lab: Lab, request: Parameters<typeof download>[1]): Promise<string> {
  const { name, blob } = await download(lab.lanes[0]!, request);
  const path = join(temporary(), name);
  writeFileSync(path, new Uint8Array(await blob.arrayBuffer()));
  return path;
}

interface Running {
  readonly port: number;
  ask(...argv: string[]): Promise<string>;
  stop(): Promise<void>;
}

/** The real server, with a file of settings, in a folder. */
async function serve(cwd: string, ...settings: string[]): Promise<Running> {
  let port = await freePort();
  // The bus of a cluster is 10,000 ports above.
  while (port > 55_535) port = await freePort();
  const server = spawn(
    'redis-server',
    [...settings, '--port', String(port), '--bind', '127.0.0.1', '--enable-debug-command', 'local'],
    { cwd, stdio: 'ignore' },
  );
  const socket = await connectSoon(port, server);
  const ask = async (...argv: string[]): Promise<string> =>
    replyText((await sendAll(socket, [words(...argv)]))[0]);
  while ((await ask('PING')) !== 'PONG') await new Promise((done) => setTimeout(done, 20));
  return {
    port,
    ask,
    stop: async () => {
      socket.destroy();
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGKILL');
      await ended;
    },
  };
}

test('a single file is its very bytes', async () => {
  const lab = filledLab();
  const path = '/data/appendonlydir/appendonly.aof.1.incr.aof';
  const { name, blob } = await download(lab.lanes[0]!, { what: 'file', path });
  expect(name).toBe('appendonly.aof.1.incr.aof');
  expect(new Uint8Array(await blob.arrayBuffer())).toEqual(lab.lanes[0]!.kernel.readFile(path));
});

test('the log is a zip of its files alone, with their bytes, modes and times', async () => {
  const lab = filledLab();
  const { kernel } = lab.lanes[0]!;
  kernel.writeFile('/data/notes.txt', Uint8Array.of(1), 0o644);
  kernel.writeFile('/data/appendonlydir/by hand', Uint8Array.of(0, 255, 10), 0o600);
  const path = await save(lab, { what: 'log' });
  expect(basename(path)).toBe('appendonlydir.zip');
  const folder = temporary();
  execFileSync('unzip', ['-q', path, '-d', folder]);
  expect(readdirSync(folder)).toEqual(['appendonlydir']);
  const inside = kernel.files().filter((file) => file.path.startsWith('/data/appendonlydir/'));
  expect(readdirSync(join(folder, 'appendonlydir')).sort()).toEqual(
    inside.map((file) => basename(file.path)).sort(),
  );
  for (const { path: name, mode } of inside) {
    const out = join(folder, name.slice('/data/'.length));
    expect(new Uint8Array(readFileSync(out)), name).toEqual(kernel.readFile(name));
    const { mode: outMode, mtimeMs } = statSync(out);
    expect(outMode & 0o777, name).toBe(mode);
    expect(Math.abs(mtimeMs - STARTED)).toBeLessThan(60_000);
  }
});

for (const as of ['tar', 'zip'] as const) {
  test(`/data as ${as}: folders, bytes, modes and times come out of the system’s own program`, async () => {
    const lab = filledLab();
    const { kernel } = lab.lanes[0]!;
    const long = `/data/${'long '.repeat(30)}/${'x'.repeat(90)}.txt`;
    kernel.writeFile(long, Uint8Array.of(0, 255, 10), 0o600);
    kernel.writeFile('/data/empty', new Uint8Array(), 0o755);
    const path = await save(lab, { what: 'data', as });
    const folder = temporary();
    if (as === 'tar') execFileSync('tar', ['-xpf', path, '-C', folder]);
    else execFileSync('unzip', ['-q', path, '-d', folder]);
    for (const { path: inside, mode } of kernel.files()) {
      if (!inside.startsWith('/data/')) continue;
      const out = join(folder, inside.slice(1));
      expect(new Uint8Array(readFileSync(out)), inside).toEqual(kernel.readFile(inside));
      expect(statSync(out).mode & 0o777, inside).toBe(mode);
      const modified = statSync(out).mtimeMs;
      expect(modified).toBeGreaterThanOrEqual(STARTED - 1000);
      expect(modified).toBeLessThanOrEqual(STARTED + 60_000);
    }
    expect(statSync(join(folder, 'data', 'appendonlydir')).isDirectory()).toBe(true);
    const python = `
import sys, zipfile, tarfile
p = sys.argv[1]
if p.endswith('.zip'):
    z = zipfile.ZipFile(p); assert z.testzip() is None
    names = [i.filename for i in z.infolist()]
else:
    names = [m.name for m in tarfile.open(p).getmembers()]
print(len(names))`;
    const count = execFileSync('python3', ['-c', python, path], { encoding: 'utf8' });
    // Two folders, and that of the long name.
    const files = kernel.files().filter(({ path: inside }) => inside.startsWith('/data/'));
    expect(Number(count)).toBe(files.length + 3);
  });
}

test('compose.yaml says which image, command and folders; the cluster has three masters', async () => {
  const lab = filledLab();
  for (const target of ['redis', 'valkey', 'cluster'] as const) {
    const path = await save(lab, { what: 'handover', target, language: 'en' });
    const folder = temporary();
    execFileSync('unzip', ['-q', path, '-d', folder]);
    const read = (name: string): string =>
      readFileSync(join(folder, `aof-lab-${target}`, name), 'utf8');
    const compose = parse(read('compose.yaml')) as {
      services: Record<string, { image: string; command: unknown; volumes?: string[] }>;
      volumes?: Record<string, unknown>;
    };
    const names = Object.keys(compose.services);
    expect(names).toEqual(
      target === 'cluster' ? ['redis-1', 'redis-2', 'redis-3', 'create', 'source'] : [target],
    );
    for (const name of names.filter((each) => each !== 'create')) {
      const { image, command, volumes } = compose.services[name]!;
      expect(image).toMatch(target === 'valkey' ? /^valkey\/valkey:8/ : /^redis:7\.2$/);
      expect(command).toContain('/etc/redis.conf');
      expect(volumes).toContain('./redis.conf:/etc/redis.conf:ro');
      expect(volumes?.some((volume) => volume.endsWith(':/data'))).toBe(true);
    }
    expect(
      read('README.txt')
        .split('\n')
        .every((line) => line.length <= 140),
    ).toBe(true);
  }
  const indonesian = await save(lab, { what: 'handover', target: 'redis', language: 'id' });
  const text = execFileSync('unzip', ['-p', indonesian, '*/README.txt'], { encoding: 'utf8' });
  expect(text).toContain('Dari AOF Lab ke Redis');
});

test('no secret is handed over', async () => {
  const lab = filledLab();
  for (const line of [
    'CONFIG SET masterauth s3cret',
    'ACL SETUSER ann on >s3cret ~* +@all',
    'CONFIG SET requirepass s3cret',
  ])
    run(lab, line);
  const path = await save(lab, { what: 'handover', target: 'redis', language: 'en' });
  const conf = execFileSync('unzip', ['-p', path, '*/redis.conf'], { encoding: 'utf8' });
  expect(conf).toContain('# requirepass CHOOSE-YOUR-OWN');
  expect(conf).toContain('# masterauth CHOOSE-YOUR-OWN');
  expect(conf).toContain('# Users and their passwords are not handed over');
  expect(execFileSync('unzip', ['-p', path], { encoding: 'latin1' })).not.toContain('s3cret');
});

describeWithRedis('the real redis-server', () => {
  test('loads /data of the tar and of the zip, and the log alone, to the same digest', async () => {
    const lab = filledLab();
    const expected = digest(lab);
    expect(expected).toMatch(/^[0-9a-f]{40}$/);
    expect(expected).not.toBe('0'.repeat(40));
    for (const request of [
      { what: 'data', as: 'tar' },
      { what: 'data', as: 'zip' },
      { what: 'log' },
    ] as const) {
      const path = await save(lab, request);
      const folder = temporary();
      if (path.endsWith('.tar')) execFileSync('tar', ['-xf', path, '-C', folder]);
      else execFileSync('unzip', ['-q', path, '-d', folder]);
      const home = request.what === 'log' ? folder : join(folder, 'data');
      const redis = await serve(home, '--appendonly', 'yes', '--save', '');
      expect(await redis.ask('DEBUG', 'DIGEST')).toBe(expected);
      await redis.stop();
    }
  });

  test('starts with the redis.conf that is handed over, and obeys it; --pipe gives the same digest', async () => {
    const lab = filledLab();
    const set: Record<string, string> = {
      appendfsync: 'everysec',
      'auto-aof-rewrite-percentage': '42',
      'maxmemory-policy': 'allkeys-lru',
      maxmemory: '123456789',
      save: '900 1 60 1000',
      'notify-keyspace-events': 'KEA',
      'hash-max-listpack-entries': '7',
      'client-output-buffer-limit': 'pubsub 33554432 8388608 61',
      'latency-tracking-info-percentiles': '50 99',
      'set-max-listpack-entries': '99',
      hz: '17',
    };
    for (const [name, value] of Object.entries(set)) run(lab, `CONFIG SET ${name} "${value}"`);
    const expected = digest(lab);
    const path = await save(lab, { what: 'handover', target: 'redis', language: 'en' });
    const folder = temporary();
    execFileSync('unzip', ['-q', path, '-d', folder]);
    const home = join(folder, 'aof-lab-redis');

    // The first way: with the files as they are.
    const first = await serve(join(home, 'data'), '../redis.conf');
    expect(await first.ask('DEBUG', 'DIGEST')).toBe(expected);
    await first.stop();

    // The second: an empty server with these settings, and the README's own lines.
    mkdirSync(join(home, 'elsewhere'));
    const second = await serve(join(home, 'elsewhere'), '../redis.conf');
    const readme = readFileSync(join(home, 'README.txt'), 'utf8');
    const commands = readme
      .split('\n')
      .filter((line) => line.startsWith('    redis-cli -h HOST'))
      .map((line) => line.trim().replace('HOST', '127.0.0.1').replace('PORT', String(second.port)));
    expect(commands).toHaveLength(4);
    const shell = (line: string): string => {
      const { stdout, stderr, status } = spawnSync('sh', ['-c', line], {
        cwd: home,
        encoding: 'utf8',
      });
      expect([status, stderr], line).toEqual([0, '']);
      return stdout;
    };
    expect(shell(commands[0]!)).toBe('PONG\n');
    const piped = shell(commands[1]!);
    const told = /It ends with "(errors: 0, replies: \d+)"/.exec(readme)![1]!;
    expect(piped.trimEnd().endsWith(told)).toBe(true);
    expect(await second.ask('DEBUG', 'DIGEST')).toBe(expected);
    const keys = /says (\d+)\./.exec(readme)![1]!;
    expect(shell(commands[2]!)).toBe(`${keys}\n`);
    // And the log itself, whose base is empty.
    await second.ask('FLUSHALL');
    expect(shell(commands[3]!)).toMatch(/errors: 0, replies: \d+\n$/);
    expect(await second.ask('DEBUG', 'DIGEST')).toBe(expected);

    const configured = (name: string): string => {
      const script = `redis-cli -p ${second.port} CONFIG GET ${name} | tail -n 1`;
      return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).trimEnd();
    };
    for (const [name, value] of Object.entries(set)) {
      // 7.0 does not know it: it stands there as a comment.
      if (name === 'set-max-listpack-entries') continue;
      const got = configured(name);
      if (name === 'client-output-buffer-limit') expect(got).toContain(value);
      else if (name === 'notify-keyspace-events') expect([...got].sort().join('')).toBe('AEK');
      else expect(got, name).toBe(value);
    }
    expect(readFileSync(join(home, 'redis.conf'), 'utf8')).toContain(
      '# set-max-listpack-entries 99',
    );
    await second.stop();
  });

  test('every directive that could be handed over is one that it knows, those named as new aside', async () => {
    const values = defaultDirectives();
    // As if each had been changed: a number by one, a switch turned.
    for (const { name, kind, flags } of directives) {
      const text = values.texts.get(name)!;
      if (flags.includes('sensitive')) continue;
      if (kind.kind === 'bool') values.texts.set(name, ascii(text === 'yes' ? 'no' : 'yes'));
      else if (kind.kind === 'number' && kind.notation === 'integer') {
        const up = BigInt(text) + 1n;
        values.texts.set(name, ascii(String(up <= kind.max ? up : BigInt(text) - 1n)));
      }
    }
    // What would make a server of it that a test cannot ask, or that this build of it cannot do.
    for (const name of [
      'activedefrag',
      'cluster-enabled',
      'io-threads',
      'tls-cluster',
      'tls-port',
      'tls-replication',
    ])
      values.texts.set(name, defaultDirectives().texts.get(name)!);
    const folder = temporary();
    writeFileSync(join(folder, 'redis.conf'), handoverConf(values, 'none'), 'latin1');
    const redis = await serve(folder, './redis.conf', '--appendonly', 'no');
    expect(await redis.ask('PING')).toBe('PONG');
    await redis.stop();
  });

  test('three masters with this redis.conf become a cluster, and the README’s line brings the keys in', async () => {
    const lab = filledLab();
    for (let i = 0; i < 30; i++) run(lab, `SET many:${i} ${i}`);
    const path = await save(lab, { what: 'handover', target: 'cluster', language: 'en' });
    const folder = temporary();
    execFileSync('unzip', ['-q', path, '-d', folder]);
    const home = join(folder, 'aof-lab-cluster');
    const { services } = parse(readFileSync(join(home, 'compose.yaml'), 'utf8')) as {
      services: Record<string, { command: string | string[] }>;
    };
    const nodes: Running[] = [];
    for (const node of [1, 2, 3]) {
      const cwd = join(home, `node-${node}`);
      mkdirSync(cwd);
      const words = [...(services[`redis-${node}`]!.command as string[])].slice(2);
      expect(words).toEqual(['--cluster-enabled', 'yes']);
      nodes.push(await serve(cwd, '../redis.conf', ...words));
    }
    const source = await serve(join(home, 'data'), '../redis.conf');
    const addresses: Record<string, number> = {
      '172.30.62.11': nodes[0]!.port,
      '172.30.62.12': nodes[1]!.port,
      '172.30.62.13': nodes[2]!.port,
      '172.30.62.20': source.port,
    };
    const here = (line: string): string =>
      line.replace(
        /(172\.30\.62\.\d+):6379/g,
        (_, address: string) => `127.0.0.1:${addresses[address]}`,
      );
    const create = /redis-cli --cluster create [^"]*/.exec(
      services['create']!.command as string,
    )![0];
    const made = execFileSync('sh', ['-c', here(create)], { encoding: 'utf8' });
    expect(made).toContain('[OK] All 16384 slots covered.');
    // The masters tell each other of their slots.
    for (const { port } of nodes)
      await expect
        .poll(
          () =>
            execFileSync('redis-cli', ['-p', String(port), 'CLUSTER', 'INFO'], {
              encoding: 'utf8',
            }),
          { timeout: 10_000 },
        )
        .toContain('cluster_state:ok');
    const readme = readFileSync(join(home, 'README.txt'), 'utf8');
    const line = /docker compose exec redis-1 (redis-cli --cluster import .*)/.exec(readme)![1]!;
    execFileSync('sh', ['-c', here(line)], { encoding: 'utf8' });
    const keys = (of: Running): number =>
      Number(execFileSync('redis-cli', ['-p', String(of.port), 'DBSIZE'], { encoding: 'utf8' }));
    const counts = nodes.map(keys);
    expect(counts.every((count) => count > 0)).toBe(true);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(keys(source));
    expect(readme).toContain('Keys of other databases stay behind: 1.');
    const value = execFileSync('redis-cli', ['-c', '-p', String(nodes[0]!.port), 'GET', 'many:7'], {
      encoding: 'utf8',
    });
    expect(value).toBe('7\n');
    for (const each of [...nodes, source]) await each.stop();
  });
});
