/**
 * Runs a case on both servers and compares all that each of its clients received, then the data sets' digests and
 * what was logged. Bytes that agree are the same; where they do not, tests/support/differential.ts says whether they
 * may differ.
 */
import type { ByteString } from '../../src/base/bytes.ts';
import type { Protocol, Reply } from '../../src/resp/reply.ts';
import { comparableText, loggedCommands } from '../support/conversations.ts';
import { compareReplies, parseProgram, type ProgramLine } from '../support/differential.ts';
import { words } from '../support/real-redis.ts';
import type { Case } from './read-cases.ts';
import type { ComparedServer } from './compared-server.ts';
import type { RawReply, TcpClient } from './tcp-client.ts';

export interface Pair {
  readonly real: ComparedServer;
  readonly ours: ComparedServer;
}

export interface CaseResult {
  readonly differences: readonly string[];
  /** Names of the known differences between the versions that were met. */
  readonly versionDifferences: ReadonlySet<string>;
}

/** Requests that are sent at once are shorter than what a server reads at once. */
const LONGEST_BATCH = 8000;
const PATIENCE_MILLIS = 10_000;

export async function compareCase(
  { real, ours }: Pair,
  { lines, chance, name }: Case,
  protocol: Protocol,
): Promise<CaseResult> {
  const ids = lines.flatMap((line) => /^(?:(\d)>|@gone (\d)) /.exec(`${line} `) ?? ['', '1']);
  const clients = new Set(ids.filter((id) => /^\d$/.test(id ?? '')).map(Number));
  clients.add(1);
  const [theirs, own] = await Promise.all([
    openSide(real, [...clients].sort(), protocol, name),
    openSide(ours, [...clients].sort(), protocol, name),
  ]);
  const comparison = new Comparison();
  try {
    for (const batch of batchesOf(lines)) {
      const [expected, got] = await inTime(
        Promise.all([theirs.step(batch), own.step(batch)]),
        () => `${name}: no answer to ${batch.join('; ')}`,
      );
      comparison.compare(batch, expected, got);
    }
    await Promise.all([theirs.restore(lines), own.restore(lines)]);
    if (!chance) await compareData(theirs, own, comparison);
    return comparison;
  } finally {
    theirs.close();
    own.close();
  }
}

async function compareData(theirs: Side, own: Side, comparison: Comparison): Promise<void> {
  const { differences, versionDifferences } = comparison;
  const [digest, ourDigest] = await Promise.all([theirs.server.digest(), own.server.digest()]);
  if (digest !== ourDigest) differences.push(`DEBUG DIGEST: real ${digest}, ours ${ourDigest}`);
  const [log, ourLog] = [theirs.log(), own.log()];
  if (log === ourLog) return;
  const commands = loggedCommands(log, versionDifferences);
  const ourCommands = loggedCommands(ourLog, versionDifferences);
  if (sameButForTimes(commands, ourCommands)) return;
  const shown = [commands, ourCommands].map((all) => all.join('\n'));
  differences.push(`the log\n--- real\n${shown[0]}\n--- ours\n${shown[1]}`);
}

/** Instants are those of the two runs. */
function sameButForTimes(real: readonly string[], ours: readonly string[]): boolean {
  if (real.length !== ours.length) return false;
  return real.every((line, i) => {
    const other = ours[i]!;
    if (line === other) return true;
    const [times, otherTimes] = [line.match(INSTANT) ?? [], other.match(INSTANT) ?? []];
    return (
      line.replace(INSTANT, 'MS') === other.replace(INSTANT, 'MS') &&
      times.every((time, at) => Math.abs(Number(time) - Number(otherTimes[at])) < APART_MILLIS)
    );
  });
}

const INSTANT = /(?<=")\d{13,18}(?=")/g;
const APART_MILLIS = 1000;

async function inTime<T>(work: Promise<T>, complaint: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(complaint())), PATIENCE_MILLIS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Lines of one client that follow each other are sent at once, unless one needs what another was answered. */
function batchesOf(lines: readonly string[]): string[][] {
  const all: string[][] = [];
  let length = 0;
  for (const line of lines) {
    const last = all.at(-1);
    length += line.length + 40;
    const joins =
      last !== undefined &&
      speaker(line) === speaker(last[0]!) &&
      speaker(line) > 0 &&
      !line.includes('{last}') &&
      length <= LONGEST_BATCH;
    if (joins) last.push(line);
    else {
      all.push([line]);
      length = line.length + 40;
    }
  }
  return all;
}

function speaker(line: string): number {
  return line.startsWith('@') ? 0 : Number(/^(\d)> /.exec(line)?.[1] ?? 1);
}

// --- one side ---

type Received = ReadonlyMap<number, readonly RawReply[]>;

interface Side {
  readonly server: ComparedServer;
  step(batch: readonly string[]): Promise<Received>;
  restore(lines: readonly string[]): Promise<void>;
  log(): ByteString;
  close(): void;
}

async function openSide(
  server: ComparedServer,
  ids: readonly number[],
  protocol: Protocol,
  name: string,
): Promise<Side> {
  await server.clear(name.slice(0, 60));
  const position = server.logPosition();
  const clients = new Map<number, TcpClient>();
  for (const id of ids) {
    const client = await server.connect();
    // Answered: the server has taken the connection, and reads it before what others send later.
    await client.ask(protocol === 3 ? words('HELLO', '3') : words('PING'));
    clients.set(id, client);
  }
  const known = new Map<string, string>();
  return {
    server,
    async step(batch) {
      const [first = ''] = batch;
      const sleep = /^@sleep (\d+)$/.exec(first);
      const gone = /^@gone (\d)$/.exec(first);
      if (sleep !== null) await new Promise((resolve) => setTimeout(resolve, Number(sleep[1])));
      else if (gone !== null) clients.get(Number(gone[1]))?.socket.destroy();
      else {
        const speaking = clients.get(speaker(first))!;
        const texts: string[] = [];
        for (const line of batch) texts.push(await substituted(line, clients, known));
        speaking.send(parseProgram(texts.join('\n')).map(({ argv }) => argv));
      }
      await server.settle();
      const received = new Map([...clients].map(([id, client]) => [id, client.take()]));
      const last = received.get(speaker(first))?.at(-1)?.reply;
      if (last !== undefined && 'value' in last) known.set('last', quoted(last));
      return received;
    },
    async restore(lines) {
      const argvs = lines.flatMap((line) => (line.startsWith('@') ? [] : parseProgram(line)));
      const named = (name: string): ProgramLine[] =>
        argvs.filter(({ argv }) => argv[0]?.toLowerCase() === name);
      const directives = named('config')
        .filter(({ argv }) => argv[1]?.toLowerCase() === 'set')
        .flatMap(({ argv }) => argv.slice(2).filter((_, i) => i % 2 === 0));
      await server.restore(new Set(directives.map((directive) => directive.toLowerCase())));
      if (named('acl').length > 0) await server.restoreUsers();
    },
    log: () => server.logSince(position),
    close() {
      for (const { socket } of clients.values()) socket.destroy();
    },
  };
}

function quoted(reply: Reply): string {
  const text = 'value' in reply && typeof reply.value !== 'object' ? String(reply.value) : '';
  const escaped = [...text].map((char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `"${escaped.join('')}"`;
}

async function substituted(
  line: string,
  clients: ReadonlyMap<number, TcpClient>,
  known: ReadonlyMap<string, string>,
): Promise<string> {
  let text = line.replaceAll('{last}', () => known.get('last') ?? '');
  for (const [mark, id = ''] of line.matchAll(/\{id:(\d)\}/g)) {
    const [reply] = await clients.get(Number(id))!.ask(words('CLIENT', 'ID'));
    text = text.replaceAll(mark, reply?.type === 'integer' ? String(reply.value) : '?');
  }
  for (const [mark, id = ''] of line.matchAll(/\{addr:(\d)\}/g)) {
    const { localPort } = clients.get(Number(id))!.socket;
    text = text.replaceAll(mark, `127.0.0.1:${localPort}`);
  }
  return text;
}

// --- both ---

class Comparison implements CaseResult {
  readonly differences: string[] = [];
  readonly versionDifferences = new Set<string>();
  /** What each client has sent: a reply that comes late may belong to any of it. */
  private readonly sent = new Map<number, ProgramLine[]>();
  private readonly queues = new Map<number, (readonly ByteString[])[]>();

  compare(batch: readonly string[], expected: Received, got: Received): void {
    const [first = ''] = batch;
    const lines = first.startsWith('@') ? [] : parseBatch(batch);
    const client = speaker(first);
    this.sent.set(client, [...(this.sent.get(client) ?? []), ...lines]);
    for (const id of new Set([...expected.keys(), ...got.keys()])) {
      const [a, b] = [expected.get(id) ?? [], got.get(id) ?? []];
      const paired = id === client && a.length === lines.length && a.length === b.length;
      if (paired) lines.forEach((line, i) => this.pair(line, a[i]!, b[i]!, id));
      else this.unpaired(id, first, a, b);
    }
  }

  private pair(line: ProgramLine, real: RawReply, ours: RawReply, client: number): void {
    const queue = this.queues.get(client) ?? [];
    const name = line.argv[0]?.toLowerCase();
    if (real.raw === '+QUEUED\r\n') this.queues.set(client, [...queue, line.argv]);
    else if (name === 'exec' || name === 'discard' || real.raw === '+OK\r\n')
      // MULTI begins with an empty queue, and a nested one changes nothing.
      this.queues.delete(client);
    if (!this.may(line, real, ours, queue)) this.tell(line.text, [real], [ours]);
  }

  private unpaired(
    client: number,
    step: string,
    real: readonly RawReply[],
    ours: readonly RawReply[],
  ): void {
    const candidates = this.sent.get(client) ?? [];
    const same =
      real.length === ours.length &&
      real.every((reply, i) => {
        const other = ours[i]!;
        return (
          comparableText(reply.raw) === comparableText(other.raw) ||
          candidates.some((line) => this.may(line, reply, other, []))
        );
      });
    if (!same) this.tell(`${step}, client ${client}`, real, ours);
  }

  private may(
    line: ProgramLine,
    real: RawReply,
    ours: RawReply,
    queue: readonly (readonly ByteString[])[],
  ): boolean {
    if (comparableText(real.raw) === comparableText(ours.raw)) {
      // What can't be told from the bytes is compared all the same: a member may be no member on either side.
      if (line.among === undefined) return true;
    }
    const verdict = compareReplies(line, real.reply, ours.reply, queue);
    if (verdict === 'different') return false;
    if (verdict !== 'same') this.versionDifferences.add(verdict.name);
    return true;
  }

  private tell(step: string, real: readonly RawReply[], ours: readonly RawReply[]): void {
    const shown = (replies: readonly RawReply[]): string =>
      JSON.stringify(replies.map(({ raw }) => raw).join('')).slice(0, 600);
    this.differences.push(`${step}\n    real: ${shown(real)}\n    ours: ${shown(ours)}`);
  }
}

function parseBatch(batch: readonly string[]): ProgramLine[] {
  return batch.flatMap((line) => parseProgram(line));
}
