/** `node redis-dumper.mjs backup …`: the lab's redis-dumper, with a real server and real files. */
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { utf8Decode, type ByteString } from '../../base/bytes.ts';
import { newGrowableBytes, takenBytes } from '../../base/growable-bytes.ts';
import { encodeCommand } from '../../resp/command-encoder.ts';
import { feedReplyBytes, newReplyDecoder, nextReply } from '../../resp/reply-decoder.ts';
import type { Reply } from '../../resp/reply.ts';
import { redisDumper } from '../../tools/dumper/dumper.ts';
import type { ToolAnswer, ToolAsk } from '../../tools/tool-steps.ts';
import { reasonOf, toolWords } from './check-files.ts';
import { answerToTool } from './run-tool.ts';
import { gunzip, gzip, randomBytes, Sealing } from './sealing.ts';

class Services {
  private readonly sealing = new Sealing();
  private socket: net.Socket | null = null;

  async answer(ask: ToolAsk): Promise<ToolAnswer> {
    switch (ask.ask) {
      case 'now':
        return { answer: 'number', value: Math.floor(Date.now() / 1000) };
      case 'sleep':
        await delay(ask.micros / 1000);
        return { answer: 'done' };
      case 'connect':
        return this.connect(ask.host, ask.port);
      case 'send':
        return this.send(ask.commands);
      case 'random':
        return randomBytes(ask.length);
      case 'gzip':
        return gzip(ask.bytes);
      case 'gunzip':
        return gunzip(ask.bytes, ask.most);
      case 'seal':
      case 'open':
        return this.sealing.seal(ask);
      default:
        return answerToTool(ask);
    }
  }

  close(): void {
    this.socket?.destroy();
  }

  private async connect(host: ByteString, port: number): Promise<ToolAnswer> {
    this.close();
    const socket = net.connect(port, utf8Decode(host));
    this.socket = socket;
    try {
      await once(socket, 'connect');
      return { answer: 'done' };
    } catch (thrown) {
      return { answer: 'failed', reason: reasonOf(thrown) };
    }
  }

  private send(commands: readonly (readonly ByteString[])[]): Promise<ToolAnswer> {
    const { socket } = this;
    if (socket === null) return Promise.resolve({ answer: 'failed', reason: 'not connected' });
    const sink = newGrowableBytes();
    for (const argv of commands) encodeCommand(argv, sink);
    const decoder = newReplyDecoder();
    const replies: Reply[] = [];
    return new Promise((resolve) => {
      const finish = (answer: ToolAnswer): void => {
        socket.off('data', receive);
        socket.off('close', lost);
        socket.off('error', lost);
        resolve(answer);
      };
      const lost = (): void => finish({ answer: 'failed', reason: 'Server closed the connection' });
      const receive = (bytes: Buffer): void => {
        feedReplyBytes(decoder, bytes);
        for (;;) {
          const next = nextReply(decoder);
          if (next.kind === 'error') return finish({ answer: 'failed', reason: next.message });
          if (next.kind === 'need-more') return;
          replies.push(next.reply);
          if (replies.length === commands.length) return finish({ answer: 'replies', replies });
        }
      };
      socket.on('data', receive);
      socket.on('close', lost);
      socket.on('error', lost);
      socket.write(takenBytes(sink));
    });
  }
}

async function main(): Promise<number> {
  const services = new Services();
  try {
    const steps = redisDumper(toolWords());
    let next = steps.next();
    while (next.done !== true) next = steps.next(await services.answer(next.value));
    return next.value;
  } finally {
    services.close();
  }
}

process.exitCode = await main();
