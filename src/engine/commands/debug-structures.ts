/** DEBUG: how things are kept, and switches for tests. debug.c */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { formatFixedPoint } from '../../base/doubles.ts';
import { integerArgument, is } from '../arguments.ts';
import type { Context } from '../context.ts';
import { encodingOf } from '../data/encoding.ts';
import { entryOf } from '../data/key-space.ts';
import { isString, stringText } from '../data/string.ts';
import { allocated, textSize } from '../data/value-size.ts';
import type { Entry, StringValue, Value } from '../data/value.ts';
import { errors, ReplyError, unknownSubcommandOrArity } from '../errors.ts';
import { bulk, OK, status, verbatim } from '../replies.ts';
import type { Reply } from '../../resp/reply.ts';
import { atLeast, between, exactly, subcommand, type DebugSubcommand } from './debug-subcommand.ts';

export const structureSubcommands: readonly [string, DebugSubcommand][] = [
  subcommand('CLIENT-EVICTION', 'Tells of the eviction of clients.', exactly(2), () => {
    throw new ReplyError(errors.noClientEviction);
  }),
  subcommand('HTSTATS <dbid>', 'Shows how full the tables of a database are.', exactly(3), htStats),
  subcommand(
    'HTSTATS-KEY <key>',
    'Shows how full the table of a value is.',
    exactly(3),
    (ctx, argv) => {
      const names = tableOf(valueOf(ctx, argv[2]!));
      if (names === undefined) throw new ReplyError(errors.notHashTable);
      return verbatim(ascii(tableStats(names)));
    },
  ),
  subcommand('LISTPACK <key>', 'Prints a listpack to the log.', exactly(3), (ctx, argv) => {
    const value = valueOf(ctx, argv[2]!);
    if (encodingOf(value) !== 'listpack') throw new ReplyError(errors.notListpack);
    ctx.server.log('warning', `DEBUG LISTPACK ${argv[2]!}`);
    return status('Listpack structure printed on stdout');
  }),
  subcommand(
    'QUICKLIST <key> [<0 | 1>]',
    'Prints the nodes of a list to the log.',
    between(3, 4),
    (ctx, argv) => {
      const value = valueOf(ctx, argv[2]!);
      if (encodingOf(value) !== 'quicklist') throw new ReplyError(errors.notQuicklist);
      ctx.server.log('warning', `DEBUG QUICKLIST ${argv[2]!}`);
      return status('Quicklist structure printed on stdout');
    },
  ),
  subcommand('PAUSE-CRON <0 | 1>', 'Stops the cron, or lets it go on.', exactly(3), (ctx, argv) => {
    ctx.server.pauseCron(isSwitchedOn(argv[2]!));
    return OK;
  }),
  subcommand(
    'REPLICATE <string>',
    'Sends a command to replicas, of which there are none.',
    atLeast(3),
    () => OK,
  ),
  subcommand(
    'REPLYBUFFER PEAK-RESET-TIME <NEVER | RESET | milliseconds> | RESIZING <0 | 1>',
    'Sets how buffers of replies shrink.',
    exactly(4),
    replyBuffer,
  ),
  subcommand(
    'SDSLEN <key>',
    'Tells the lengths of a key and its text.',
    exactly(3),
    (ctx, argv) => {
      const value = kept(entryOf(ctx.db.space, argv[2]!));
      if (!isString(value) || encodingOf(value) === 'int') throw new ReplyError(errors.notSds);
      return status(textSizes(argv[2]!, value));
    },
  ),
  subcommand(
    'SET-DISABLE-DENY-SCRIPTS <0 | 1>',
    'Lets scripts run commands that they may not.',
    exactly(3),
    (ctx, argv) => {
      ctx.state.scripting.deniesCommands = !isSwitchedOn(argv[2]!);
      return OK;
    },
  ),
  subcommand('STRUCTSIZE', 'Tells the sizes of structures.', exactly(2), () =>
    bulk(ascii(STRUCTURE_SIZES)),
  ),
];

/** There is no cluster to lose packets or links of. */
export const clusterSubcommands: readonly [string, DebugSubcommand][] = [
  ...['DROP-CLUSTER-PACKET-FILTER <packet-type>', 'CLOSE-CLUSTER-LINK-ON-PACKET-DROP <0 | 1>'].map(
    (usage) =>
      subcommand(usage, 'Concerns a cluster, which this is not.', exactly(3), (_ctx, argv) => {
        integerArgument(argv[2]!);
        return OK;
      }),
  ),
  subcommand(
    'CLUSTERLINK KILL <to | from | all> <node-id>',
    'Concerns a cluster, which this is not.',
    exactly(5),
    () => {
      throw new ReplyError(errors.debugNoCluster);
    },
  ),
];

/** As C's atoi: the number that a text begins with is not 0. */
function isSwitchedOn(word: ByteString): boolean {
  return /^\s*[+-]?0*[1-9]/.test(word);
}

/** As sds.c keeps a key and its text: a short one stands in one allocation with its object, a changed one has room to grow. */
function textSizes(key: ByteString, value: StringValue): string {
  const { length } = stringText(value);
  const header = length < 256 ? 3 : length < 65_536 ? 5 : 9;
  const embedded = encodingOf(value) === 'embstr';
  const size = embedded
    ? allocated(OBJECT + header + length + 1) - OBJECT
    : allocated(header + length + 1);
  const left = embedded ? 0 : size - header - length - 1;
  return (
    `key_sds_len:${key.length}, key_sds_avail:0, key_zmalloc: ${textSize(key.length)}, ` +
    `val_sds_len:${length}, val_sds_avail:${left}, val_zmalloc: ${size}`
  );
}

/** sizeof(robj) */
const OBJECT = 16;

const STRUCTURE_SIZES =
  'bits:64 robj:16 dictentry:24 sdshdr5:1 sdshdr8:3 sdshdr16:5 sdshdr32:9 sdshdr64:17 ';

/** Counted as a read, which SDSLEN is not. */
function valueOf(ctx: Context, key: ByteString): Value {
  return kept(ctx.peek(key));
}

function kept(entry: Entry | undefined): Value {
  if (entry === undefined) throw new ReplyError(errors.noSuchKey);
  return entry.value;
}

/** The buffers of replies are the host's, and shrink by themselves. */
function replyBuffer(_ctx: Context, argv: readonly ByteString[]): Reply {
  if (is(argv[2], 'PEAK-RESET-TIME')) {
    if (!is(argv[3], 'NEVER') && !is(argv[3], 'RESET')) integerArgument(argv[3]!);
    return OK;
  }
  if (is(argv[2], 'RESIZING')) return OK;
  throw new ReplyError(unknownSubcommandOrArity('debug', argv[1]!));
}

// --- tables ---

function htStats(ctx: Context, argv: readonly ByteString[]): Reply {
  const db = ctx.state.databases[integerArgument(argv[2]!)];
  if (db === undefined) throw new ReplyError(errors.databaseOutOfRange);
  const { entries, expiring } = db.space;
  const keys = (of: readonly Entry[]): readonly ByteString[] => of.map(({ key }) => key);
  return verbatim(
    ascii(
      `[Dictionary HT]\n${tableStats(keys(entries))}[Expires HT]\n${tableStats(keys(expiring))}`,
    ),
  );
}

/** The names by which a value's table is ordered; undefined if it has none. */
function tableOf(value: Value): readonly ByteString[] | undefined {
  if (typeof value !== 'object' || value.kind === 'raw') return undefined;
  if (value.kind === 'zset' && value.order.encoding === 'skiplist')
    return [...value.order.nodes.keys()];
  if (value.kind === 'hash' && value.encoding === 'hashtable') return [...value.fields.keys()];
  return value.kind === 'set' && value.encoding === 'hashtable' ? value.members : undefined;
}

const SMALLEST_TABLE = 4;
const LONGEST_CHAIN = 50;

/** As Redis's table of so many entries is filled; its hash function draws its seed at each start, ours has none. */
function tableStats(names: readonly ByteString[]): string {
  const head = 'Hash table 0 stats (main hash table):\n';
  if (names.length === 0) return `${head}No stats available for empty dictionaries\n`;
  let size = SMALLEST_TABLE;
  while (size < names.length) size *= 2;
  const chains = new Map<number, number>();
  for (const name of names) {
    const slot = hashOf(name) & (size - 1);
    chains.set(slot, (chains.get(slot) ?? 0) + 1);
  }
  const lengths = new Map<number, number>([[0, size - chains.size]]);
  for (const length of chains.values()) lengths.set(length, (lengths.get(length) ?? 0) + 1);
  const average = formatFixedPoint(names.length / chains.size, 2);
  const rows = [...lengths]
    .filter(([length, count]) => count > 0 && length < LONGEST_CHAIN)
    .sort(([a], [b]) => a - b)
    .map(
      ([length, count]) =>
        `   ${length}: ${count} (${formatFixedPoint((count / size) * 100, 2)}%)\n`,
    );
  return (
    `${head} table size: ${size}\n number of elements: ${names.length}\n different slots: ${chains.size}\n` +
    ` max chain length: ${Math.max(...chains.values())}\n avg chain length (counted): ${average}\n` +
    ` avg chain length (computed): ${average}\n Chain length distribution:\n${rows.join('')}`
  );
}

/** FNV-1a. */
function hashOf(name: ByteString): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
