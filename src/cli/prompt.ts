import { equalsIgnoreCase } from '../base/bytes.ts';
import type { Protocol, Reply } from '../resp/reply.ts';
import { NOT_CONNECTED_PROMPT } from './texts.ts';

/** What redis-cli knows of its connection (redis-cli.c: the struct config). Plain data, never changed in place. */
export interface ConnectionState {
  readonly host: string;
  readonly port: number;
  readonly connected: boolean;
  /** The database of the connection as far as the client knows. */
  readonly db: number;
  /** The database that a new connection is to be given: the last that was asked for. */
  readonly wantedDb: number;
  readonly inTransaction: boolean;
  /** What `db` goes back to when a transaction comes to nothing. */
  readonly dbBeforeTransaction: number;
  readonly subscribed: boolean;
  readonly protocol: Protocol;
}

/** A client that has not connected yet. */
export function connectionTo(host: string, port: number): ConnectionState {
  return {
    host,
    port,
    connected: false,
    db: 0,
    wantedDb: 0,
    inTransaction: false,
    dbBeforeTransaction: 0,
    subscribed: false,
    protocol: 2,
  };
}

/** `127.0.0.1:6379[2](TX)> ` (redis-cli.c:cliRefreshPrompt). */
export function promptOf(state: ConnectionState): string {
  if (!state.connected) return NOT_CONNECTED_PROMPT;
  const address = state.host.includes(':')
    ? `[${state.host}]:${state.port}`
    : `${state.host}:${state.port}`;
  const db = state.db === 0 ? '' : `[${state.db}]`;
  const transaction = state.inTransaction ? '(TX)' : '';
  const subscribed = state.subscribed ? '(subscribed mode)' : '';
  return `${address}${db}${transaction}${subscribed}> `;
}

/** After a connection was made. It starts in database 0; the caller then sends SELECT if `wantedDb` differs. */
export function afterConnect(state: ConnectionState): ConnectionState {
  return { ...connectionTo(state.host, state.port), connected: true, wantedDb: state.wantedDb };
}

/**
 * After the connection was lost or dropped.
 *
 * redis-cli forgets to do this when the server closes the connection, and then shows the old database and
 * `(TX)` on a new connection that has neither; when it drops the connection by itself it does reset them.
 * We always do, since a prompt that says "in a transaction" after a crash teaches the wrong thing.
 */
export function afterDisconnect(state: ConnectionState): ConnectionState {
  return { ...connectionTo(state.host, state.port), wantedDb: state.wantedDb };
}

/** `connect HOST PORT`: the next connection goes there, and still wants the database of before. */
export function afterRetarget(state: ConnectionState, host: string, port: number): ConnectionState {
  return { ...connectionTo(host, port), wantedDb: state.wantedDb };
}

/** What a command and its reply change in what the client knows (redis-cli.c:cliSendCommand). */
export function afterReply(
  state: ConnectionState,
  argv: readonly string[],
  reply: Reply,
): ConnectionState {
  const [command = ''] = argv;
  const failed = reply.type === 'error';
  const is = (name: string): boolean => equalsIgnoreCase(command, name);

  if (is('select') && argv.length === 2 && !failed) {
    const db = leadingInteger(argv[1] ?? '');
    return { ...state, db, wantedDb: db };
  }
  if (is('multi') && argv.length === 1 && !failed) {
    return { ...state, inTransaction: true, dbBeforeTransaction: state.db };
  }
  if (is('exec') && argv.length === 1 && state.inTransaction) {
    const cameToNothing = failed || reply.type === 'null' || reply.type === 'null-array';
    return cameToNothing ? withoutTransaction(state) : { ...state, inTransaction: false };
  }
  if (is('discard') && argv.length === 1 && !failed) return withoutTransaction(state);
  if (is('reset') && argv.length === 1 && !failed) {
    return { ...connectionTo(state.host, state.port), connected: state.connected };
  }
  if (is('hello') && !failed) {
    // The map of its answer comes as a flat array in RESP2, and tells which of the two was chosen.
    return { ...state, protocol: helloProtocol(argv, state.protocol) };
  }
  if (
    (is('subscribe') || is('psubscribe') || is('ssubscribe')) &&
    isAcknowledgement(command, reply)
  ) {
    return { ...state, subscribed: true };
  }
  return state;
}

function withoutTransaction(state: ConnectionState): ConnectionState {
  return {
    ...state,
    inTransaction: false,
    db: state.dbBeforeTransaction,
    wantedDb: state.dbBeforeTransaction,
  };
}

function helloProtocol(argv: readonly string[], before: Protocol): Protocol {
  if (argv[1] === '3') return 3;
  if (argv[1] === '2') return 2;
  return before;
}

/** Whether a reply is the pushed `["subscribe", channel, count]` (redis-cli.c:isPubsubPush). */
function isAcknowledgement(command: string, reply: Reply): boolean {
  if (reply.type !== 'push' && reply.type !== 'array') return false;
  const [kind] = reply.value;
  return reply.value.length >= 3 && kind?.type === 'bulk' && equalsIgnoreCase(kind.value, command);
}

/** atoi: as redis-cli reads the number that the server has accepted. */
function leadingInteger(text: string): number {
  const digits = /^\s*([+-]?\d+)/.exec(text)?.[1];
  return digits === undefined ? 0 : Number(digits);
}
