/**
 * One run of the lab under the crash workload, with a witness beside it who hears what a client hears and sees which
 * system calls are made, and stops the world at every one of them.
 */
import { ascii } from '../../src/base/bytes.ts';
import type { Unit } from '../../src/engine/effects.ts';
import { Lab } from '../../src/lab/lab.ts';
import type { Lane } from '../../src/lab/lane.ts';
import { planLab } from '../../src/lab/setup.ts';
import { fileOf, inodeOf } from '../../src/machine/kernel-state.ts';
import type { Caller, Completion, Syscall } from '../../src/machine/syscall.ts';
import { crashWorkload } from './crash-workload.ts';
import { DataModel } from './data-model.ts';
import type { DataPrint } from './data-print.ts';
import { countUpTo, newSplitLog, splitMore, type SplitLog } from './log-splitter.ts';
import type { Config } from './start-from.ts';
import { ContentNames } from './survivors.ts';

export type Policy = 'always' | 'everysec' | 'no';
export type Accident = 'process-killed' | 'power-lost';
export const policies: readonly Policy[] = ['always', 'everysec', 'no'];

export interface CrashRunOptions {
  readonly seed: number;
  readonly commands: number;
  readonly policy: Policy;
  readonly config?: Config;
  /** What the machine's clock shows first, milliseconds since 1970. */
  readonly startAt?: number;
}

/** One file of the log, as the witness saw it being written. */
export interface LogFile {
  readonly inode: number;
  readonly path: string;
  /** Versions of the data set: before the file, and behind each of its units. */
  readonly startVersion: number;
  readonly unitVersions: number[];
  readonly split: SplitLog;
  /** How much of it write(2) has taken; `split` is ahead by the write that is being made. */
  written: number;
  /** How much of it an fsync that has ended had seen. */
  fsynced: number;
}

/** What the visitor is shown, and when: before a write(2) with the bytes that it brings, and after every call or event. */
export interface Visitor {
  writing(file: { readonly path: string; readonly inode: number }, bytes: Uint8Array): void;
  boundary(
    what: string,
    written: { path: string; inode: number; from: number; to: number } | null,
  ): void;
  complaint(clause: string, text: string): void;
}

const BEGIN = Date.UTC(2030, 0, 1);
/** A millisecond a command, and in short runs as much more as it takes to see several fsyncs of `everysec`. */
const MICROS_PER_COMMAND = 1_000;
const SHORTEST_RUN = 5_000_000;
/** So many commands come at once: they share a turn, a write and an fsync. */
const BURST = 4;
const AFTERWARDS = 3_200_000;
const SLOW_FSYNC_MS = 1_300;
const CHILD_SLOWNESS = 1_000;

export class CrashRun {
  readonly options: CrashRunOptions;
  readonly config: Config;
  readonly lab: Lab;
  readonly lane: Lane;
  readonly names = new ContentNames();
  readonly files: LogFile[] = [];
  /** What each version of the data set amounts to: 0 is empty, and every command that changed something made the next. */
  readonly prints: DataPrint[];
  /** The version that the last command executed has left, and those that clients have been told of. */
  version = 0;
  acknowledged = 0;
  /** Told at a moment at which the log was not behind an fsync. */
  acknowledgedAndWritten = 0;
  executed = 0;
  private readonly model = new DataModel();
  private readonly visitor: Visitor;
  private readonly waiting = new Map<string, number[]>();
  private readonly versionOf = new Map<number, number>();
  private unlogged: number[] = [];
  private lastLogged = 0;
  private fsyncs: { inode: number; size: number; endsAt: number }[] = [];

  constructor(options: CrashRunOptions, visitor: Visitor) {
    this.options = options;
    this.visitor = visitor;
    this.config = {
      appendonly: 'yes',
      appendfsync: options.policy,
      'auto-aof-rewrite-percentage': '0',
      ...options.config,
    };
    const plan = planLab(
      {
        seed: options.seed,
        lanes: [{ config: this.config }],
        disk: { preset: 'nvme' },
        clock: { startAt: options.startAt ?? BEGIN },
      },
      0,
    );
    if (typeof plan === 'string') throw new Error(plan);
    this.prints = [this.model.print()];
    this.lab = Lab.create(plan);
    this.lane = this.lab.lanes[0]!;
    this.witnessKernel();
    this.witnessServer();
    this.findFirstLog();
  }

  get startAt(): number {
    return this.options.startAt ?? BEGIN;
  }

  /** All commands at their instants, and the time after them until everything has come to rest. */
  run(): void {
    const requests = crashWorkload(this.options.seed, this.options.commands);
    const start = this.lab.clock.now;
    const apart = Math.max(MICROS_PER_COMMAND, Math.floor(SHORTEST_RUN / requests.length));
    const at = (share: number): number => Math.floor(requests.length * share);
    this.lab.plan({ kind: 'child-slow', value: CHILD_SLOWNESS });
    for (const [i, { client, argv }] of requests.entries()) {
      this.runUntil(start + (i - (i % BURST)) * apart);
      // An fsync that takes longer than a second: `everysec` postpones its writes meanwhile.
      if (i === at(0.5) && this.options.policy === 'everysec')
        this.lab.plan({
          kind: 'fsync-time',
          value: SLOW_FSYNC_MS,
          until: this.lab.now + SLOW_FSYNC_MS,
        });
      const queue = this.waiting.get(client) ?? [];
      this.waiting.set(client, queue);
      queue.push(i);
      this.lab.send(argv.map(ascii), client, undefined, i);
    }
    this.runUntil(this.lab.clock.now + AFTERWARDS);
    if (this.executed !== requests.length)
      this.visitor.complaint(
        'runs',
        `${this.executed} of ${requests.length} commands were executed`,
      );
  }

  /** The version of which `size` bytes of that file are the end, if all before it is there. */
  versionAt(file: LogFile, size: number): number {
    const units = countUpTo(file.split.unitEnds, size);
    return units === 0 ? file.startVersion : file.unitVersions[units - 1]!;
  }

  /** What is wholly before the last fsync that has ended. */
  fsyncedVersion(): number {
    let version = 0;
    for (const file of this.files) {
      version = Math.max(version, this.versionAt(file, file.fsynced));
      if (file.fsynced < file.written) break;
    }
    return version;
  }

  writtenVersion(): number {
    const last = this.files[this.files.length - 1]!;
    return this.versionAt(last, last.written);
  }

  /** Of what clients were told, the version that has to be there after an accident now. */
  promisedAfter(accident: Accident): number {
    if (this.options.policy === 'always') return this.acknowledged;
    return accident === 'process-killed' ? this.acknowledgedAndWritten : 0;
  }

  // --- the witness ---

  private runUntil(target: number): void {
    while (this.lab.runUntil(target, 1) === 'more') this.hear();
    this.hear();
  }

  /** What clients have been told since, and which fsyncs have ended. */
  private hear(): void {
    const { now } = this.lab.clock;
    const { policy } = this.options;
    for (const { token } of this.lane.state.answers.splice(0)) {
      const version = this.versionOf.get(token) ?? 0;
      this.acknowledged = Math.max(this.acknowledged, version);
      const behind = policy === 'everysec' && this.fsyncs.some(({ endsAt }) => endsAt >= now);
      if (!behind) this.acknowledgedAndWritten = Math.max(this.acknowledgedAndWritten, version);
    }
    this.fsyncs = this.fsyncs.filter(({ inode, size, endsAt }) => {
      if (endsAt >= now) return true;
      const file = this.logFile(inode);
      if (file !== undefined) file.fsynced = Math.max(file.fsynced, size);
      return false;
    });
  }

  private logFile(inode: number): LogFile | undefined {
    return this.files.find((file) => file.inode === inode);
  }

  private witnessServer(): void {
    const server = this.lane.server!;
    const { engine } = server;
    const execute = engine.execute.bind(engine);
    engine.execute = (session, argv, now) => {
      const outcome = execute(session, argv, now);
      const client = this.lane.state.clientNames.get(session.id)!;
      const changed = this.model.execute(client, argv, Math.floor(now / 1000)) === 'changed';
      if (changed) {
        this.version++;
        this.prints.push(this.model.print());
        if (outcome.units.length === 0)
          this.visitor.complaint('logs-every-change', `nothing is logged for ${argv.join(' ')}`);
      }
      this.executed++;
      this.versionOf.set(this.waiting.get(client)!.shift()!, this.version);
      return outcome;
    };
    const propagate = server.propagate.bind(server);
    server.propagate = (units: readonly Unit[]) => {
      for (let i = 0; i < units.length; i++) this.unlogged.push(this.version);
      propagate(units);
    };
  }

  private witnessKernel(): void {
    const { kernel } = this.lane;
    const call = kernel.call.bind(kernel);
    kernel.call = (caller: Caller, made: Syscall, now: number): Completion => {
      this.hear();
      const target = this.targetOf(caller, made);
      if (made.call === 'write' && target !== null) {
        const { state } = kernel;
        this.logFileWritten(target.inode, fileOf(state, target.inode).size, made.bytes);
        this.visitor.writing(target, made.bytes);
      }
      const completion = call(caller, made, now);
      const written = this.called(made, target, completion);
      this.visitor.boundary(made.call, written);
      return completion;
    };
    const dispatch = kernel.dispatch.bind(kernel);
    kernel.dispatch = (event) => {
      dispatch(event);
      this.hear();
      this.visitor.boundary(event.payload.type, null);
    };
  }

  private targetOf({ pid }: Caller, call: Syscall): { path: string; inode: number } | null {
    if (!('fd' in call) || typeof call.fd !== 'number') return null;
    return this.lane.kernel.process(pid)?.descriptors.get(call.fd) ?? null;
  }

  private called(
    call: Syscall,
    target: { path: string; inode: number } | null,
    { result, endsAt }: Completion,
  ): Parameters<Visitor['boundary']>[1] {
    const { state } = this.lane.kernel;
    if (call.call === 'open' && call.mode === 'truncate' && result.ok) this.opened();
    if (target === null) return null;
    const { path, inode } = target;
    switch (call.call) {
      case 'write': {
        const { size } = fileOf(state, inode);
        const from = size - call.bytes.length;
        const file = this.logFile(inode);
        if (file !== undefined) file.written = size;
        return { path, inode, from, to: size };
      }
      case 'ftruncate':
        this.names.rewritten(inode);
        return null;
      case 'fsync':
      case 'fdatasync':
        if (result.ok && inodeOf(state, inode).kind === 'file')
          this.fsyncs.push({ inode, size: fileOf(state, inode).size, endsAt });
        return null;
      default:
        return null;
    }
  }

  /** A file that was there may be shorter now; the next file of the log may be a new one. */
  private opened(): void {
    const { kernel } = this.lane;
    for (const { path, inode, size } of kernel.files()) {
      if (size === 0) this.names.rewritten(inode);
      if (path.endsWith('.incr.aof') && this.logFile(inode) === undefined)
        this.enterLog(path, inode);
    }
  }

  private findFirstLog(): void {
    for (const { path, inode } of this.lane.kernel.files())
      if (path.endsWith('.incr.aof')) this.enterLog(path, inode);
  }

  private enterLog(path: string, inode: number): void {
    const startVersion = this.lastLogged;
    const split = newSplitLog();
    this.files.push({ inode, path, startVersion, unitVersions: [], split, written: 0, fsynced: 0 });
  }

  private logFileWritten(inode: number, from: number, bytes: Uint8Array): void {
    const file = this.logFile(inode);
    if (file === undefined) return;
    const { split } = file;
    const before = split.unitEnds.length;
    if (split.end !== from || !splitMore(split, bytes))
      return this.visitor.complaint(
        'writes-whole-records',
        `a write of ${bytes.length} bytes at ${from}`,
      );
    const units = split.unitEnds.length - before;
    if (units !== this.unlogged.length || split.multiAt !== -1)
      this.visitor.complaint(
        'writes-whole-units',
        `${units} units written where ${this.unlogged.length} were executed, at ${from}`,
      );
    for (let i = 0; i < units; i++) {
      this.lastLogged = this.unlogged[i] ?? this.version;
      file.unitVersions.push(this.lastLogged);
    }
    this.unlogged = [];
  }
}
