/**
 * Programs of several clients, some of which wait, listen or watch the others: after each line everything that any
 * client received is compared with what the real server sent, and at the end the data sets and what was logged.
 *
 * The lines are those of differential.ts. `@gone 2` closes client 2's connection.
 */
import { readFileSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { byteStringOf, type ByteString } from '../../src/base/bytes.ts';
import { newGrowableBytes, takenBytes } from '../../src/base/growable-bytes.ts';
import type { Outcome } from '../../src/engine/effects.ts';
import { isPaused } from '../../src/engine/refusal.ts';
import { encodeCommand } from '../../src/resp/command-encoder.ts';
import { feedReplyBytes, newReplyDecoder, nextReply } from '../../src/resp/reply-decoder.ts';
import type { Protocol, Reply } from '../../src/resp/reply.ts';
import { parseProgram, type ProgramLine } from './differential.ts';
import { asRead, newEngineFixture, splitLine, type EngineFixture } from './engine-fixture.ts';
import { olderWords } from './log-differences.ts';
import { describeWithRedis, replyText, startRedis, type RealRedis } from './real-redis.ts';
import { versionDifference } from './version-differences.ts';

/** What a client received after one line. */
type Received = ReadonlyMap<number, readonly Reply[]>;

export function conversationSuite(
  name: string,
  programs: Readonly<Record<string, string>>,
  protocols: readonly Protocol[] = [2, 3],
): void {
  describeWithRedis(name, () => {
    let real: RealRedis;
    beforeAll(async () => {
      real = await startRedis(
        '--enable-debug-command',
        'yes',
        '--appendonly',
        'yes',
        '--appendfsync',
        'no',
      );
    });
    afterAll(() => real.stop());

    for (const [title, program] of Object.entries(programs)) {
      for (const protocol of protocols) {
        test(`${title}, RESP${protocol}`, async () => {
          expect(await conversationDifferences(real, parseConversation(program), protocol)).toEqual(
            [],
          );
        });
      }
    }
  });
}

export function parseConversation(text: string): ProgramLine[] {
  return text.split('\n').flatMap((line) => {
    const gone = /^\s*@gone (\d)/.exec(line);
    if (gone === null) return parseProgram(line);
    return [{ text: line.trim(), client: Number(gone[1]), argv: [], tolerant: false, sleepMs: 0 }];
  });
}

/** `real` logs (`appendonly yes`). */
export async function conversationDifferences(
  real: RealRedis,
  program: readonly ProgramLine[],
  protocol: Protocol,
): Promise<string[]> {
  const theirs = await realSide(real, program, protocol);
  const ours = ourSide(program, protocol);
  const found: string[] = [];
  try {
    for (const line of program) {
      const [expected, got] = [await theirs.step(line), ours.step(line)];
      for (const client of new Set([...expected.keys(), ...got.keys()])) {
        const [a, b] = [expected.get(client) ?? [], got.get(client) ?? []];
        if (!sameReplies(program, a, b))
          found.push(`${line.text}: client ${client}\n  real: ${text(a)}\n  ours: ${text(b)}`);
      }
    }
    const [digest] = await real.send([splitLine('DEBUG DIGEST')]);
    const our = ours.fixture.line('DEBUG DIGEST', 9);
    if (text([digest!]) !== text([our]))
      found.push(`DEBUG DIGEST: ${text([digest!])} ${text([our])}`);
    const [theirLog, ourLog] = [theirs.log().join('\n'), ours.log().join('\n')];
    if (theirLog !== ourLog) found.push(`the log\n--- real\n${theirLog}\n--- ours\n${ourLog}`);
    return found;
  } finally {
    theirs.close();
  }
}

/** Which command a reply belongs to is not known, since it may come late: a reason for any of them will do. */
function sameReplies(
  program: readonly ProgramLine[],
  real: readonly Reply[],
  ours: readonly Reply[],
): boolean {
  if (real.length !== ours.length) return false;
  return real.every((reply, i) => {
    const other = ours[i]!;
    return (
      text([reply]) === text([other]) ||
      program.some(({ argv }) => versionDifference(argv, reply, other) !== undefined)
    );
  });
}

function text(replies: readonly Reply[]): string {
  return comparableText(
    JSON.stringify(replies, (_key, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    ),
  );
}

/** Times and addresses are not compared. */
export function comparableText(replies: string): string {
  return replies
    .replace(/\b\d{10}\.\d{6} \[/g, 'TIME [')
    .replace(/\b1[789]\d{11}-\d+/g, 'MS-N')
    .replace(/127\.0\.0\.1:\d+/g, 'ADDRESS');
}

// --- the real server ---

interface Side {
  step(line: ProgramLine): Promise<Received>;
  log(): string[];
  close(): void;
}

async function realSide(
  real: RealRedis,
  program: readonly ProgramLine[],
  protocol: Protocol,
): Promise<Side> {
  const reply = await real.send([
    splitLine('FLUSHALL'),
    splitLine('CONFIG SET notify-keyspace-events ""'),
    splitLine('CONFIG GET dir'),
  ]);
  const dir = reply[2]?.type === 'array' ? replyText(reply[2].value[1]) : '';
  const file = join(dir, 'appendonlydir', 'appendonly.aof.1.incr.aof');
  const from = statSync(file).size;
  const clients = new Map<number, RealClient>();
  for (const { client } of program) {
    if (client > 0 && !clients.has(client))
      clients.set(client, await openClient(real.port, protocol));
  }
  const settle = async (): Promise<void> => {
    // The first answer may come before the line was read, the second can't. MONITOR does not show this one.
    await real.send([splitLine('CONFIG GET nothing')]);
    await real.send([splitLine('CONFIG GET nothing')]);
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
  };
  await settle();
  for (const client of clients.values()) client.take();
  return {
    async step(line) {
      if (line.sleepMs > 0) await new Promise((resolve) => setTimeout(resolve, line.sleepMs));
      else if (line.argv.length === 0) clients.get(line.client)!.socket.destroy();
      else clients.get(line.client)!.send(line.argv);
      await settle();
      return new Map([...clients].map(([id, client]) => [id, client.take()]));
    },
    log: () => loggedCommands(byteStringOf(readFileSync(file).subarray(from))),
    close() {
      for (const { socket } of clients.values()) socket.destroy();
    },
  };
}

interface RealClient {
  readonly socket: Socket;
  send(argv: readonly ByteString[]): void;
  /** What has come since this was asked last. */
  take(): Reply[];
}

function openClient(port: number, protocol: Protocol): Promise<RealClient> {
  return new Promise((resolve, reject) => {
    const decoder = newReplyDecoder();
    const socket = connect(port, '127.0.0.1', () => {
      const client: RealClient = {
        socket,
        send(argv) {
          const sink = newGrowableBytes();
          encodeCommand(argv, sink);
          socket.write(takenBytes(sink));
        },
        take() {
          const replies: Reply[] = [];
          for (
            let next = nextReply(decoder);
            next.kind !== 'need-more';
            next = nextReply(decoder)
          ) {
            if (next.kind === 'error') throw new Error(next.message);
            replies.push(next.reply);
          }
          return replies;
        },
      };
      if (protocol === 3) client.send(splitLine('HELLO 3'));
      resolve(client);
    });
    // A command that is not answered would keep the next one back until the other side acknowledges it.
    socket.setNoDelay(true);
    socket.on('error', reject);
    socket.on('data', (bytes) => feedReplyBytes(decoder, bytes));
  });
}

/** The commands of a log with their databases; MULTI and EXEC mark the blocks. */
export function loggedCommands(log: ByteString, met?: Set<string>): string[] {
  const commands: string[] = [];
  let at = 0;
  let db = 0;
  const line = (): string => {
    const end = log.indexOf('\r\n', at);
    const found = log.slice(at, end);
    at = end + 2;
    return found;
  };
  while (at < log.length) {
    const words = Array.from({ length: Number(line().slice(1)) }, () => {
      const length = Number(line().slice(1));
      at += length + 2;
      return log.slice(at - length - 2, at - 2);
    });
    if (words[0] === 'SELECT') db = Number(words[1]);
    else commands.push(shown(db, words, met));
  }
  return commands;
}

/** Absolute times are not compared. */
function shown(db: number, words: readonly string[], met?: Set<string>): string {
  const name = words[0]!.toUpperCase();
  if (name === 'MULTI' || name === 'EXEC') return name;
  const compared = olderWords(words, met);
  return `${db}: ${compared.map((word) => (/^1[789]\d{11}(-\d+)?$/.test(word) ? 'MS' : JSON.stringify(word))).join(' ')}`;
}

// --- ours ---

function ourSide(
  program: readonly ProgramLine[],
  protocol: Protocol,
): {
  step(line: ProgramLine): Received;
  log(): string[];
  readonly fixture: EngineFixture;
} {
  const fixture = newEngineFixture();
  const { engine } = fixture;
  const logged: string[] = [];
  for (const { client } of program) if (client > 0) fixture.session(client).protocol = protocol;
  let clock = 0;
  const inbox: ProgramLine[] = [];
  /** Clients whose waiting was over, in that order: it is the order in which they go on. */
  const unblocked: number[] = [];
  const executable = (): number => {
    for (const id of unblocked) {
      const next =
        fixture.session(id).blocked === null ? inbox.findIndex(({ client }) => client === id) : -1;
      if (next >= 0) return next;
    }
    return inbox.findIndex(({ client }) => fixture.session(client).blocked === null);
  };
  const taken = (outcome: Outcome, received: Map<number, Reply[]>): void => {
    for (const { client, reply, protocol: fixed } of outcome.replies) {
      const session = engine.state.sessions.get(client);
      if (reply.type !== 'push' && !unblocked.includes(client)) unblocked.push(client);
      const known = received.get(client) ?? [];
      known.push(asRead(reply, fixed ?? session?.protocol ?? protocol));
      received.set(client, known);
    }
    for (const { commands } of outcome.units) {
      const lines = commands.map(({ db, argv }) => shown(db, argv));
      logged.push(...(lines.length > 1 ? ['MULTI', ...lines, 'EXEC'] : lines));
    }
  };
  return {
    fixture,
    log: () => logged,
    step(line) {
      const received = new Map<number, Reply[]>();
      unblocked.length = 0;
      fixture.now = Math.max(Date.now() * 1000, clock + line.sleepMs * 1000);
      clock = fixture.now;
      if (line.argv.length > 0) inbox.push(line);
      else if (line.sleepMs === 0) engine.forget(fixture.session(line.client));
      // Until nobody has anything to say: the end of a wait or a pause lets others go on.
      do {
        // What a client sends while it waits is executed when its waiting is over.
        for (let next = executable(); next >= 0; next = executable()) {
          const [held] = inbox.splice(next, 1) as [ProgramLine];
          const { client, argv } = held;
          const session = fixture.session(client);
          taken(engine.execute(session, argv, fixture.now), received);
          // Held back by a pause: it is given again when that is over.
          if (isPaused(session)) inbox.splice(next, 0, held);
          for (const gone of fixture.port.disconnected.splice(0)) engine.forget(gone);
          // One that has to wait again has lost its place.
          if (fixture.session(client).blocked !== null && unblocked.includes(client))
            unblocked.splice(unblocked.indexOf(client), 1);
          taken(engine.wake(fixture.now), received);
        }
        taken(engine.wake(fixture.now), received);
      } while (executable() >= 0);
      return received;
    },
  };
}
