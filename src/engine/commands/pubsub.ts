/** Publish and subscribe. https://redis.io/docs/latest/develop/interact/pubsub/, pubsub.c */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { globMatch } from '../../base/glob.ts';
import type { Reply } from '../../resp/reply.ts';
import type { Handler, Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { notForDenyBlocking, ReplyError, unknownSubcommandOrArity } from '../errors.ts';
import {
  published,
  publishedToShard,
  subscribe,
  subscriptionCount,
  unsubscribe,
} from '../pubsub.ts';
import { array, bulk, bulks, integer, NULL } from '../replies.ts';
import type { ClientId, SubscriptionKind } from '../session.ts';
import { helpOf } from './help.ts';

export const pubsubCommands: Handlers = {
  subscribe: subscriber('channels'),
  psubscribe: subscriber('patterns'),
  ssubscribe: subscriber('shardChannels'),
  unsubscribe: unsubscriber('channels'),
  punsubscribe: unsubscriber('patterns'),
  sunsubscribe: unsubscriber('shardChannels'),

  publish(ctx, argv) {
    const deliveries = published(ctx.state, argv[1]!, argv[2]!);
    ctx.served.push(...deliveries);
    return integer(deliveries.length);
  },

  spublish(ctx, argv) {
    const deliveries = publishedToShard(ctx.state, argv[1]!, argv[2]!);
    ctx.served.push(...deliveries);
    return integer(deliveries.length);
  },

  'pubsub|channels': (ctx, argv) => names(ctx.state.listeners.channels, argv),
  'pubsub|shardchannels': (ctx, argv) => names(ctx.state.listeners.shardChannels, argv),
  'pubsub|numsub': (ctx, argv) => counts(ctx.state.listeners.channels, argv.slice(2)),
  'pubsub|shardnumsub': (ctx, argv) => counts(ctx.state.listeners.shardChannels, argv.slice(2)),
  'pubsub|numpat': (ctx) => integer(ctx.state.listeners.patterns.size),
  'pubsub|help': helpOf('pubsub'),
};

const confirmations = {
  channels: { on: bulk(ascii('subscribe')), off: bulk(ascii('unsubscribe')) },
  patterns: { on: bulk(ascii('psubscribe')), off: bulk(ascii('punsubscribe')) },
  shardChannels: { on: bulk(ascii('ssubscribe')), off: bulk(ascii('sunsubscribe')) },
} as const;

/** One confirmation for each name. */
function subscriber(kind: SubscriptionKind): Handler {
  return (ctx, argv) => {
    // Without a reply for each command there is no telling them apart; MULTI is excepted for old clients' sake.
    const forMulti = kind !== 'shardChannels' && ctx.state.scripting.running === null;
    if (ctx.mayNotWait() && !(forMulti && ctx.insideTransaction)) {
      throw new ReplyError(notForDenyBlocking(ctx.command.facts.name));
    }
    return confirmed(
      ctx,
      argv.slice(1).map((name) => {
        subscribe(ctx.state, ctx.client, kind, name);
        return confirmation(ctx, kind, 'on', name);
      }),
    );
  };
}

/** Without names: from all; one confirmation without a name if there are none. */
function unsubscriber(kind: SubscriptionKind): Handler {
  return (ctx, argv) => {
    const given = argv.length > 1 ? argv.slice(1) : [...ctx.client.subscriptions[kind]];
    const replies = given.map((name) => {
      unsubscribe(ctx.state, ctx.client, kind, name);
      return confirmation(ctx, kind, 'off', name);
    });
    return confirmed(
      ctx,
      replies.length > 0 ? replies : [confirmation(ctx, kind, 'off', undefined)],
    );
  };
}

function confirmation(
  ctx: Context,
  kind: SubscriptionKind,
  way: 'on' | 'off',
  name: ByteString | undefined,
): Reply {
  const count = integer(subscriptionCount(ctx.client, kind));
  return {
    type: 'push',
    value: [confirmations[kind][way], name === undefined ? NULL : bulk(name), count],
  };
}

function confirmed(ctx: Context, [first, ...others]: readonly Reply[]): Reply | undefined {
  ctx.following.push(...others);
  return first;
}

function names(listeners: ReadonlyMap<ByteString, unknown>, argv: readonly ByteString[]): Reply {
  if (argv.length > 3) throw new ReplyError(unknownSubcommandOrArity('pubsub', argv[1]!));
  const pattern = argv[2];
  return bulks(
    [...listeners.keys()].filter((name) => pattern === undefined || globMatch(pattern, name)),
  );
}

function counts(
  listeners: ReadonlyMap<ByteString, ReadonlySet<ClientId>>,
  channels: readonly ByteString[],
): Reply {
  return array(
    channels.flatMap((channel) => [bulk(channel), integer(listeners.get(channel)?.size ?? 0)]),
  );
}
