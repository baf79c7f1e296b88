/**
 * How long a client of the Node host waits at worst while a child writes 200,000 keys: PING after PING, from before the
 * fork to after the end. A client of this process measures, so noise of the machine counts too.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { type Socket, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleNodeHost } from '../../scripts/builds.mjs';
import { freePort } from '../../scripts/free-port.mjs';
import { median, remark, report } from './bench.ts';

const KEYS = 200_000;
const ROUNDS = 5;

const folder = mkdtempSync(join(tmpdir(), 'bench-stall-'));
await bundleNodeHost(folder);
const port = await freePort();
const settings = [
  '--port',
  String(port),
  '--dir',
  folder,
  '--save',
  '',
  '--enable-debug-command',
  'yes',
];
const host = spawn(process.execPath, [join(folder, 'server.mjs'), ...settings], {
  stdio: 'ignore',
});
const socket = await connected();
await ask(`DEBUG POPULATE ${KEYS} key 20`);

for (const [name, command, running] of [
  ['a snapshot', 'BGSAVE', 'rdb_bgsave_in_progress:1'],
  ['a rewrite', 'BGREWRITEAOF', 'aof_rewrite_in_progress:1'],
] as const) {
  const idle: number[] = [];
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    idle.push(await longestPing(() => Promise.resolve(false), 100));
    await ask(command);
    rounds.push(
      await longestPing(async () => (await ask('INFO persistence')).includes(running), 5),
    );
  }
  remark(`stall: the longest PING without a child takes ${median(idle).toFixed(1)} ms`);
  report({
    name: `longest stall by ${name} of 200k keys in Node`,
    unit: 'ms',
    rounds,
    goal: { atMost: 50, of: 'value' },
  });
}
socket.destroy();
host.kill();
rmSync(folder, { recursive: true, force: true });

/** At least `pings` of them, and on while `more` says so. */
async function longestPing(more: () => Promise<boolean>, pings: number): Promise<number> {
  let longest = 0;
  for (let i = 0; i < pings || (await more()); i++) {
    for (let n = 0; n < 20; n++) {
      const start = performance.now();
      await ask('PING');
      longest = Math.max(longest, performance.now() - start);
    }
  }
  return longest;
}

async function connected(): Promise<Socket> {
  for (let attempt = 0; attempt < 400; attempt++) {
    const candidate = await new Promise<Socket | null>((resolve) => {
      const one = connect(port, '127.0.0.1');
      one.once('connect', () => resolve(one));
      one.once('error', () => resolve(null));
    });
    if (candidate !== null) return candidate;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('the host did not start');
}

/** The raw reply to one command, whose words have no blanks. */
function ask(line: string): Promise<string> {
  const words = line.split(' ');
  return new Promise((resolve) => {
    let reply = '';
    const receive = (data: Buffer): void => {
      reply += data.toString('latin1');
      const header = /^\$(\d+)\r\n/.exec(reply);
      const size = header === null ? 0 : header[0].length + Number(header[1]) + 2;
      if (!reply.endsWith('\r\n') || reply.length < size) return;
      socket.off('data', receive);
      resolve(reply);
    };
    socket.on('data', receive);
    const parts = words.map((word) => `$${word.length}\r\n${word}\r\n`);
    socket.write(`*${words.length}\r\n${parts.join('')}`);
  });
}
