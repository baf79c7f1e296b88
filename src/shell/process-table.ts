/**
 * Runs the programs of one machine in virtual time: descriptors, pipes, signals, waiting. It holds no clock and no
 * machine of its own; what it needs of them comes through `MachinePorts`.
 */
import { assert } from '../base/assert.ts';
import { byteStringOf, EMPTY, type ByteString } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
import { addDescriptor, findDescriptor, removeDescriptor } from '../machine/processes.ts';
import type { Pid } from '../machine/syscall.ts';
import { perform, type Outcome } from './asks.ts';
import {
  signalNumbers,
  type Answer,
  type ProcessRow,
  type Run,
  type SignalName,
  type SpawnRequest,
} from './program.ts';
import { tellWaiters, type Stream, type Terminal } from './streams.ts';
import { processRows } from './process-rows.ts';
import { type MachinePorts, type Process, type Task } from './process.ts';

const START: Answer = { answer: 'none' };
/** A task gives way when it has worked for so long. */
const SLICE: Micros = 200;
/** With the clock standing still, a program may do so much before it has to wait for time. */
const FREE_ASKS = 100_000;
const FORK: Micros = 400;
const FIRST_FREE_FD = 3;
/** No process handles these itself. */
const HARD: readonly SignalName[] = ['KILL', 'STOP', 'TSTP', 'CONT'];

/** What a table has counted, beside its processes. */
export interface TableCounts {
  nextTimer: number;
  /** What was asked at one instant, while the clock stands still. */
  freeAsks: number;
  freeSince: Micros;
}

function newCounts(): TableCounts {
  return { nextTimer: 1, freeAsks: 0, freeSince: -1 };
}

export class ProcessTable {
  readonly ports: MachinePorts;
  readonly processes = new Map<Pid, Process>();
  /** Children that servers of the shell have forked, and how they take signals. */
  readonly forked = new Map<Pid, (signal: SignalName) => void>();
  private readonly timers = new Map<number, () => void>();
  private readonly ready: Task[] = [];
  private draining = false;
  readonly counts: TableCounts;

  /** `counts`: of the table that this one goes on from. */
  constructor(ports: MachinePorts, counts: TableCounts = newCounts()) {
    this.ports = ports;
    this.counts = counts;
  }

  /** Nothing is ready to run, and nothing is due: whatever runs here waits for somebody. */
  get isStill(): boolean {
    return this.ready.length === 0 && this.timers.size === 0 && this.forked.size === 0;
  }

  /** Starts a program that no other has started; its streams are given. */
  start(
    request: SpawnRequest,
    streams: ReadonlyMap<number, Stream>,
    terminal: Terminal | null,
  ): Pid {
    const process = this.enter(request, null, terminal);
    for (const [fd, stream] of streams) this.install(process, fd, stream, process);
    this.drain();
    return process.pid;
  }

  /** A child of `parent`, with those of its descriptors that the request names. */
  spawn(parent: Process, request: SpawnRequest): Pid {
    const process = this.enter(request, parent, request.detached === true ? null : parent.terminal);
    const wanted = request.streams ?? new Map([0, 1, 2].map((fd) => [fd, fd]));
    for (const [fd, from] of wanted) {
      const stream = parent.streams.get(from);
      if (stream !== undefined) this.install(process, fd, stream, parent);
    }
    for (const [signal, how] of parent.handlers)
      if (how === 'ignore') process.handlers.set(signal, how);
    return process.pid;
  }

  private enter(request: SpawnRequest, parent: Process | null, terminal: Terminal | null): Process {
    const { kernel } = this.ports;
    const above = parent === null ? undefined : kernel.process(parent.pid);
    const { pid } = kernel.spawn({
      program: request.argv[0] ?? 'program',
      cwd: request.cwd ?? above?.cwd ?? '/data',
      parent: parent?.pid ?? 0,
      user: 'root',
      root: request.root ?? above?.root ?? '/',
      volumes: request.volumes ?? above?.volumes ?? [],
    });
    const { group } = request;
    const process: Process = {
      pid,
      parent: parent?.pid ?? 0,
      group: group === 'new' ? pid : (group ?? parent?.group ?? pid),
      request,
      argv: request.argv,
      terminal,
      network: request.network ?? parent?.network ?? 'host',
      streams: new Map(),
      sockets: new Map(),
      handlers: new Map(),
      signals: [],
      tasks: new Set(),
      main: null,
      stopped: null,
      stopTold: false,
      exit: null,
      waiters: new Set(),
    };
    this.processes.set(pid, process);
    const env = new Map(request.env ?? parent?.request.env ?? []);
    process.main = this.addTask(process, request.body({ argv: request.argv, env, pid }));
    return process;
  }

  addTask(process: Process, run: Run): Task {
    const task = this.newTask(process, run, FORK);
    this.ready.push(task);
    return task;
  }

  /** A task of a copied process, which has asked already and waits. */
  addWaitingTask(process: Process, run: Run, debt: Micros): Task {
    const task = this.newTask(process, run, debt);
    const step = run.next(START);
    assert(step.done !== true, 'what waits has not ended');
    task.answer = null;
    task.ask = step.value;
    this.take(task, perform(this, task, step.value));
    assert(task.waitsOn.size > 0, 'what was copied waits');
    return task;
  }

  private newTask(process: Process, run: Run, debt: Micros): Task {
    const task: Task = {
      process,
      run,
      ask: null,
      answer: START,
      waitsOn: new Set(),
      late: null,
      timer: null,
      debt,
      retry: () => this.retry(task),
    };
    process.tasks.add(task);
    return task;
  }

  // --- descriptors ---

  /** Puts a stream that `owner` has at `fd` of `process`; a file's position is then shared. */
  install(process: Process, fd: number, stream: Stream, owner: Process): void {
    this.closeStream(process, fd);
    if (stream.kind === 'pipe-end') {
      if (stream.end === 'read') stream.pipe.readers++;
      else stream.pipe.writers++;
    }
    if (stream.kind !== 'file') {
      process.streams.set(fd, stream);
      return;
    }
    const { state } = this.ports.kernel;
    const from = state.processes.get(owner.pid);
    const to = state.processes.get(process.pid);
    const descriptor = from === undefined ? undefined : findDescriptor(from, stream.fd);
    if (descriptor === undefined || to === undefined) return;
    process.streams.set(fd, { kind: 'file', fd: addDescriptor(state, to, descriptor) });
  }

  closeStream(process: Process, fd: number): void {
    const stream = process.streams.get(fd);
    if (stream === undefined) return;
    process.streams.delete(fd);
    if (stream.kind === 'file') {
      const entry = this.ports.kernel.process(process.pid);
      if (entry?.state === 'running') removeDescriptor(this.ports.kernel.state, entry, stream.fd);
    } else if (stream.kind === 'pipe-end') {
      if (stream.end === 'read') stream.pipe.readers--;
      else stream.pipe.writers--;
      tellWaiters(stream.pipe);
    }
  }

  freeFd(process: Process): number {
    let fd = FIRST_FREE_FD;
    while (process.streams.has(fd)) fd++;
    return fd;
  }

  // --- running ---

  dispatch(timer: number): void {
    const act = this.timers.get(timer);
    this.timers.delete(timer);
    act?.();
    this.drain();
  }

  /** Calls `act` at that instant. */
  after(at: Micros, act: () => void): number {
    const timer = this.counts.nextTimer++;
    this.timers.set(timer, act);
    this.ports.schedule(at, timer);
    return timer;
  }

  /** Runs everything that is ready. Whoever changes something from outside calls it afterwards. */
  drain(): void {
    if (this.draining) return;
    this.draining = true;
    try {
      for (let task = this.ready.shift(); task !== undefined; task = this.ready.shift())
        this.step(task);
    } finally {
      this.draining = false;
    }
  }

  private step(task: Task): void {
    while (task.answer !== null && task.process.tasks.has(task) && task.process.stopped === null) {
      if (this.mustPause(task)) return;
      const { answer } = task;
      task.answer = null;
      const step = task.run.next(answer);
      if (step.done === true) return this.taskEnded(task, step.value);
      task.ask = step.value;
      this.take(task, perform(this, task, step.value));
    }
  }

  /** Work takes time: a task that has done enough of it waits until the clock has come that far. */
  private mustPause(task: Task): boolean {
    const { ports, counts } = this;
    const { now } = ports;
    if (ports.pace() === 'free') {
      if (counts.freeSince !== now) counts.freeAsks = 0;
      counts.freeSince = now;
      task.debt = 0;
      if (++counts.freeAsks < FREE_ASKS) return false;
      task.debt = SLICE;
    }
    if (task.debt < SLICE) return false;
    const { debt, answer } = task;
    task.debt = 0;
    task.answer = null;
    this.wakeAt(task, now + debt, answer!);
    return true;
  }

  private take(task: Task, outcome: Outcome): void {
    switch (outcome.outcome) {
      case 'answer':
        task.answer = outcome.answer;
        task.debt += outcome.micros;
        return;
      case 'at': {
        const at = outcome.at + task.debt;
        task.debt = 0;
        if (at <= this.ports.now) task.answer = outcome.answer;
        else this.wakeAt(task, at, outcome.answer);
        return;
      }
      case 'wait':
        for (const one of outcome.on) {
          task.waitsOn.add(one);
          one.waiters.add(task);
        }
        task.late = outcome.late;
        if (outcome.until !== null && outcome.late !== null)
          this.wakeAt(task, Math.max(outcome.until, this.ports.now), outcome.late);
        return;
      case 'gone':
        return;
    }
  }

  private wakeAt(task: Task, at: Micros, answer: Answer): void {
    const timer = this.after(at, () => {
      if (task.timer !== timer) return;
      task.timer = null;
      this.goOn(task, answer);
    });
    task.timer = timer;
  }

  /** Something that the task waits for has changed: asks again. */
  private retry(task: Task): void {
    if (task.ask === null || task.waitsOn.size === 0) return;
    const { timer } = task;
    for (const one of task.waitsOn) one.waiters.delete(task);
    task.waitsOn.clear();
    const outcome = perform(this, task, task.ask);
    if (outcome.outcome === 'wait') {
      for (const one of outcome.on) {
        task.waitsOn.add(one);
        one.waiters.add(task);
      }
      return;
    }
    if (timer !== null) this.dropTimer(task);
    this.take(task, outcome);
    if (task.answer !== null) this.ready.push(task);
  }

  private dropTimer(task: Task): void {
    if (task.timer !== null) this.timers.delete(task.timer);
    task.timer = null;
  }

  private goOn(task: Task, answer: Answer): void {
    for (const one of task.waitsOn) one.waiters.delete(task);
    task.waitsOn.clear();
    this.dropTimer(task);
    task.answer = answer;
    this.ready.push(task);
  }

  private taskEnded(task: Task, status: number): void {
    const { process } = task;
    if (task === process.main) this.end(process, { status: status & 255, signal: null });
    else process.tasks.delete(task);
  }

  // --- signals and ends ---

  signalGroup(group: number, signal: SignalName): boolean {
    const members = [...this.processes.values()].filter(
      (one) => one.group === group && one.exit === null,
    );
    for (const member of members) this.signal(member, signal);
    return members.length > 0;
  }

  signal(process: Process, signal: SignalName): void {
    if (process.exit !== null) return;
    const { servers } = this.ports;
    // It stands for the lab's own server, which it has started.
    if (process.pid === servers.mainLauncher() && HARD.includes(signal)) servers.signalMain(signal);
    if (signal === 'CONT') return this.goOnAgain(process);
    const handler =
      signal === 'KILL' || signal === 'STOP' ? undefined : process.handlers.get(signal);
    if (handler === 'ignore' || handler === 'ignore-here') return;
    if (handler === 'queue') {
      process.signals.push(signal);
      this.interrupt(process);
      return;
    }
    if (signal === 'WINCH') return;
    if (signal === 'STOP' || signal === 'TSTP') {
      process.stopped = signal;
      process.stopTold = false;
      const parent = this.processes.get(process.parent);
      if (parent !== undefined) tellWaiters(parent);
      return;
    }
    this.end(process, { status: 128 + signalNumbers[signal], signal });
  }

  private goOnAgain(process: Process): void {
    if (process.stopped === null) return;
    process.stopped = null;
    for (const task of process.tasks) if (task.answer !== null) this.ready.push(task);
    tellWaiters(process);
  }

  /** A queued signal ends what the main task waits for. */
  private interrupt(process: Process): void {
    const { main } = process;
    if (main === null || main.ask === null || main.answer !== null) return;
    if (main.waitsOn.size > 0) return this.retry(main);
    if (main.ask.ask === 'sleep') this.goOn(main, START);
  }

  end(
    process: Process,
    how: { readonly status: number; readonly signal: SignalName | null },
  ): void {
    if (process.exit !== null) return;
    process.exit = { pid: process.pid, ...how };
    for (const task of process.tasks) {
      for (const one of task.waitsOn) one.waiters.delete(task);
      task.waitsOn.clear();
      this.dropTimer(task);
    }
    process.tasks.clear();
    for (const fd of [...process.streams.keys()]) this.closeStream(process, fd);
    for (const { listener, connection } of process.sockets.values())
      listener.disconnect(connection);
    const { kernel } = this.ports;
    if (how.signal === null) kernel.exit(process.pid, how.status);
    else kernel.killProcess(process.pid, `SIG${how.signal}`);
    const { terminal } = process;
    if (terminal !== null && terminal.mode === 'raw' && terminal.foreground === process.group) {
      terminal.mode = 'line';
      terminal.host.mode('line');
    }
    for (const child of this.processes.values()) {
      if (child.parent !== process.pid) continue;
      child.parent = 0;
      if (child.exit !== null) this.reap(child);
    }
    const parent = this.processes.get(process.parent);
    if (parent === undefined || parent.exit !== null) this.reap(process);
    else tellWaiters(parent);
    tellWaiters(process);
  }

  reap(process: Process): void {
    this.ports.kernel.reap(process.pid);
    this.processes.delete(process.pid);
  }

  /** The power is gone, and every process with it. */
  powerOff(): void {
    this.timers.clear();
    this.ready.length = 0;
    this.processes.clear();
    this.forked.clear();
  }

  rows(): readonly ProcessRow[] {
    return processRows(this);
  }

  /** What a file of the machine holds, past the kernel. */
  contents(path: string): ByteString {
    const bytes = this.ports.kernel.readFile(path);
    return bytes === undefined ? EMPTY : byteStringOf(bytes);
  }

  process(pid: Pid): Process {
    const process = this.processes.get(pid);
    assert(process !== undefined, `no process ${pid}`);
    return process;
  }
}
