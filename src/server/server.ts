/**
 * One redis-server process: the turns of its event loop. It never waits by itself: `run` goes on until the main
 * thread needs a system call, time, or input, and says so; whoever runs the process answers with `complete`. So the
 * same code runs in virtual time on a simulated kernel, and in real time on a real one.
 */
import { assert, unreachable } from '../base/assert.ts';
import type { ByteString } from '../base/bytes.ts';
import { secondsOfMicros, type Micros } from '../base/time.ts';
import { needsNoLogin } from '../engine/acl/accounts.ts';
import { Engine } from '../engine/engine.ts';
import type { Outcome, Unit } from '../engine/effects.ts';
import { isPaused } from '../engine/refusal.ts';
import { newSession, type ClientId, type Session } from '../engine/session.ts';
import { newPlan, nextCall, takeResult, type PlannedCall } from '../machine/plan.ts';
import type { Pid, Syscall, SyscallResult } from '../machine/syscall.ts';
import { appendUnit, type AppendedRecord } from '../persistence/aof-writer.ts';
import type { Protocol, Reply } from '../resp/reply.ts';
import { announceStart } from './announce.ts';
import { afterFlush, afterSave } from './after-flush.ts';
import type { Core, LogLevel } from './core.ts';
import { cron, cronDue } from './cron.ts';
import { directiveText } from './directives.ts';
import type { ServerEvent } from './events.ts';
import { flush } from './flush.ts';
import { handlerLine, logLine } from './log-line.ts';
import { StatePort, type Stopwatch } from './port.ts';
import { resume } from './resume.ts';
import { chargeInstructions, isTooSlow } from './slow-script.ts';
import { beginRewrite } from './rewrite.ts';
import { rewriteEnded } from './rewrite-end.ts';
import { startRequest } from './requests.ts';
import { backgroundSaveEnded, beginBackgroundSave, scheduledSaveDue } from './save.ts';
import { beginShutdown } from './shutdown.ts';
import { beginStartup } from './read-manifest.ts';
import { stepLoading } from './startup.ts';
import type { AfterSave, Input, ServerState, Task, ThreadName, Work } from './state.ts';
import type { AfterFlush, Step } from './steps.ts';
import { beginLoadUsers } from './users.ts';
import type { Wait } from './wait.ts';

/** `watched`: events are collected for whoever takes them; a server that nobody watches spends nothing on them. */
/** Instructions of a script between two looks at the clock: some milliseconds of work. */
const SCRIPT_SLICE = 200_000;

export type Observation = 'watched' | 'log-only';

export class Server implements Core {
  readonly engine: Engine;
  readonly port: StatePort;
  readonly state: ServerState;
  private readonly observation: Observation;
  clock: Micros = 0;

  /** `measure`: how long commands really take; in virtual time each takes what its preset says. */
  constructor(state: ServerState, observation: Observation, measure: Stopwatch | null = null) {
    this.state = state;
    this.observation = observation;
    this.port = new StatePort(state, (level, message) => this.log(level, message), measure);
    this.engine = new Engine(state.engine, this.port);
  }

  // --- clients ---

  connect(now: Micros, address: string, localAddress?: string): Session {
    const { state } = this;
    const own = localAddress ?? `127.0.0.1:${state.settings.port}`;
    const session = newSession(state.nextClientId++, now, address, own);
    session.authenticated = needsNoLogin(state.engine.users);
    state.engine.sessions.set(session.id, session);
    state.connectionsReceived++;
    return session;
  }

  /** A command that has arrived; it runs in the next turn. */
  receive(client: ClientId, argv: readonly ByteString[]): void {
    this.state.inbox.push({ client, argv });
  }

  disconnect(client: ClientId): void {
    const session = this.state.engine.sessions.get(client);
    if (session !== undefined) this.engine.forget(session);
  }

  signal(name: 'SIGTERM' | 'SIGINT', now: Micros): void {
    const { state } = this;
    const say = (message: string): void =>
      void state.events.push({ event: 'log', line: handlerLine(state.pid, now, message) });
    if (state.shutdownAsked !== null && name === 'SIGINT') {
      say('You insist... exiting now.');
      return this.die(1);
    }
    say(
      state.phase === 'loading'
        ? 'Received shutdown signal during loading, scheduling shutdown.'
        : `Received ${name} scheduling shutdown...`,
    );
    state.shutdownAsked = { kind: 'shutdown', save: 'default', force: false, now: false };
  }

  childExited(pid: Pid, code: number, signal: string | null): void {
    const { child } = this.state;
    if (child?.pid === pid) child.exit = { code, signal };
  }

  /** A child tells how many keys it has written. */
  childReported(pid: Pid, keys: number): void {
    const { child } = this.state;
    if (child?.pid === pid) child.reported = keys;
  }

  // --- running ---

  /** Goes on until the main thread has to wait. Not to be called while a system call of it is under way. */
  run(now: Micros): Wait {
    const { state } = this;
    for (;;) {
      if (state.exit !== null) {
        state.phase = 'exited';
        return { wait: 'exit', ...state.exit };
      }
      if (state.sleepMicros > 0) {
        const micros = state.sleepMicros;
        state.sleepMicros = 0;
        return { wait: 'sleep', micros, work: this.takeWork() };
      }
      if (state.listening !== null) return { wait: 'listen', work: this.takeWork() };
      const { plan } = state.threads.main;
      if (plan !== null) {
        const call = nextCall(plan);
        assert(call !== undefined, 'a plan that has ended was not resumed');
        return { wait: 'syscall', call, work: this.takeWork() };
      }
      const wait = this.advance(now);
      if (wait !== undefined) return wait;
    }
  }

  /** The result of the call that `run` (main) or `next` (a bio thread) asked for. */
  complete(thread: ThreadName, result: SyscallResult, now: Micros): void {
    const { state } = this;
    const owner = state.threads[thread];
    const { plan } = owner;
    assert(plan !== null, `no call of ${thread} is under way`);
    const outcome = takeResult(plan, result);
    if (outcome === undefined) return;
    owner.plan = null;
    if (thread !== 'main') owner.plan = owner.queue.shift() ?? null;
    this.clock = now;
    resume(this, plan.then, outcome);
  }

  /** What a bio thread has to call next; undefined when it is idle. */
  next(thread: Exclude<ThreadName, 'main'>): Syscall | undefined {
    const { plan } = this.state.threads[thread];
    return plan === null ? undefined : nextCall(plan);
  }

  private advance(now: Micros): Wait | undefined {
    const { state } = this;
    this.clock = now;
    switch (state.phase) {
      case 'starting':
        state.now = now;
        announceStart(this);
        return { wait: 'cpu', work: this.takeWork() };
      case 'initialized':
        state.now = now;
        if (directiveText(state.directives, 'aclfile') === '') beginStartup(this);
        else beginLoadUsers(this, null);
        return undefined;
      case 'loading':
        state.now = now;
        if (stepLoading(this, now)) this.serveWhileLoading();
        return { wait: 'cpu', work: this.takeWork() };
      case 'serving':
      case 'stopping':
        return this.turn(now);
      case 'exited':
        return { wait: 'exit', code: 0, signal: null };
      default:
        return unreachable(state.phase);
    }
  }

  private turn(now: Micros): Wait | undefined {
    const { state } = this;
    switch (state.stage) {
      case 'poll':
        if (state.engine.scripting.running !== null) {
          state.stage = 'commands';
          state.now = now;
          return undefined;
        }
        if (state.inboxAt < state.inbox.length || cronDue(state, now)) {
          state.stage = 'commands';
          state.now = now;
          return undefined;
        }
        return { wait: 'poll', until: state.nextCron, work: this.takeWork() };
      case 'commands':
        if (this.startTask()) return undefined;
        if (state.engine.scripting.running !== null) return this.runScript(now);
        if (this.executeNext(now)) return undefined;
        state.stage = 'cron';
        if (cronDue(state, now)) cron(this);
        return undefined;
      case 'cron':
        if (this.startTask()) return undefined;
        state.stage = 'before-sleep';
        return undefined;
      case 'before-sleep':
        state.stage = 'replies';
        this.takeWoken(now);
        flush(this, 'turn', false);
        return undefined;
      case 'replies':
        this.sendReplies(now);
        this.takePostponed();
        state.counters.turns++;
        state.stage = 'poll';
        return undefined;
      default:
        return unreachable(state.stage);
    }
  }

  /**
   * A script is at work. The main thread looks at nothing else until busy-reply-threshold is over; from then on it
   * reads what clients say, and answers, between two slices of the script (scriptInterrupt, processEventsWhileBlocked).
   */
  private runScript(now: Micros): Wait | undefined {
    const { state } = this;
    const { running } = state.engine.scripting;
    if (running === null || state.shutdown !== null) return { wait: 'cpu', work: this.takeWork() };
    if (isTooSlow(this, running, now)) {
      while (this.executeNext(now));
      if (state.tasks.length > 0) return undefined;
    }
    const outcome = this.engine.continueScript(SCRIPT_SLICE);
    state.work.commands--;
    this.took(running.session, outcome);
    if (running.timedOut) state.stage = 'before-sleep';
    return { wait: 'cpu', work: this.takeWork() };
  }

  /** One command of the inbox; false when there is none. */
  private executeNext(now: Micros): boolean {
    const { state } = this;
    const input = state.inbox[state.inboxAt];
    if (input === undefined) {
      state.inbox.length = 0;
      state.inboxAt = 0;
      return false;
    }
    state.inboxAt++;
    const session = state.engine.sessions.get(input.client);
    if (session === undefined || session.closing) return true;
    if (session.blocked !== null || state.postponed.has(session.id)) {
      this.postpone(input);
      return true;
    }
    const { protocol } = session;
    const outcome = this.engine.execute(session, input.argv, now);
    // Held back: it is given again when the pause is over.
    if (isPaused(session)) this.postpone(input);
    if (session.protocol !== protocol) this.fixProtocol(session.id, protocol);
    this.took(session, outcome);
    return true;
  }

  private took(session: Session, outcome: Outcome): void {
    const { state } = this;
    state.work.commands++;
    chargeInstructions(state);
    const wrote = outcome.units.length > 0;
    for (const delivery of outcome.replies)
      state.outgoing.push(
        wrote && delivery.client === session.id ? { ...delivery, wrote } : delivery,
      );
    if (outcome.units.length > 0) {
      this.propagate(outcome.units);
      session.writeOffset = state.replicationOffset;
      this.markWriters(outcome.units);
    }
    if (outcome.request !== null)
      state.tasks.push({ task: 'request', client: session.id, request: outcome.request });
  }

  private takeWoken(now: Micros): void {
    const { replies, units } = this.engine.wake(now);
    for (const delivery of replies) this.state.outgoing.push(delivery);
    if (units.length === 0) return;
    this.propagate(units);
    this.markWriters(units);
  }

  /** Clients that were served by what another one did have written as well (WAITAOF). */
  private markWriters(units: readonly Unit[]): void {
    const { engine, replicationOffset } = this.state;
    for (const { cause } of units) {
      const writer = cause.client === null ? undefined : engine.sessions.get(cause.client);
      if (writer !== undefined) writer.writeOffset = replicationOffset;
    }
  }

  /** What a client sends while it waits is executed when its waiting is over. */
  private postpone(input: Input): void {
    const { postponed } = this.state;
    const known = postponed.get(input.client);
    if (known === undefined) postponed.set(input.client, [input]);
    else known.push(input);
  }

  private takePostponed(): void {
    const { postponed, inbox, engine } = this.state;
    if (postponed.size === 0) return;
    for (const [client, inputs] of postponed) {
      const session = engine.sessions.get(client);
      if (session !== undefined && session.blocked !== null) continue;
      postponed.delete(client);
      inbox.push(...inputs);
    }
  }

  /** HELLO and RESET change how later replies are written, not those of this turn that came before them. */
  private fixProtocol(client: ClientId, protocol: Protocol): void {
    const { outgoing } = this.state;
    for (const [i, delivery] of outgoing.entries()) {
      if (delivery.client === client && delivery.protocol === undefined)
        outgoing[i] = { ...delivery, protocol };
    }
  }

  private serveWhileLoading(): void {
    const { state } = this;
    while (this.executeNext(state.now));
    this.sendReplies(state.now);
    if (state.shutdownAsked !== null) {
      state.tasks.push({
        task: 'shutdown',
        request: { ...state.shutdownAsked, save: 'nosave' },
        client: null,
      });
      state.shutdownAsked = null;
    }
    if (state.threads.main.plan === null) this.startTask();
  }

  private sendReplies(now: Micros): void {
    const { state } = this;
    if (state.outgoing.length === 0) return;
    const replies = state.outgoing;
    state.outgoing = [];
    state.events.push({ event: 'replies', at: now, replies, acknowledged: state.aof.appended });
  }

  private takeWork(): Work {
    const { work } = this.state;
    this.state.work = { commands: 0, bytes: 0, instructions: 0 };
    return work;
  }

  // --- tasks: what needs system calls before the turn goes on ---

  private startTask(): boolean {
    const task = this.state.tasks.shift();
    if (task === undefined) return false;
    this.start(task);
    return true;
  }

  private start(task: Task): void {
    const { state } = this;
    switch (task.task) {
      case 'request':
        return startRequest(this, task.client, task.request);
      case 'rewrite':
        return beginRewrite(this, task.client);
      case 'save':
        if (task.why === 'point' || scheduledSaveDue(this)) beginBackgroundSave(this, null);
        return;
      case 'child-ended':
        if (state.child?.kind === 'aof') rewriteEnded(this, state.child);
        else if (state.child?.kind === 'rdb') backgroundSaveEnded(this, state.child);
        return;
      case 'shutdown':
        return beginShutdown(this, task.request, task.client);
      default:
        return unreachable(task);
    }
  }

  // --- Core ---

  log(level: LogLevel, message: string): void {
    const line = logLine(this.state, this.clock, level, message);
    if (line !== undefined) this.state.events.push({ event: 'log', line });
  }

  emit(event: ServerEvent): void {
    if (this.observation === 'watched' || event.event === 'ready') this.state.events.push(event);
  }

  begin(thread: ThreadName, calls: readonly PlannedCall[], then: Step): void {
    const owner = this.state.threads[thread];
    const plan = newPlan(calls, then);
    if (owner.plan === null) owner.plan = plan;
    else if (thread === 'main') assert(false, `the main thread is busy: ${then.step}`);
    else owner.queue.push(plan);
  }

  flushed(next: AfterFlush): void {
    afterFlush(this, next);
  }

  saved(after: AfterSave, how: 'saved' | 'failed'): void {
    afterSave(this, after, how);
  }

  answer(client: ClientId | null, reply: Reply | null): void {
    const { state } = this;
    const session = client === null ? undefined : state.engine.sessions.get(client);
    // A command that has its reply already only asked for something to be done before that leaves.
    if (session?.blocked?.reason !== 'server') return;
    session.blocked = null;
    if (reply !== null) state.outgoing.push({ client: session.id, reply });
  }

  propagate(units: readonly Unit[]): void {
    const { state } = this;
    const { aof, settings } = state;
    const logging =
      aof.mode === 'on' || (aof.mode === 'wait-rewrite' && state.child?.kind === 'aof');
    for (const unit of units) {
      const records: AppendedRecord[] = [];
      if (logging) {
        const now = secondsOfMicros(state.now);
        appendUnit(aof, unit, now, settings.aofTimestampEnabled, (record) => records.push(record));
      }
      state.replicationOffset += unit.commands.length;
      this.emit({ event: 'unit', at: this.clock, unit, records });
    }
  }

  die(code: number, signal?: string): void {
    this.state.exit = { code, signal: signal ?? null };
  }
}
