/**
 * Servers and files for redis-dumper, in memory: a source whose log is written as a server writes it, and targets that
 * take what a restore sends. Encryption is Node's own, with few rounds.
 */
import { createCipheriv, createDecipheriv, pbkdf2Sync, randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { ascii, byteStringOf, type ByteString } from '../../src/base/bytes.ts';
import { microsOfSeconds, millisOfSeconds, type Seconds } from '../../src/base/time.ts';
import { datasetDigest } from '../../src/engine/data/digest.ts';
import { appendUnit, newAofState, type AofState } from '../../src/persistence/aof-writer.ts';
import type { Reply } from '../../src/resp/reply.ts';
import { redisDumper } from '../../src/tools/dumper/dumper.ts';
import type { ServiceAsk, ToolAnswer } from '../../src/tools/tool-steps.ts';
import { HEADER, saveRdb } from '../persistence/rdb-files.ts';
import { newEngineFixture, type EngineFixture } from '../support/engine-fixture.ts';
import { runSteps, type ToolOutcome } from './run-steps.ts';

export const START: Seconds = 1_700_000_000;
export const ROUNDS = 2;

const SOURCE = 6379;
const TARGET = 6380;

export class World {
  readonly source: EngineFixture = newEngineFixture();
  files: Record<string, string> = {};
  now: Seconds = START;
  annotate = true;
  password: string | null = null;
  /** What the last restore left; null: it sent nothing. */
  restored: EngineFixture | null = null;
  private sequence = 1;
  private aof: AofState = newAofState(START);
  private connectedTo = 0;
  private readonly keys = new Map<string, Buffer>();

  constructor() {
    this.rewrite();
  }

  /** Runs a command on the source at this second; its log has it at once. */
  run(...words: string[]): void {
    this.source.now = microsOfSeconds(this.now);
    this.source.units.length = 0;
    this.source.run(words.map(ascii));
    for (const unit of this.source.units)
      appendUnit(this.aof, unit, this.now, this.annotate, () => undefined);
    const name = this.path(`appendonly.aof.${this.sequence}.incr.aof`);
    this.files[name] += byteStringOf(this.aof.buffer.bytes, 0, this.aof.buffer.length);
    this.aof.buffer.length = 0;
  }

  /** BGREWRITEAOF: the data set becomes the base, and the log begins anew. */
  rewrite(): void {
    for (const name of Object.keys(this.files))
      if (name.startsWith('/data/')) delete this.files[name];
    this.sequence++;
    const base = `appendonly.aof.${this.sequence}.base.rdb`;
    const incr = `appendonly.aof.${this.sequence}.incr.aof`;
    const header = { ...HEADER, createdAt: this.now, aofBase: true };
    this.files[this.path(base)] = byteStringOf(
      saveRdb(this.source.engine.state, undefined, header, { now: millisOfSeconds(this.now) }),
    );
    this.files[this.path(incr)] = '';
    this.files[this.path('appendonly.aof.manifest')] =
      `file ${base} seq ${this.sequence} type b\nfile ${incr} seq ${this.sequence} type i\n`;
    this.aof = newAofState(this.now);
  }

  digest(): string {
    return datasetDigest(this.source.engine.state.databases);
  }

  dump(...words: string[]): ToolOutcome {
    this.restored = null;
    const steps = redisDumper(words.map(ascii), { iterations: ROUNDS });
    const outcome = runSteps(steps, this.files, (ask) => this.serve(ask));
    this.files = { ...outcome.files };
    return outcome;
  }

  restoredDigest(): string {
    if (this.restored === null) throw new Error('nothing was restored');
    return datasetDigest(this.restored.engine.state.databases);
  }

  private path(name: string): string {
    return `/data/appendonlydir/${name}`;
  }

  private serve(ask: ServiceAsk): ToolAnswer {
    switch (ask.ask) {
      case 'now':
        return { answer: 'number', value: this.now };
      case 'sleep':
        this.now += ask.micros / 1e6;
        return { answer: 'done' };
      case 'connect':
        if (ask.port !== SOURCE && ask.port !== TARGET)
          return { answer: 'failed', reason: 'Connection refused' };
        this.connectedTo = ask.port;
        return { answer: 'done' };
      case 'send':
        return { answer: 'replies', replies: this.replies(ask.commands) };
      case 'random':
        return bytes(randomBytes(ask.length));
      case 'gzip':
        return bytes(gzipSync(ask.bytes));
      case 'gunzip':
        return attempt(() => gunzipSync(ask.bytes, { maxOutputLength: Math.max(1, ask.most) }));
      case 'seal':
      case 'open':
        return this.seal(ask);
    }
  }

  private replies(commands: readonly (readonly ByteString[])[]): Reply[] {
    if (this.connectedTo === TARGET) {
      this.restored = newEngineFixture();
      this.restored.now = microsOfSeconds(START);
      return commands.flatMap((argv) => this.restored!.run(argv));
    }
    return commands.map((argv): Reply => {
      if (argv[0] === 'AUTH') {
        if (argv[1] === this.password) return { type: 'status', value: 'OK' };
        return {
          type: 'error',
          value: 'WRONGPASS invalid username-password pair or user is disabled.',
        };
      }
      const settings: Record<string, string> = {
        ...{ dir: '/data', appendonly: 'yes', appenddirname: 'appendonlydir' },
        ...{ appendfilename: 'appendonly.aof', dbfilename: 'dump.rdb' },
      };
      const value: readonly Reply[] = [argv[2]!, ascii(settings[argv[2]!]!)].map((text) => ({
        type: 'bulk',
        value: text,
      }));
      return { type: 'array', value };
    });
  }

  private seal(ask: Extract<ServiceAsk, { readonly ask: 'seal' | 'open' }>): ToolAnswer {
    const name = `${ask.password} ${ask.iterations} ${ask.salt.join(' ')}`;
    let key = this.keys.get(name);
    if (key === undefined) {
      key = pbkdf2Sync(Buffer.from(ask.password, 'latin1'), ask.salt, ask.iterations, 32, 'sha256');
      this.keys.set(name, key);
    }
    const made = key;
    return attempt(() => {
      if (ask.ask === 'seal') {
        const cipher = createCipheriv('aes-256-gcm', made, ask.iv).setAAD(ask.beside);
        return Buffer.concat([cipher.update(ask.bytes), cipher.final(), cipher.getAuthTag()]);
      }
      const end = ask.bytes.length - 16;
      const decipher = createDecipheriv('aes-256-gcm', made, ask.iv).setAAD(ask.beside);
      decipher.setAuthTag(ask.bytes.subarray(end));
      return Buffer.concat([decipher.update(ask.bytes.subarray(0, end)), decipher.final()]);
    });
  }
}

function bytes(given: Uint8Array): ToolAnswer {
  return { answer: 'bytes', bytes: given };
}

function attempt(work: () => Uint8Array): ToolAnswer {
  try {
    return bytes(work());
  } catch {
    return { answer: 'failed', reason: 'it cannot be read' };
  }
}

export function asBytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}
