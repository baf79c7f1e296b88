/** Sets. https://redis.io/docs/latest/commands/?group=set, t_set.c */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { globMatch } from '../../base/glob.ts';
import { formatInteger, INT64_MIN } from '../../base/integers.ts';
import { nextBelow } from '../../base/random.ts';
import type { Reply } from '../../resp/reply.ts';
import { int64Argument, integerArgument, positiveArgument, syntaxError } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import {
  addMember,
  deleteMember,
  expectMembers,
  hasMember,
  newSet,
  newSetFor,
  type SetValue,
} from '../data/set.ts';
import { errors, ReplyError } from '../errors.ts';
import { distinctPicks, picksWithRepeats } from '../random-picks.ts';
import {
  array,
  bulk,
  bulks,
  EMPTY_ARRAY,
  EMPTY_SET,
  integer,
  NULL,
  ONE,
  setOf,
  ZERO,
} from '../replies.ts';
import { cursorArgument, scanOptions } from './scan.ts';

const DEL = ascii('DEL');
const UNLINK = ascii('UNLINK');
const SREM = ascii('SREM');

export const setCommands: Handlers = {
  sadd(ctx, argv) {
    const key = argv[1]!;
    const { config } = ctx.server;
    const given = argv.length - 2;
    const set = ctx.writeOrCreate(key, 'set', () => newSetFor(argv[2]!, given, config));
    expectMembers(set, given, config);
    let added = 0;
    for (let i = 2; i < argv.length; i++) if (addMember(set, argv[i]!, config)) added++;
    if (added === 0) return ZERO;
    ctx.touched(key);
    ctx.notify('s', 'sadd', key);
    ctx.changed(added);
    return integer(added);
  },

  srem(ctx, argv) {
    const key = argv[1]!;
    const set = ctx.writeKind(key, 'set');
    if (set === undefined) return ZERO;
    let removed = 0;
    for (let i = 2; i < argv.length; i++) if (deleteMember(set, argv[i]!)) removed++;
    if (removed === 0) return ZERO;
    ctx.touched(key);
    ctx.notify('s', 'srem', key);
    ctx.changed(removed);
    if (set.members.length === 0) ctx.removeEmpty(key);
    return integer(removed);
  },

  smove(ctx, argv) {
    const [, from, to, member] = argv;
    const source = ctx.write(from!);
    ctx.write(to!);
    if (source === undefined) return ZERO;
    const fromSet = ctx.writeKind(from!, 'set')!;
    const known = ctx.writeKind(to!, 'set');
    if (fromSet === known) return hasMember(fromSet, member!) ? ONE : ZERO;
    if (!deleteMember(fromSet, member!)) return ZERO;
    ctx.notify('s', 'srem', from!);
    if (fromSet.members.length === 0) ctx.removeEmpty(from!);
    const { config } = ctx.server;
    const toSet = known ?? newSetFor(member!, 1, config);
    if (known === undefined) ctx.put(to!, toSet);
    ctx.touched(from!);
    ctx.changed();
    if (addMember(toSet, member!, config)) ctx.modified(to!, 's', 'sadd');
    return ONE;
  },

  sismember(ctx, argv) {
    const set = ctx.readKind(argv[1]!, 'set');
    return set !== undefined && hasMember(set, argv[2]!) ? ONE : ZERO;
  },

  smismember(ctx, argv) {
    const set = ctx.readKind(argv[1]!, 'set');
    return array(
      argv.slice(2).map((member) => (set !== undefined && hasMember(set, member) ? ONE : ZERO)),
    );
  },

  scard: (ctx, argv) => integer(ctx.readKind(argv[1]!, 'set')?.members.length ?? 0),
  smembers: (ctx, argv) => setOf(ctx.readKind(argv[1]!, 'set')?.members ?? []),

  spop(ctx, argv) {
    if (argv.length > 3) syntaxError();
    return argv.length === 3 ? popSome(ctx, argv[1]!, argv[2]!) : popOne(ctx, argv[1]!);
  },

  srandmember(ctx, argv) {
    if (argv.length > 3) syntaxError();
    const count = argv[2] === undefined ? undefined : countArgument(argv[2]);
    const members = ctx.readKind(argv[1]!, 'set')?.members;
    if (members === undefined) return count === undefined ? NULL : EMPTY_ARRAY;
    const { random } = ctx.state;
    if (count === undefined) return bulk(members[nextBelow(random, members.length)]!);
    const picks =
      count < 0
        ? picksWithRepeats(random, members.length, -count)
        : distinctPicks(random, members.length, count);
    return bulks(picks.map((pick) => members[pick]!));
  },

  sscan(ctx, argv) {
    const cursor = cursorArgument(argv[2]!);
    const set = ctx.readKind(argv[1]!, 'set');
    if (set === undefined) return scanned(0, []);
    const { count, pattern } = scanOptions(argv, 3, 'elements');
    const { members } = set;
    // The small encodings are told at once. In a hash table the last member moves to the place of a removed one, so a
    // walk downwards misses none that stays.
    const top =
      set.slots === null || cursor === 0 ? members.length : Math.min(cursor, members.length);
    const bottom = set.slots === null ? 0 : Math.max(0, top - count);
    const step = members.slice(bottom, top);
    return scanned(
      bottom,
      pattern === undefined ? step : step.filter((member) => globMatch(pattern, member)),
    );
  },
};

function scanned(cursor: number, members: readonly ByteString[]): Reply {
  return array([bulk(formatInteger(cursor)), bulks(members)]);
}

/** From −2^63+1 to 2^63−1; negative: members may come more than once. */
export function countArgument(word: ByteString): number {
  if (int64Argument(word) === INT64_MIN) throw new ReplyError(errors.countOutOfRange);
  return integerArgument(word);
}

function popOne(ctx: Context, key: ByteString): Reply {
  const set = ctx.writeKind(key, 'set');
  if (set === undefined) return NULL;
  const member = set.members[nextBelow(ctx.state.random, set.members.length)]!;
  deleteMember(set, member);
  ctx.notify('s', 'spop', key);
  ctx.propagate(SREM, key, member);
  if (set.members.length === 0) ctx.removeEmpty(key);
  ctx.touched(key);
  ctx.changed();
  return bulk(member);
}

/** t_set.c:spopWithCountCommand. */
function popSome(ctx: Context, key: ByteString, word: ByteString): Reply {
  const count = positiveArgument(word);
  const set = ctx.writeKind(key, 'set');
  if (set === undefined || count === 0) return EMPTY_SET;
  const size = set.members.length;
  ctx.notify('s', 'spop', key);
  ctx.changed(Math.min(count, size));
  if (count >= size) return popAll(ctx, key);
  const { random } = ctx.state;
  const popped = distinctPicks(random, size, count).map((pick) => set.members[pick]!);
  if (set.encoding !== 'listpack' && (size - count) * REBUILD_FACTOR <= count)
    rebuild(ctx, key, set, popped);
  else for (const member of popped) deleteMember(set, member);
  for (let i = 0; i < count; i += SREM_BATCH)
    ctx.propagate(SREM, key, ...popped.slice(i, i + SREM_BATCH));
  ctx.touched(key);
  return setOf(popped);
}

/** Most members in one SREM of the log. */
const SREM_BATCH = 1024;
/** When so many times fewer members stay than go, Redis makes a new set of those that stay. */
const REBUILD_FACTOR = 5;

/** What stays of a set that loses most of its members; its encoding is chosen anew. */
function rebuild(
  ctx: Context,
  key: ByteString,
  set: SetValue,
  popped: readonly ByteString[],
): void {
  const gone = new Set(popped);
  const kept = newSet(set.encoding === 'intset' ? 'intset' : 'listpack');
  for (const member of set.members)
    if (!gone.has(member)) addMember(kept, member, ctx.server.config);
  ctx.put(key, kept);
}

function popAll(ctx: Context, key: ByteString): Reply {
  // Redis reads the members by SUNION, which counts as a hit.
  const { members } = ctx.readKind(key, 'set')!;
  ctx.removeEmpty(key);
  ctx.propagate(ctx.server.config.lazyfreeLazyServerDel ? UNLINK : DEL, key);
  return setOf(members);
}
