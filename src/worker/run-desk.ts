/** Runs as the page takes and gives them: links, files, and going back by an action. */
import { LONGEST_LINK, decodeLink, decodeRun, encodeLink, encodeRun } from '../lab/run-file.ts';
import { Replay, runOf, startLab, type Run } from '../lab/replay.ts';
import type { LabHost } from './lab-host.ts';
import type { RunLink } from './protocol.ts';
import { Refusal } from './refusal.ts';

const EVENTS_A_SLICE = 4000;

export class RunDesk {
  private readonly host: LabHost;
  private undone: { readonly run: Run; readonly left: number }[] = [];
  private restoring = 0;

  constructor(host: LabHost) {
    this.host = host;
  }

  /** The whole run in the letters of an address. */
  link(): RunLink {
    this.expectReplayable('link');
    const hash = `run=${encodeLink(runOf(this.host.lab))}`;
    return { hash, fits: hash.length <= LONGEST_LINK };
  }

  file(): Uint8Array {
    this.expectReplayable('export');
    return encodeRun(runOf(this.host.lab));
  }

  /** Shows somebody's run; the lab at hand stays as it is until `keep`. Refused, it changes nothing. */
  async load(source: string | Uint8Array): Promise<null> {
    const decoded = typeof source === 'string' ? decodeLink(source) : decodeRun(source);
    if (!decoded.ok) throw new Refusal(`load: ${decoded.error}`);
    this.undone = [];
    await this.restore(decoded.value, 'sandbox');
    return null;
  }

  async keep(): Promise<null> {
    if (!(await this.host.keepSandbox())) throw new Refusal('keep: this lab is yours already');
    return null;
  }

  async leave(): Promise<null> {
    if (!(await this.host.leaveSandbox())) throw new Refusal('leave: this lab is yours');
    this.undone = [];
    return null;
  }

  /** Back to just before the last thing that was done. */
  async undo(): Promise<null> {
    this.expectReplayable('undo');
    const run = runOf(this.host.lab);
    const last = run.actions[run.actions.length - 1];
    if (last === undefined) throw new Refusal('undo: nothing has been done yet');
    const actions = run.actions.slice(0, -1);
    const before = this.undone.filter(({ left }) => left === run.actions.length);
    await this.restore({ ...run, actions, end: last.at }, 'same');
    this.undone = [...(before.length === 0 ? [] : this.undone), { run, left: actions.length }];
    return null;
  }

  /** Forward again to where the last `undo` came from, unless something else was done since. */
  async redo(): Promise<null> {
    const next = this.undone[this.undone.length - 1];
    if (next === undefined || next.left !== this.host.lab.state.actions.length)
      throw new Refusal('redo: nothing was undone, or something else was done since');
    await this.restore(next.run, 'same');
    this.undone.pop();
    return null;
  }

  /** What bash does to a machine is no action yet: a replay would leave it out without a word. */
  private expectReplayable(what: string): void {
    if (this.host.shellUsed.has(this.host.lab))
      throw new Refusal(
        `${what}: a command was run in bash, which a run cannot repeat; start over to have one that can`,
      );
  }

  /** Replays it beside the lab at hand, in slices, and takes its place when it is whole. */
  private async restore(run: Run, place: 'same' | 'sandbox'): Promise<void> {
    const turn = ++this.restoring;
    const job = started(run);
    for (;;) {
      const state = job.step(EVENTS_A_SLICE);
      if (state === 'done') break;
      if (state !== 'more') throw new Refusal(`load: ${state.problem}; nothing here has changed`);
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (turn !== this.restoring) throw new Refusal('load: another run was asked for meanwhile');
    }
    await this.host.replaceLab(job.lab, place);
    await this.host.committed();
  }
}

/** What no checksum tells shows itself when the machines are built. */
function started(run: Run): Replay {
  try {
    return new Replay(startLab(run), run);
  } catch {
    throw new Refusal('load: the machines of this run cannot be started; nothing here has changed');
  }
}
