/** The control side of a machine, for the few programs that are more than a process. */
import { type ByteString } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
import type { Launch } from '../lab/boot.ts';
import { type Pid } from '../machine/syscall.ts';
import type { TraceEntry } from '../machine/trace.ts';
import type { Reply } from '../resp/reply.ts';
import type { DirectiveValues } from '../server/directives.ts';
import type { Settings } from '../server/settings.ts';
import type { Run, SignalName } from './program.ts';

/**
 * The control side of the machine, for the few programs that stand for what is no ordinary process: redis-server,
 * docker's daemon, strace. Everything else goes through system calls.
 */
export interface MachineDoor {
  readonly pid: Pid;
  readFile(path: string): Uint8Array | undefined;
  writeFile(path: string, bytes: Uint8Array): void;
  makeDirectory(path: string): void;
  /** Connections to that port of the machine reach a port of the container until the process ends; or who has it. */
  publish(port: number, network: string, target: number): 'published' | 'main-server' | 'in-use';
  /** What ps shows of the process from now on. */
  rename(argv: readonly ByteString[]): void;
  /** Adds a task of the same process: it runs beside the program, and ends with it. */
  startThread(run: Run): void;
  /** In whose network the process is: 'host', or a container's. */
  readonly network: string;
  /** The lab's own server, and who listens where. */
  readonly servers: ServerDoor;
  /** The process is a redis-server from now on, beside the lab's own; see guest-server.ts. */
  becomeServer(launch: ServerLaunch, report: MainReport): ServerHandle;
  diskCapacity(): number;
  /** The instant in the lab's own time, which traced calls are in. */
  readonly instant: Micros;
  /** How many system calls the machine has traced ever; what came after the first `seen` of them, by some processes. */
  tracedCalls(): number;
  traceSince(seen: number, pids: ReadonlySet<Pid>): readonly TraceEntry[];
}

/** What a redis-server of the shell shares with the lab. */
export interface ServerDoor {
  /** Starts redis-server as the lab's own server, if the lab has none now. */
  startMain(launch: Launch, report: MainReport, launcher: Pid): 'started' | 'not-the-main-one';
  signalMain(signal: SignalName): void;
  /** False: it is no child of a server of the lab. A null signal only looks. */
  signalChild(pid: Pid, signal: SignalName | null): boolean;
  isStopped(pid: Pid): boolean;
  /** The process of the shell that started it and hands it its terminal; null: it was not the shell. */
  mainLauncher(): Pid | null;
  /** Null: it does not run. */
  mainPid(): Pid | null;
  mainPort(): number;
  mainLog(): readonly string[];
  readonly seed: number;
  readonly commandMicros: Micros;
  /** What work of a server takes. */
  workMicros(work: {
    readonly commands: number;
    readonly bytes: number;
    readonly instructions: number;
  }): Micros;
  readonly childBytesPerSecond: number;
}

export interface ServerLaunch {
  readonly settings: Settings;
  readonly directives: DirectiveValues;
  readonly configFile: string | null;
  /** What it believes its pid to be: 1 in a container. */
  readonly pid: Pid;
}

export interface ServerHandle {
  signal(name: 'SIGTERM' | 'SIGINT'): void;
}

export interface MainReport {
  line(text: string): void;
  exited(code: number, signal: string | null): void;
}

/** A server in the network of the machine or of a container. */
export interface Listener {
  /** The answers of this connection go to `deliver`; null: it was closed. Returns the connection's number. */
  connect(deliver: (reply: Reply | null) => void): number;
  receive(connection: number, argv: readonly ByteString[]): void;
  disconnect(connection: number): void;
}

export type MachineAnswer = boolean | number | string | ByteString | null;
