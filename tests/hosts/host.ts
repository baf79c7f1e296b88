/** The Node host as users run it: one bundled file, started by node in a process and a directory of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type ByteString, utf8Encode } from '../../src/base/bytes.ts';
import type { Reply } from '../../src/resp/reply.ts';
import { bundleNodeHost } from '../../scripts/builds.mjs';
import { connectSoon, exchange, freePort, replyText, sendAll } from '../support/real-redis.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface Host {
  readonly port: number;
  readonly directory: string;
  readonly process: ChildProcess;
  /** Everything on stdout and stderr so far. */
  output(): string;
  /** Commands as words, sent at once; the replies in their order. */
  send(...commands: readonly string[]): Promise<Reply[]>;
  /** What is answered on a connection of its own to these bytes, until it hangs up or `until` comes. */
  exchange(bytes: string, until?: string): Promise<string>;
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
}

let bundle = '';

/** Bundles the host for the tests of a file; to be called at its top. */
export function useHost(): void {
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aof-lab-bundle-'));
    await bundleNodeHost(folder);
    bundle = join(folder, 'server.mjs');
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
}

/** What takes redis-server's place: a program and its first arguments. */
export function hostCommand(): readonly string[] {
  return [process.execPath, bundle];
}

/** Directories that are removed when the tests of the file are over. */
export function temporaryDirectories(): () => string {
  const made: string[] = [];
  afterAll(() => made.forEach((path) => rmSync(path, { recursive: true, force: true })));
  return () => {
    const path = mkdtempSync(join(tmpdir(), 'aof-lab-host-'));
    made.push(path);
    return path;
  };
}

/** Runs the host to its end, which must come by itself. */
export function runToEnd(
  args: readonly string[],
  input = '',
): Exit & { readonly stdout: string; readonly stderr: string } {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [bundle, ...args], {
    encoding: 'latin1',
    input,
    timeout: 15_000,
  });
  return { code: status, signal, stdout, stderr };
}

/** Starts the host and waits for nothing; `watch` does. */
export function spawnHost(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [bundle, ...args], { stdio: 'pipe' });
}

/** Starts the host on a free port; resolves when it answers. */
export async function startHost(directory: string, ...settings: readonly string[]): Promise<Host> {
  const port = await freePort();
  const args = ['--port', String(port), '--dir', directory, '--save', '', ...settings];
  return watch(spawnHost(...args), port, directory);
}

/** Follows a process that was just started. */
export async function watch(started: ChildProcess, port: number, directory: string): Promise<Host> {
  let output = '';
  started.stdout?.on('data', (data: Buffer) => (output += data.toString('latin1')));
  started.stderr?.on('data', (data: Buffer) => (output += data.toString('latin1')));
  const ended = new Promise<Exit>((resolve) => {
    started.once('exit', (code, signal) => resolve({ code, signal }));
  });
  let socket: Socket;
  try {
    socket = await connectSoon(port, started);
  } catch {
    throw new Error(`the host did not start:\n${output}`);
  }
  const host: Host = {
    port,
    directory,
    process: started,
    output: () => output,
    send: (...commands) => sendAll(socket, commands.map(argvOf)),
    exchange: (bytes, until) => exchange(port, Buffer.from(bytes, 'latin1'), until),
    stop: async (signal = 'SIGKILL') => {
      started.kill(signal);
      const exit = await ended;
      socket.destroy();
      return exit;
    },
  };
  await answering(host);
  return host;
}

/** The listening socket is there before the data set is. */
async function answering(host: Host): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const [reply] = await host.send('PING');
    if (reply?.type !== 'error' || !reply.value.startsWith('LOADING')) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('the host goes on loading');
}

/** Words separated by blanks. */
export function argvOf(line: string): ByteString[] {
  return line.split(' ').map((word) => utf8Encode(word));
}

export async function digestOf(server: Pick<Host, 'send'>): Promise<string> {
  return replyText((await server.send('DEBUG DIGEST'))[0]);
}

/** Waits until `holds`. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('waited in vain');
}

/** What is in the log's directory, by name. */
export function logFiles(directory: string): ReadonlyMap<string, string> {
  const folder = join(directory, 'appendonlydir');
  return new Map(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'latin1')]),
  );
}
