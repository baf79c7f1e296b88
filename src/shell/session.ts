/** A page's terminal, and the bash that runs in it. */
import type { ByteString } from '../base/bytes.ts';
import { ascii, EMPTY } from '../base/bytes.ts';
import { DATA_PATH } from '../lab/boot.ts';
import type { SimulatedKernel } from '../machine/kernel.ts';
import type { Pid } from '../machine/syscall.ts';
import type { ProcessTable } from './process-table.ts';
import type { SpawnRequest, TerminalSize } from './program.ts';
import { bashAlone } from './programs/bash.ts';
import {
  newTerminal,
  tellWaiters,
  type Stream,
  type Terminal,
  type TerminalHost,
  type TerminalState,
} from './streams.ts';

/** What a shell of this machine begins with. */
export const environment: ReadonlyMap<string, ByteString> = new Map(
  Object.entries({
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    USER: 'root',
    SHELL: '/bin/bash',
    LANG: 'C.UTF-8',
    HOSTNAME: 'lab',
    TERM: 'xterm-256color',
  }).map(([name, value]) => [name, ascii(value)]),
);

/** What a page's terminal is told; see `TerminalHost`. */
export interface SessionHost extends TerminalHost {
  /** A line or a signal's sign was typed; it has its line end. */
  typed(line: ByteString): void;
  /** bash has ended, or the machine lost its power. */
  ended(why: 'exit' | 'power'): void;
}

const signalSigns = { INT: ascii('^C\n'), TSTP: ascii('^Z\n'), QUIT: ascii('^\\\n') };

/** What is asked for the bash of a terminal. */
export const sessionRequest: SpawnRequest = {
  argv: [ascii('bash')],
  body: bashAlone,
  env: environment,
  group: 'new',
};

/** A terminal of a page, and the bash that runs in it. */
export class Session {
  readonly terminal: Terminal;
  private readonly table: ProcessTable;
  private readonly host: SessionHost;
  private readonly left: () => void;
  /** Of its bash. */
  pid: Pid;

  /**
   * `terminal`: new, or as it stood where this session was copied; then `pid` is that of its bash, and `goOn` is called
   * instead of `start` when that is there.
   */
  constructor(
    table: ProcessTable,
    host: SessionHost,
    terminal: TerminalState,
    left: () => void,
    pid: Pid = 0,
  ) {
    this.table = table;
    this.host = host;
    this.left = left;
    this.pid = pid;
    this.terminal = newTerminal(host, terminal);
  }

  start(): void {
    const { terminal, table } = this;
    const stream: Stream = { kind: 'terminal', terminal };
    this.pid = table.start(sessionRequest, new Map([0, 1, 2].map((fd) => [fd, stream])), terminal);
    terminal.foreground = this.pid;
    this.goOn();
  }

  goOn(): void {
    const process = this.table.process(this.pid);
    const waiter = {
      retry: () => {
        if (process.exit === null || !process.waiters.delete(waiter)) return;
        this.left();
        this.host.ended('exit');
      },
    };
    process.waiters.add(waiter);
  }

  /** A line for the prompt, or for the program that reads. */
  line(text: ByteString): void {
    const { terminal } = this;
    const bytes = ascii(`${text}\n`);
    this.host.typed(bytes);
    if (terminal.prompting) terminal.lines.push(bytes);
    else terminal.input = ascii(terminal.input + bytes);
    this.changed();
  }

  /** Keys for a program that wants them one by one. */
  keys(data: ByteString): void {
    // Ctrl-C is a signal here too: a pager that is busy reading, and a program that knows nothing of it, are stopped.
    for (const [i, part] of data.split('\x03').entries()) {
      if (i > 0) this.signal('INT');
      this.terminal.input = ascii(this.terminal.input + part);
    }
    this.changed();
  }

  /** Ctrl-D on an empty line. */
  endOfInput(): void {
    const { terminal } = this;
    if (terminal.prompting) terminal.lines.push(null);
    else terminal.ended = true;
    this.changed();
  }

  /** Ctrl-C and Ctrl-Z. */
  signal(name: 'INT' | 'TSTP' | 'QUIT'): void {
    this.terminal.input = EMPTY;
    this.host.typed(signalSigns[name]);
    this.table.signalGroup(this.terminal.foreground, name);
    this.table.drain();
  }

  resize(size: TerminalSize): void {
    this.terminal.size = size;
    this.table.signalGroup(this.terminal.foreground, 'WINCH');
    this.table.drain();
  }

  /** The page is gone: bash is hung up. */
  close(): void {
    const process = this.table.processes.get(this.pid);
    this.left();
    if (process !== undefined) {
      this.table.signalGroup(this.terminal.foreground, 'HUP');
      this.table.end(process, { status: 129, signal: 'HUP' });
    }
    this.table.drain();
  }

  powerOff(): void {
    this.left();
    this.host.ended('power');
  }

  /** Output was shown: what waits to print more may go on. */
  shown(): void {
    tellWaiters(this.host.sink);
    this.table.drain();
  }

  get kernel(): SimulatedKernel {
    return this.table.ports.kernel;
  }

  /** The working directory of bash, for completion. */
  get cwd(): string {
    return this.table.ports.kernel.process(this.pid)?.cwd ?? DATA_PATH;
  }

  private changed(): void {
    tellWaiters(this.terminal);
    this.table.drain();
  }
}
