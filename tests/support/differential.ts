/**
 * Runs the same commands here and on a real redis-server, and compares every reply and the digest of the data set.
 * The real one is 7.0.15 and we are 7.2.4: what differs for that is listed in version-differences.ts, with reasons.
 *
 * A program is lines in redis-cli's quoting. `2> GET a` is sent by client 2, `@sleep 20` lets 20 ms pass, `~ PTTL a`
 * compares the numbers in the reply within half a second, and `#` begins a comment. `* ` is for replies in any order,
 * `^ ` for those of which only the kind can be compared, `?{a b c} ` for those that pick among these by chance, and
 * `?!{a b c} ` for those that never pick one twice.
 */
import type { ByteString } from '../../src/base/bytes.ts';
import type { Protocol, Reply } from '../../src/resp/reply.ts';
import { asRead, newEngineFixture, splitLine, type EngineFixture } from './engine-fixture.ts';
import type { RealRedis, RedisConnection } from './real-redis.ts';
import { versionDifference, type VersionDifference } from './version-differences.ts';

export interface ProgramLine {
  readonly text: string;
  readonly client: number;
  readonly argv: readonly ByteString[];
  readonly tolerant: boolean;
  readonly sleepMs: number;
  readonly unordered?: boolean;
  readonly kindOnly?: boolean;
  readonly among?: Among;
}

/** What a reply by chance may hold. */
export interface Among {
  readonly members: ReadonlySet<string>;
  readonly distinct: boolean;
}

export interface Difference {
  readonly line: string;
  readonly real: Reply | undefined;
  readonly ours: Reply | undefined;
}

const TOLERANCE_MS = 500;

export function parseProgram(text: string): ProgramLine[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(parseLine);
}

function parseLine(text: string): ProgramLine {
  if (text.startsWith('@sleep '))
    return { text, client: 0, argv: [], tolerant: false, sleepMs: Number(text.slice(7)) };
  const client = /^(\d)> /.exec(text);
  let rest = client === null ? text : text.slice(3);
  const mark = /^(?:([~*^])|\?(!?)\{([^}]*)\}) /.exec(rest);
  if (mark !== null) rest = rest.slice(mark[0].length);
  return {
    text,
    client: client === null ? 1 : Number(client[1]),
    argv: splitLine(rest),
    tolerant: mark?.[1] === '~',
    sleepMs: 0,
    ...(mark?.[1] === '*' ? { unordered: true } : {}),
    ...(mark?.[1] === '^' ? { kindOnly: true } : {}),
    ...(mark?.[3] === undefined ? {} : { among: amongOf(mark[3], mark[2] === '!') }),
  };
}

function amongOf(words: string, distinct: boolean): Among {
  return { members: new Set(splitLine(words)), distinct };
}

/** What differs, the data sets' digests and the counters of INFO included. Both sides begin empty. */
export async function differences(
  real: RealRedis,
  program: readonly ProgramLine[],
  protocol: Protocol = 2,
): Promise<Difference[]> {
  const clients = await openClients(real, program, protocol);
  const before = await counters(real);
  try {
    const fixture = newEngineFixture();
    for (const { client } of program) if (client > 0) fixture.session(client).protocol = protocol;
    const found: Difference[] = [];
    for (const batch of batches(program)) {
      const realReplies = await clients.get(batch[0]!.client)?.send(batch.map(({ argv }) => argv));
      if (realReplies === undefined) {
        await new Promise((resolve) => setTimeout(resolve, batch[0]!.sleepMs));
        continue;
      }
      fixture.now = Date.now() * 1000;
      batch.forEach((line, i) => {
        const queue = fixture.session(line.client).transaction?.queue.slice() ?? [];
        const ours = runHere(fixture, line, protocol);
        if (compareReplies(line, realReplies[i], ours, queue) === 'different')
          found.push({ line: line.text, real: realReplies[i], ours });
      });
    }
    const [digest] = await real.send([splitLine('DEBUG DIGEST')]);
    const ours = fixture.line('DEBUG DIGEST', 9);
    if (JSON.stringify(digest) !== JSON.stringify(ours))
      found.push({ line: 'DEBUG DIGEST', real: digest, ours });
    const counted = countersSince(before, await counters(real));
    const { dirty, stats } = fixture.engine.state;
    const ourCount = `changes ${dirty}, hits ${stats.hits}, misses ${stats.misses}`;
    if (counted !== ourCount)
      found.push({
        line: 'INFO',
        real: { type: 'status', value: counted },
        ours: { type: 'status', value: ourCount },
      });
    return found;
  } finally {
    for (const client of clients.values()) client.close();
  }
}

/** What the real server has counted of changes to the data set (server.dirty), hits and misses. */
async function counters(real: RealRedis): Promise<readonly number[]> {
  const [info] = await real.send([splitLine('INFO everything')]);
  const text = info?.type === 'bulk' || info?.type === 'verbatim' ? info.value : '';
  return ['rdb_changes_since_last_save', 'keyspace_hits', 'keyspace_misses'].map((name) =>
    Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(text)?.[1]),
  );
}

function countersSince(before: readonly number[], after: readonly number[]): string {
  const [changes, hits, misses] = after.map((count, i) => count - before[i]!);
  return `changes ${changes}, hits ${hits}, misses ${misses}`;
}

async function openClients(
  real: RealRedis,
  program: readonly ProgramLine[],
  protocol: Protocol,
): Promise<Map<number, RedisConnection>> {
  await real.send([splitLine('FLUSHALL')]);
  const clients = new Map<number, RedisConnection>();
  for (const { client } of program) {
    if (client === 0 || clients.has(client)) continue;
    const connection = await real.open();
    if (protocol === 3) await connection.send([splitLine('HELLO 3')]);
    clients.set(client, connection);
  }
  return clients;
}

/** Lines of one client that follow each other are sent at once. */
function batches(program: readonly ProgramLine[]): ProgramLine[][] {
  const all: ProgramLine[][] = [];
  for (const line of program) {
    const last = all.at(-1);
    if (last !== undefined && last[0]!.client === line.client && line.client > 0) last.push(line);
    else all.push([line]);
  }
  return all;
}

function runHere(fixture: EngineFixture, line: ProgramLine, protocol: Protocol): Reply | undefined {
  const [reply] = fixture.run(line.argv, line.client);
  return reply === undefined ? undefined : asRead(reply, protocol);
}

export type Verdict = 'same' | 'different' | VersionDifference;

/** `queue` is what EXEC ran: each of its replies is compared as that command's. */
export function compareReplies(
  line: ProgramLine,
  real: Reply | undefined,
  ours: Reply | undefined,
  queue: readonly (readonly ByteString[])[],
): Verdict {
  if (real === undefined || ours === undefined) return real === ours ? 'same' : 'different';
  if (line.argv[0]?.toLowerCase() === 'exec' && real.type === 'array' && ours.type === 'array') {
    if (real.value.length !== queue.length || ours.value.length !== queue.length)
      return 'different';
    const verdicts = queue.map((argv, i) =>
      compareReplies({ ...line, argv }, real.value[i], ours.value[i], []),
    );
    return (
      verdicts.find((verdict) => verdict === 'different') ??
      verdicts.find((verdict) => verdict !== 'same') ??
      'same'
    );
  }
  if (equal(real, ours, line)) return 'same';
  return versionDifference(line.argv, real, ours) ?? 'different';
}

function equal(real: Reply, ours: Reply, line: ProgramLine): boolean {
  const name = line.argv[0]?.toLowerCase() ?? '';
  if (line.kindOnly === true) return real.type === ours.type;
  if (line.among !== undefined) return equalByChance(real, ours, line.among);
  if (line.unordered === true || unordered.has(name))
    return JSON.stringify(sorted(real, name)) === JSON.stringify(sorted(ours, name));
  if (line.tolerant || timed.has(name)) return aboutEqual(real, ours);
  return JSON.stringify(shown(real)) === JSON.stringify(shown(ours));
}

/** Numbers may differ by a little. */
function aboutEqual(real: Reply, ours: Reply): boolean {
  if (real.type === 'array' && ours.type === 'array')
    return (
      real.value.length === ours.value.length &&
      real.value.every((item, i) => aboutEqual(item, ours.value[i]!))
    );
  if (real.type !== 'integer' || ours.type !== 'integer')
    return JSON.stringify(shown(real)) === JSON.stringify(shown(ours));
  const [a, b] = [Number(real.value), Number(ours.value)];
  return a < 0 || b < 0 ? a === b : Math.abs(a - b) <= TOLERANCE_MS;
}

/** Both have the same form and nothing but what may be picked. */
function equalByChance(real: Reply, ours: Reply, among: Among): boolean {
  return formOf(real) === formOf(ours) && picked(real, among) && picked(ours, among);
}

function formOf(reply: Reply): string {
  if (reply.type === 'error') return reply.value;
  if (reply.type !== 'array' && reply.type !== 'set') return reply.type;
  return `${reply.type}(${reply.value.map(formOf).join()})`;
}

function picked(reply: Reply, { members, distinct }: Among): boolean {
  if (reply.type === 'error' || reply.type === 'null' || reply.type === 'null-array') return true;
  const words = textsOf(reply);
  return (
    words.every((word) => members.has(word)) && (!distinct || new Set(words).size === words.length)
  );
}

function textsOf(reply: Reply): string[] {
  if (reply.type === 'array' || reply.type === 'set') return reply.value.flatMap(textsOf);
  return 'value' in reply && typeof reply.value !== 'object' ? [String(reply.value)] : [];
}

/** Replies that tell how much time is left. */
const timed = new Set(['ttl', 'pttl']);

/** Replies whose order is that of a hash table. */
const unordered = new Set([
  ...['keys', 'scan', 'sscan', 'hscan', 'zscan', 'hkeys', 'hvals', 'hgetall'],
  ...['smembers', 'sunion', 'sinter', 'sdiff', 'spop', 'srandmember'],
]);

function sorted(reply: Reply, name: string): unknown {
  if (reply.type === 'map') return reply.value.map((pair) => JSON.stringify(pair)).sort();
  if (reply.type !== 'array' && reply.type !== 'set') return reply;
  if (name === 'scan' || name === 'sscan') return reply.value.map((item) => sorted(item, 'keys'));
  if (name === 'hscan' || name === 'zscan')
    return reply.value.map((item) => sorted(item, 'hgetall'));
  const items = reply.value.map((item) => JSON.stringify(item));
  if (name !== 'hgetall') return items.sort();
  const pairs: string[] = [];
  for (let i = 0; i < items.length; i += 2) pairs.push(`${items[i]} ${items[i + 1]}`);
  return pairs.sort();
}

/** A reply as JSON can write it. */
function shown(reply: Reply): unknown {
  if (reply.type === 'integer') return { ...reply, value: String(reply.value) };
  if (reply.type === 'double')
    return { ...reply, value: Object.is(reply.value, -0) ? '-0' : String(reply.value) };
  if (reply.type === 'array' || reply.type === 'set' || reply.type === 'push') {
    return { ...reply, value: reply.value.map(shown) };
  }
  if (reply.type === 'map') return { ...reply, value: reply.value.map((pair) => pair.map(shown)) };
  return reply;
}

export function describeDifferences(found: readonly Difference[]): string {
  return found
    .slice(0, 10)
    .map(({ line, real, ours }) => `${line}\n  real: ${text(real)}\n  ours: ${text(ours)}`)
    .join('\n');
}

function text(reply: Reply | undefined): string {
  return JSON.stringify(reply, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
}
