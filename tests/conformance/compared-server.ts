/** One of the two servers that are compared: a process that logs, with a client that prepares and asks. */
import { spawn, type ChildProcess } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { byteStringOf, type ByteString } from '../../src/base/bytes.ts';
import { connectSoon, freePort, replyText, words } from '../support/real-redis.ts';
import { connectClient, TcpClient } from './tcp-client.ts';

const SETTINGS = [
  ...['--bind', '127.0.0.1', '--save', '', '--appendonly', 'yes', '--appendfsync', 'no'],
  ...['--auto-aof-rewrite-percentage', '0', '--enable-debug-command', 'yes'],
];
/** The log, after each of whose `SET` of this key a case begins. */
export const MARKER = 'conformance:case';

export class ComparedServer {
  readonly port: number;
  readonly control: TcpClient;
  readonly process: ChildProcess;
  private readonly directory: string;
  private readonly defaults: ReadonlyMap<string, string>;

  private constructor(
    port: number,
    directory: string,
    process: ChildProcess,
    control: TcpClient,
    defaults: ReadonlyMap<string, string>,
  ) {
    this.port = port;
    this.directory = directory;
    this.process = process;
    this.control = control;
    this.defaults = defaults;
  }

  /** `command` takes redis-server's place. */
  static async start(command: readonly string[]): Promise<ComparedServer> {
    const directory = mkdtempSync(join(tmpdir(), 'conformance-'));
    const port = await freePort();
    const [program = '', ...first] = command;
    const args = [...first, '--port', String(port), '--dir', directory, ...SETTINGS];
    const process = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const control = new TcpClient(await connectSoon(port, process));
    for (;;) {
      const [reply] = await control.ask(words('PING'));
      if (reply?.type === 'status') break;
    }
    const [settings] = await control.ask(words('CONFIG', 'GET', '*'));
    const defaults = new Map<string, string>();
    if (settings?.type === 'array') {
      for (let i = 0; i + 1 < settings.value.length; i += 2)
        defaults.set(replyText(settings.value[i]), replyText(settings.value[i + 1]));
    }
    return new ComparedServer(port, directory, process, control, defaults);
  }

  connect(): Promise<TcpClient> {
    return connectClient(this.port);
  }

  /** An empty data set, and a mark in the log. */
  async clear(name: string): Promise<void> {
    await this.control.ask(words('SET', MARKER, name), words('FLUSHALL'));
  }

  /** Directives as they were at the start. */
  async restore(directives: Iterable<string>): Promise<void> {
    for (const name of directives) {
      const value = this.defaults.get(name);
      if (value !== undefined) await this.control.ask(words('CONFIG', 'SET', name, value));
    }
  }

  /** No user but the first, as it was. */
  async restoreUsers(): Promise<void> {
    const [users] = await this.control.ask(words('ACL', 'USERS'));
    const names = users?.type === 'array' ? users.value.map(replyText) : [];
    for (const name of names)
      if (name !== 'default') await this.control.ask(words('ACL', 'DELUSER', name));
    await this.control.ask(
      words('ACL', 'SETUSER', 'default', 'reset', 'on', 'nopass', '~*', '&*', '+@all'),
      words('ACL', 'LOG', 'RESET'),
    );
  }

  async digest(): Promise<string> {
    return replyText((await this.control.ask(words('DEBUG', 'DIGEST')))[0]);
  }

  /** The two answers of the server prove that it has read all that was sent before. */
  async settle(): Promise<void> {
    // MONITOR does not show this one.
    await this.control.ask(words('CONFIG', 'GET', 'nothing'));
    await this.control.ask(words('CONFIG', 'GET', 'nothing'));
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** The commands that it does not have, of these; `config|get` for a sub-command. */
  async missing(names: readonly string[]): Promise<ReadonlySet<string>> {
    const [reply] = await this.control.ask(words('COMMAND', 'INFO', ...names));
    const found = reply?.type === 'array' ? reply.value : [];
    return new Set(
      names.filter((_, i) => found[i]?.type === 'null' || found[i]?.type === 'null-array'),
    );
  }

  /** Where the log ends now. */
  logPosition(): LogPosition {
    const file = this.logFile();
    return { file, at: statSync(file).size };
  }

  /** What was logged since, of a file that was begun later all of it. */
  logSince({ file, at }: LogPosition): ByteString {
    const current = this.logFile();
    const from = current === file ? at : 0;
    const length = statSync(current).size - from;
    const bytes = new Uint8Array(length);
    const descriptor = openSync(current, 'r');
    readSync(descriptor, bytes, 0, length, from);
    closeSync(descriptor);
    return byteStringOf(bytes);
  }

  private logFile(): string {
    const folder = join(this.directory, 'appendonlydir');
    const manifest = readFileSync(join(folder, 'appendonly.aof.manifest'), 'latin1');
    const names = [...manifest.matchAll(/^file (\S+) seq \d+ type i/gm)];
    return join(folder, names.at(-1)?.[1] ?? '');
  }

  async stop(): Promise<void> {
    this.control.socket.destroy();
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGKILL');
    await ended;
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export interface LogPosition {
  readonly file: string;
  readonly at: number;
}
