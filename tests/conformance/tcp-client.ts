/** A client of a server under comparison, which keeps each reply as it was decoded and as it was sent. */
import { connect, type Socket } from 'node:net';
import { byteStringOf, type ByteString } from '../../src/base/bytes.ts';
import { newGrowableBytes, takenBytes } from '../../src/base/growable-bytes.ts';
import { encodeCommand } from '../../src/resp/command-encoder.ts';
import { feedReplyBytes, newReplyDecoder, nextReply } from '../../src/resp/reply-decoder.ts';
import type { Reply } from '../../src/resp/reply.ts';

export interface RawReply {
  readonly reply: Reply;
  readonly raw: string;
}

export class TcpClient {
  readonly socket: Socket;
  private readonly decoder = newReplyDecoder();
  private partial = '';
  private readonly ready: RawReply[] = [];
  private wanted = 0;
  private notify: (() => void) | null = null;
  hungUp = false;

  constructor(socket: Socket) {
    this.socket = socket;
    // A command that is not answered would keep the next one back until the other side acknowledges it.
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.received(bytes));
    const end = (): void => {
      this.hungUp = true;
      this.notify?.();
    };
    socket.on('close', end);
    socket.on('error', end);
  }

  send(commands: readonly (readonly ByteString[])[]): void {
    const sink = newGrowableBytes();
    for (const argv of commands) encodeCommand(argv, sink);
    if (!this.hungUp) this.socket.write(takenBytes(sink));
  }

  /** What has come since this was asked last. */
  take(): RawReply[] {
    return this.ready.splice(0);
  }

  /** Sends, and waits for as many replies as there are commands. */
  async ask(...commands: readonly (readonly ByteString[])[]): Promise<Reply[]> {
    this.send(commands);
    await this.until(commands.length);
    if (this.ready.length < commands.length) throw new Error('the server hung up');
    return this.ready.splice(0, commands.length).map(({ reply }) => reply);
  }

  /** Resolves when so many replies are there, or when the server has hung up. */
  async until(count: number): Promise<void> {
    if (this.hungUp || this.ready.length >= count) return;
    this.wanted = count;
    await new Promise<void>((resolve) => {
      this.notify = resolve;
    });
    this.notify = null;
  }

  private received(bytes: Uint8Array): void {
    feedReplyBytes(this.decoder, bytes);
    for (;;) {
      const { start } = this.decoder;
      const next = nextReply(this.decoder);
      if (next.kind === 'error') throw new Error(next.message);
      this.partial += byteStringOf(this.decoder.buffer.bytes, start, this.decoder.start);
      if (next.kind === 'need-more') break;
      this.ready.push({ reply: next.reply, raw: this.partial });
      this.partial = '';
    }
    if (this.ready.length >= this.wanted) this.notify?.();
  }
}

export function connectClient(port: number): Promise<TcpClient> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.off('error', reject);
      resolve(new TcpClient(socket));
    });
    socket.once('error', reject);
  });
}
