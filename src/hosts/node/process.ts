/**
 * Runs a Server in real time: makes the system calls that it asks for, sleeps when it sleeps, and wakes it for clients
 * and timers. A turn begins in setImmediate, when all sockets that were ready have been read: so the commands of many
 * clients share a turn, and with it a write and an fsync.
 */
import { unreachable } from '../../base/assert.ts';
import type { Micros } from '../../base/time.ts';
import type { Delivery } from '../../engine/effects.ts';
import { listened } from '../../server/config-apply.ts';
import type { Server } from '../../server/server.ts';
import type { ThreadName } from '../../server/state.ts';
import { ChildJob } from './child-job.ts';
import type { NodeKernel } from './node-kernel.ts';

const MICROS_PER_MILLI = 1000;
const BIO_THREADS: readonly Exclude<ThreadName, 'main'>[] = ['bio_aof', 'bio_close_file'];

/** Those around the process: its log, its clients, and who ends it. */
export interface Surroundings {
  log(line: string): void;
  ready(): void;
  /** Replies, in their order; and all of them leave. */
  answer(replies: readonly Delivery[]): void;
  send(): void;
  /** Listens where the directives say now, and nowhere else; lines for the log if that fails. */
  listen(): Promise<readonly string[] | undefined>;
  /** A turn is over: nothing that has arrived waits any more. True: more has arrived by that. */
  turnEnded(): 'more' | 'idle';
  /** The main thread sleeps, and reads no sockets; and wakes again. */
  sleeps(): void;
  wakes(): void;
  /** Does not return. */
  exit(code: number, signal: string | null): never;
}

export class RedisProcess {
  private readonly server: Server;
  private readonly kernel: NodeKernel;
  private readonly clock: () => Micros;
  private readonly around: Surroundings;
  private waitsFor: 'clients' | 'time' = 'time';
  private scheduled = false;
  private timer: NodeJS.Timeout | null = null;
  private timerAt: Micros = 0;
  private readonly busy = new Set<ThreadName>();
  private child: ChildJob | null = null;

  constructor(server: Server, kernel: NodeKernel, clock: () => Micros, around: Surroundings) {
    this.server = server;
    this.kernel = kernel;
    this.clock = clock;
    this.around = around;
  }

  /** The first lines of the log: all that is said before files are looked at, and sockets listened on. */
  announce(): void {
    this.server.run(this.clock());
    this.collect();
  }

  /** Clients have sent something. */
  wake(): void {
    if (this.waitsFor !== 'clients' || this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.run());
  }

  signal(name: 'SIGTERM' | 'SIGINT'): void {
    this.server.signal(name, this.clock());
    this.collect();
    this.wake();
  }

  /** Goes on until the main thread has to wait. */
  run(): void {
    this.scheduled = false;
    this.waitsFor = 'time';
    const { server } = this;
    const startedAt = performance.now();
    for (;;) {
      const wait = server.run(this.clock());
      this.collect();
      this.startChild();
      this.startBackgroundCalls();
      switch (wait.wait) {
        case 'syscall': {
          const { result } = this.kernel.call(this.caller('main'), wait.call, this.clock());
          server.complete('main', result, this.clock());
          continue;
        }
        case 'cpu':
          setImmediate(() => this.run());
          return;
        case 'sleep':
          return this.sleep(wait.micros);
        case 'listen':
          void this.listenElsewhere();
          return;
        case 'poll':
          if (this.around.turnEnded() === 'more') continue;
          this.countTime(startedAt);
          this.waitsFor = 'clients';
          return this.wakeAt(wait.until);
        case 'exit':
          return this.around.exit(wait.code, wait.signal);
        default:
          return unreachable(wait);
      }
    }
  }

  private async listenElsewhere(): Promise<void> {
    const { server } = this;
    const problem = await this.around.listen();
    server.clock = this.clock();
    for (const line of problem ?? []) server.log('warning', line);
    listened(server, problem === undefined ? 'listening' : 'failed');
    // As before: that has worked once.
    if (problem !== undefined) await this.around.listen();
    this.run();
  }

  private sleep(micros: Micros): void {
    this.around.sleeps();
    const wakes = (): void => {
      this.around.wakes();
      this.run();
    };
    setTimeout(wakes, Math.ceil(micros / MICROS_PER_MILLI));
  }

  private wakeAt(at: Micros): void {
    if (this.timer !== null && this.timerAt === at) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timerAt = at;
    const millis = Math.max(0, Math.ceil((at - this.clock()) / MICROS_PER_MILLI));
    this.timer = setTimeout(() => {
      this.timer = null;
      this.wake();
    }, millis);
  }

  private countTime(startedAt: number): void {
    const { counters } = this.server.state;
    counters.turnMicros += Math.round((performance.now() - startedAt) * MICROS_PER_MILLI);
  }

  /** Takes what the server has said and answered since the last time. */
  collect(): void {
    const { events } = this.server.state;
    if (events.length === 0) return;
    let answered = false;
    for (const event of events.splice(0)) {
      if (event.event === 'log') this.around.log(event.line);
      else if (event.event === 'ready') this.around.ready();
      else if (event.event === 'replies') {
        this.around.answer(event.replies);
        answered = true;
      }
    }
    if (answered) this.around.send();
  }

  // --- threads and children ---

  private caller(thread: string): { readonly pid: number; readonly thread: string } {
    return { pid: this.server.state.pid, thread };
  }

  private startBackgroundCalls(): void {
    for (const thread of BIO_THREADS) {
      const call = this.busy.has(thread) ? undefined : this.server.next(thread);
      if (call === undefined) continue;
      this.busy.add(thread);
      this.kernel.callInBackground(this.caller(thread), call, (result) => {
        this.busy.delete(thread);
        this.server.complete(thread, result, this.clock());
        this.collect();
        this.startBackgroundCalls();
      });
    }
  }

  private startChild(): void {
    const { state } = this.server;
    for (const pid of state.forked.splice(0)) {
      if (state.child?.pid !== pid) continue;
      const exited = (code: number): void => {
        this.child = null;
        this.server.childExited(pid, code, null);
      };
      const log = (line: string): void => this.around.log(line);
      const reported = (keys: number): void => this.server.childReported(pid, keys);
      const { task } = state.child;
      this.child = new ChildJob(pid, task, this.kernel, this.clock, log, reported, exited);
    }
    for (const { pid, signal } of state.signalsToSend.splice(0)) {
      if (this.child?.pid !== pid) continue;
      this.child.kill();
      this.child = null;
      this.server.childExited(pid, 0, signal);
    }
  }
}
