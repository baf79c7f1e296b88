import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { type Socket, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { type ByteString, ascii, byteStringOf } from '../../src/base/bytes.ts';
import { newGrowableBytes, takenBytes } from '../../src/base/growable-bytes.ts';
import { encodeCommand } from '../../src/resp/command-encoder.ts';
import { feedReplyBytes, newReplyDecoder, nextReply } from '../../src/resp/reply-decoder.ts';
import type { Reply } from '../../src/resp/reply.ts';

const installed = spawnSync('redis-server', ['--version']).status === 0;

/**
 * Tests against the real redis-server. Where it is not installed they are reported as skipped, but on CI
 * that is a failure.
 */
export function describeWithRedis(name: string, body: () => void): void {
  if (installed) describe(name, body);
  else if (process.env['CI']) {
    test(name, () => {
      throw new Error('redis-server is not installed on CI');
    });
  } else describe.skip(name, body);
}

export interface RedisConnection {
  send(commands: readonly (readonly ByteString[])[]): Promise<Reply[]>;
  close(): void;
}

export interface RealRedis {
  readonly port: number;
  /** The replies to commands sent at once, in their order. */
  send(commands: readonly (readonly ByteString[])[]): Promise<Reply[]>;
  /** One more client. */
  open(): Promise<RedisConnection>;
  /** What the server answers on a connection of its own to these bytes, until it hangs up or `until` comes. */
  exchange(bytes: Uint8Array, until?: string): Promise<string>;
  /**
   * Ends it. A server that is killed may take acknowledged writes along: while an fsync is slow, everysec postpones its
   * writes. One that is `shut-down` writes and syncs its log first.
   */
  stop(how?: 'killed' | 'shut-down'): Promise<void>;
}

/** Starts redis-server on a free port in a directory of its own, without persistence. */
export async function startRedis(...settings: string[]): Promise<RealRedis> {
  const directory = mkdtempSync(join(tmpdir(), 'real-redis-'));
  const port = await freePort();
  const server = spawn(
    'redis-server',
    [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      directory,
      '--save',
      '',
      '--appendonly',
      'no',
      ...settings,
    ],
    { stdio: 'ignore' },
  );
  const socket = await connectSoon(port, server);
  return {
    port,
    send: (commands) => sendAll(socket, commands),
    open: async () => {
      const another = await connectSoon(port, server);
      return {
        send: (commands) => sendAll(another, commands),
        close: () => another.destroy(),
      };
    },
    exchange: (bytes, until) => exchange(port, bytes, until),
    stop: async (how = 'killed') => {
      socket.destroy();
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill(how === 'killed' ? 'SIGKILL' : 'SIGTERM');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The text of a reply that has one. */
export function replyText(reply: Reply | undefined): string {
  if (reply?.type === 'bulk' || reply?.type === 'status' || reply?.type === 'error')
    return reply.value;
  throw new Error(`not a text: ${JSON.stringify(reply)}`);
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('no port'));
      });
    });
  });
}

export async function connectSoon(port: number, server: ChildProcess): Promise<Socket> {
  for (let attempt = 0; attempt < 200 && server.exitCode === null; attempt++) {
    const socket = await new Promise<Socket | undefined>((resolve) => {
      const candidate = connect(port, '127.0.0.1');
      candidate.once('connect', () => resolve(candidate));
      candidate.once('error', () => resolve(undefined));
    });
    if (socket !== undefined) return socket;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('redis-server did not start');
}

export function sendAll(
  socket: Socket,
  commands: readonly (readonly ByteString[])[],
): Promise<Reply[]> {
  const sink = newGrowableBytes();
  for (const argv of commands) encodeCommand(argv, sink);
  const decoder = newReplyDecoder();
  const replies: Reply[] = [];
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      socket.off('data', receive);
      socket.off('close', closed);
    };
    const closed = (): void => reject(new Error('redis-server hung up'));
    const receive = (bytes: Uint8Array): void => {
      feedReplyBytes(decoder, bytes);
      for (;;) {
        const next = nextReply(decoder);
        if (next.kind === 'error') {
          finish();
          reject(new Error(next.message));
          return;
        }
        if (next.kind === 'need-more') return;
        replies.push(next.reply);
        if (replies.length === commands.length) {
          finish();
          resolve(replies);
          return;
        }
      }
    };
    socket.on('data', receive);
    socket.on('close', closed);
    socket.write(takenBytes(sink));
  });
}

export function exchange(port: number, bytes: Uint8Array, until?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer: string = ascii('');
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    // A server that closes with bytes unread resets the connection, behind its answer.
    socket.on('error', (error) => {
      if (!('code' in error && error.code === 'ECONNRESET')) reject(error);
    });
    socket.on('data', (data) => {
      answer += byteStringOf(data);
      if (until !== undefined && answer.includes(until)) socket.destroy();
    });
    socket.on('close', () => resolve(answer));
  });
}

/** Shorthand for a command in tests. */
export function words(...argv: string[]): ByteString[] {
  return argv.map((word) => ascii(word));
}
