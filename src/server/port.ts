/** The server as commands see it. */
import type { ByteString } from '../base/bytes.ts';
import { nextUint32 } from '../base/random.ts';
import type { Micros, Seconds } from '../base/time.ts';
import { newEngineStats } from '../engine/engine-state.ts';
import { aofMisconf, rdbMisconf } from '../engine/errors.ts';
import type {
  ConfigSetResult,
  ConnectionFacts,
  EngineConfig,
  MemoryFacts,
  ServerPort,
} from '../engine/server-port.ts';
import type { Session } from '../engine/session.ts';
import { errnoText } from '../machine/syscall.ts';
import { writeErrno } from '../persistence/aof-writer.ts';
import { configGet, configSet } from './config-set.ts';
import { refreshSettings } from './config-settings.ts';
import type { LogLevel } from './core.ts';
import { newCounters } from './counters.ts';
import { directiveText } from './directives.ts';
import { infoText } from './info.ts';
import { estimateMemory, memoryFacts } from './memory-estimate.ts';
import { runIdOf, type ServerState } from './state.ts';

/** Microseconds since some instant. */
export type Stopwatch = () => Micros;

export class StatePort implements ServerPort {
  private readonly state: ServerState;
  private readonly write: (level: LogLevel, message: string) => void;

  private readonly measure: Stopwatch | null;
  /** What the host knows of a connection, where there are real ones. */
  hostFacts: ((session: Session) => Partial<ConnectionFacts>) | null = null;

  /** `measure`: real time, where there is any. */
  constructor(
    state: ServerState,
    write: (level: LogLevel, message: string) => void,
    measure: Stopwatch | null,
  ) {
    this.state = state;
    this.write = write;
    this.measure = measure;
  }

  stopwatch(): Micros {
    return this.measure === null ? 0 : this.measure();
  }

  elapsed(since: Micros): Micros {
    if (this.measure === null) return this.state.commandMicros;
    return Math.max(0, Math.round(this.measure() - since));
  }

  memory(): MemoryFacts {
    return memoryFacts(this.state);
  }

  replicationOffset(): number {
    return this.state.replicationOffset;
  }

  get config(): EngineConfig {
    return this.state.settings;
  }

  configGet(patterns: readonly ByteString[]): readonly (readonly [ByteString, ByteString])[] {
    return configGet(this.state.directives, patterns);
  }

  configSet(pairs: readonly (readonly [ByteString, ByteString])[]): ConfigSetResult {
    const { state } = this;
    const { appendOnly: before, aofDisableAutoGc } = state.settings;
    const undo = new Map(state.directives.texts);
    const result = configSet(state.directives, pairs, {
      loading: state.loading !== null,
      // Whoever reaches the server does so from the same machine.
      protectedAllowed: state.settings.enableProtectedConfigs !== 'no',
    });
    if (!result.ok) return result;
    refreshSettings(state.settings, state.directives);
    const { appendOnly } = state.settings;
    const { directory, listens } = result;
    const collects = aofDisableAutoGc && !state.settings.aofDisableAutoGc;
    const atOnce = directory === undefined && listens === undefined && !collects;
    if (appendOnly === before && atOnce) return { ok: true };
    const changed = appendOnly === before ? undefined : appendOnly;
    return { ok: true, pending: { directory, listens, appendOnly: changed, undo } };
  }

  configResetStat(): void {
    const { state } = this;
    state.engine.stats = newEngineStats();
    const { cpuMicros, childCpuMicros } = state.counters;
    state.counters = { ...newCounters(), cpuMicros, childCpuMicros };
    state.connectionsReceived = 0;
    state.aof.delayedFsyncs = 0;
    state.save.count = 0;
    state.rewrite.count = 0;
    state.rewrite.consecutiveFailures = 0;
  }

  hasAclFile(): boolean {
    return directiveText(this.state.directives, 'aclfile') !== '';
  }

  hasConfigFile(): boolean {
    return this.state.configFile !== null;
  }

  info(sections: readonly string[], now: Micros): ByteString {
    return infoText(this.state, sections, now);
  }

  /** server.c:writeCommandsDeniedByDiskError; the snapshot's error comes before the log's (spec §1.5). */
  writesDenied(): string | undefined {
    const { settings, save, aof } = this.state;
    if (settings.stopWritesOnBgsaveError && settings.save.length > 0 && !save.lastOk)
      return rdbMisconf;
    if (aof.mode === 'off') return undefined;
    const errno = writeErrno(aof);
    return errno === null ? undefined : aofMisconf(errnoText[errno]);
  }

  loading(): boolean {
    return this.state.loading !== null;
  }

  usedMemory(): number {
    const { used, aofBuffer } = estimateMemory(this.state);
    return used - aofBuffer;
  }

  lastSaveSeconds(): Seconds {
    return this.state.save.lastSave;
  }

  appendOnlyEnabled(): boolean {
    return this.state.aof.mode !== 'off';
  }

  fsynced(session: Session): boolean {
    return this.state.aof.mode !== 'off' && this.state.fsyncedOffset >= session.writeOffset;
  }

  schedule(what: 'rewrite-aof' | 'bgsave'): void {
    if (what === 'rewrite-aof') {
      this.state.rewriteScheduled = true;
      // Who asks by hand shall not wait for the end of a back-off (aof.c:bgrewriteaofCommand).
      this.state.rewrite.consecutiveFailures = 0;
    } else this.state.bgsaveScheduled = true;
  }

  childActive(): 'none' | 'rdb' | 'aof' {
    return this.state.child?.kind ?? 'none';
  }

  connection(session: Session): ConnectionFacts {
    const { inbox, inboxAt } = this.state;
    let inputBytes = 0;
    for (let i = inboxAt; i < inbox.length; i++) {
      if (inbox[i]!.client === session.id) inputBytes += requestBytes(inbox[i]!.argv);
    }
    return {
      descriptor: FIRST_DESCRIPTOR + session.id,
      inputBytes,
      inputRoom: 0,
      replyBytes: 0,
      replyRoom: REPLY_CHUNK,
      replyPeak: REPLY_CHUNK,
      queuedBytes: 0,
      events: 'r',
      ...this.hostFacts?.(session),
    };
  }

  disconnect(session: Session): void {
    session.closing = true;
    this.state.disconnects.push(session.id);
  }

  debugAllowed(session: Session): boolean {
    const { enableDebugCommand } = this.state.settings;
    return enableDebugCommand === 'yes' || (enableDebugCommand === 'local' && isLocal(session));
  }

  modulesAllowed(session: Session): boolean {
    const { enableModuleCommand } = this.state.settings;
    return enableModuleCommand === 'yes' || (enableModuleCommand === 'local' && isLocal(session));
  }

  pauseCron(on: boolean): void {
    this.state.cronPaused = on;
  }

  changeReplicationId(): void {
    this.state.replicationId = runIdOf(nextUint32(this.state.engine.random));
  }

  setActiveExpire(on: boolean): void {
    this.state.engine.activeExpire = on;
  }

  setFlushSleep(micros: Micros): void {
    this.state.flushSleepMicros = micros;
  }

  log(level: LogLevel, message: string): void {
    this.write(level, message);
  }
}

/** Descriptors below belong to the event loop, the listening sockets and the log. */
const FIRST_DESCRIPTOR = 7;
/** networking.c: PROTO_REPLY_CHUNK_BYTES, the buffer that each client has for its replies. */
const REPLY_CHUNK = 16_384;

/** As it arrived: an array of bulk strings, of which only the lengths are not bytes of the client. */
function requestBytes(argv: readonly ByteString[]): number {
  return argv.reduce(
    (sum, { length }) => sum + length + `$${length}`.length + 4,
    `*${argv.length}`.length + 2,
  );
}

/** networking.c:islocalClient: a loopback address or a Unix socket. */
function isLocal({ address }: Session): boolean {
  return address.startsWith('127.') || address.startsWith('[::1]:') || address.startsWith('/');
}
