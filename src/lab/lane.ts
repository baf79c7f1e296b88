/**
 * Runs one machine: takes what its processes wait for to the kernel, and what happens back to them, in virtual time.
 * Wraps a LaneState and holds nothing of its own that could not be built again from it.
 */
import type { ByteString } from '../base/bytes.ts';
import { unreachable } from '../base/assert.ts';
import type { Micros } from '../base/time.ts';
import type { Delivery } from '../engine/effects.ts';
import type { ClockEvent } from '../machine/clock.ts';
import { SimulatedKernel } from '../machine/kernel.ts';
import type { Syscall } from '../machine/syscall.ts';
import { listened } from '../server/config-apply.ts';
import type { Reply } from '../resp/reply.ts';
import type { ServerEvent } from '../server/events.ts';
import { isOfServer } from '../server/log-line.ts';
import { Server } from '../server/server.ts';
import type { ThreadName, Work } from '../server/state.ts';
import { canListen } from './addresses.ts';
import type { LaneEvent, LaneEventPayload, LaneState } from './lane-state.ts';
import { startMeter, stopMeter } from './measure.ts';
import { savePoints } from './crash.ts';
import { falling, noteRisk, noteRiskNowAndThen, sampleRisk } from './lane-risk.ts';
import { acknowledge, endOffset } from './record-log.ts';
import type { CrashKind, LabEvent, LabMillis } from './view.ts';
import { bootServer, usualLaunch, type Launch } from './boot.ts';
import { keptForStopped } from './stopped-processes.ts';
import type { LaneSurroundings } from './surroundings.ts';
import { closeClient, closeKilled, connectedClient, deliver, settle } from './lane-clients.ts';
import { childCallEnded, runChild, startChildren } from './lane-children.ts';
import {
  enterFile,
  enterSavedFile,
  enterNewBase,
  knowBase,
  recordUnit,
  recount,
} from './lane-log.ts';
import { kernelClock } from './kernel-clock.ts';

/** A completion that comes sooner than this counts as no waiting when the clock stands still. */
const NO_WAITING: Micros = 1_000;
const BIO_THREADS: readonly Exclude<ThreadName, 'main'>[] = ['bio_aof', 'bio_close_file'];

export class Lane {
  readonly state: LaneState;
  readonly kernel: SimulatedKernel;
  private readonly surroundings: LaneSurroundings;
  server: Server | null;

  constructor(state: LaneState, surroundings: LaneSurroundings) {
    this.state = state;
    this.surroundings = surroundings;
    this.kernel = new SimulatedKernel(state.kernel, kernelClock(surroundings.clock));
    this.server = state.server === null ? null : new Server(state.server, 'watched');
  }

  get now(): Micros {
    return this.surroundings.clock.now;
  }

  get epoch(): Micros {
    return this.surroundings.epoch;
  }

  get wallNow(): Micros {
    return this.kernel.wallClock(this.now);
  }

  // --- from outside ---

  /** A client sends a command; it arrives after half a round trip. */
  send(client: string, token: number, argv: readonly ByteString[]): void {
    // A workload's takes its time however the clock is set: in a closed loop it would never end.
    const isFree = this.free() && token >= 0;
    const delay = isFree ? 0 : Math.ceil(this.state.kernel.costs.networkRoundTrip / 2);
    const { now } = this;
    const sent = { client, token, argv, sentAt: now };
    this.schedule(now + delay, { lane: this.state.id, type: 'arrive', ...sent });
  }

  /** A client gives up: its connection is closed, nobody waits for its replies any more. */
  interrupt(name: string): void {
    const client = this.state.clients.get(name);
    if (client === undefined) return;
    this.cancelWhere(({ payload }) => payload.type === 'arrive' && payload.client === name);
    closeClient(this, client);
  }

  /** Starts redis-server, as its init system would: with /etc/redis/redis.conf, in /data; or as a person says. */
  boot(launch: Launch = usualLaunch): string | undefined {
    const { state } = this;
    if (state.server !== null) return `lane ${state.id}: the server is running already`;
    state.power = 'on';
    const started = bootServer(this.kernel, state, this.wallNow, launch);
    if (typeof started === 'string') {
      state.status = 'failed';
      state.failure = started;
      state.logLines.push(...started.split('\n'));
      this.surroundings.guests?.refused(this, started);
      return undefined;
    }
    state.boots++;
    state.status = 'loading';
    state.failure = null;
    state.server = started;
    state.pid = started.pid;
    this.server = new Server(started, 'watched');
    this.event({ event: 'boot', lane: state.id, at: this.labNow() });
    this.runMain();
    return undefined;
  }

  /** SIGKILL: the process is gone at once, the kernel and its page cache stay. */
  killMain(signal: string): void {
    const { state } = this;
    if (state.server === null) return;
    this.kernel.killProcess(state.pid, signal);
    this.kernel.reap(state.pid);
    this.endMain('stopped');
    this.surroundings.guests?.mainEnded(this, 137, signal);
  }

  /** The power is gone: every process with it. */
  powerOff(): void {
    const { state } = this;
    this.endMain('stopped');
    state.children.length = 0;
    state.stopped.clear();
    this.cancelWhere(({ payload }) => payload.lane === state.id);
    this.surroundings.guests?.powerOff(this);
    state.power = 'off';
  }

  signal(name: string): string | undefined {
    const { server } = this;
    if (server === null) return `lane ${this.state.id}: no server is running`;
    if (name === 'KILL') this.killMain('SIGKILL');
    else if (name === 'TERM' || name === 'INT')
      server.signal(name === 'TERM' ? 'SIGTERM' : 'SIGINT', this.wallNow);
    else return `signal ${name} is not known; use TERM, INT or KILL`;
    return undefined;
  }

  /** Takes all that the lane owes to clients that can get no answer any more. */
  private endMain(status: 'stopped' | 'failed'): void {
    const { state } = this;
    state.savePoints = savePoints(state);
    state.server = null;
    this.server = null;
    state.wake = null;
    state.busyThreads.clear();
    state.stopped.delete(state.pid);
    state.status = status;
    state.fsync = null;
    this.cancelWhere(
      ({ payload }) => 'pid' in payload && payload.pid === state.pid && payload.lane === state.id,
    );
    for (const client of [...state.clients.values()]) closeClient(this, client);
    state.clientNames.clear();
    state.waitsFor = 'time';
    stopMeter(state.meter, this.now);
  }

  // --- events ---

  dispatch(event: ClockEvent<LaneEvent>): void {
    const { payload } = event;
    if (keptForStopped(this.state, payload)) return;
    switch (payload.type) {
      case 'wake':
        this.state.wake = null;
        return this.runMain();
      case 'call':
        return this.startCall('main', payload.call);
      case 'done':
        return this.callEnded(payload.thread, payload);
      case 'child-wake':
        return falling(this, () => runChild(this, payload.pid));
      case 'child-done':
        return falling(this, () => childCallEnded(this, payload.pid, payload.result));
      case 'arrive':
        return this.arrive(payload);
      default:
        return unreachable(payload);
    }
  }

  private arrive(payload: Extract<LaneEventPayload, { type: 'arrive' }>): void {
    const { state, server } = this;
    if (server === null || state.server?.phase === 'exited') {
      return settle(this, payload.client, payload.token, { outcome: 'refused' });
    }
    const client = connectedClient(this, payload.client, server);
    const { argv, token, sentAt } = payload;
    client.waiting.push({ token, argv, sentAt, row: null });
    server.receive(client.id!, argv);
    state.commands++;
    if (token >= 0) state.ownSamples.push(this.labNow());
    // What arrives at the same instant is read in the same turn, as one epoll_wait tells of it all.
    if (state.waitsFor === 'poll') this.wakeAt(this.now, 'time');
  }

  // --- the main thread ---

  private runMain(): void {
    const { state, server } = this;
    if (server === null) return;
    if (state.wake !== null) {
      this.surroundings.clock.cancel(state.wake);
      state.wake = null;
    }
    const wait = server.run(this.wallNow);
    state.policy = server.state.aof.mode === 'off' ? null : server.state.settings.appendFsync;
    this.collect();
    const { now } = this;
    switch (wait.wait) {
      case 'syscall': {
        const startsAt = now + this.cost(wait.work);
        state.waitsFor = 'call';
        if (startsAt === now) this.startCall('main', wait.call);
        else
          this.schedule(startsAt, {
            lane: state.id,
            type: 'call',
            pid: state.pid,
            call: wait.call,
          });
        break;
      }
      case 'cpu':
        this.wakeAt(now + Math.max(1, this.cost(wait.work)), 'time');
        break;
      case 'sleep':
        this.wakeAt(now + this.cost(wait.work) + wait.micros, 'time');
        break;
      case 'listen':
        listened(server, canListen(server.state.directives) ? 'listening' : 'failed');
        this.wakeAt(now + Math.max(1, this.cost(wait.work)), 'time');
        break;
      case 'poll': {
        const busy = this.cost(wait.work);
        if (busy > 0) this.wakeAt(now + busy, 'time');
        else this.wakeAt(now + Math.max(1, wait.until - this.wallNow), 'poll');
        break;
      }
      case 'exit':
        // The last thing that it did may be to stop its child.
        startChildren(this);
        this.mainExited(wait.code, wait.signal);
        return;
      default:
        unreachable(wait);
    }
    this.startBackgroundCalls();
    startChildren(this);
  }

  private wakeAt(at: Micros, waitsFor: LaneState['waitsFor']): void {
    const { state } = this;
    if (state.wake !== null) this.surroundings.clock.cancel(state.wake);
    state.waitsFor = waitsFor;
    state.wake = this.schedule(at, { lane: state.id, type: 'wake', pid: state.pid });
  }

  private startCall(thread: ThreadName, call: Syscall): void {
    const { state, now } = this;
    const { result, endsAt } = this.kernel.call({ pid: state.pid, thread }, call, now);
    const waits =
      call.call === 'fsync' ||
      call.call === 'fdatasync' ||
      call.call === 'fork' ||
      endsAt - now >= NO_WAITING;
    const at = this.free() && !waits ? now : endsAt;
    state.busyThreads.add(thread);
    this.schedule(at, { lane: state.id, type: 'done', pid: state.pid, thread, result });
  }

  private callEnded(
    thread: ThreadName,
    payload: Extract<LaneEventPayload, { type: 'done' }>,
  ): void {
    const { server } = this;
    if (server === null) return;
    this.state.busyThreads.delete(thread);
    server.complete(thread, payload.result, this.wallNow);
    if (thread === 'main') return this.runMain();
    this.collect();
    this.startBackgroundCalls();
  }

  /** A bio thread is idle when no completion of its is on the way: its plan's next call has not been started. */
  private startBackgroundCalls(): void {
    const { server, state } = this;
    if (server === null) return;
    for (const thread of BIO_THREADS) {
      const call = server.next(thread);
      if (call === undefined || state.busyThreads.has(thread)) continue;
      this.startCall(thread, call);
    }
  }

  private mainExited(code: number, signal: string | null): void {
    const { state } = this;
    const wasReady = state.status === 'running';
    this.kernel.exit(state.pid, code);
    this.kernel.reap(state.pid);
    if (code !== 0 || signal !== null) state.failure = state.logLines.findLast(isOfServer) ?? null;
    this.endMain(code === 0 || wasReady ? 'stopped' : 'failed');
    this.surroundings.guests?.mainEnded(this, code, signal);
  }

  // --- what the server did ---

  private collect(): void {
    const { server } = this;
    if (server === null) return;
    const { events } = server.state;
    for (let i = 0; i < events.length; i++) this.take(events[i]!);
    events.length = 0;
    closeKilled(this, server);
  }

  private take(event: ServerEvent): void {
    const { state } = this;
    switch (event.event) {
      case 'unit':
        return recordUnit(state, event.unit, event.records, this.now);
      case 'written':
        state.durability.written = event.offset;
        return this.event({
          event: 'flush',
          lane: state.id,
          at: this.labNow(),
          offset: event.offset,
        });
      case 'fsync-started':
        state.fsync = { startedAt: this.now, covers: event.covers };
        return;
      case 'fsync-ended':
        return this.fsyncEnded(event.covers, event.ok);
      case 'segment':
        return enterFile(state, this.kernel, event, this.now);
      case 'forked':
        state.forkOffset = endOffset(state.records);
        return;
      case 'saved':
        return falling(this, () => enterSavedFile(state, this.kernel, event.by));
      case 'rewritten':
        return falling(this, () => enterNewBase(state, this.kernel, event.offset));
      case 'replies':
        return this.replied(event.replies, event.acknowledged);
      case 'ready':
        state.status = 'running';
        recount(state, this.kernel);
        knowBase(state, this.kernel);
        if (state.meter.since !== null) startMeter(state.meter, this.now, state.meter.commandsEach);
        return noteRisk(this);
      case 'log':
        state.logLines.push(event.line);
        this.surroundings.guests?.logged(this, event.line);
        return;
      default:
        return unreachable(event);
    }
  }

  private fsyncEnded(covers: number, ok: boolean): void {
    const { state } = this;
    const startedAt = state.fsync?.startedAt ?? this.now;
    state.fsync = null;
    state.lastFsyncAt = this.now;
    if (ok) state.fsyncedOffset = Math.max(state.fsyncedOffset, covers);
    sampleRisk(this);
    state.fsyncSamples.push(this.labTime(startedAt), this.labNow());
    this.event({
      event: 'fsync',
      lane: state.id,
      at: this.labNow(),
      startedAt: this.labTime(startedAt),
      offset: covers,
      ok,
    });
  }

  private replied(replies: readonly Delivery[], acknowledged: number): void {
    const { state } = this;
    const end = state.server?.aof.mode === 'off' ? endOffset(state.records) : acknowledged;
    noteRiskNowAndThen(this);
    acknowledge(state.records, end, this.now);
    state.acknowledgedOffset = end;
    for (const delivery of replies) deliver(this, delivery);
  }

  toGuest(client: string, reply: Reply | null): void {
    this.surroundings.guests?.reply(this, client, reply);
  }

  workDone(): void {
    this.surroundings.idle(this);
  }

  /** The crash has happened: tells the world. */
  crashed(kind: CrashKind, lost: number): void {
    const { state } = this;
    this.event({ event: 'crash', lane: state.id, at: this.labNow(), kind });
    this.event({ event: 'loss', lane: state.id, at: this.labNow(), writes: lost });
  }

  // --- small things ---

  private free(): boolean {
    return this.surroundings.pace() === 'free';
  }

  private cost(work: Work): Micros {
    const { commandMicros, commandMicrosPerKb, instructionNanos } = this.state.kernel.costs;
    const commands =
      work.commands * commandMicros + Math.floor((work.bytes * commandMicrosPerKb) / 1024);
    // A script that has not ended in its first slice takes time however the clock is set, and so does an fsync.
    const script = this.runsScript() || !this.free() ? work.instructions * instructionNanos : 0;
    return Math.floor(script / 1000) + (this.free() ? 0 : commands);
  }

  /** Each event of a lane that runs a script is some milliseconds of work. */
  runsScript(): boolean {
    return (this.server?.state.engine.scripting.running ?? null) !== null;
  }

  schedule(at: Micros, payload: LaneEventPayload): number {
    return this.surroundings.clock.schedule(at, { kind: 'lane', payload });
  }

  cancelWhere(matches: (event: LaneEvent) => boolean): void {
    this.surroundings.clock.cancelWhere(
      (event) => event.kind === 'lane' && event.payload.lane === this.state.id && matches(event),
    );
  }

  private event(event: LabEvent): void {
    this.state.events.push(event);
  }

  labNow(): LabMillis {
    return this.labTime(this.now);
  }

  labTime(at: Micros): LabMillis {
    return (at - this.surroundings.epoch) / 1000;
  }
}
