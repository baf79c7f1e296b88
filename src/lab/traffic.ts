/**
 * What passes between a server and its clients, for somebody who looks on: commands as MONITOR shows them, published
 * messages, and who listens to what. Looking changes nothing of the run.
 */
import { EMPTY, type ByteString } from '../base/bytes.ts';
import { ONLOOKER } from '../engine/monitor.ts';
import type { SubscriptionKind } from '../engine/session.ts';
import type { Reply } from '../resp/reply.ts';
import type { Server } from '../server/server.ts';
import type { LaneState } from './lane-state.ts';
import { wordText } from './texts.ts';
import type { ListenedChannel, TrafficLine, TrafficReport } from './view.ts';

/** Whose traffic it is. */
export interface TrafficHost {
  readonly state: LaneState;
  readonly server: Server | null;
}

/** As many lines as are kept. */
export const TRAFFIC_LIMIT = 2048;
const MOST_CHANNELS = 500;
const MOST_TEXT = 4096;

const subscriptionKinds: readonly (readonly [SubscriptionKind, ListenedChannel['kind']])[] = [
  ['channels', 'channel'],
  ['patterns', 'pattern'],
  ['shardChannels', 'shard'],
];

/** Looks on from now on, if nobody did; gives what has passed behind line number `after`, and who listens now. */
export function lookOn({ state, server }: TrafficHost, after: number): TrafficReport {
  state.traffic ??= { lines: [], nextNumber: 1 };
  const engine = server?.state.engine;
  takeShown(state, server);
  // What a server reads from its files at its start is no traffic.
  if (engine !== undefined && state.status === 'running') engine.monitors.add(ONLOOKER);
  const { lines } = state.traffic;
  const named = (ids: Iterable<number>): string[] =>
    [...ids].flatMap((id) => (id === ONLOOKER ? [] : [nameOf(state, id)]));
  const channels = subscriptionKinds.flatMap(([subscriptions, kind]) =>
    [...(engine?.listeners[subscriptions] ?? [])].map(([name, ids]) => ({
      kind,
      name: wordText(name),
      clients: named(ids),
    })),
  );
  return {
    lines: lines.filter(({ number }) => number > after),
    last: state.traffic.nextNumber - 1,
    channels: channels.slice(0, MOST_CHANNELS),
    channelCount: channels.length,
    monitors: named(engine?.monitors ?? []),
  };
}

/** Nobody looks any more. */
export function lookAway({ state, server }: TrafficHost): void {
  state.traffic = null;
  if (server === null) return;
  server.state.engine.monitors.delete(ONLOOKER);
  server.state.engine.shown.length = 0;
}

/** A push has reached a client: a message of a channel is a line, a confirmation is none. */
export function noteMessage(
  { state, server }: TrafficHost,
  client: string,
  reply: Reply & { readonly type: 'push' },
): void {
  const [head, ...words] = reply.value.map((each) => (each.type === 'bulk' ? each.value : EMPTY));
  if (head !== 'message' && head !== 'smessage' && head !== 'pmessage') return;
  takeShown(state, server);
  const message = words.at(-1) ?? EMPTY;
  const channel = words.at(-2) ?? EMPTY;
  const through = head === 'pmessage' ? words[0] : undefined;
  note(state, {
    kind: 'message',
    client,
    channel: wordText(channel),
    text: wordText(message),
    ...(through === undefined ? {} : { pattern: wordText(through) }),
  });
}

/** The commands that the server has run since, in their place before what follows. */
function takeShown(state: LaneState, server: Server | null): void {
  for (const { client, line } of server?.state.engine.shown.splice(0) ?? []) {
    const name = client === 'lua' ? 'lua' : nameOf(state, client);
    note(state, { kind: 'command', client: name, text: shortText(line) });
  }
}

type WithoutNumber<Line> = Line extends TrafficLine ? Omit<Line, 'number'> : never;

function note({ traffic }: LaneState, line: WithoutNumber<TrafficLine>): void {
  if (traffic === null) return;
  const { lines } = traffic;
  if (lines.length >= 2 * TRAFFIC_LIMIT) lines.splice(0, lines.length - TRAFFIC_LIMIT);
  lines.push({ ...line, number: traffic.nextNumber++ });
}

/** Clients that have left have no name any more. */
function nameOf({ clientNames }: LaneState, id: number): string {
  return clientNames.get(id) ?? `id ${id}`;
}

function shortText(text: ByteString): string {
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
}
