/**
 * The clients' connections: requests decoded as they arrive and given to the server, its replies encoded and sent.
 * Whatever a client does to its connection, the server goes on (networking.c).
 */
import type { Socket } from 'node:net';
import {
  appendString,
  newGrowableBytes,
  takenBytes,
  type GrowableBytes,
} from '../../base/growable-bytes.ts';
import { equalsIgnoreCase, LONGEST_BYTE_STRING } from '../../base/bytes.ts';
import type { Micros } from '../../base/time.ts';
import type { Delivery } from '../../engine/effects.ts';
import type { ConnectionFacts } from '../../engine/server-port.ts';
import type { ClientId, Session } from '../../engine/session.ts';
import { DEFAULT_USER } from '../../engine/acl/users.ts';
import { isListening } from '../../engine/pubsub.ts';
import { errors } from '../../engine/errors.ts';
import { encodeReply } from '../../resp/reply-encoder.ts';
import {
  bufferedRequestBytes,
  feedRequestBytes,
  newRequestDecoder,
  nextRequest,
  type RequestDecoderState,
  type RequestLimits,
} from '../../resp/request-decoder.ts';
import { directiveText } from '../../server/directives.ts';
import type { Server } from '../../server/server.ts';
import { bufferLimits, type BufferLimits } from './buffer-limit.ts';
import { clientMemoryLimit, clientsToEvict } from './client-eviction.ts';

const MICROS_PER_SECOND = 1_000_000;
/** A buffer of replies that grew beyond this is given away instead of copied. */
const LARGEST_COPY = 65_536;
/** networking.c:securityWarningCommand logs once in so many seconds. */
const SECONDS_BETWEEN_WARNINGS = 60;

interface Connection {
  readonly socket: Socket;
  readonly session: Session;
  readonly decoder: RequestDecoderState;
  out: GrowableBytes;
  /** Stands in the list of connections with replies to send. */
  touched: boolean;
  /**
   * `failed`: nothing more is read; the error is told when earlier commands are answered. `ended`: the client has sent
   * all that it wants to. `dropped`: earlier commands are executed, but nothing is answered any more.
   */
  input: 'open' | 'failed' | 'ended' | 'dropped';
  failure: string;
  /** Since when the replies not taken exceed the soft limit. */
  overSoftLimitSince: Micros | null;
}

export class Connections {
  private readonly server: Server;
  private readonly clock: () => Micros;
  private readonly wake: () => void;
  private readonly byClient = new Map<ClientId, Connection>();
  private touched: Connection[] = [];
  /** Connections whose next request can be read only when the last one was executed, or that are about to end. */
  private readonly atTurnsEnd = new Set<Connection>();
  private sleeping = false;
  private warnedAt: Micros | null = null;
  private bufferLimitText = '';
  private bufferLimitNow: BufferLimits = bufferLimits('');

  /** `wake`: requests have arrived. */
  constructor(server: Server, clock: () => Micros, wake: () => void) {
    this.server = server;
    this.clock = clock;
    this.wake = wake;
    server.port.hostFacts = ({ id }) => this.factsOf(id);
  }

  /** `local`: the client runs on this machine. */
  accept(socket: Socket, address: string, localAddress: string, local: boolean): void {
    const { state } = this.server;
    const refusal = this.refusal(local);
    socket.on('error', () => undefined);
    if (refusal !== undefined) {
      state.counters.rejectedConnections++;
      socket.resume();
      socket.write(`-${refusal}\r\n`, 'latin1');
      socket.destroySoon();
      return;
    }
    const connection: Connection = {
      socket,
      session: this.server.connect(this.clock(), address, localAddress),
      decoder: newRequestDecoder(),
      out: newGrowableBytes(0),
      touched: false,
      input: 'open',
      failure: '',
      overSoftLimitSince: null,
    };
    this.byClient.set(connection.session.id, connection);
    socket.on('data', (bytes: Buffer) => this.arrived(connection, bytes));
    socket.on('end', () => {
      // The end is read as well.
      this.server.state.counters.reads++;
      this.endInput(connection, 'ended');
    });
    socket.on('close', () => this.closed(connection));
    if (this.sleeping) socket.pause();
  }

  private refusal(local: boolean): string | undefined {
    const { engine, settings, directives } = this.server.state;
    if (engine.sessions.size >= settings.maxClients) return errors.maxClients;
    if (local || engine.users.get(DEFAULT_USER)?.noPassword !== true) return undefined;
    return directiveText(directives, 'protected-mode') === 'yes' ? errors.protectedMode : undefined;
  }

  private closed(connection: Connection): void {
    const { id } = connection.session;
    this.byClient.delete(id);
    this.atTurnsEnd.delete(connection);
    this.server.disconnect(id);
  }

  /** What CLIENT LIST tells of a connection. */
  private factsOf(id: ClientId): Partial<ConnectionFacts> {
    const connection = this.byClient.get(id);
    if (connection === undefined) return {};
    const { decoder, out, socket } = connection;
    const inputBytes = bufferedRequestBytes(decoder);
    return {
      inputBytes,
      inputRoom: decoder.buffer.bytes.length - inputBytes,
      replyBytes: out.length,
      queuedBytes: socket.writableLength,
      events: socket.writableLength > 0 ? 'rw' : 'r',
    };
  }

  // --- in ---

  private arrived(connection: Connection, bytes: Buffer): void {
    if (connection.input !== 'open' || connection.session.closing) return;
    const { counters, directives } = this.server.state;
    counters.netInputBytes += bytes.length;
    counters.reads++;
    feedRequestBytes(connection.decoder, bytes);
    this.decode(connection);
    if (
      bufferedRequestBytes(connection.decoder) >
      Number(directiveText(directives, 'client-query-buffer-limit'))
    ) {
      this.log(
        'warning',
        `Closing client that reached max query buffer length: ${describe(connection)}`,
      );
      return this.endInput(connection, 'dropped');
    }
    this.wake();
  }

  private decode(connection: Connection): void {
    const { decoder, session } = connection;
    const limits: RequestLimits = {
      maxBulkLength: Math.min(this.server.state.settings.protoMaxBulkLength, LONGEST_BYTE_STRING),
      authentication: session.authenticated ? 'passed' : 'missing',
    };
    for (;;) {
      const next = nextRequest(decoder, limits);
      if (next.kind === 'need-more') return;
      if (next.kind === 'error') {
        connection.failure = next.message;
        this.log(
          'verbose',
          `Protocol error (${next.reason}) from client: ${describe(connection)}.`,
        );
        return this.endInput(connection, 'failed');
      }
      const name = next.argv[0]!;
      if (equalsIgnoreCase(name, 'post') || equalsIgnoreCase(name, 'host:'))
        return this.attacked(connection);
      this.server.receive(session.id, next.argv);
      if (session.authenticated) continue;
      // What may follow depends on whether this one is an AUTH that succeeds.
      this.atTurnsEnd.add(connection);
      return;
    }
  }

  /** A page in a browser may be made to send HTTP requests here, with commands in their bodies. */
  private attacked(connection: Connection): void {
    const now = this.clock();
    if (
      this.warnedAt === null ||
      Math.abs(now - this.warnedAt) > SECONDS_BETWEEN_WARNINGS * MICROS_PER_SECOND
    ) {
      this.warnedAt = now;
      const { address } = connection.session;
      this.log(
        'warning',
        `Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: commands to Redis. This is likely due to an attacker attempting to use Cross Protocol Scripting to compromise your Redis instance. Connection from ${address} aborted.`,
      );
    }
    this.endInput(connection, 'dropped');
  }

  /** What is to follow from it does so at the end of the turn. */
  private endInput(connection: Connection, how: 'failed' | 'ended' | 'dropped'): void {
    if (connection.input !== 'dropped') connection.input = how;
    this.atTurnsEnd.add(connection);
    this.wake();
  }

  private log(level: 'verbose' | 'notice' | 'warning', message: string): void {
    this.server.clock = this.clock();
    this.server.log(level, message);
  }

  // --- out ---

  answer(replies: readonly Delivery[]): void {
    for (const { client, reply, protocol } of replies) {
      const connection = this.byClient.get(client);
      if (connection === undefined || connection.input === 'dropped') continue;
      encodeReply(reply, protocol ?? connection.session.protocol, connection.out);
      this.touch(connection);
    }
  }

  private touch(connection: Connection): void {
    if (connection.touched) return;
    connection.touched = true;
    this.touched.push(connection);
  }

  send(): void {
    const { counters } = this.server.state;
    const connections = this.touched;
    this.touched = [];
    for (const connection of connections) {
      const { out, session, socket } = connection;
      connection.touched = false;
      if (out.length > 0 && socket.writable) {
        counters.netOutputBytes += out.length;
        counters.writes++;
        if (out.length <= LARGEST_COPY) {
          socket.write(takenBytes(out));
          out.length = 0;
        } else {
          socket.write(out.bytes.subarray(0, out.length));
          connection.out = newGrowableBytes(0);
        }
        this.limitOutput(connection);
      }
      if (session.closing) socket.destroySoon();
    }
  }

  private bufferLimits(): BufferLimits {
    const text = directiveText(this.server.state.directives, 'client-output-buffer-limit');
    if (text !== this.bufferLimitText) {
      this.bufferLimitText = text;
      this.bufferLimitNow = bufferLimits(text);
    }
    return this.bufferLimitNow;
  }

  /** client-output-buffer-limit: for normal clients none unless it was set. */
  private limitOutput(connection: Connection): void {
    const { normal, pubsub } = this.bufferLimits();
    const { hard, soft, softSeconds } = isListening(connection.session) ? pubsub : normal;
    if (hard === 0 && soft === 0) return;
    const { writableLength } = connection.socket;
    const now = this.clock();
    if (soft === 0 || writableLength <= soft) connection.overSoftLimitSince = null;
    else connection.overSoftLimitSince ??= now;
    const since = connection.overSoftLimitSince;
    const tooLong = since !== null && now - since > softSeconds * MICROS_PER_SECOND;
    if (!tooLong && (hard === 0 || writableLength <= hard)) return;
    this.log(
      'warning',
      `Client ${describe(connection)} scheduled to be closed ASAP for overcoming of output buffer limits.`,
    );
    this.endInput(connection, 'dropped');
  }

  // --- turns and time ---

  /** Everything that had arrived is executed: reads on where that was waited for, and ends what is to end. */
  turnEnded(): 'more' | 'idle' {
    const { state } = this.server;
    for (const id of state.disconnects.splice(0)) this.byClient.get(id)?.socket.destroySoon();
    this.evictClients();
    if (this.atTurnsEnd.size === 0) return 'idle';
    const before = state.inbox.length;
    for (const connection of [...this.atTurnsEnd]) {
      const { input, session, socket } = connection;
      if (input === 'failed' && session.blocked !== null) continue;
      this.atTurnsEnd.delete(connection);
      if (input === 'dropped') socket.destroy();
      else if (input !== 'open') this.finish(connection);
      else if (!session.closing) this.decode(connection);
    }
    return state.inbox.length > before ? 'more' : 'idle';
  }

  /** maxmemory-clients. */
  private evictClients(): void {
    const { directives, counters } = this.server.state;
    const limit = clientMemoryLimit(directives);
    if (limit === 0) return;
    const measured = [...this.byClient.values()].map((connection) => ({
      connection,
      bytes: memoryOf(connection),
      stays: connection.session.noEvict,
    }));
    for (const { connection } of clientsToEvict(measured, limit)) {
      if (connection.input === 'dropped') continue;
      counters.evictedClients++;
      this.log('notice', `Evicting client: ${describe(connection)}`);
      this.endInput(connection, 'dropped');
    }
  }

  private finish(connection: Connection): void {
    const { input, session, socket } = connection;
    if (input === 'failed' && !session.closing) {
      appendString(connection.out, `-ERR ${connection.failure}\r\n`);
      this.touch(connection);
    }
    session.closing = true;
    this.send();
    socket.destroySoon();
  }

  /** While the server sleeps nothing is read: what clients send waits in the kernel. */
  sleeps(): void {
    this.sleeping = true;
    for (const { socket } of this.byClient.values()) socket.pause();
  }

  wakes(): void {
    this.sleeping = false;
    for (const { socket } of this.byClient.values()) socket.resume();
  }

  /** Once a second: `timeout`, limits that are exceeded for too long, processor time. */
  sweep(): void {
    const { settings, counters } = this.server.state;
    const { timeout } = settings;
    const { user, system } = process.cpuUsage();
    counters.cpuMicros = user + system;
    const now = this.clock();
    for (const connection of [...this.byClient.values()]) {
      const { session, socket } = connection;
      if (socket.writableLength > 0) this.limitOutput(connection);
      if (timeout === 0 || session.blocked !== null) continue;
      if (now - session.lastCommandAt <= timeout * MICROS_PER_SECOND) continue;
      this.log('verbose', 'Closing idle client');
      this.endInput(connection, 'dropped');
    }
  }
}

/** What a client costs when it is idle. */
const CLIENT_BYTES = 1928;

function memoryOf({ decoder, out, socket, session }: Connection): number {
  const queued = session.transaction?.queue ?? [];
  const words = queued.reduce(
    (sum, argv) => argv.reduce((all, { length }) => all + length, sum),
    0,
  );
  return CLIENT_BYTES + decoder.buffer.bytes.length + out.length + socket.writableLength + words;
}

function describe({ session }: Connection): string {
  return `id=${session.id} addr=${session.address} laddr=${session.localAddress} name=${session.name} db=${session.db} cmd=${session.lastCommand} user=${session.user} resp=${session.protocol}`;
}
