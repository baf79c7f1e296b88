/** A real bash with Debian's programs, and beside it a real redis-server that its redis-cli reaches without options. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ascii } from '../../src/base/bytes.ts';
import { connectSoon, freePort, sendAll } from '../support/real-redis.ts';

export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

export const hasBash = existsSync('/bin/bash') && existsSync('/usr/bin/sort');

export function hasProgram(name: string): boolean {
  return spawnSync('/bin/sh', ['-c', `command -v ${name}`]).status === 0;
}

const LONGEST_MS = 20_000;

/** Runs a script in a folder of its own, which is removed afterwards. */
export function inBash(
  script: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'aof-lab-shell-'));
  const child = spawn('/bin/bash', ['-c', script], {
    argv0: 'bash',
    cwd: folder,
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', HOME: '/root', TZ: 'UTC', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  // bash and all that it started.
  const limit = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), LONGEST_MS);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('latin1').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('latin1').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => {
      clearTimeout(limit);
      rmSync(folder, { recursive: true, force: true });
      resolve({ stdout, stderr, exitCode });
    });
  });
}

/** A real server, and bashes whose `redis-cli` is connected to it as it is to the lab's: without a port. */
export class RealMachine {
  readonly port: number;
  readonly folder: string;
  private readonly socket: Socket;
  private readonly stopServer: () => Promise<void>;

  private constructor(
    port: number,
    folder: string,
    socket: Socket,
    stopServer: () => Promise<void>,
  ) {
    this.port = port;
    this.socket = socket;
    this.folder = folder;
    this.stopServer = stopServer;
  }

  static async start(): Promise<RealMachine> {
    const folder = mkdtempSync(join(tmpdir(), 'aof-lab-machine-'));
    const port = await freePort();
    const data = join(folder, 'data');
    mkdirSync(data);
    mkdirSync(join(folder, 'bin'));
    const client = join(folder, 'bin', 'redis-cli');
    writeFileSync(client, `#!/bin/sh\nexec /usr/bin/redis-cli -p ${port} "$@"\n`);
    chmodSync(client, 0o755);
    const settings = {
      port: String(port),
      bind: '127.0.0.1',
      dir: data,
      save: '',
      appendonly: 'yes',
      'enable-debug-command': 'local',
      // --rdb need not wait for other replicas.
      'repl-diskless-sync-delay': '0',
    };
    const words = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    const server = spawn('redis-server', words, { stdio: 'ignore' });
    const socket = await connectSoon(port, server);
    return new RealMachine(port, folder, socket, async () => {
      socket.destroy();
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    });
  }

  /** A script on an empty server; its port and folder are named as the lab's. */
  async run(script: string): Promise<Ended> {
    await sendAll(this.socket, [[ascii('FLUSHALL')], [ascii('CONFIG'), ascii('RESETSTAT')]]);
    const { stdout, stderr, exitCode } = await inBash(script, this.variables());
    return { stdout: this.asInLab(stdout), stderr: this.asInLab(stderr), exitCode };
  }

  stop(): Promise<void> {
    return this.stopServer();
  }

  private variables(): Readonly<Record<string, string>> {
    return { PATH: `${join(this.folder, 'bin')}:/usr/bin:/bin`, DATA: join(this.folder, 'data') };
  }

  private asInLab(text: string): string {
    return text
      .replaceAll(join(this.folder, 'data'), '/data')
      .replaceAll(`127.0.0.1:${this.port}`, '127.0.0.1:6379');
  }
}
