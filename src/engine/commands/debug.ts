/** DEBUG: for tests and for looking behind the scenes. debug.c */
import {
  ascii,
  byteStringOf,
  concatBytes,
  lowerCase,
  sliceBytes,
  type ByteString,
} from '../../base/bytes.ts';
import { globMatch } from '../../base/glob.ts';
import { formatInteger } from '../../base/integers.ts';
import { nextBelow, type RandomState } from '../../base/random.ts';
import type { Reply } from '../../resp/reply.ts';
import { integerArgument, is, positiveArgument } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { datasetDigest, valueDigest } from '../data/digest.ts';
import { encodingOf } from '../data/encoding.ts';
import { entryOf, hasKey } from '../data/key-space.ts';
import { idleSeconds } from '../data/usage.ts';
import { errors, oneLine, ReplyError, unknownSubcommandOrArity } from '../errors.ts';
import {
  array,
  bulk,
  double,
  error,
  integer,
  map,
  NULL,
  OK,
  status,
  verbatim,
} from '../replies.ts';
import { saveOptionsOf, serializedLength } from '../serialize/save-value.ts';
import { clusterSubcommands, structureSubcommands } from './debug-structures.ts';
import { atLeast, between, exactly, subcommand, type DebugSubcommand } from './debug-subcommand.ts';
import { helpReply } from './help.ts';
import { referenceCount } from './object.ts';
import { later } from './server.ts';

export const debugCommands: Handlers = {
  debug(ctx, argv) {
    const sub = subcommands.get(lowerCase(argv[1]!));
    if (sub === undefined || !sub.fits(argv.length)) {
      throw new ReplyError(unknownSubcommandOrArity('debug', argv[1]!));
    }
    return sub.run(ctx, argv);
  },
};

const subcommands: ReadonlyMap<string, DebugSubcommand> = new Map([
  subcommand(
    'AOF-FLUSH-SLEEP <microsec>',
    'Waits before each write of the log.',
    exactly(3),
    (ctx, argv) => {
      ctx.server.setFlushSleep(leadingNumber(argv[2]!));
      return OK;
    },
  ),
  subcommand('ASSERT', 'Fails an assertion: the server dies.', atLeast(2), (ctx) =>
    die(ctx, 'assert'),
  ),
  subcommand('CHANGE-REPL-ID', 'Takes a new replication id.', exactly(2), (ctx) => {
    ctx.server.changeReplicationId();
    return OK;
  }),
  subcommand(
    'CRASH-AND-RECOVER [<milliseconds>]',
    'Dies without a clean shutdown, and restarts.',
    between(2, 3),
    (ctx, argv) => die(ctx, 'crash', argv[2]),
  ),
  subcommand(
    'CONFIG-REWRITE-FORCE-ALL',
    'Rewrites the configuration file with every directive.',
    exactly(2),
    (ctx) => {
      if (!ctx.server.hasConfigFile()) throw new ReplyError(errors.noConfigToForce);
      ctx.ask({ kind: 'rewrite-config', which: 'all' });
      return later(ctx, OK);
    },
  ),
  subcommand('DIGEST', 'Prints a sum of the whole data set.', exactly(2), (ctx) =>
    status(datasetDigest(ctx.state.databases)),
  ),
  subcommand(
    'DIGEST-VALUE <key> [<key> ...]',
    'Prints a sum of each value.',
    atLeast(2),
    (ctx, argv) => array(argv.slice(2).map((key) => status(valueDigest(ctx.db.space, key)))),
  ),
  subcommand('ERROR <string>', 'Replies with that error.', exactly(3), (_ctx, argv) =>
    error(oneLine(argv[2]!)),
  ),
  subcommand('JMAP', 'Is for another kind of machine.', atLeast(2), (_ctx, argv) => {
    throw new ReplyError(unknownSubcommandOrArity('debug', argv[1]!));
  }),
  subcommand(
    'LEAK <string>',
    'Forgets a text without giving its memory back; here it is given back all the same.',
    exactly(3),
    () => OK,
  ),
  subcommand('LOADAOF', 'Flushes the log to its file and loads it again.', exactly(2), (ctx) => {
    ctx.ask({ kind: 'reload', from: 'aof', save: false, flush: true, merge: false });
    return later(ctx, OK);
  }),
  subcommand('LOG <message>', 'Writes a line into the log file.', exactly(3), (ctx, argv) => {
    ctx.server.log('warning', `DEBUG LOG: ${argv[2]!}`);
    return OK;
  }),
  subcommand('OBJECT <key>', 'Shows how the value is kept.', exactly(3), (ctx, argv) =>
    describeObject(ctx, argv[2]!),
  ),
  subcommand('OOM', 'Asks for more memory than there is: the server dies.', atLeast(2), (ctx) =>
    die(ctx, 'oom'),
  ),
  subcommand('PANIC', 'Panics: the server dies.', atLeast(2), (ctx) => die(ctx, 'panic')),
  subcommand(
    'POPULATE <count> [<prefix>] [<size>]',
    'Adds that many keys that do not exist yet.',
    between(3, 5),
    populate,
  ),
  subcommand('PROTOCOL <type>', 'Replies with a value of a RESP type.', exactly(3), (ctx, argv) =>
    protocolExample(ctx, argv[2]!),
  ),
  subcommand(
    'QUICKLIST-PACKED-THRESHOLD <size>',
    'Sets from which size on a list element is kept by itself.',
    exactly(3),
    (_ctx, argv) => {
      // Here a large element is kept as any other, so there is nothing to set.
      const [, digits, unit] = /^(\d{1,15})([kmg]?b?)$/.exec(lowerCase(argv[2]!)) ?? [];
      const bytes = Number(digits) * (memoryUnits[unit ?? ''] ?? NaN);
      if (!(bytes >= 0 && bytes <= 0x100000000)) throw new ReplyError(errors.debugPackedThreshold);
      return OK;
    },
  ),
  subcommand(
    'RELOAD [NOSAVE | NOFLUSH | MERGE ...]',
    'Saves a snapshot and loads it.',
    atLeast(2),
    reload,
  ),
  subcommand(
    'RESTART [<milliseconds>]',
    'Shuts down in order, and restarts.',
    between(2, 3),
    (ctx, argv) => die(ctx, 'restart', argv[2]),
  ),
  subcommand('SEGFAULT', 'Writes where it may not: the server dies.', atLeast(2), (ctx) =>
    die(ctx, 'segfault'),
  ),
  subcommand(
    'SET-ACTIVE-EXPIRE <0 | 1>',
    'Turns the active expire cycle on or off.',
    exactly(3),
    (ctx, argv) => {
      const on = Math.trunc(leadingNumber(argv[2]!)) !== 0;
      ctx.state.activeExpire = on;
      ctx.server.setActiveExpire(on);
      return OK;
    },
  ),
  subcommand('SLEEP <seconds>', 'Does nothing for so long.', exactly(3), (ctx, argv) => {
    const seconds = Math.max(0, Math.min(leadingNumber(argv[2]!), 1e9));
    ctx.ask({ kind: 'sleep', micros: Math.trunc(seconds * 1e6) });
    return OK;
  }),
  subcommand(
    'STRINGMATCH-LEN <length> <pattern>',
    'Tries a pattern on a text of that many letters.',
    exactly(4),
    (_ctx, argv) => {
      const length = positiveArgument(argv[2]!);
      return integer(globMatch(argv[3]!, ascii('A'.repeat(Math.min(length, 1e6)))) ? 1 : 0);
    },
  ),
  subcommand(
    'STRINGMATCH-TEST',
    'Tries random patterns on random texts.',
    exactly(2),
    ({ state }) => {
      for (let i = 0; i < RANDOM_MATCHES; i++)
        globMatch(randomBytes(state.random, 32), randomBytes(state.random, 32));
      return status('Apparently Redis did not crash: test passed');
    },
  ),
  ...structureSubcommands,
  ...clusterSubcommands,
  subcommand('HELP', 'Prints this help.', exactly(2), () =>
    helpReply(
      'debug',
      [...subcommands.values()]
        .filter(({ usage }) => usage !== 'HELP')
        .map(({ usage, summary }) => [usage, summary]),
    ),
  ),
]);

const RANDOM_MATCHES = 20_000;

/** Of few different letters, so that patterns match now and then. */
function randomBytes(random: RandomState, longest: number): ByteString {
  let text = '';
  for (let left = nextBelow(random, longest); left > 0; left--)
    text += PATTERN_LETTERS.charAt(nextBelow(random, PATTERN_LETTERS.length));
  return ascii(text);
}

const PATTERN_LETTERS = 'ab-^[]*?\\';

/** As C's atoi and strtod: the number that a text begins with, 0 if it begins with none. */
function leadingNumber(word: ByteString): number {
  return Number(/^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)/i.exec(word)?.[1] ?? 0);
}

/** util.c:memtoull. */
const memoryUnits: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1e3,
  kb: 1024,
  m: 1e6,
  mb: 1024 ** 2,
  g: 1e9,
  gb: 1024 ** 3,
};

type Death = 'segfault' | 'panic' | 'assert' | 'oom' | 'restart' | 'crash';

function die(ctx: Context, how: Death, delay?: ByteString): undefined {
  const delayMs = delay === undefined ? 0 : Math.max(0, integerArgument(delay));
  ctx.ask({ kind: 'die', how, delayMs });
  return undefined;
}

function reload(ctx: Context, argv: readonly ByteString[]): Reply | undefined {
  let save = true;
  let flush = true;
  let merge = false;
  for (const word of argv.slice(2)) {
    if (is(word, 'NOSAVE')) save = false;
    else if (is(word, 'NOFLUSH')) flush = false;
    else if (is(word, 'MERGE')) merge = true;
    else throw new ReplyError(errors.debugReload);
  }
  ctx.ask({ kind: 'reload', from: 'rdb', save, flush, merge });
  return later(ctx, OK);
}

/** Keys `prefix:0` and on, `value:0` and on, the latter cut or filled with zeros to the size asked for. */
function populate(ctx: Context, argv: readonly ByteString[]): Reply {
  const count = positiveArgument(argv[2]!);
  const prefix = argv[3] ?? ascii('key');
  const size = argv[4] === undefined ? 0 : positiveArgument(argv[4]);
  for (let i = 0; i < count; i++) {
    const number = formatInteger(i);
    const key = concatBytes(prefix, COLON, number);
    if (hasKey(ctx.db.space, key)) continue;
    const text = concatBytes(VALUE, number);
    const zeros = byteStringOf(new Uint8Array(Math.max(0, size - text.length)));
    ctx.put(key, size === 0 ? text : concatBytes(sliceBytes(text, 0, size), zeros));
    ctx.touched(key);
  }
  return OK;
}

const COLON = ascii(':');
const VALUE = ascii('value:');

function describeObject(ctx: Context, key: ByteString): Reply {
  const entry = entryOf(ctx.db.space, key);
  if (entry === undefined) throw new ReplyError(errors.noSuchKey);
  const address = (0x7f0000000000 + entry.slot * 16).toString(16);
  return status(
    `Value at:0x${address} refcount:${referenceCount(ctx, entry.value)} encoding:${encodingOf(entry.value)}` +
      ` serializedlength:${serializedLength(entry.value, saveOptionsOf(ctx.server.config))}` +
      ` lru:${entry.lru} lru_seconds_idle:${idleSeconds(entry.lru, ctx.nowMs)}`,
  );
}

function protocolExample(ctx: Context, type: ByteString): Reply {
  if (is(type, 'push')) {
    if (ctx.client.protocol === 2) throw new ReplyError(errors.debugResp2);
    ctx.served.push({ client: ctx.client.id, reply: pushExample });
    return bulk(ascii('Some real reply following the push reply'));
  }
  const example = protocolExamples.get(lowerCase(type));
  if (example === undefined) throw new ReplyError(errors.debugProtocol);
  return example;
}

const numbers = [0, 1, 2].map((n) => integer(n));

const pushExample: Reply = { type: 'push', value: [bulk(ascii('server-cpu-usage')), integer(42)] };

const protocolExamples: ReadonlyMap<string, Reply> = new Map<string, Reply>([
  ['string', bulk(ascii('Hello World'))],
  ['integer', integer(12345)],
  ['double', double(3.141)],
  ['null', NULL],
  ['array', array(numbers)],
  ['set', { type: 'set', value: numbers }],
  ['map', map(numbers.map((n, i) => [n, { type: 'boolean', value: i === 1 }]))],
  [
    'attrib',
    {
      type: 'bulk',
      value: ascii('Some real reply following the attribute'),
      attributes: [[bulk(ascii('key-popularity')), array([bulk(ascii('key:123')), integer(90)])]],
    },
  ],
  ['verbatim', verbatim(ascii('This is a verbatim\nstring'))],
  ['bignum', { type: 'bignumber', value: '1234567999999999999999999999999999999' }],
  ['true', { type: 'boolean', value: true }],
  ['false', { type: 'boolean', value: false }],
]);
