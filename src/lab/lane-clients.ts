/** The clients of a lane: programs outside the machine, with their connections and what they wait for. */
import type { Delivery } from '../engine/effects.ts';
import type { Micros } from '../base/time.ts';
import type { Server } from '../server/server.ts';
import { GUEST_CLIENT, GUEST_TOKEN } from './guests.ts';
import type { LaneAnswer, LaneClient, LaneState, Waiting } from './lane-state.ts';
import { countRequest } from './measure.ts';
import type { Reply } from '../resp/reply.ts';
import { equalsIgnoreCase } from '../base/bytes.ts';
import { shortReply, wordsText } from './texts.ts';
import { noteMessage } from './traffic.ts';
import type { LabMillis } from './view.ts';

/** Who waits for nothing: the workload. */
export const WORKLOAD_TOKEN = -1;
/** The same, for a command that others of its transaction follow: the client is not free yet. */
export const WORKLOAD_PART = -2;
const CLIENT_ADDRESS = '127.0.0.1:50000';

/** What the clients take of their lane. */
export interface ClientHost {
  readonly state: LaneState;
  readonly server: Server | null;
  readonly now: Micros;
  readonly wallNow: Micros;
  labNow(): LabMillis;
  /** A workload client is idle again. */
  workDone(): void;
  /** A reply or push for a client of the lab's guests; null: the connection is closed. */
  toGuest(client: string, reply: Reply | null): void;
}

export function connectedClient(host: ClientHost, name: string, server: Server): LaneClient {
  const { clients, clientNames } = host.state;
  const client = clients.get(name) ?? { name, id: null, waiting: [] };
  clients.set(name, client);
  if (client.id === null) {
    client.id = server.connect(host.wallNow, CLIENT_ADDRESS).id;
    clientNames.set(client.id, name);
  }
  return client;
}

/** The connection ends; whoever waits on it is told. */
export function closeClient(host: ClientHost, client: LaneClient): void {
  const connected = client.id !== null;
  if (client.id !== null) {
    host.server?.disconnect(client.id);
    host.state.clientNames.delete(client.id);
  }
  client.id = null;
  for (const { token } of client.waiting.splice(0))
    settle(host, client.name, token, { outcome: 'closed' });
  if (connected && isGuest(client.name)) host.toGuest(client.name, null);
}

function isGuest(client: string): boolean {
  return client.startsWith(GUEST_CLIENT);
}

/** Connections that the server has closed: CLIENT KILL, ACL DELUSER. */
export function closeKilled(host: ClientHost, server: Server): void {
  const { clients, clientNames } = host.state;
  for (const id of server.state.disconnects.splice(0)) {
    const client = clients.get(clientNames.get(id) ?? '');
    if (client !== undefined) closeClient(host, client);
  }
}

export function settle(
  host: ClientHost,
  client: string,
  token: number,
  outcome: LaneAnswer['outcome'],
): void {
  const { state } = host;
  if (token === GUEST_TOKEN) {
    if (outcome.outcome === 'refused') host.toGuest(client, null);
    return;
  }
  if (token >= 0) {
    state.answers.push({ token, outcome });
    return;
  }
  const waiting = state.clients.get(client)?.waiting.length ?? 0;
  if (token === WORKLOAD_PART || waiting > 0 || state.idle.includes(client)) return;
  state.idle.push(client);
  host.workDone();
}

/** SUBSCRIBE and its like are answered by a push for each channel: the first one is the reply. */
function confirms(reply: Reply & { readonly type: 'push' }, waiting: Waiting | undefined): boolean {
  const [kind] = reply.value;
  const name = waiting?.argv[0];
  return kind?.type === 'bulk' && name !== undefined && equalsIgnoreCase(kind.value, name);
}

/** A reply reaches its client: the first of its commands that waits is answered. */
export function deliver(host: ClientHost, { client: id, reply }: Delivery): void {
  const { state } = host;
  const client = state.clients.get(state.clientNames.get(id) ?? '');
  if (client === undefined) return;
  if (state.traffic !== null && reply.type === 'push') noteMessage(host, client.name, reply);
  const waiting =
    reply.type === 'push' && !confirms(reply, client.waiting[0])
      ? undefined
      : client.waiting.shift();
  if (waiting === undefined) {
    if (isGuest(client.name)) host.toGuest(client.name, reply);
    else state.pushes.push({ client: client.name, reply });
    return;
  }
  const { row, token, argv, sentAt } = waiting;
  if (row !== null && row < state.records.count) {
    state.records.replies.set(row, shortReply(reply));
    state.repliedRows.push(row);
  }
  if (token === WORKLOAD_TOKEN) countRequest(state.meter, host.now - sentAt);
  if (token >= 0) {
    const [at, command, text] = [host.labNow(), wordsText(argv), shortReply(reply)];
    state.events.push({ event: 'reply', lane: state.id, at, command, text });
  }
  if (token === GUEST_TOKEN) host.toGuest(client.name, reply);
  else settle(host, client.name, token, { outcome: 'reply', reply });
  if (host.server?.state.engine.sessions.get(id)?.closing === true) closeClient(host, client);
}
