/**
 * A master without replicas, that is in no cluster and has no modules: what is left of the commands for those.
 * replication.c, cluster.c, module.c
 */
import { ascii } from '../../base/bytes.ts';
import { commandFacts } from '../command-facts.ts';
import { int64Argument, integerArgument, is, syntaxError } from '../arguments.ts';
import type { Handler, Handlers } from '../command.ts';
import { errors, ReplyError } from '../errors.ts';
import { array, bulk, EMPTY_ARRAY, integer, OK, status } from '../replies.ts';
import { helpOf } from './help.ts';
import type { Context } from '../context.ts';
import type { ByteString } from '../../base/bytes.ts';

const LARGEST_PORT = 65_535;

export const replicationCommands: Handlers = {
  role: (ctx) =>
    array([bulk(ascii('master')), integer(ctx.server.replicationOffset()), EMPTY_ARRAY]),

  replicaof: replicaOf,
  slaveof: replicaOf,

  failover(_ctx, argv) {
    if (argv.length === 2 && is(argv[1], 'ABORT')) throw new ReplyError(errors.noFailover);
    for (let i = 1; i < argv.length; i++) {
      const more = argv.length - i - 1;
      if (is(argv[i], 'TIMEOUT') && more > 0) {
        if (int64Argument(argv[++i]!) <= 0) throw new ReplyError(errors.failoverTimeout);
      } else if (is(argv[i], 'TO') && more > 1) {
        i += 2;
        integerArgument(argv[i]!);
      } else if (!is(argv[i], 'FORCE')) syntaxError();
    }
    throw new ReplyError(errors.failoverReplicas);
  },

  asking: withoutCluster,
  readonly: withoutCluster,
  readwrite: withoutCluster,
  ...Object.fromEntries(
    commandFacts
      .filter(({ name }) => name === 'cluster')
      .flatMap(({ subcommands }) => subcommands)
      .map(({ name }) => [name, withoutCluster] as const),
  ),

  'module|list': () => EMPTY_ARRAY,
  'module|load': cannotLoad,
  'module|loadex': cannotLoad,
  'module|unload'() {
    throw new ReplyError(errors.moduleUnknown);
  },
  'module|help': helpOf('module'),

  /** Nobody can be reached: the computer has no network. */
  migrate(ctx, argv) {
    const keys = migratedKeys(argv);
    integerArgument(argv[5]!);
    integerArgument(argv[4]!);
    if (keys.every((key) => ctx.read(key) === undefined)) return status('NOKEY');
    throw new ReplyError(errors.migrateFailed);
  },
};

function withoutCluster(): never {
  throw new ReplyError(errors.noGoodSlot);
}

function cannotLoad(): never {
  throw new ReplyError(errors.moduleLoad);
}

function replicaOf(_ctx: Context, argv: readonly ByteString[]): ReturnType<Handler> {
  if (is(argv[1], 'NO') && is(argv[2], 'ONE')) return OK;
  const port = integerArgument(argv[2]!, errors.masterPort);
  if (port < 0 || port > LARGEST_PORT) throw new ReplyError(errors.masterPort);
  throw new ReplyError(errors.alwaysMaster);
}

/** cluster.c:migrateCommand. */
function migratedKeys(argv: readonly ByteString[]): readonly ByteString[] {
  for (let i = 6; i < argv.length; i++) {
    const more = argv.length - i - 1;
    if (is(argv[i], 'COPY') || is(argv[i], 'REPLACE')) continue;
    if (is(argv[i], 'AUTH') && more > 0) i++;
    else if (is(argv[i], 'AUTH2') && more > 1) i += 2;
    else if (is(argv[i], 'KEYS')) {
      if (argv[3] !== '') throw new ReplyError(errors.migrateKeys);
      return argv.slice(i + 1);
    } else syntaxError();
  }
  return [argv[3]!];
}
