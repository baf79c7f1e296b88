/**
 * A redis-server of the machine beside the lab's own one: a process of the shell, with its own folder, port and log. The
 * lab does not watch it: no ruler, no ledger; but its files go through the same page cache to the same disk.
 */
import { unreachable } from '../base/assert.ts';
import type { ByteString } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
import type { ClientId } from '../engine/session.ts';
import { canListen } from '../lab/addresses.ts';
import type { Pid, Syscall, SyscallResult } from '../machine/syscall.ts';
import {
  childTakes,
  completeChildCall,
  newChild,
  runChildProcess,
  type ChildState,
} from '../server/child-process.ts';
import { listened } from '../server/config-apply.ts';
import { Server } from '../server/server.ts';
import type { ServerState, ThreadName, Work } from '../server/state.ts';
import type { Reply } from '../resp/reply.ts';
import type { Listener, MainReport } from './machine-door.ts';
import type { ProcessTable } from './process-table.ts';
import type { Process } from './process.ts';
import type { SignalName } from './program.ts';

const NO_WAITING: Micros = 1_000;
const MICROS_PER_SECOND = 1_000_000;
const BIO_THREADS: readonly Exclude<ThreadName, 'main'>[] = ['bio_aof', 'bio_close_file'];
const ADDRESS = '127.0.0.1:50000';

export class GuestServer implements Listener {
  private readonly table: ProcessTable;
  private readonly process: Process;
  private readonly server: Server;
  private readonly report: MainReport;
  private readonly connections = new Map<ClientId, (reply: Reply | null) => void>();
  private readonly busy = new Set<ThreadName>();
  private readonly children = new Map<Pid, ChildState>();
  /** What it has been kept from since it was stopped; what its children have been. */
  private readonly kept: (() => void)[] = [];
  private readonly stoppedChildren = new Map<Pid, (() => void)[]>();
  private wakeNumber = 0;
  private polls = false;
  private ended = false;

  constructor(table: ProcessTable, process: Process, state: ServerState, report: MainReport) {
    this.table = table;
    this.process = process;
    this.server = new Server(state, 'watched');
    this.report = report;
    const waiter = {
      retry: () => {
        if (process.exit === null) return this.goOn();
        if (process.waiters.delete(waiter)) this.stop();
      },
    };
    process.waiters.add(waiter);
    this.runMain();
  }

  signal(name: 'SIGTERM' | 'SIGINT'): void {
    if (!this.ended) this.server.signal(name, this.wallNow);
  }

  // --- its clients ---

  connect(deliver: (reply: Reply | null) => void): number {
    const { id } = this.server.connect(this.wallNow, ADDRESS);
    this.connections.set(id, deliver);
    return id;
  }

  receive(connection: number, argv: readonly ByteString[]): void {
    const { kernel, now } = this.table.ports;
    const delay = this.isFree() ? 0 : Math.ceil(kernel.state.costs.networkRoundTrip / 2);
    this.after(now + delay, () => {
      if (!this.connections.has(connection)) return;
      this.server.receive(connection, argv);
      if (this.polls) this.wakeAt(this.table.ports.now);
    });
  }

  disconnect(connection: number): void {
    if (this.connections.delete(connection) && !this.ended) this.server.disconnect(connection);
  }

  private hangUp(id: ClientId): void {
    const deliver = this.connections.get(id);
    this.disconnect(id);
    deliver?.(null);
  }

  // --- its main thread; see lab/lane.ts, which does the same for the server that it watches ---

  private runMain(): void {
    if (this.ended) return;
    this.polls = false;
    const { server } = this;
    const { now } = this.table.ports;
    const isStarting = server.state.phase === 'starting';
    const wait = server.run(this.wallNow);
    if (isStarting && !this.listens()) this.refuseToStart();
    this.collect();
    switch (wait.wait) {
      case 'syscall':
        this.after(now + this.cost(wait.work), () => this.startCall('main', wait.call));
        break;
      case 'cpu':
        this.wakeAt(now + Math.max(1, this.cost(wait.work)));
        break;
      case 'sleep':
        this.wakeAt(now + this.cost(wait.work) + wait.micros);
        break;
      case 'listen': {
        this.table.ports.network.unlisten(this);
        listened(server, this.listens() ? 'listening' : 'failed');
        this.wakeAt(now + Math.max(1, this.cost(wait.work)));
        break;
      }
      case 'poll': {
        const cost = this.cost(wait.work);
        this.polls = cost === 0;
        this.wakeAt(now + (cost > 0 ? cost : Math.max(1, wait.until - this.wallNow)));
        break;
      }
      case 'exit':
        this.killChildren();
        this.stop();
        this.report.exited(wait.code, wait.signal);
        return;
      default:
        unreachable(wait);
    }
    this.startBackgroundCalls();
    this.startChildren();
  }

  private listens(): boolean {
    const { directives, settings } = this.server.state;
    const { network } = this.table.ports;
    return canListen(directives) && network.listen(this.process.network, settings.port, this);
  }

  /** server.c:initListeners. */
  private refuseToStart(): void {
    const { server } = this;
    const { events, settings } = server.state;
    const last = events.at(-1);
    if (last?.event === 'log' && last.line.endsWith('Server initialized')) events.pop();
    server.log(
      'warning',
      `Warning: Could not create server TCP listening socket *:${settings.port}: bind: Address already in use`,
    );
    server.log('warning', `Failed listening on port ${settings.port} (tcp), aborting.`);
    server.die(1);
  }

  private wakeAt(at: Micros): void {
    const number = ++this.wakeNumber;
    this.after(at, () => {
      if (number === this.wakeNumber) this.runMain();
    });
  }

  private startCall(thread: ThreadName, call: Syscall): void {
    const { kernel, now } = this.table.ports;
    const { result, endsAt } = kernel.call({ pid: this.process.pid, thread }, call, now);
    const waits = ['fsync', 'fdatasync', 'fork'].includes(call.call) || endsAt - now >= NO_WAITING;
    this.busy.add(thread);
    this.after(this.isFree() && !waits ? now : endsAt, () => {
      this.busy.delete(thread);
      this.server.complete(thread, result, this.wallNow);
      if (thread === 'main') return this.runMain();
      this.collect();
      this.startBackgroundCalls();
    });
  }

  private startBackgroundCalls(): void {
    for (const thread of BIO_THREADS) {
      const call = this.server.next(thread);
      if (call !== undefined && !this.busy.has(thread)) this.startCall(thread, call);
    }
  }

  private collect(): void {
    const { state } = this.server;
    for (const event of state.events.splice(0)) {
      if (event.event === 'log') this.report.line(event.line);
      if (event.event !== 'replies') continue;
      for (const { client, reply } of event.replies) {
        this.connections.get(client)?.(reply);
        if (state.engine.sessions.get(client)?.closing === true) this.hangUp(client);
      }
    }
    for (const id of state.disconnects.splice(0)) this.hangUp(id);
  }

  // --- its children ---

  private startChildren(): void {
    const { state } = this.server;
    for (const pid of state.forked.splice(0)) {
      if (state.child?.pid !== pid) continue;
      this.children.set(pid, newChild(pid, state.child.task));
      this.table.forked.set(pid, (signal) => this.signalChild(pid, signal));
      this.afterInChild(pid, this.table.ports.now, () => this.runChild(pid));
    }
    for (const { pid, signal } of state.signalsToSend.splice(0)) this.killChild(pid, signal);
  }

  private runChild(pid: Pid): void {
    const child = this.children.get(pid);
    if (child === undefined) return;
    const { kernel, now } = this.table.ports;
    const wait = runChildProcess(child, this.wallNow);
    const reported = child.reports.splice(0).pop();
    if (reported !== undefined) this.server.childReported(pid, reported);
    if (wait.wait === 'exit') return this.childExited(pid, wait.code, null);
    if (wait.wait === 'sleep')
      return this.afterInChild(pid, now + wait.micros, () => this.runChild(pid));
    if (wait.wait !== 'syscall') return;
    const { result, endsAt } = kernel.call({ pid, thread: 'main' }, wait.call, now);
    const writing = (wait.work.bytes * MICROS_PER_SECOND) / kernel.childBytesPerSecond(now);
    this.afterInChild(pid, endsAt + Math.ceil(writing), () => this.childCallEnded(pid, result));
  }

  private afterInChild(pid: Pid, at: Micros, act: () => void): void {
    this.table.after(at, () => {
      const kept = this.stoppedChildren.get(pid);
      if (kept === undefined) act();
      else kept.push(act);
    });
  }

  private signalChild(pid: Pid, signal: SignalName): void {
    if (signal === 'STOP' || signal === 'TSTP') {
      if (!this.stoppedChildren.has(pid)) this.stoppedChildren.set(pid, []);
    } else if (signal === 'CONT') {
      const kept = this.stoppedChildren.get(pid) ?? [];
      this.stoppedChildren.delete(pid);
      for (const act of kept) act();
    } else {
      const { line, dies } = childTakes(signal, pid, this.wallNow);
      if (line !== null) this.report.line(line);
      if (dies) this.killChild(pid, `SIG${signal}`);
    }
  }

  private childCallEnded(pid: Pid, result: SyscallResult): void {
    const child = this.children.get(pid);
    if (child === undefined) return;
    completeChildCall(child, result, this.wallNow);
    for (const line of child.lines.splice(0)) this.report.line(line);
    this.runChild(pid);
  }

  private killChild(pid: Pid, signal: string): void {
    if (!this.children.has(pid)) return;
    this.table.ports.kernel.killProcess(pid, signal);
    this.childExited(pid, 0, signal);
  }

  private childExited(pid: Pid, code: number, signal: string | null): void {
    const { kernel } = this.table.ports;
    this.children.delete(pid);
    this.stoppedChildren.delete(pid);
    this.table.forked.delete(pid);
    if (signal === null) kernel.exit(pid, code);
    kernel.reap(pid);
    this.server.childExited(pid, code, signal);
  }

  private killChildren(): void {
    for (const pid of [...this.children.keys()]) this.killChild(pid, 'SIGKILL');
  }

  /** Its process is gone. A child of a killed one goes on, as a child of the machine. */
  private stop(): void {
    if (this.ended) return;
    this.ended = true;
    this.table.ports.network.unlisten(this);
    for (const deliver of [...this.connections.values()]) deliver(null);
    this.connections.clear();
  }

  // --- small things ---

  private get wallNow(): Micros {
    return this.table.ports.wallNow;
  }

  private isFree(): boolean {
    return this.table.ports.pace() === 'free';
  }

  private cost({ commands, bytes, instructions }: Work): Micros {
    const work = { commands, bytes, instructions };
    return this.isFree() ? 0 : this.table.ports.servers.workMicros(work);
  }

  /** Nothing of a server that has ended happens any more, and of one that is stopped later. */
  private after(at: Micros, act: () => void): void {
    this.table.after(at, () => {
      if (this.ended) return;
      if (this.process.stopped === null) act();
      else this.kept.push(act);
    });
  }

  private goOn(): void {
    if (this.process.stopped !== null) return;
    for (const act of this.kept.splice(0)) if (!this.ended) act();
  }
}
