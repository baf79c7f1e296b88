/** redis-dumper as a program of the machine: its servers, its compression and its ciphers. */
import { gzipSync, Gunzip } from 'fflate';
import { openBytes, sealBytes } from '../../../base/aes-gcm.ts';
import { bytesOf, utf8Encode, type ByteString } from '../../../base/bytes.ts';
import { keyOf, newKeyJob, stepKeyJob } from '../../../base/pbkdf2.ts';
import { sha256 } from '../../../base/sha256.ts';
import type { Reply } from '../../../resp/reply.ts';
import { redisDumper } from '../../../tools/dumper/dumper.ts';
import type { ServiceAsk, ToolAnswer } from '../../../tools/tool-steps.ts';
import {
  connect,
  hangUp,
  machine,
  now,
  reasonOf,
  receive,
  send,
  sleep,
  work,
  type Program,
  type Run,
} from '../../program.ts';
import { runTool } from '../file-tool.ts';

/** A slice of the rounds that make a key, and what they take on a processor of today. */
const ROUNDS = 2_000;
const NANOS_A_ROUND = 350;
const INFLATE_STEP = 65_536;

export const redisDumperProgram: Program = function* ({ argv, pid }) {
  const services = new Services();
  const status = yield* runTool(redisDumper(argv.slice(1)), pid, (ask) => services.answer(ask));
  yield* services.close();
  return status;
};

class Services {
  private socket: number | null = null;
  private asked = 0;
  /** Keys take long to make: a chain has few. */
  private readonly keys = new Map<string, Uint8Array>();

  *answer(ask: ServiceAsk): Run<ToolAnswer> {
    switch (ask.ask) {
      case 'sleep':
        yield* sleep(ask.micros);
        return { answer: 'done' };
      case 'connect':
        return yield* this.connect(ask.host, ask.port);
      case 'send':
        return yield* this.send(ask.commands);
      case 'random':
        return yield* this.random(ask.length);
      case 'gzip':
        yield* work(Math.ceil(ask.bytes.length / 50));
        return { answer: 'bytes', bytes: gzipSync(ask.bytes, { mtime: 0 }) };
      case 'gunzip':
        yield* work(Math.ceil(ask.bytes.length / 200));
        return gunzip(ask.bytes, ask.most);
      case 'seal':
      case 'open':
        return yield* this.seal(ask);
      case 'now':
        return { answer: 'number', value: Math.floor((yield* now()) / 1_000_000) };
    }
  }

  *close(): Run<undefined> {
    if (this.socket !== null) yield* hangUp(this.socket);
    this.socket = null;
    return undefined;
  }

  private *connect(host: ByteString, port: number): Run<ToolAnswer> {
    yield* this.close();
    const socket = yield* connect(host, port);
    if (typeof socket === 'object') return { answer: 'failed', reason: reasonOf(socket.errno) };
    this.socket = socket;
    return { answer: 'done' };
  }

  private *send(commands: readonly (readonly ByteString[])[]): Run<ToolAnswer> {
    const { socket } = this;
    if (socket === null) return { answer: 'failed', reason: 'not connected' };
    for (const argv of commands) yield* send(socket, argv);
    const replies: Reply[] = [];
    while (replies.length < commands.length) {
      const reply = yield* receive(socket);
      if (typeof reply === 'string')
        return { answer: 'failed', reason: 'Server closed the connection' };
      replies.push(reply);
    }
    return { answer: 'replies', replies };
  }

  /** From the seed of the machine: a run that is repeated makes the same backups, byte for byte. */
  private *random(length: number): Run<ToolAnswer> {
    const at = yield* now();
    const number = this.asked++;
    const seed = yield* machine((door) => `${door.servers.seed} ${door.pid} ${at} ${number}`);
    const bytes = new Uint8Array(length);
    for (let from = 0; from < length; from += 32)
      bytes.set(sha256(bytesOf(utf8Encode(`${seed} ${from}`))).subarray(0, length - from), from);
    return { answer: 'bytes', bytes };
  }

  private *seal(ask: Extract<ServiceAsk, { ask: 'seal' | 'open' }>): Run<ToolAnswer> {
    const { password, salt, iterations, iv: nonce, bytes, beside } = ask;
    const name = `${iterations} ${salt.join(' ')} ${password}`;
    let key = this.keys.get(name);
    if (key === undefined) {
      const job = newKeyJob(bytesOf(password), salt, iterations);
      while (!stepKeyJob(job, ROUNDS)) yield* work((ROUNDS * NANOS_A_ROUND) / 1_000);
      key = keyOf(job);
      this.keys.set(name, key);
    }
    const sealed = { key, nonce, beside };
    if (ask.ask === 'seal') return { answer: 'bytes', bytes: sealBytes(sealed, bytes) };
    const text = openBytes(sealed, bytes);
    return text === undefined
      ? { answer: 'failed', reason: 'it cannot be decrypted' }
      : { answer: 'bytes', bytes: text };
  }
}

/** What it would grow to is never believed: it is counted. */
function gunzip(packed: Uint8Array, most: number): ToolAnswer {
  const parts: Uint8Array[] = [];
  let length = 0;
  let isWhole = false;
  const stream = new Gunzip((part, final) => {
    length += part.length;
    parts.push(part);
    isWhole = final;
  });
  try {
    for (let at = 0; at < packed.length; at += INFLATE_STEP) {
      stream.push(packed.subarray(at, at + INFLATE_STEP), at + INFLATE_STEP >= packed.length);
      if (length > most)
        return {
          answer: 'failed',
          reason: `it holds more than the ${most} bytes that it tells of`,
        };
    }
  } catch {
    isWhole = false;
  }
  if (!isWhole) return { answer: 'failed', reason: 'it cannot be decompressed' };
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { answer: 'bytes', bytes };
}
