/** How a client is described in one line: CLIENT LIST, ACL LOG (networking.c:catClientInfoString). */
import { ascii, type ByteString } from '../base/bytes.ts';
import { secondsOfMicros } from '../base/time.ts';
import type { Context } from './context.ts';
import { isListening } from './pubsub.ts';
import { trackingFacts } from './tracking.ts';
import type { Session } from './session.ts';

/** networking.c: PROTO_REPLY_CHUNK_BYTES, of which queued replies are made. */
const REPLY_BLOCK = 16_384;

export function clientLine(ctx: Context, session: Session): ByteString {
  const { transaction } = session;
  const connection = ctx.server.connection(session);
  const queued = transaction?.queue.reduce((sum, argv) => sum + sizeOf(argv), 0) ?? 0;
  const current = session === ctx.client;
  return ascii(
    [
      ['id', session.id],
      ['addr', session.address],
      ['laddr', session.localAddress],
      ['fd', connection.descriptor],
      ['name', session.name],
      ['age', secondsOfMicros(ctx.now - session.createdAt)],
      ['idle', secondsOfMicros(ctx.now - session.lastCommandAt)],
      ['flags', flagsOf(ctx, session)],
      ['db', session.db],
      ['sub', session.subscriptions.channels.size],
      ['psub', session.subscriptions.patterns.size],
      ['ssub', session.subscriptions.shardChannels.size],
      ['multi', transaction?.queue.length ?? -1],
      ['qbuf', connection.inputBytes],
      ['qbuf-free', connection.inputRoom],
      ['argv-mem', current ? sizeOf(ctx.argv) : 0],
      ['multi-mem', queued],
      ['rbs', connection.replyRoom],
      ['rbp', connection.replyPeak],
      ['obl', connection.replyBytes],
      ['oll', Math.ceil(connection.queuedBytes / REPLY_BLOCK)],
      ['omem', connection.queuedBytes],
      [
        'tot-mem',
        connection.inputBytes +
          connection.inputRoom +
          connection.replyRoom +
          connection.queuedBytes +
          queued,
      ],
      ['events', connection.events],
      ['cmd', session.lastCommand],
      ['user', session.user],
      ['redir', trackingFacts(session.tracking).redirect],
      ['resp', session.protocol],
      ['lib-name', session.libName],
      ['lib-ver', session.libVersion],
    ]
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
  );
}

function sizeOf(argv: readonly ByteString[]): number {
  return argv.reduce((sum, word) => sum + word.length, 0);
}

function flagsOf(ctx: Context, session: Session): string {
  let flags = '';
  if (ctx.state.monitors.has(session.id)) flags += 'O';
  if (isListening(session)) flags += 'P';
  if (session.transaction !== null) flags += 'x';
  if (session.blocked !== null) flags += 'b';
  if (session.tracking !== null) flags += 't';
  if (session.tracking?.redirectBroken === true) flags += 'R';
  if (session.tracking?.mode === 'broadcast') flags += 'B';
  if (session.watchBroken) flags += 'd';
  if (session.closing) flags += 'c';
  if (session.noEvict) flags += 'e';
  if (session.noTouch) flags += 'T';
  return flags === '' ? 'N' : flags;
}
