/**
 * What a handler works with: the client, the time, the keys, and ways to say what changed. There is one per engine,
 * set anew for each command, since a replay runs through it a million times.
 */
import { ascii, concatBytes, type ByteString } from '../base/bytes.ts';
import type { Micros, Millis } from '../base/time.ts';
import type { Reply } from '../resp/reply.ts';
import { errors } from './errors.ts';
import { asString, kindOf, type ValueOfKind } from './kinds.ts';
import { leaveRows, signalGone, signalReady, waitForKeys, type WaitRequest } from './blocking.ts';
import type { Command } from './command.ts';
import type { Delivery, PropagatedCommand, ServerRequest } from './effects.ts';
import type { EngineState } from './engine-state.ts';
import {
  addKey,
  beforeChange,
  clearExpiry,
  entryOf,
  expiryOf,
  entryToChange,
  removeKey,
  replaceValue,
  setExpiry,
  type Database,
} from './data/key-space.ts';
import { firstUse, lruClock, nextUse } from './data/usage.ts';
import type { Entry, ExpireTime, Expiry, StringValue, Value } from './data/value.ts';
import { timed } from './latency-events.ts';
import { noteLazilyFreed } from './lazy-free.ts';
import { published } from './pubsub.ts';
import { array, error, integer, NULL_ARRAY } from './replies.ts';
import type { ServerPort } from './server-port.ts';
import type { Blocked, ClientId, Session } from './session.ts';
import { invalidate } from './tracking.ts';
import { touchWatchers } from './transaction.ts';

const DEL = ascii('DEL');
const UNLINK = ascii('UNLINK');

const LETTER_F = 0x66;

export type NotificationType =
  'g' | '$' | 'l' | 's' | 'h' | 'z' | 'x' | 'e' | 't' | 'd' | 'm' | 'n';

/** Waiting that ends by the clock, by keys, or when the log is on disk. */
type Wait = Exclude<Blocked, { reason: 'server' | 'pause' }>;

export interface KnownCommands {
  readonly all: Context['commands'];
  readonly lookUp: Context['lookUp'];
  readonly call: Context['callNested'];
}

export class Context {
  client!: Session;
  db!: Database;
  /** Whose command is being run; null: nobody's (a key expires by itself, or is evicted). */
  actor: ClientId | null = null;
  command!: Command;
  /** Start of the command; the same for all commands of a transaction or script. */
  now: Micros = 0;
  nowMs: Millis = 0;
  /** False while a log is replayed: nothing is propagated, nothing expires. */
  effects = true;

  /** What goes to the log for the unit at hand. */
  readonly pending: PropagatedCommand[] = [];
  /** Replies to other clients, and what comes to this one after its reply. */
  readonly served: Delivery[] = [];
  /** What the client gets after the reply that the handler returns: SUBSCRIBE confirms each channel by itself. */
  readonly following: Reply[] = [];
  /** What the server has to do; more than one only inside a transaction. */
  readonly requests: ServerRequest[] = [];
  private override: (readonly ByteString[])[] | null = null;
  private suppressed = false;
  private forced = false;

  /** Memory was short when the command at hand came, and nothing could be evicted. */
  outOfMemory = false;
  /** The words at hand. */
  argv: readonly ByteString[] = [];
  /** A queued command of a transaction is running: it may not wait, and has to give a reply. */
  insideTransaction = false;
  /** The client had waited for keys until then, and its command is run again; undefined: the command has just come. */
  waitedUntil: Micros | null | undefined = undefined;

  readonly state: EngineState;
  readonly server: ServerPort;
  /** All commands by lower-case name. */
  readonly commands: ReadonlyMap<string, Command>;
  /** Runs another command of the same client inside this one: its effects join this one's unit. */
  readonly callNested: (argv: readonly ByteString[]) => Reply | undefined;

  /** The command that words name, as clients name it. */
  readonly lookUp: (argv: readonly ByteString[]) => Command | undefined;

  constructor(state: EngineState, server: ServerPort, { all, lookUp, call }: KnownCommands) {
    this.state = state;
    this.server = server;
    this.commands = all;
    this.lookUp = lookUp;
    this.callNested = call;
  }

  // --- keys ---

  /** For reading: an expired key is gone (and its deletion is logged). Counts a hit or a miss. */
  read(key: ByteString): Entry | undefined {
    const entry = this.peek(key);
    return entry === undefined ? undefined : this.touchAccess(entry);
  }

  /** As `read`, without being an access: the idle time goes on (EXISTS, TYPE, TTL, OBJECT). */
  peek(key: ByteString): Entry | undefined {
    const entry = this.live(key);
    if (entry !== undefined) this.state.stats.hits++;
    else {
      this.state.stats.misses++;
      this.notify('m', 'keymiss', key);
    }
    return entry;
  }

  /** For changing: what was there is kept for a snapshot first. Never hold the entry over a change of the same key. */
  write(key: ByteString): Entry | undefined {
    const entry = this.live(key);
    if (entry === undefined) return undefined;
    const { space } = this.db;
    if (space.preImages !== null || space.touched !== null) beforeChange(space, key);
    // What a checkpoint has as well has been replaced.
    return this.touchAccess(space.shared === null ? entry : entryOf(space, key)!);
  }

  /** Deletes `key` if its time is over; what is there then, without being an access. */
  expireIfDue(key: ByteString): Entry | undefined {
    return this.effects ? this.live(key) : entryOf(this.db.space, key);
  }

  private live(key: ByteString): Entry | undefined {
    const { space } = this.db;
    const entry = entryOf(space, key);
    if (entry === undefined || entry.expiry === null || !this.isOver(entry.expiry)) return entry;
    // Nothing is deleted while clients are paused.
    if (this.state.pause !== null) return undefined;
    this.expire(key);
    return undefined;
  }

  /** Whether the time of `key` is over though it may still be there. Nothing expires while a log is replayed. */
  hasExpired(key: ByteString): boolean {
    const expiry = entryOf(this.db.space, key)?.expiry ?? null;
    return expiry !== null && this.isOver(expiry);
  }

  private isOver(expiry: Expiry): boolean {
    return this.effects && this.nowMs > expiry.at;
  }

  /** evict.c: a key goes since memory is short. */
  evict(key: ByteString): void {
    this.willGo(key, this.server.config.lazyfreeLazyEviction);
    removeKey(this.db.space, key);
    if (this.state.rows.size > 0) signalGone(this.state, this.db.id, key);
    this.state.stats.evicted++;
    this.pending.push({
      db: this.db.id,
      argv: [this.server.config.lazyfreeLazyEviction ? UNLINK : DEL, key],
    });
    this.touched(key);
    this.notify('e', 'evicted', key);
  }

  /** db.c:deleteExpiredKeyAndPropagate. */
  expire(key: ByteString): void {
    timed(this, 'expire-del', () => {
      this.willGo(key, this.server.config.lazyfreeLazyExpire);
      removeKey(this.db.space, key);
    });
    if (this.state.rows.size > 0) signalGone(this.state, this.db.id, key);
    this.state.stats.expired++;
    this.pending.push({
      db: this.db.id,
      argv: [this.server.config.lazyfreeLazyExpire ? UNLINK : DEL, key],
    });
    this.touched(key);
    this.notify('x', 'expired', key);
  }

  /** The string at `key`, undefined if there is none; any other type is an error. */
  readString(key: ByteString): StringValue | undefined {
    return asString(this.read(key));
  }

  writeString(key: ByteString): StringValue | undefined {
    return asString(this.write(key));
  }

  /** The value of `kind` at `key`, undefined if there is none; any other type is an error. */
  readKind<K extends keyof ValueOfKind>(key: ByteString, kind: K): ValueOfKind[K] | undefined {
    return kindOf(this.read(key), kind);
  }

  writeKind<K extends keyof ValueOfKind>(key: ByteString, kind: K): ValueOfKind[K] | undefined {
    return kindOf(this.write(key), kind);
  }

  /** As `writeKind`, and creates the value when there is none. Call it only after everything was checked. */
  writeOrCreate<K extends keyof ValueOfKind>(
    key: ByteString,
    kind: K,
    create: () => ValueOfKind[K],
  ): ValueOfKind[K] {
    const known = this.writeKind(key, kind);
    if (known !== undefined) return known;
    const value = create();
    this.put(key, value);
    return value;
  }

  /**
   * Adds or overwrites a value and leaves the expiry alone. `held`: what the key is known to hold, null for nothing;
   * not given, it is looked up.
   */
  put(key: ByteString, value: Value, held?: Entry | null): Entry {
    const { space } = this.db;
    const known = held === undefined ? entryOf(space, key) : held;
    if (known === undefined || known === null) {
      const entry = addKey(space, key, value, this.firstAccess());
      if (this.state.rows.size > 0) signalReady(this.state, this.db.id, key);
      this.notify('n', 'new', key);
      return entry;
    }
    const use = this.usesLfu() ? known.lru : this.firstAccess();
    const entry = replaceValue(space, key, known, value, use);
    if (this.state.rows.size > 0) signalGone(this.state, this.db.id, key);
    return entry;
  }

  /** Runs `work` with another database as the current one. */
  within<T>(db: Database, work: () => T): T {
    const outer = this.db;
    this.db = db;
    try {
      return work();
    } finally {
      this.db = outer;
    }
  }

  /** db.c:setKey: adds or overwrites, drops the expiry unless it is to be kept. `held` as for `put`. */
  set(key: ByteString, value: Value, ttl: 'keep' | 'drop' = 'drop', held?: Entry | null): void {
    const entry = this.put(key, value, held);
    if (ttl === 'drop') clearExpiry(this.db.space, key, entry);
    this.touched(key);
  }

  remove(key: ByteString, how: 'at-once' | 'lazily' = 'at-once'): boolean {
    this.willGo(key, how === 'lazily');
    if (!removeKey(this.db.space, key)) return false;
    if (this.state.rows.size > 0) signalGone(this.state, this.db.id, key);
    this.touched(key);
    return true;
  }

  private willGo(key: ByteString, lazily: boolean): void {
    const entry = lazily ? entryOf(this.db.space, key) : undefined;
    if (entry !== undefined) noteLazilyFreed(this.state, entry.value);
  }

  /** A collection that has lost its last element goes with its key; the change itself was counted. */
  removeEmpty(key: ByteString): void {
    this.remove(key);
    this.notify('g', 'del', key);
  }

  expiryOf(key: ByteString): ExpireTime | undefined {
    return expiryOf(this.db.space, key);
  }

  setExpiry(key: ByteString, at: ExpireTime): void {
    setExpiry(this.db.space, key, at);
  }

  clearExpiry(key: ByteString): boolean {
    return clearExpiry(this.db.space, key);
  }

  /** The key changed: transactions that watch it will fail. */
  touched(key: ByteString, db: Database = this.db): void {
    const { state } = this;
    if (state.watchers.size > 0) touchWatchers(state, db, key);
    if (state.tracking.clients.size > 0) this.served.push(...invalidate(state, key, this.actor));
  }

  private usesLfu(): boolean {
    const { maxmemoryPolicy } = this.server.config;
    // Of all policies only those that end in `lfu` have an f there, and this is asked for every key.
    return maxmemoryPolicy.charCodeAt(maxmemoryPolicy.length - 2) === LETTER_F;
  }

  private firstAccess(): number {
    return this.usesLfu() ? firstUse(this.nowMs) : lruClock(this.nowMs);
  }

  private touchAccess(entry: Entry): Entry {
    if (this.client.noTouch && this.command.facts.name !== 'touch') return entry;
    const own = entryToChange(this.db.space, entry);
    own.lru = this.usesLfu()
      ? nextUse(own.lru, this.nowMs, this.server.config, this.state.random)
      : lruClock(this.nowMs);
    return own;
  }

  // --- effects ---

  /** The data set changed, `times` times (server.dirty): the command goes to the log. */
  changed(times = 1): void {
    this.state.dirty += times;
  }

  /** One key changed in one way: its watchers, its listeners and the log. */
  modified(key: ByteString, type: NotificationType, event: string): void {
    this.touched(key);
    this.notify(type, event, key);
    this.state.dirty++;
  }

  /** What goes to the log instead of the client's own words; several calls, several commands. */
  propagate(...argv: ByteString[]): void {
    if (this.effects) (this.override ??= []).push(argv);
  }

  /** Only what was given to `propagate` goes to the log, if anything was. */
  propagateNothingElse(): void {
    this.override ??= [];
  }

  /** Nothing goes to the log, whatever changed. */
  suppressPropagation(): void {
    this.suppressed = true;
  }

  /** The command goes to the log even if nothing changed (FLUSHALL of an empty data set). */
  forcePropagation(): void {
    this.forced = true;
  }

  /**
   * The server has something to do before the client is answered. The handler returns the reply that follows it, or
   * undefined if the reply depends on how it went.
   */
  ask(request: ServerRequest): void {
    this.requests.push(request);
  }

  /** The client waits; the handler returns what this returns. */
  block(blocked: Wait): undefined {
    this.client.blocked = blocked;
    this.state.waiting.add(this.client.id);
  }

  /**
   * The client waits until one of the keys holds what it wants, and the words at hand are run again then. A client
   * that may not wait gets what it would get at the end of its time: `otherwise`.
   */
  blockForKeys(
    { type, keys, deadline, whenGone }: WaitRequest,
    otherwise: Reply = NULL_ARRAY,
  ): Reply | undefined {
    if (this.mayNotWait()) return otherwise;
    const { client, argv, waitedUntil } = this;
    // A command that is run again keeps the end of its time.
    const end = waitedUntil === undefined ? deadline : waitedUntil;
    waitForKeys(this.state, client, {
      reason: 'keys',
      type,
      db: this.db.id,
      keys,
      argv,
      deadline: end,
      whenGone,
    });
    return undefined;
  }

  /** Inside a transaction; the client that replays a log may not wait either (aof.c:createAOFClient: CLIENT_DENY_BLOCKING). */
  mayNotWait(): boolean {
    return this.insideTransaction || this.client.loading;
  }

  /** Ends the waiting of a client: with what it gets when its time is up, or with an error. */
  unblock(session: Session, how: 'timeout' | 'error'): void {
    const { blocked } = session;
    if (blocked === null || blocked.reason === 'server' || blocked.reason === 'pause') return;
    leaveRows(this.state, session);
    session.blocked = null;
    this.answer(
      session,
      how === 'error' ? error(errors.unblocked) : this.replyAtDeadline(session, blocked),
    );
  }

  private replyAtDeadline(session: Session, blocked: Wait): Reply {
    if (blocked.reason === 'wait') return blocked.onTimeout;
    if (blocked.reason === 'keys') return NULL_ARRAY;
    return array([integer(this.server.fsynced(session) ? 1 : 0), integer(0)]);
  }

  /** A reply to a client, which may not want it (CLIENT REPLY); what is pushed comes in any case. */
  answer(session: Session, reply: Reply): void {
    const { replyMode } = session;
    if (replyMode === 'skip') session.replyMode = 'on';
    if (replyMode === 'on' || reply.type === 'push')
      this.served.push({ client: session.id, reply });
  }

  /** `type` is the letter in notify-keyspace-events, which `A` does not hold for `m` and `n`. */
  notify(type: NotificationType, event: string, key: ByteString): void {
    const wanted = this.server.config.notifyKeyspaceEvents;
    if (wanted === '' || !this.effects) return;
    if (wanted.includes(type) || (type !== 'm' && type !== 'n' && wanted.includes('A'))) {
      const { state, db } = this;
      const name = ascii(event);
      if (wanted.includes('K'))
        this.served.push(
          ...published(state, concatBytes(ascii(`__keyspace@${db.id}__:`), key), name),
        );
      if (wanted.includes('E'))
        this.served.push(...published(state, ascii(`__keyevent@${db.id}__:${event}`), key));
    }
  }

  /** Called by the engine around each command. */
  begin(): number {
    this.override = null;
    this.suppressed = false;
    this.forced = false;
    return this.state.dirty;
  }

  end(dirtyBefore: number, argv: readonly ByteString[]): void {
    if (!this.effects || this.suppressed) return;
    if (this.state.dirty === dirtyBefore && !this.forced) return;
    const db = this.db.id;
    if (this.override === null) this.pending.push({ db, argv });
    else for (const words of this.override) this.pending.push({ db, argv: words });
  }
}
