/**
 * What a handler works with: the client, the time, the keys, and ways to say what changed. There is one per engine,
 * set anew for each command, since a replay runs through it a million times.
 */
import { ascii, type ByteString } from '../base/bytes.ts';
import type { Micros, Millis } from '../base/time.ts';
import type { Reply } from '../resp/reply.ts';
import { errors, ReplyError } from './errors.ts';
import type { Command } from './command.ts';
import type { PropagatedCommand, ServerRequest } from './effects.ts';
import { watcherKey, type EngineState } from './engine-state.ts';
import type { HashValue } from './data/hash.ts';
import { beforeChange, clearExpiry, expiryOf, putValue, removeKey, setExpiry, type Database } from './data/key-space.ts';
import type { ListValue } from './data/list.ts';
import type { SetValue } from './data/set.ts';
import type { SortedSetValue } from './data/sorted-set.ts';
import type { Entry, StringValue, Value } from './data/value.ts';
import type { ServerPort } from './server-port.ts';
import type { Session } from './session.ts';

const DEL = ascii('DEL');
const UNLINK = ascii('UNLINK');

type ObjectValue = Exclude<Value, StringValue>;
interface ValueOfKind {
  readonly hash: HashValue;
  readonly list: ListValue;
  readonly set: SetValue;
  readonly zset: SortedSetValue;
}

export class Context {
  client!: Session;
  db!: Database;
  command!: Command;
  /** Start of the command; the same for all commands of a transaction or script. */
  now: Micros = 0;
  nowMs: Millis = 0;
  /** False while a log is replayed: nothing is propagated, nothing expires. */
  effects = true;

  /** What goes to the log for the unit at hand. */
  readonly pending: PropagatedCommand[] = [];
  request: ServerRequest | null = null;
  private override: (readonly ByteString[])[] | null = null;
  private suppressed = false;
  private forced = false;

  readonly state: EngineState;
  readonly server: ServerPort;
  /** Runs another command of the same client inside this one: its effects join this one's unit. */
  readonly callNested: (argv: readonly ByteString[]) => Reply | undefined;

  constructor(state: EngineState, server: ServerPort, callNested: (argv: readonly ByteString[]) => Reply | undefined) {
    this.state = state;
    this.server = server;
    this.callNested = callNested;
  }

  // --- keys ---

  /** For reading: an expired key is gone (and its deletion is logged). Counts a hit or a miss. */
  read(key: ByteString): Entry | undefined {
    const entry = this.live(key);
    if (entry === undefined) this.state.stats.misses++;
    else {
      this.state.stats.hits++;
      this.touchAccess(entry);
    }
    return entry;
  }

  /** For changing: what was there is kept for a snapshot first. */
  write(key: ByteString): Entry | undefined {
    const entry = this.live(key);
    if (entry === undefined) return undefined;
    const { space } = this.db;
    if (space.preImages !== null) beforeChange(space, key);
    this.touchAccess(entry);
    return entry;
  }

  /** For looking without leaving a trace: no hit, no miss, no access time (OBJECT, TTL, TYPE, EXISTS …). */
  peek(key: ByteString): Entry | undefined {
    return this.live(key);
  }

  private live(key: ByteString): Entry | undefined {
    const { space } = this.db;
    const entry = space.keys.get(key);
    if (entry === undefined || space.expires.size === 0) return entry;
    const expiry = space.expires.get(key);
    if (expiry === undefined || !this.effects || this.nowMs <= expiry.at) return entry;
    this.expire(key);
    return undefined;
  }

  /** db.c:deleteExpiredKeyAndPropagate. */
  expire(key: ByteString): void {
    removeKey(this.db.space, key);
    this.state.stats.expired++;
    this.pending.push({ db: this.db.id, argv: [this.server.config.lazyfreeLazyExpire ? UNLINK : DEL, key] });
    this.touched(key);
    this.notify('x', 'expired', key);
  }

  /** The value of `kind` at `key`, undefined if there is none; any other type is an error. */
  readKind<K extends keyof ValueOfKind>(key: ByteString, kind: K): ValueOfKind[K] | undefined {
    return kindOf(this.read(key), kind);
  }

  writeKind<K extends keyof ValueOfKind>(key: ByteString, kind: K): ValueOfKind[K] | undefined {
    return kindOf(this.write(key), kind);
  }

  /** As `writeKind`, and creates the value when there is none. Call it only after everything was checked. */
  writeOrCreate<K extends keyof ValueOfKind>(key: ByteString, kind: K, create: () => ValueOfKind[K]): ValueOfKind[K] {
    const known = this.writeKind(key, kind);
    if (known !== undefined) return known;
    const value = create();
    this.put(key, value);
    return value;
  }

  /** Adds or overwrites a value and leaves the expiry alone. */
  put(key: ByteString, value: Value): void {
    putValue(this.db.space, key, value, this.accessTime());
  }

  /** setKey: adds or overwrites, drops the expiry unless `keep`. */
  set(key: ByteString, value: Value, ttl: 'keep' | 'drop' = 'drop'): void {
    putValue(this.db.space, key, value, this.accessTime());
    if (ttl === 'drop') clearExpiry(this.db.space, key);
    this.touched(key);
  }

  remove(key: ByteString): boolean {
    if (!removeKey(this.db.space, key)) return false;
    this.touched(key);
    return true;
  }

  expiryOf(key: ByteString): Millis | undefined {
    return expiryOf(this.db.space, key);
  }

  setExpiry(key: ByteString, at: Millis): void {
    setExpiry(this.db.space, key, at);
  }

  clearExpiry(key: ByteString): boolean {
    return clearExpiry(this.db.space, key);
  }

  /** The key changed: transactions that watch it will fail. */
  touched(key: ByteString): void {
    const { watchers, sessions } = this.state;
    if (watchers.size === 0) return;
    for (const id of watchers.get(watcherKey(this.db.id, key)) ?? []) {
      const session = sessions.get(id);
      if (session !== undefined) session.watchBroken = true;
    }
  }

  private accessTime(): number {
    return Math.floor(this.nowMs / 1000) % 0x1000000;
  }

  private touchAccess(entry: Entry): void {
    if (!this.client.noTouch) entry.lru = this.accessTime();
  }

  // --- effects ---

  /** The data set changed, `times` times (server.dirty): the command goes to the log. */
  changed(times = 1): void {
    this.state.dirty += times;
  }

  /** What goes to the log instead of the client's own words; several calls, several commands. */
  propagate(...argv: ByteString[]): void {
    if (this.effects) (this.override ??= []).push(argv);
  }

  /** Nothing goes to the log, whatever changed. */
  suppressPropagation(): void {
    this.suppressed = true;
  }

  /** The command goes to the log even if nothing changed (FLUSHALL of an empty data set). */
  forcePropagation(): void {
    this.forced = true;
  }

  /** The server has something to do before the client is answered; the handler then returns undefined. */
  ask(request: ServerRequest): void {
    this.request = request;
  }

  /** `type` as in notify-keyspace-events: g $ l s h z x e n t d. */
  notify(type: string, event: string, key: ByteString): void {
    const wanted = this.server.config.notifyKeyspaceEvents;
    if (wanted !== '' && wanted.includes(type)) this.publishKeyEvent(event, key);
  }

  private publishKeyEvent(_event: string, _key: ByteString): void {
    // No client can subscribe yet; the events have nobody to reach.
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

function kindOf<K extends keyof ValueOfKind>(entry: Entry | undefined, kind: K): ValueOfKind[K] | undefined {
  if (entry === undefined) return undefined;
  const value = entry.value;
  if (!isKind(value, kind)) throw new ReplyError(errors.wrongType);
  return value;
}

function isKind<K extends keyof ValueOfKind>(value: Value, kind: K): value is ValueOfKind[K] & ObjectValue {
  return typeof value === 'object' && value.kind === kind;
}
