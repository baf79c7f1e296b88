/** The methods of the shell. Its code comes into the worker with the first call of one of them. */
import { utf8Decode } from '../base/bytes.ts';
import type { Lab } from '../lab/lab.ts';
import type { Lane } from '../lab/lane.ts';
import type { Session, SessionHost } from '../shell/session.ts';
import type { Shells } from '../shell/shells.ts';
import type { LabHost } from './lab-host.ts';
import type { Methods } from './methods.ts';
import { laneOf, Refusal } from './refusal.ts';
import type { TerminalUpdate } from './protocol.ts';

type ShellMethods = Pick<Methods, 'shell' | 'openTerminal' | 'terminalInput' | 'completeLine'>;

/** A terminal of the page that has not shown so much waits before it is given more. */
const MOST_UNSHOWN = 256 * 1024;
const LONGEST_LINE = 1 << 20;

export function shellMethods(host: LabHost): ShellMethods {
  const shells = new WeakMap<Lab, Shells>();
  const sessions = new Map<number, OpenSession>();
  const shellsOf = async (lab: Lab): Promise<Shells> => {
    const { Shells: Loaded } = await import('../shell/shells.ts');
    const known = shells.get(lab);
    if (known !== undefined) return known;
    const fresh = new Loaded(lab);
    shells.set(lab, fresh);
    return fresh;
  };
  const begin = async (
    id: number,
    lane: Lane,
    size: { columns: number; rows: number },
  ): Promise<void> => {
    const loaded = await shellsOf(host.lab);
    sessions.get(id)?.session?.close();
    const open = new OpenSession(id, host, () => sessions.delete(id));
    sessions.set(id, open);
    open.session = loaded.open(lane, size, open);
  };

  return {
    async shell(line, { lane }) {
      if (typeof line !== 'string') throw new Refusal('shell: the line must be a text');
      if (line.length > LONGEST_LINE) throw new Refusal('shell: the line is longer than 1 MB');
      const { lab } = host;
      const machine = laneOf(lab, lane);
      const loaded = await shellsOf(lab);
      host.lines++;
      host.shellUsed.add(lab);
      const result = await new Promise<Parameters<Parameters<Shells['run']>[2]>[0]>((resolve) => {
        loaded.run(machine, line, resolve);
        host.changed();
      });
      host.lines--;
      await host.committed();
      const { stdout, stderr, exitCode } = result;
      return { stdout: utf8Decode(stdout), stderr: utf8Decode(stderr), exitCode };
    },
    async openTerminal(session, { lane, columns, rows }) {
      await begin(session, laneOf(host.lab, lane), { columns, rows });
      host.changed();
      return null;
    },
    terminalInput(id, input) {
      const open = sessions.get(id);
      const session = open?.session;
      if (open === undefined || session === null || session === undefined)
        throw new Refusal('terminalInput: that terminal has no shell; open it first');
      if (input.kind === 'line' || input.kind === 'keys') host.shellUsed.add(host.lab);
      open.give(session, input);
      host.changed();
      return null;
    },
    async completeLine(id, line) {
      const session = sessions.get(id)?.session;
      if (session === null || session === undefined) return [];
      const { completeLine } = await import('../shell/complete.ts');
      return completeLine(session.kernel, session.cwd, line);
    },
  };
}

type Input = Parameters<Methods['terminalInput']>[1];

/** One terminal of the page: what its bash prints goes into the host's next batch. */
class OpenSession implements SessionHost {
  session: Session | null = null;
  readonly sink;
  private readonly id: number;
  private readonly host: LabHost;
  private readonly gone: () => void;
  private unshown = 0;

  constructor(id: number, host: LabHost, gone: () => void) {
    this.id = id;
    this.host = host;
    this.gone = gone;
    this.sink = {
      waiters: new Set<{ retry(): void }>(),
      take: (bytes: string): boolean => {
        if (this.unshown > MOST_UNSHOWN) return false;
        this.unshown += bytes.length;
        const last = host.terminal[host.terminal.length - 1];
        if (last?.kind === 'output' && last.session === id)
          host.terminal[host.terminal.length - 1] = { ...last, bytes: last.bytes + bytes };
        else host.terminal.push({ session: id, kind: 'output', bytes });
        return true;
      },
    };
  }

  prompt(text: string, status: number): void {
    this.tell({ session: this.id, kind: 'prompt', text: text, status });
  }

  mode(mode: 'line' | 'raw'): void {
    this.tell({ session: this.id, kind: 'mode', mode });
  }

  ended(why: 'exit' | 'power'): void {
    this.gone();
    this.tell({ session: this.id, kind: 'ended', why });
  }

  give(session: Session, input: Input): void {
    switch (input.kind) {
      case 'line':
        return session.line(input.text);
      case 'keys':
        return session.keys(input.data);
      case 'end':
        return session.endOfInput();
      case 'signal':
        return session.signal(input.name);
      case 'resize':
        return session.resize(input);
      case 'shown':
        this.unshown = 0;
        return session.shown();
      case 'close':
        this.gone();
        return session.close();
    }
  }

  private tell(update: TerminalUpdate): void {
    this.host.terminal.push(update);
  }
}
