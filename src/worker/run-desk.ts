/** Runs as the page takes and gives them: links, files, and going back by an action. */
import { LONGEST_LINK, decodeLink, decodeRun, encodeLink, encodeRun } from '../lab/run-file.ts';
import { runOf, type Run } from '../lab/replay.ts';
import { isDeed, type TimedAction } from '../lab/action.ts';
import type { LabHost } from './lab-host.ts';
import type { RunLink } from './protocol.ts';
import { Refusal } from './refusal.ts';
import type { Replaying } from './replaying.ts';

export class RunDesk {
  private readonly host: LabHost;
  private readonly replaying: Replaying;
  private undone: { readonly run: Run; readonly left: number }[] = [];
  private readonly left: Run[] = [];

  constructor(host: LabHost, replaying: Replaying) {
    this.host = host;
    this.replaying = replaying;
  }

  /** The whole run in the letters of an address. */
  link(run = runOf(this.host.lab)): RunLink {
    const hash = `run=${encodeLink(this.whole(run))}`;
    return { hash, fits: hash.length <= LONGEST_LINK };
  }

  file(run = runOf(this.host.lab)): Uint8Array {
    return encodeRun(this.whole(run));
  }

  /** The run, if its files are not too large for any text. */
  private whole(run: Run): Run {
    const bytes = bytesIn(run);
    if (bytes > MOST_BYTES)
      throw new Refusal(
        `this run holds ${bytes} bytes of files that were brought in, and a run that is passed on at most ${MOST_BYTES}; download /data in the Files pane instead`,
      );
    return run;
  }

  /** Shows somebody's run; the lab at hand stays as it is until `keep`. Refused, it changes nothing. */
  async load(source: string | Uint8Array): Promise<null> {
    const decoded = typeof source === 'string' ? decodeLink(source) : decodeRun(source);
    if (!decoded.ok) throw new Refusal(`load: ${decoded.error}`);
    this.undone = [];
    await this.restore('load', decoded.value, 'sandbox');
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
    const run = runOf(this.host.lab);
    const at = lastDeed(run.actions);
    const last = run.actions[at];
    if (last === undefined) throw new Refusal('undo: nothing has been done yet');
    const actions = run.actions.slice(0, at);
    this.noteLeft();
    await this.restore('undo', { ...run, actions, end: last.at }, 'same');
    this.undone.push({ run, left: deedsIn(actions) });
    return null;
  }

  /** Forward again to where the last `undo` came from, unless something else was done since. */
  async redo(): Promise<null> {
    const next = this.undone[this.undone.length - 1];
    const { plan, actions } = this.host.lab.state;
    if (next === undefined || next.run.plan !== plan || next.left !== deedsIn(actions))
      throw new Refusal('redo: nothing was undone, or something else was done since');
    await this.restore('redo', next.run, 'same');
    this.undone.pop();
    return null;
  }

  /** Runs that were left by going back and doing something else; each is told of once. */
  takeLeft(): readonly Run[] {
    this.noteLeft();
    return this.left.splice(0);
  }

  private noteLeft(): void {
    const [first] = this.undone;
    const last = this.undone[this.undone.length - 1];
    if (first === undefined || last?.left === deedsIn(this.host.lab.state.actions)) return;
    this.left.push(first.run);
    this.undone = [];
  }

  /** Takes the place of the lab at hand when it is whole. */
  private async restore(what: string, run: Run, place: 'same' | 'sandbox'): Promise<void> {
    const { checkpoints } = this.host;
    const lab = await this.replaying.to(what, run, () => checkpoints.nearest(run));
    await this.host.replaceLab(lab, place);
    await this.host.committed();
  }
}

/** What a run that is read again may hold (lab/run-file.ts), as text that is a third longer. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Of files and platters that a run holds. */
export function bytesIn({ plan, reopened, actions }: Run): number {
  let bytes = 0;
  for (const file of plan.files.values()) bytes += file.length;
  for (const platter of reopened?.platters.values() ?? []) bytes += platter.length;
  for (const { action } of actions) {
    if (action.kind === 'write') bytes += action.bytes.length;
    if (action.kind === 'import') for (const file of action.files) bytes += file.bytes.length;
  }
  return bytes;
}

/** Where the last thing that was done begins: keys that were typed one after the other are one thing. */
function lastDeed(actions: readonly TimedAction[]): number {
  let at = actions.findLastIndex(isDeed);
  const session = keysTo(actions[at]);
  if (session !== undefined) while (keysTo(actions[at - 1]) === session) at--;
  return at;
}

function keysTo(timed: TimedAction | undefined): number | undefined {
  const action = timed?.action;
  return action?.kind === 'terminal' && action.act.kind === 'keys' ? action.session : undefined;
}

function deedsIn(actions: readonly TimedAction[]): number {
  return actions.filter(isDeed).length;
}
