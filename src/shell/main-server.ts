/** The lab's own redis-server as a process of the shell sees it: it can be started, signalled, and its log read. */
import type { MainReport, ServerDoor } from './machine-door.ts';
import type { Lane } from '../lab/lane.ts';
import { killChild } from '../lab/lane-children.ts';
import { continueProcess, stopProcess } from '../lab/stopped-processes.ts';
import type { Pid } from '../machine/syscall.ts';
import type { Network } from './network.ts';
import type { Launch } from '../lab/boot.ts';
import type { SignalName } from './program.ts';
import { childTakes } from '../server/child-process.ts';

const LOG_LINES = 2_000;

export class MainServer implements ServerDoor {
  private readonly lane: Lane;
  private readonly network: Network;
  private report: MainReport | null = null;
  private launcher: Pid | null = null;

  private readonly lines: string[];

  /** `lines`: what its log holds already. */
  constructor(lane: Lane, network: Network, lines: readonly string[] = []) {
    this.lane = lane;
    this.network = network;
    this.lines = [...lines];
  }

  get seed(): number {
    return this.lane.state.seed;
  }
  get commandMicros(): number {
    return this.lane.kernel.state.costs.commandMicros;
  }

  workMicros(work: {
    readonly commands: number;
    readonly bytes: number;
    readonly instructions: number;
  }): number {
    const { commandMicros, commandMicrosPerKb, instructionNanos } = this.lane.kernel.state.costs;
    return Math.floor(
      work.commands * commandMicros +
        (work.bytes * commandMicrosPerKb) / 1024 +
        (work.instructions * instructionNanos) / 1000,
    );
  }

  get childBytesPerSecond(): number {
    return this.lane.kernel.childBytesPerSecond(this.lane.now);
  }

  /** Whether the lab has no server now, so that this one can be it. */
  startMain(launch: Launch, report: MainReport, launcher: Pid): 'started' | 'not-the-main-one' {
    const { lane } = this;
    if (lane.state.server !== null) return 'not-the-main-one';
    this.report = report;
    this.launcher = launcher;
    lane.boot(launch);
    return 'started';
  }

  signalMain(signal: SignalName): void {
    const { lane } = this;
    if (signal === 'KILL' || signal === 'TERM' || signal === 'INT') lane.signal(signal);
    else if (signal === 'STOP' || signal === 'TSTP') stopProcess(lane, lane.state.pid);
    else if (signal === 'CONT') continueProcess(lane, lane.state.pid);
    else if (signal === 'HUP' || signal === 'PIPE' || signal === 'WINCH') return;
    else lane.killMain(`SIG${signal}`);
  }

  signalChild(pid: Pid, signal: SignalName | null): boolean {
    const { lane } = this;
    if (!lane.state.children.some((child) => child.pid === pid)) return false;
    if (signal === 'STOP' || signal === 'TSTP') stopProcess(lane, pid);
    else if (signal === 'CONT') continueProcess(lane, pid);
    else if (signal !== null) {
      const { line, dies } = childTakes(signal, pid, lane.wallNow);
      if (line !== null) this.note(line);
      if (dies) killChild(lane, pid, `SIG${signal}`);
    }
    return true;
  }

  isStopped(pid: Pid): boolean {
    return this.lane.state.stopped.has(pid);
  }

  mainLauncher(): Pid | null {
    return this.report === null ? null : this.launcher;
  }

  /** A line of the log that no server state has written. */
  private note(line: string): void {
    this.lane.state.logLines.push(line);
    this.logged(line);
  }

  mainPid(): Pid | null {
    return this.lane.state.server === null ? null : this.lane.state.pid;
  }

  mainPort(): number {
    return this.lane.state.server?.settings.port ?? 0;
  }

  mainLog(): readonly string[] {
    return this.lines;
  }

  /** Whether a process of the shell has started it, and is told of its log and of its end. */
  get isWatched(): boolean {
    return this.report !== null;
  }

  // --- told by the lab ---

  logged(line: string): void {
    this.lines.push(line);
    if (this.lines.length > LOG_LINES) this.lines.splice(0, LOG_LINES / 2);
    this.report?.line(line);
  }

  ended(code: number, signal: string | null): void {
    const { report } = this;
    this.report = null;
    report?.exited(code, signal);
  }

  powerOff(): void {
    this.report = null;
    this.network.powerOff();
  }
}
