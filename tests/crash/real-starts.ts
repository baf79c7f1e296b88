/**
 * Fresh starts of the real redis-server from given files: each in a process and a folder of its own, asked over a Unix
 * socket and then killed. About 10 ms each, so no arrangement has to stand in for a start.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { complaintIn, cutsIn } from './start-from.ts';

export interface StartOutcome {
  /** `aborted`: it died of a signal. `hangs`: no end within the patience. */
  readonly outcome: 'ready' | 'refused' | 'aborted' | 'hangs';
  /** DEBUG DIGEST of a server that is ready. */
  readonly digest: string;
  /** Which file was cut, and where. */
  readonly cuts: string;
  /** Why it did not start, without what differs from start to start. */
  readonly why: string;
}

const PATIENCE_MS = 20_000;
const DATA = '/data/';

export class RealStarts {
  private readonly folder = mkdtempSync(join(tmpdir(), 'real-start-'));
  private readonly free: number[];
  private readonly waiting: (() => void)[] = [];

  constructor(parallel: number) {
    this.free = Array.from({ length: parallel }, (_, i) => i);
  }

  /** `files` by their paths below /data. */
  async start(files: ReadonlyMap<string, Uint8Array>): Promise<StartOutcome> {
    while (this.free.length === 0) await new Promise<void>((wake) => this.waiting.push(wake));
    const slot = this.free.pop()!;
    try {
      return await startIn(join(this.folder, String(slot)), files);
    } finally {
      this.free.push(slot);
      this.waiting.shift()?.();
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function startIn(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<StartOutcome> {
  rmSync(folder, { recursive: true, force: true });
  for (const [path, bytes] of files) {
    const place = join(folder, path.slice(DATA.length));
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, bytes);
  }
  const socket = join(folder, 'socket');
  const server = spawn('redis-server', argumentsIn(folder, socket), {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise<{ code: number | null }>((resolve) => {
    server.once('close', (code: number | null) => resolve({ code }));
  });
  let hangs = false;
  const patience = setTimeout(() => {
    hangs = true;
    server.kill('SIGKILL');
  }, PATIENCE_MS);
  const log = { text: '' };
  const first = await Promise.race([readyIn(server, log), ended]);
  const digest = first === 'ready' ? await digestAt(socket) : '';
  clearTimeout(patience);
  server.kill('SIGKILL');
  await ended;
  const lines = log.text.split('\n');
  const cuts = cutsText(cutsIn(lines));
  if (first === 'ready') return { outcome: 'ready', digest, cuts, why: '' };
  const outcome = hangs ? 'hangs' : first.code === null ? 'aborted' : 'refused';
  return { outcome, digest, cuts, why: outcome === 'refused' ? complaintIn(lines) : '' };
}

function argumentsIn(folder: string, socket: string): string[] {
  return [
    ...['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', ''],
    ...['--appendonly', 'yes', '--enable-debug-command', 'yes', '--crash-log-enabled', 'no'],
  ];
}

export function cutsText(cuts: ReadonlyMap<string, number>): string {
  return [...cuts].map(([path, size]) => `${path} ${size}`).join(', ');
}

function readyIn(server: ChildProcess, log: { text: string }): Promise<'ready'> {
  return new Promise((resolve) => {
    server.stdout!.on('data', (bytes: Buffer) => {
      log.text += bytes.toString('latin1');
      if (log.text.includes('server is now ready to accept connections')) resolve('ready');
    });
  });
}

function digestAt(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(path, () => socket.write('DEBUG DIGEST\r\n'));
    socket.on('error', reject);
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1');
      if (!answer.endsWith('\r\n')) return;
      socket.destroy();
      resolve(answer.slice(1, -2));
    });
  });
}
