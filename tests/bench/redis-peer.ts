/** The real redis-server as the peer of a benchmark: a log that it writes, and how long it takes to load it again. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type Socket, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedisServer } from '../../scripts/redis-server.mjs';
import { freePort } from '../../scripts/free-port.mjs';
import { type ByteString, byteStringOf } from '../../src/base/bytes.ts';
import { newGrowableBytes, takenBytes } from '../../src/base/growable-bytes.ts';
import { encodeCommand } from '../../src/resp/command-encoder.ts';

export const redisVersion = versionOf(findRedisServer());

/** The peer's name in the rows, installed or not. */
export const redisName = `redis-server ${redisVersion ?? '(not installed)'}`;

export interface RedisPeer {
  readonly pid: number;
  readonly port: number;
  /** Where its files are. */
  readonly directory: string;
  /** Seconds that the server says its log took to load at this start; null when it had none. */
  readonly loadSeconds: number | null;
  /** Sends all of `requests`, RESP without inline commands, and waits until they are executed. */
  pour(requests: Uint8Array): Promise<void>;
  /** The raw reply to one command. */
  ask(...argv: string[]): Promise<string>;
  /** Ends the server by SHUTDOWN, and leaves the directory. */
  stop(): Promise<void>;
}

export function newPeerDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'bench-redis-'));
}

export function removePeerDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}

/** Starts redis-server there. Its log stays in RESP: the base is no RDB file. */
export function startPeer(directory: string, ...settings: string[]): Promise<RedisPeer> {
  return startServer(['redis-server'], directory, ...settings);
}

/** As `startPeer`, with a program and its first arguments in redis-server's place. */
export async function startServer(
  command: readonly string[],
  directory: string,
  ...settings: string[]
): Promise<RedisPeer> {
  const port = await freePort();
  const fixed = [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', ''],
    ...[
      '--appendfsync',
      'no',
      '--aof-use-rdb-preamble',
      'no',
      '--auto-aof-rewrite-percentage',
      '0',
    ],
    ...['--enable-debug-command', 'yes', '--logfile', ''],
  ];
  const [program = '', ...first] = command;
  const server = spawn(program, [...first, ...fixed, ...settings], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const log = await readyLog(server);
  const socket = await connected(port);
  const loaded = /DB loaded from append only file: ([0-9.]+) seconds/.exec(log);
  return {
    pid: server.pid ?? 0,
    port,
    directory,
    loadSeconds: loaded === null ? null : Number(loaded[1]),
    pour: (requests) => pour(socket, requests),
    ask: (...argv) => ask(socket, argv),
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      socket.write(encoded(['SHUTDOWN', 'NOSAVE']));
      await ended;
      socket.destroy();
    },
  };
}

/** The one file of its log that holds commands. */
export function incrFileOf(directory: string): string {
  const folder = join(directory, 'appendonlydir');
  const name = readdirSync(folder).find((file) => file.endsWith('.incr.aof'));
  if (name === undefined) throw new Error(`no incr file in ${folder}`);
  return join(folder, name);
}

function versionOf(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return /v=([0-9.]+)/.exec(stdout)?.[1];
}

function readyLog(server: ChildProcess): Promise<string> {
  let log = '';
  return new Promise((resolve, reject) => {
    server.stdout!.on('data', (data: Uint8Array) => {
      log += byteStringOf(data);
      if (log.includes('Ready to accept connections')) resolve(log);
    });
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`the server ended before it was ready:\n${log}`)));
  });
}

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
  });
}

const DONE = '$9\r\nbench end\r\n';

async function pour(socket: Socket, requests: Uint8Array): Promise<void> {
  const answered = untilEnd(socket, DONE);
  for (let at = 0; at < requests.length; at += 1 << 20) {
    if (socket.write(requests.subarray(at, at + (1 << 20)))) continue;
    await new Promise((resolve) => socket.once('drain', resolve));
  }
  socket.write(encoded(['ECHO', 'bench end']));
  const replies = await answered;
  if (replies.failed) throw new Error('the server refused a command of the benchmark');
}

/** Reads replies until `end` is the last of them. Errors among them are noticed. */
function untilEnd(socket: Socket, end: string): Promise<{ failed: boolean }> {
  let tail = '';
  let failed = false;
  return new Promise((resolve) => {
    const receive = (data: Uint8Array): void => {
      const text = tail + byteStringOf(data);
      if (/\n-|^-/.test(text)) failed = true;
      tail = text.slice(-64);
      if (!tail.endsWith(end)) return;
      socket.off('data', receive);
      resolve({ failed });
    };
    socket.on('data', receive);
  });
}

function ask(socket: Socket, argv: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    let reply = '';
    const receive = (data: Uint8Array): void => {
      reply += byteStringOf(data);
      const header = /^\$(\d+)\r\n/.exec(reply);
      const size = header === null ? 0 : header[0].length + Number(header[1]) + 2;
      if (!reply.endsWith('\r\n') || reply.length < size) return;
      socket.off('data', receive);
      resolve(header === null ? reply.slice(1, -2) : reply.slice(header[0].length, -2));
    };
    socket.on('data', receive);
    socket.write(encoded(argv));
  });
}

function encoded(argv: readonly string[]): Uint8Array {
  const sink = newGrowableBytes();
  encodeCommand(argv as readonly ByteString[], sink);
  return takenBytes(sink);
}
