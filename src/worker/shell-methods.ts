/** The methods of the shell. Its code comes into the worker with the first call of one of them. */
import { utf8Decode, utf8Encode } from '../base/bytes.ts';
import { isSide, type TerminalAct } from '../cli/terminal-control.ts';
import { applyAction } from '../lab/action.ts';
import type { Lab } from '../lab/lab.ts';
import type { ShellResult } from '../shell/scripted-shell.ts';
import type { Shells } from '../shell/shells.ts';
import type { FeedUpdate, Viewer } from '../shell/terminal-feed.ts';
import type { LabHost } from './lab-host.ts';
import type { Methods } from './methods.ts';
import { laneOf, Refusal } from './refusal.ts';
import type { TerminalUpdate } from './protocol.ts';

type ShellMethods = Pick<Methods, 'shell' | 'openTerminal' | 'terminalInput' | 'completeLine'>;

const LONGEST_LINE = 1 << 20;

export function shellMethods(host: LabHost): ShellMethods {
  const views = new Map<number, TerminalView>();
  let known: ((lab: Lab) => Shells | undefined) | null = null;
  /** The lab's shells, from the first call on. */
  const shellsOf = async (lab: Lab): Promise<Shells> => {
    const { knownShells, shellsOfLab } = await import('../shell/shells.ts');
    known = knownShells;
    const shells = shellsOfLab(lab);
    if (typeof shells === 'string') throw new Refusal(`shell: ${shells}`);
    return shells;
  };
  const running = (id: number) => known?.(host.lab)?.terminal(id);
  host.onReplaced.push(() => {
    for (const view of views.values()) view.labReplaced();
  });

  return {
    async shell(line, { lane }) {
      if (typeof line !== 'string') throw new Refusal('shell: the line must be a text');
      if (line.length > LONGEST_LINE) throw new Refusal('shell: the line is longer than 1 MB');
      const shells = await shellsOf(host.lab);
      const { id } = laneOf(host.lab, lane).state;
      host.lines++;
      const result = await new Promise<ShellResult | string>((resolve) => {
        const token = shells.expect(resolve);
        const action = { kind: 'shell', lane: id, line: utf8Encode(line) } as const;
        const problem = applyAction(host.lab, action, token);
        if (problem !== undefined) {
          shells.forget(token);
          resolve(problem);
        }
        host.changed();
      });
      host.lines--;
      await host.committed();
      if (typeof result === 'string') return { stdout: '', stderr: `${result}\n`, exitCode: 255 };
      const { stdout, stderr, exitCode } = result;
      return { stdout: utf8Decode(stdout), stderr: utf8Decode(stderr), exitCode };
    },
    async openTerminal(session, { lane, columns, rows }) {
      if (!Number.isSafeInteger(session) || session < 0)
        throw new Refusal('openTerminal: the session must be a number');
      if (!isSide(columns) || !isSide(rows))
        throw new Refusal('openTerminal: columns and rows must be 1 to 1000');
      await shellsOf(host.lab);
      const view = views.get(session) ?? new TerminalView(session, host, () => running(session));
      views.set(session, view);
      view.open(laneOf(host.lab, lane).state.id, { columns, rows });
      host.changed();
      return null;
    },
    terminalInput(id, input) {
      const view = views.get(id);
      if (view === undefined)
        throw new Refusal('terminalInput: that terminal has no shell; open it first');
      view.take(input);
      if (input.kind === 'close') views.delete(id);
      host.changed();
      return null;
    },
    async completeLine(id, line) {
      const session = running(id)?.session;
      if (session === undefined) return [];
      const { completeLine } = await import('../shell/complete.ts');
      return completeLine(session.kernel, session.cwd, line);
    },
  };
}

type Input = Parameters<Methods['terminalInput']>[1];

/** One terminal of the page, over the lab's terminal of the same number: what that shows goes into the host's next batch. */
class TerminalView implements Viewer {
  private readonly id: number;
  private readonly host: LabHost;
  /** The lab's terminal of this number, if something runs in it. */
  private readonly running: () => ReturnType<Shells['terminal']>;
  private lane = '';

  constructor(id: number, host: LabHost, running: () => ReturnType<Shells['terminal']>) {
    this.id = id;
    this.host = host;
    this.running = running;
  }

  /** Looks at what runs there already, if nobody looks at it; else a bash begins. */
  open(lane: string, size: { readonly columns: number; readonly rows: number }): void {
    this.lane = lane;
    const running = this.running();
    if (running !== undefined && !running.feed.isSeen) {
      running.feed.show(this);
      this.take({ kind: 'resize', ...size });
      return;
    }
    const problem = this.act({ kind: 'open', ...size });
    if (problem === undefined) this.running()?.feed.show(this);
    else this.tell({ kind: 'ended', why: 'power' });
  }

  take(input: Input): void {
    const running = this.running();
    if (running === undefined) return;
    const { feed, session } = running;
    switch (input.kind) {
      case 'line':
        this.act({ kind: 'line', text: utf8Encode(input.text) });
        return;
      case 'keys':
        this.act({ kind: 'keys', data: utf8Encode(input.data) });
        return;
      case 'resize': {
        const { columns, rows } = input;
        const { size } = session.terminal;
        if (!isSide(columns) || !isSide(rows)) return;
        if (size.columns !== columns || size.rows !== rows)
          this.act({ kind: 'resize', columns, rows });
        return;
      }
      case 'shown':
        if (feed.isFull) this.act({ kind: 'shown' });
        return;
      case 'signal':
        this.act({ kind: 'signal', name: input.name });
        return;
      default:
        this.act({ kind: input.kind });
    }
  }

  /** Another lab has this terminal too, as it stood there; or it has none of the kind. */
  labReplaced(): void {
    const running = this.running();
    if (running === undefined) this.tell({ kind: 'ended', why: 'lab' });
    else running.feed.show(this);
  }

  tell(update: FeedUpdate | { readonly kind: 'ended'; readonly why: 'lab' }): void {
    const { terminal } = this.host;
    const last = terminal[terminal.length - 1];
    const told: TerminalUpdate = { session: this.id, ...update };
    if (told.kind === 'output' && last?.kind === 'output' && last.session === this.id)
      terminal[terminal.length - 1] = { ...last, bytes: last.bytes + told.bytes };
    else terminal.push(told);
  }

  private act(act: TerminalAct): string | undefined {
    const { lane, id: session } = this;
    return applyAction(this.host.lab, { kind: 'terminal', lane, session, act });
  }
}
