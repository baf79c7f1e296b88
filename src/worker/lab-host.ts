/**
 * Gives a lab real time and a real disk: runs its events as the wall clock passes, keeps what reaches the simulated
 * platters, and lets replies, events and frames out only when they are kept (output commit).
 */
import type { Lab } from '../lab/lab.ts';
import { keptActions } from '../lab/kept-actions.ts';
import { writesAtRisk } from '../lab/crash.ts';
import { encodeKept, type KeptAction } from '../lab/kept.ts';
import { Checkpoints } from '../lab/checkpoints.ts';
import type { LaneAnswer } from '../lab/lane-state.ts';
import type { PlatterChange } from '../machine/platter.ts';
import { FrameMaker } from './frame-maker.ts';
import type { Onlooker } from './onlooker.ts';
import { Hold } from './hold.ts';
import type { HostPorts, Keeper } from './host-ports.ts';
import type { Frame, LabEvent, PushedReply, TerminalUpdate, Watched } from './protocol.ts';

/** How long the worker runs events before it looks at its messages again, and how many at a time. */
const SLICE_MS = 10;
const EVENTS_PER_LOOK = 400;
const BEAT_MS = 8;
/** A pause of the browser is not caught up: time that nobody saw does not pass in the lab. */
const LONGEST_BEAT_MS = 100;
/** How far the lab may run ahead of the wall clock while somebody waits for an answer. */
const AHEAD_MS = 4;
/** A lab's journal is begun anew when it has grown to this, and to several times the platters' own size. */
const JOURNAL_BYTES = 16 * 1024 * 1024;
const JOURNAL_FACTOR = 4;
/**
 * Writes that reach no platter change nothing that must be kept, but their number must be known when the tab closes:
 * what a reply told is counted with the reply, what a workload does at least this often.
 */
const RISKS_EVERY_MS = 250;

/** What leaves when the batch that it belongs to is kept. */
interface Output {
  readonly answers: readonly LaneAnswer[];
  readonly pushes: readonly PushedReply[];
  readonly terminal: readonly TerminalUpdate[];
  readonly events: readonly LabEvent[];
  readonly frame: Frame | null;
  readonly waiters: readonly (() => void)[];
}

type Settle = (answer: LaneAnswer['outcome']) => void;

export class LabHost {
  lab: Lab;
  readonly onReplaced: (() => void)[] = [];
  private readonly keeper: Keeper;
  private readonly ports: HostPorts;
  private run = 0;
  /** While another lab is looked at: the own one, which the keeper has. */
  private own: { readonly lab: Lab; readonly actionsKept: number } | null = null;
  private readonly waiting = new Map<number, Settle>();
  private nextToken = 1;
  private committing = false;
  private journalBytes = 0;
  private actionsKept: number;
  private risksKept = { at: 0, text: '' };
  private wantsCommit: (() => void)[] = [];
  /** Wall time and lab time that belong together while the clock plays. */
  private anchor: { wall: number; virtual: number };
  /** Lines of the shell that have not ended. */
  lines = 0;
  private readonly frames = new FrameMaker();
  /** Who is told of everything that happens, before it is shown. */
  onlooker: Onlooker | null = null;
  /** The run at an earlier instant, which is looked at while the lab itself stands still. */
  past: Lab | null = null;
  /** The number of that look. */
  looks = 0;
  /** Long work that somebody waits for: how much of it is done, 0 to 1. */
  going: number | null = null;
  readonly checkpoints = new Checkpoints();
  readonly hold = new Hold();
  private frameDue = true;
  private framesUnderWay = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private eventsToSend: LabEvent[] = [];
  private eventsSeen: LabEvent[] = [];
  /** For the page's terminals; it leaves with the batch of what it tells of. */
  readonly terminal: TerminalUpdate[] = [];

  /** `actionsKept`: how many of the lab's actions the keeper has; null if it knows nothing of this lab. */
  constructor(lab: Lab, keeper: Keeper, ports: HostPorts, actionsKept: number | null) {
    this.lab = lab;
    this.keeper = keeper;
    this.ports = ports;
    this.actionsKept = actionsKept ?? 0;
    this.anchor = { wall: ports.now(), virtual: lab.clock.now };
    if (actionsKept === null) void this.keepAnew();
    this.changed();
  }

  /** Replaces the lab by another one: its own from now on, or one to look at, beside which it stays as it is. */
  async replaceLab(lab: Lab, place: 'same' | 'own' | 'sandbox' = 'own'): Promise<void> {
    if (place === 'sandbox') this.own ??= { lab: this.lab, actionsKept: this.actionsKept };
    if (place === 'own') this.own = null;
    if (lab !== this.lab) this.lab.guests?.leave();
    if (lab.state.plan !== this.lab.state.plan) this.checkpoints.forget();
    for (const settle of this.waiting.values()) settle({ outcome: 'closed' });
    this.waiting.clear();
    this.lab = lab;
    this.run++;
    this.past = null;
    this.frames.startOver();
    this.eventsToSend = [];
    this.eventsSeen = [];
    this.actionsKept = 0;
    this.reanchor();
    for (const tell of this.onReplaced) tell();
    await this.keepAnew();
    this.changed();
  }

  /** The lab that was looked at takes the own one's place. False: there is none. */
  async keepSandbox(): Promise<boolean> {
    if (this.own === null) return false;
    await this.replaceLab(this.lab, 'own');
    await this.committed();
    return true;
  }

  /** Whether the lab at hand is one to look at, beside the own one. */
  get isSandbox(): boolean {
    return this.own !== null;
  }

  /** Back to the own lab, as it was left. */
  async leaveSandbox(): Promise<boolean> {
    const { own } = this;
    if (own === null) return false;
    await this.replaceLab(own.lab, 'own');
    await this.committed();
    return true;
  }

  /** A token for `lab.send`, whose answer goes to `settle`. */
  expect(settle: Settle): number {
    const token = this.nextToken++;
    this.waiting.set(token, settle);
    return token;
  }

  reanchor(): void {
    this.anchor = { wall: this.ports.now(), virtual: this.lab.clock.now };
  }

  /** Something happened: run, keep and show it. */
  changed(): void {
    this.frameDue = true;
    this.beat();
  }

  /** What the page looks at from now on: nothing else is sent. */
  watch(watched: Watched): void {
    this.frames.watched = watched;
    this.changed();
  }

  /** What the page sees: the lab, or the past of it. */
  get looked(): Lab {
    return this.past ?? this.lab;
  }

  /** Shows the run as it was; null: as it is. Nothing runs while the past is shown. */
  lookAt(past: Lab | null): void {
    if (past === null) this.reanchor();
    this.past = past;
    this.looks++;
    this.frames.beginPast();
    this.changed();
  }

  /** Somebody waits for long work. */
  goesOn(done: number | null): void {
    this.going = done;
    this.frameDue = true;
    this.commit();
  }

  /** Resolves when everything that has happened so far is kept. */
  committed(): Promise<void> {
    return new Promise((resolve) => {
      this.wantsCommit.push(resolve);
      this.commit();
    });
  }

  frameShown(): void {
    this.framesUnderWay = 0;
    if (this.frameDue) this.commit();
  }

  /** Advances virtual time whatever the clock says, in slices. */
  async advance(ms: number): Promise<void> {
    const target = this.lab.clock.now + Math.round(ms * 1000);
    while (this.lab.runUntil(target, EVENTS_PER_LOOK * 16) === 'more') await this.breathe();
    this.reanchor();
    this.changed();
  }

  private async breathe(): Promise<void> {
    this.checkpoints.note(this.lab);
    this.commit();
    await new Promise((resolve) => setTimeout(resolve, 0));
    await this.hold.free();
  }

  // --- time ---

  private beat(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    let rest = BEAT_MS;
    try {
      // A lab that lags behind its clock rests only as long as its messages need.
      if (this.runSlice() === 'behind') rest = 0;
    } catch (thrown) {
      this.ports.fatal(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
      return;
    }
    this.checkpoints.note(this.lab);
    this.commit();
    if (!this.lab.state.paused && this.past === null)
      this.timer = setTimeout(() => this.beat(), rest);
  }

  private runSlice(): 'behind' | 'on time' {
    const { lab } = this;
    if (this.past !== null || this.hold.isHeld) return 'on time';
    if (lab.state.paused) {
      lab.settleNow();
      return 'on time';
    }
    const wall = this.ports.now();
    const passed = Math.min(wall - this.anchor.wall, LONGEST_BEAT_MS);
    const ahead = this.waiting.size + this.lines > 0 ? AHEAD_MS : 0;
    const due = this.anchor.virtual + passed * 1000 * lab.state.speed;
    const target = Math.floor(due + ahead * 1000 * lab.state.speed);
    const until = wall + SLICE_MS;
    let state: 'more' | 'done' = 'done';
    const waitingBefore = this.waiting.size;
    do {
      state = lab.runUntil(target, EVENTS_PER_LOOK);
      if (state === 'more' && lab.clock.now >= due && this.answered(waitingBefore)) break;
    } while (state === 'more' && this.ports.now() < until);
    if (target > lab.clock.now) this.anchor = { wall, virtual: lab.clock.now };
    else if (wall - this.anchor.wall > LONGEST_BEAT_MS / 2)
      this.anchor = { wall, virtual: Math.min(due, lab.clock.now) };
    this.frameDue = true;
    return lab.clock.now < due && state === 'more' ? 'behind' : 'on time';
  }

  private answered(waiting: number): boolean {
    return waiting > 0 && this.lab.lanes.some(({ state }) => state.answers.length > 0);
  }

  // --- output commit ---

  /** Closes a batch and keeps it; what it holds leaves afterwards. One batch is under way at a time. */
  private commit(): void {
    if (this.committing) return;
    const { lanes } = this.lab;
    this.look();
    const answers = lanes.flatMap(({ state }) => state.answers.splice(0));
    const output: Output = {
      answers,
      pushes: lanes.flatMap(({ state }) =>
        state.pushes.splice(0).map((push) => ({ lane: state.id, ...push })),
      ),
      terminal: this.terminal.splice(0),
      events: this.eventsSeen.splice(0),
      frame: this.takeFrame(),
      waiters: this.wantsCommit.splice(0),
    };
    const record = this.takeBatch(answers.length > 0);
    if (record === null || this.own !== null) return this.release(output);
    this.committing = true;
    this.journalBytes += record.length;
    void this.keeper
      .append(record)
      .catch(() => undefined)
      .then(() => this.release(output))
      .then(() => this.compact())
      .finally(() => {
        this.committing = false;
        if (this.hasOutput()) this.commit();
      });
  }

  /** Shows what has happened to whoever looks on; the page gets it with the next batch. */
  look(): void {
    const events = this.lab.lanes.flatMap(({ state }) => state.events.splice(0));
    this.eventsSeen.push(...events);
    this.onlooker?.observe(events);
  }

  /** For the page, with the next batch. */
  tell(event: LabEvent): void {
    this.eventsSeen.push(event);
    this.frameDue = true;
  }

  private hasOutput(): boolean {
    return (
      this.wantsCommit.length > 0 ||
      this.terminal.length > 0 ||
      this.actionCount() > this.actionsKept ||
      (this.frameDue && this.framesUnderWay === 0) ||
      this.lab.lanes.some(
        ({ state }) =>
          state.answers.length > 0 ||
          state.pushes.length > 0 ||
          state.kernel.platterChanges.length > 0,
      )
    );
  }

  private release({ answers, pushes, terminal, events, frame, waiters }: Output): void {
    for (const { token, outcome } of answers) {
      const settle = this.waiting.get(token);
      this.waiting.delete(token);
      settle?.(outcome);
    }
    // Answers leave when their promises have run: a push that follows one must not overtake it.
    if (terminal.length > 0) this.ports.sendTerminal(terminal);
    if (pushes.length > 0) setTimeout(() => this.ports.sendPushes(pushes), 0);
    this.eventsToSend.push(...events);
    if (frame !== null)
      this.ports.sendFrame({
        ...frame,
        events: this.eventsToSend.splice(0),
        storage: this.keeper.status,
      });
    for (const resolve of waiters) resolve();
  }

  private takeBatch(answered: boolean): Uint8Array | null {
    const { lab } = this;
    const changes = new Map<string, readonly PlatterChange[]>();
    for (const { state, kernel } of lab.lanes) {
      const lane = kernel.takePlatterChanges();
      if (lane.length > 0) changes.set(state.id, lane);
    }
    const actions = this.takeActions();
    const isDue = this.ports.now() - this.risksKept.at >= RISKS_EVERY_MS;
    if (changes.size === 0 && actions.length === 0 && !answered && !isDue) return null;
    const before = this.risksKept.text;
    const risks = this.risks();
    if (changes.size === 0 && actions.length === 0 && this.risksKept.text === before) return null;
    return encodeKept({
      kind: 'batch',
      at: lab.clock.now,
      actions,
      risks,
      changes,
      clock: this.clockNow(),
    });
  }

  private takeActions(): readonly KeptAction[] {
    const { earlier, actions } = this.lab.state;
    const kept = this.actionsKept;
    this.actionsKept = earlier.length + actions.length;
    return [
      ...earlier.slice(kept),
      ...keptActions(this.lab.state, Math.max(0, kept - earlier.length)),
    ];
  }

  private actionCount(): number {
    const { earlier, actions } = this.lab.state;
    return earlier.length + actions.length;
  }

  private clockNow(): { paused: boolean; speed: number } {
    return { paused: this.lab.state.paused, speed: this.lab.state.speed };
  }

  /** What a power cut would take now, which is kept next. */
  private risks(): { lane: string; writes: number }[] {
    const risks = this.lab.lanes.map((lane) => ({
      lane: lane.state.id,
      writes: writesAtRisk(lane),
    }));
    this.risksKept = { at: this.ports.now(), text: JSON.stringify(risks) };
    return risks;
  }

  private startRecord(): Uint8Array {
    const { lab } = this;
    const { seed, createdAt, disk, clock, workload, lanes } = lab.state.plan;
    for (const { kernel } of lab.lanes) kernel.takePlatterChanges();
    return encodeKept({
      kind: 'start',
      at: lab.clock.now,
      actions: [...lab.state.earlier, ...keptActions(this.lab.state, 0)],
      risks: this.risks(),
      clock: this.clockNow(),
      plan: { seed, createdAt, disk, clock, workload, lanes: lanes.map(({ id }) => id) },
      changes: new Map(lab.lanes.map(({ state, kernel }) => [state.id, kernel.platterSnapshot()])),
    });
  }

  private async keepAnew(): Promise<void> {
    const record = this.startRecord();
    if (this.own !== null) return;
    this.actionsKept = this.actionCount();
    this.journalBytes = 0;
    await this.keeper.replace([record]).catch(() => undefined);
  }

  private async compact(): Promise<void> {
    if (this.journalBytes < JOURNAL_BYTES) return;
    const size = this.lab.lanes.reduce((sum, { state }) => sum + state.kernel.usedBytes, 0);
    if (this.journalBytes > size * JOURNAL_FACTOR) await this.keepAnew();
  }

  // --- frames ---

  private takeFrame(): Frame | null {
    if (!this.frameDue || this.framesUnderWay > 0) return null;
    this.framesUnderWay = 1;
    const { past, lab } = this;
    const lesson = this.onlooker?.view() ?? null;
    const frame = this.frames.frame(this.looked, {
      run: this.run,
      ...(this.own === null ? {} : { sandbox: true }),
      ...(past === null ? {} : { past: { look: this.looks, now: lab.now } }),
      ...(this.going === null ? {} : { going: this.going }),
      ...(lesson === null ? {} : { lesson }),
      storage: this.keeper.status,
    });
    this.frameDue = this.frames.hasMore;
    return frame;
  }
}
