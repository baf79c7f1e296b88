/**
 * The engine as ioredis-mock is used: in the process of whoever calls it. Each command is executed, its reply encoded
 * and what it changed logged; the log is written to a file after every hundred, as a server does at the end of a turn.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ascii, type ByteString } from '../../src/base/bytes.ts';
import { newGrowableBytes } from '../../src/base/growable-bytes.ts';
import { newSession } from '../../src/engine/session.ts';
import { appendUnit, newAofState } from '../../src/persistence/aof-writer.ts';
import { encodeReply } from '../../src/resp/reply-encoder.ts';
import { settingsOf } from '../../src/server/config-settings.ts';
import { defaultDirectives } from '../../src/server/directives.ts';
import { Server } from '../../src/server/server.ts';
import { newServerState } from '../../src/server/state.ts';
import type { MockTask } from './mock-peer.ts';

export const ENGINE = '--engine';

/** Those whose log is looked at: nothing is measured that was left out. */
const writes = new Set(['SET', 'INCR', 'LPUSH', 'ZADD', 'RPOPLPUSH']);
const TURN = 100;
/** Between two looks at the clock of the process, which are slow. */
const LOOK_MILLIS = 20;
const MEASURED_MICROS = 1_000_000;
const NOW = 1_700_000_000_000_000;

/** Commands a second of processor time, in a process of its own. */
export function engineRate(task: MockTask): number {
  const words = [...process.execArgv, process.argv[1]!, ENGINE];
  const { stdout, status, stderr } = spawnSync(process.execPath, words, {
    input: JSON.stringify(task),
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}

function newServer(): Server {
  const directives = defaultDirectives();
  const state = newServerState({
    pid: 1,
    now: NOW,
    seed: 1,
    settings: settingsOf(directives),
    directives,
    configFile: null,
    utcOffset: 0,
  });
  state.phase = 'serving';
  return new Server(state, 'log-only');
}

/** What the process does that `engineRate` starts. */
export async function runEngine(): Promise<void> {
  const { prepare, commands } = JSON.parse(await text(process.stdin)) as MockTask;
  const folder = mkdtempSync(join(tmpdir(), 'bench-engine-'));
  const file = openSync(join(folder, 'log.aof'), 'w');
  const { engine } = newServer();
  const session = newSession(1, NOW, '127.0.0.1:50000', '127.0.0.1:6379');
  engine.state.sessions.set(session.id, session);
  const aof = newAofState(0);
  const replies = newGrowableBytes();
  let logged = 0;
  const bytes = (words: readonly string[]): ByteString[] => words.map((word) => ascii(word));
  const run = (argv: readonly ByteString[]): void => {
    const outcome = engine.execute(session, argv, NOW);
    for (const { reply } of outcome.replies) {
      if (reply.type === 'error') throw new Error(reply.value);
      encodeReply(reply, 2, replies);
    }
    for (const unit of outcome.units) appendUnit(aof, unit, 0, false, () => undefined);
  };
  const endTurn = (): void => {
    logged += writeSync(file, aof.buffer.bytes, 0, aof.buffer.length);
    aof.buffer.length = 0;
    replies.length = 0;
  };
  for (const command of prepare) run(bytes(command));
  endTurn();
  const measured = commands.map(bytes);
  const before = process.cpuUsage();
  let done = 0;
  let looked = performance.now();
  for (;;) {
    for (let i = 0; i < TURN; i++) run(measured[done++ % measured.length]!);
    endTurn();
    const now = performance.now();
    if (now - looked < LOOK_MILLIS) continue;
    looked = now;
    if (process.cpuUsage(before).user >= MEASURED_MICROS) break;
  }
  const { user, system } = process.cpuUsage(before);
  if (writes.has(commands[0]?.[0] ?? '') && logged === 0) throw new Error('nothing was logged');
  closeSync(file);
  rmSync(folder, { recursive: true });
  process.stdout.write(String(Math.round((done / (user + system)) * 1e6)));
}
