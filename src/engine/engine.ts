/**
 * The engine: (client, words, time) → replies and effects. It reads no clock, waits for nothing and writes no file.
 * The order of checks is that of server.c:processCommand in 7.2.4.
 */
import type { ByteString } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
import type { Reply } from '../resp/reply.ts';
import type { Command } from './command.ts';
import { commandOf, problemOf } from './command-lookup.ts';
import { commandTable } from './command-table.ts';
import { Context } from './context.ts';
import { leaveRows, nextReadyRow, servable } from './blocking.ts';
import type { Cause, Delivery, Outcome } from './effects.ts';
import type { ServerRequest, Unit } from './effects.ts';
import { newCommandStats, type CommandStats, type EngineState } from './engine-state.ts';
import { noteDuration } from './command-duration.ts';
import { error, QUEUED, status } from './replies.ts';
import { errors, oneLine, ReplyError } from './errors.ts';
import { forgetSession } from './farewell.ts';
import { performEvictions } from './eviction.ts';
import { activeExpireCycle } from './expire-cycle.ts';
import { isShown, monitorLine, noteShown, ONLOOKER } from './monitor.ts';
import { endPause } from './pause.ts';
import { redacted } from './redaction.ts';
import { isHeldBack, lacksMemory, refusalOf } from './refusal.ts';
import { timed } from './latency-events.ts';
import type { RunningScript } from './scripting-state.ts';
import {
  isScript,
  pausedScript,
  progress,
  resumeScript,
  toItsEnd,
} from './scripting/script-progress.ts';
import { nextDeadline, waitingByDeadline } from './waiting-order.ts';
import type { ServerPort } from './server-port.ts';
import type { Session } from './session.ts';
import { endTracking, noteReads } from './tracked-commands.ts';
import { takeBroadcasts, takePending } from './tracking.ts';
import { discardTransaction } from './transaction.ts';

const NO_UNITS: readonly Unit[] = [];
const NO_REPLIES: readonly Delivery[] = [];
const NOTHING: Outcome = { replies: NO_REPLIES, units: NO_UNITS, request: null };
const runInsideMulti = new Set(['exec', 'discard', 'multi', 'watch', 'quit', 'reset']);
/** Commands that may delete expired keys all over the data set: each deletion is a unit of its own. */
const touchesArbitraryKeys = new Set(['scan', 'randomkey']);

/** Instructions that a script may take before the command that began it is left: some milliseconds of work. */
const FIRST_SLICE = 500_000;

export class Engine {
  readonly context: Context;

  readonly state: EngineState;
  private readonly server: ServerPort;

  constructor(state: EngineState, server: ServerPort) {
    this.state = state;
    this.server = server;
    this.context = new Context(state, server, {
      all: commandTable,
      lookUp: (argv) => this.commandOf(argv),
      call: (argv) => {
        const command = this.commandOf(argv);
        const problem = problemOf(command, argv, state.renames);
        if (command === undefined || problem !== undefined) return error(problem ?? '');
        return this.context.effects ? this.call(command, argv) : this.run(command, argv);
      },
    });
  }

  private commandOf(argv: readonly ByteString[]): Command | undefined {
    return commandOf(argv, this.state.renames);
  }

  execute(session: Session, argv: readonly ByteString[], now: Micros): Outcome {
    const ctx = this.context;
    ctx.client = session;
    ctx.db = this.state.databases[session.db]!;
    ctx.now = now;
    ctx.nowMs = Math.floor(now / 1000);
    ctx.effects = true;
    // Assigning the length of an array is slow enough to show.
    if (ctx.requests.length > 0) ctx.requests.length = 0;
    ctx.actor = session.id;
    session.lastCommandAt = now;
    session.commands++;
    this.state.stats.commands++;

    const found = this.commandOf(argv);
    session.lastCommand = found?.facts.name ?? 'NULL';
    ctx.outOfMemory = false;
    let refusal =
      problemOf(found, argv, this.state.renames) ??
      (found === undefined ? '' : refusalOf(ctx, session, found, argv));
    const evicted =
      refusal === undefined && this.server.config.maxmemory > 0 ? performEvictions(ctx) : NO_UNITS;
    if (refusal === undefined && lacksMemory(ctx, session, found)) refusal = errors.oom;
    if (found === undefined || refusal !== undefined) {
      return {
        replies: this.deliver(session, this.reject(session, found, refusal ?? '')),
        units: evicted,
        request: null,
      };
    }
    if (isHeldBack(this.state, session, found)) return this.holdBack(session, argv, evicted);
    ctx.db = this.state.databases[session.db]!;
    if (session.transaction !== null && !runInsideMulti.has(found.facts.name)) {
      session.transaction.queue.push(argv);
      return { replies: this.deliver(session, QUEUED), units: evicted, request: null };
    }
    const outcome = this.outcomeOf(found, session, argv, this.call(found, argv), FIRST_SLICE);
    return evicted.length === 0 ? outcome : { ...outcome, units: [...evicted, ...outcome.units] };
  }

  /** What a command leaves behind; `given` is its reply, if there is one yet. */
  private outcomeOf(
    command: Command,
    session: Session,
    argv: readonly ByteString[],
    given: Reply | undefined,
    budget: number,
  ): Outcome {
    const ctx = this.context;
    const { scripting } = this.state;
    let reply = given;
    if (reply === undefined && scripting.running?.session === session) {
      reply = this.progress(command, argv, scripting.running, budget);
      if (reply === undefined) return pausedScript(ctx, scripting.running);
    }
    const request = this.request();
    if (request !== null && reply === undefined) session.blocked = { reason: 'server' };
    let units = ctx.pending.length === 0 ? NO_UNITS : this.units(command, session, argv);
    const own = reply === undefined ? NO_REPLIES : this.delivered(session, reply);
    if (this.state.ready.size > 0) units = [...units, ...this.serveReady()];
    if (this.state.tracking.clients.size > 0) endTracking(ctx, session, command);
    const replies = ctx.served.length === 0 ? own : [...own, ...ctx.served.splice(0)];
    return { replies, units, request };
  }

  /** CLIENT PAUSE: the words are to be given again when the pause is over. */
  private holdBack(session: Session, argv: readonly ByteString[], units: readonly Unit[]): Outcome {
    const deadline = this.state.pause?.until ?? null;
    session.blocked = { reason: 'pause', deadline, argv };
    this.state.waiting.add(session.id);
    this.state.stats.commands--;
    return { replies: NO_REPLIES, units, request: null };
  }

  /** Goes on with a script; its time is that of the command that began it. */
  private progress(
    command: Command,
    argv: readonly ByteString[],
    running: RunningScript,
    budget: number,
  ): Reply | undefined {
    const stats = this.statsOf(command.facts.name);
    const started = this.server.stopwatch();
    const reply = progress(this.context, running, budget);
    const micros = this.server.elapsed(started);
    stats.micros += micros;
    running.micros += micros;
    if (reply !== undefined) noteDuration(this.context, command, argv, running.micros, stats);
    this.countFailure(stats, reply);
    return reply;
  }

  /** Goes on with the script that runs, for about so many instructions of Lua. */
  continueScript(budget: number): Outcome {
    const { running } = this.state.scripting;
    if (running === null) return NOTHING;
    const { session, typed } = running;
    resumeScript(this.context, running);
    return this.outcomeOf(this.commandOf(typed)!, session, typed, undefined, budget);
  }

  /**
   * Clients that wait for keys which have changed run their commands again, first come first served; each is a unit
   * of its own, after that of the command which changed the key. A client that is served may change a key for which
   * another one waits (BLMOVE): that one is served as well.
   */
  private serveReady(): readonly Unit[] {
    const units: Unit[] = [];
    for (let row = nextReadyRow(this.state); row !== undefined; row = nextReadyRow(this.state)) {
      // Those who wait on stand in the row again, at its end: each gets one chance.
      for (const id of [...row.clients]) {
        const session = servable(this.state, row, id);
        if (session === undefined) continue;
        timed(this.context, 'command-unblocking', () => this.serve(session, units));
      }
    }
    return units;
  }

  private serve(session: Session, units: Unit[]): void {
    const ctx = this.context;
    const { blocked } = session;
    if (blocked?.reason !== 'keys') return;
    leaveRows(this.state, session);
    session.blocked = null;
    ctx.client = session;
    ctx.db = this.state.databases[session.db]!;
    ctx.waitedUntil = blocked.deadline;
    ctx.actor = session.id;
    const { argv } = blocked;
    const command = this.commandOf(argv)!;
    const refusal = refusalOf(ctx, session, command, argv);
    const reply =
      refusal === undefined ? this.call(command, argv) : this.reject(session, command, refusal);
    ctx.waitedUntil = undefined;
    if (session.blocked === null) this.state.stats.commands++;
    if (ctx.pending.length > 0) {
      units.push({
        cause: { client: session.id, typed: argv, kind: 'served' },
        commands: ctx.pending.splice(0),
      });
    }
    if (reply !== undefined) ctx.answer(session, reply);
    ctx.served.push(...takePending(this.state, session));
  }

  /**
   * A command of a log that is being loaded: same handlers, no effects, nothing refused, nothing expires.
   * Returns the error reply if there was one, `'unknown'` for a command that does not exist.
   */
  replay(
    session: Session,
    argv: readonly ByteString[],
    now: Micros,
  ): Reply | 'unknown' | undefined {
    const ctx = this.context;
    ctx.client = session;
    ctx.db = this.state.databases[session.db]!;
    ctx.now = now;
    ctx.nowMs = Math.floor(now / 1000);
    ctx.effects = false;
    if (ctx.requests.length > 0) ctx.requests.length = 0;
    const found = this.commandOf(argv);
    const problem = problemOf(found, argv, this.state.renames);
    if (found === undefined) return 'unknown';
    if (problem !== undefined) return error(problem);
    if (session.transaction !== null && !runInsideMulti.has(found.facts.name)) {
      session.transaction.queue.push(argv);
      return undefined;
    }
    const reply = this.run(found, argv) ?? toItsEnd(ctx);
    return reply?.type === 'error' ? reply : undefined;
  }

  /** Runs a command as part of another (EXEC): effects are added to the same unit. */
  call(command: Command, argv: readonly ByteString[]): Reply | undefined {
    const ctx = this.context;
    const stats = this.statsOf(command.facts.name);
    const dirty = ctx.begin();
    const monitored = this.state.monitors.size > 0 && ctx.waitedUntil === undefined;
    // A script is shown before what it runs, any other command when it has run.
    if (monitored && isScript(command.facts.name)) this.show(argv);
    const started = this.server.stopwatch();
    const reply = this.run(command, argv);
    const micros = this.server.elapsed(started) + this.asleep();
    stats.micros += micros;
    // What has to wait is counted when its waiting is over.
    if (reply !== undefined || !isWaiting(ctx.client)) {
      stats.calls++;
      if (!isScript(command.facts.name)) noteDuration(this.context, command, argv, micros, stats);
    } else this.state.stats.commands--;
    this.countFailure(stats, reply);
    ctx.end(dirty, argv);
    noteReads(ctx, command, argv);
    if (monitored && isShown(command)) this.show(redacted(command.facts.name, argv));
    return reply;
  }

  private countFailure(stats: CommandStats, reply: Reply | undefined): void {
    if (reply?.type !== 'error') return;
    stats.failed++;
    this.countError(reply.value);
  }

  /** DEBUG SLEEP: the server sleeps when the command has ended, which is part of its time. */
  private asleep(): Micros {
    const request = this.context.requests.at(-1);
    return request?.kind === 'sleep' ? request.micros : 0;
  }

  private show(argv: readonly ByteString[]): void {
    const { client, db, now, served } = this.context;
    const inScript = this.state.scripting.running?.session === client;
    const line = monitorLine(now, db.id, inScript ? 'lua' : client, argv);
    for (const id of this.state.monitors) {
      if (id === ONLOOKER) noteShown(this.state, inScript ? 'lua' : client.id, line);
      else served.push({ client: id, reply: status(line) });
    }
  }

  private run(command: Command, argv: readonly ByteString[]): Reply | undefined {
    const ctx = this.context;
    const outer = ctx.command;
    ctx.command = command;
    ctx.argv = argv;
    try {
      return command.handler!(ctx, argv);
    } catch (thrown) {
      if (thrown instanceof ReplyError) return thrown.reply;
      throw thrown;
    } finally {
      ctx.command = outer;
    }
  }

  /** Deletes expired keys as the cron does; each deletion is a unit of its own, born of no client. */
  activeExpire(now: Micros, maxKeys: number): readonly Unit[] {
    if (!this.state.activeExpire || this.state.pause !== null) return NO_UNITS;
    const ctx = this.context;
    ctx.actor = null;
    ctx.now = now;
    ctx.nowMs = Math.floor(now / 1000);
    ctx.effects = true;
    return activeExpireCycle(ctx, maxKeys);
  }

  /**
   * What clients get whose waiting is over, by the clock, because the log is on disk, or since a key has expired. To
   * be asked once a turn.
   */
  wake(now: Micros): Outcome {
    const { state, context } = this;
    if (state.tracking.broadcasts.size > 0) context.served.push(...takeBroadcasts(state));
    if (state.pause !== null && now >= state.pause.until) endPause(state);
    if (state.waiting.size === 0 && context.served.length === 0) return NOTHING;
    // Nobody's waiting ends while a script runs.
    if (state.scripting.running !== null) return NOTHING;
    context.now = now;
    context.nowMs = Math.floor(now / 1000);
    context.effects = true;
    for (const session of waitingByDeadline(state)) {
      const { blocked } = session;
      if (blocked === null || blocked.reason === 'server' || blocked.reason === 'pause') continue;
      const due = blocked.deadline !== null && blocked.deadline <= now;
      const synced =
        blocked.reason === 'wait-aof' && blocked.replicas === 0 && this.server.fsynced(session);
      if (due || synced) context.unblock(session, 'timeout');
    }
    const units = state.ready.size === 0 ? NO_UNITS : this.serveReady();
    return { replies: context.served.splice(0), units, request: null };
  }

  /** The next instant at which `wake` has something to do by the clock. */
  nextDeadline(): Micros | null {
    return nextDeadline(this.state);
  }

  /** A client has gone. */
  forget(session: Session): void {
    forgetSession(this.state, session);
  }

  statsOf(name: string): CommandStats {
    const known = this.state.stats.byCommand.get(name);
    if (known !== undefined) return known;
    const fresh = newCommandStats();
    this.state.stats.byCommand.set(name, fresh);
    return fresh;
  }

  private request(): ServerRequest | null {
    const { requests } = this.context;
    if (requests.length <= 1) return requests[0] ?? null;
    return { kind: 'sequence', requests: requests.slice() };
  }

  /** A refused command makes a transaction that is being queued fail at EXEC; a refused EXEC ends it. */
  private reject(session: Session, command: Command | undefined, message: string): Reply {
    if (command !== undefined) this.statsOf(command.facts.name).rejected++;
    const { transaction } = session;
    let text = oneLine(message);
    if (command?.facts.name === 'exec') {
      discardTransaction(this.state, session);
      text = `EXECABORT Transaction discarded because of: ${text.replace(/^ERR /, '')}`;
    } else if (transaction !== null) transaction.aborted = true;
    this.countError(text);
    return error(text);
  }

  private countError(message: string): void {
    const space = message.indexOf(' ');
    const code = space < 0 ? message : message.slice(0, space);
    this.state.stats.errors.set(code, (this.state.stats.errors.get(code) ?? 0) + 1);
  }

  /** The reply of a command, and what follows it. */
  private delivered(session: Session, reply: Reply): readonly Delivery[] {
    const { following } = this.context;
    if (following.length > 0) return this.deliver(session, reply, ...following.splice(0));
    if (session.replyMode !== 'on') return this.deliver(session, reply);
    return [{ client: session.id, reply }];
  }

  /** What goes to the client of a reply, which it may not want (CLIENT REPLY). */
  private deliver(session: Session, ...replies: readonly Reply[]): readonly Delivery[] {
    const { id: client, replyMode } = session;
    if (replyMode === 'skip') session.replyMode = 'on';
    const heard = replyMode === 'on' ? replies : replies.filter(({ type }) => type === 'push');
    return heard.map((reply) => ({ client, reply }));
  }

  private units(command: Command, session: Session, argv: readonly ByteString[]): readonly Unit[] {
    const { pending } = this.context;
    // Mostly there is one, and splice is slow.
    const commands = pending.length === 1 ? [pending.pop()!] : pending.splice(0);
    const cause: Cause = {
      client: session.id,
      typed: argv,
      kind: isScript(command.facts.name) ? 'script' : 'command',
    };
    if (!touchesArbitraryKeys.has(command.facts.name)) return [{ cause, commands }];
    return commands.map((single) => ({
      cause: { ...cause, kind: 'expiry' as const },
      commands: [single],
    }));
  }
}

function isWaiting({ blocked }: Session): boolean {
  return blocked !== null && blocked.reason !== 'server';
}
