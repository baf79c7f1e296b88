/** Going back in the run at hand, going on from there, and the futures that this makes. */
import { forecastAt } from '../lab/accidents.ts';
import { canBeCopied, labAt, takeCheckpoint } from '../lab/checkpoint.ts';
import { actionLine, compareFutures } from '../lab/futures.ts';
import type { Lab } from '../lab/lab.ts';
import { runOf, runUpTo, type Run } from '../lab/replay.ts';
import type { FuturesShelf } from '../storage/futures-shelf.ts';
import { FutureList, type Future } from './future-list.ts';
import type { LabHost } from './lab-host.ts';
import type {
  FutureComparison,
  FutureView,
  LaneForecast,
  TimeAnswer,
  TimeRequest,
} from './protocol.ts';
import { Refusal } from './refusal.ts';
import type { Replaying } from './replaying.ts';
import type { RunDesk } from './run-desk.ts';

export class TimeDesk {
  private readonly host: LabHost;
  private readonly runs: RunDesk;
  private readonly replaying: Replaying;
  private readonly shelf: FuturesShelf | null;
  private list: FutureList;
  /** While another lab is looked at: those of the own one. */
  private own: FutureList | null = null;
  /** What was kept in an earlier visit is on its way, or there. */
  private restored: Promise<void> | null = null;
  private problems: readonly string[] = [];
  /** A newer page wrote what the browser has: it stays as it is. */
  private untouchable = false;
  /** What the browser has is not what is here. */
  private changed = false;

  /** `shelf`: where futures outlive the visit. */
  constructor(host: LabHost, runs: RunDesk, replaying: Replaying, shelf: FuturesShelf | null) {
    this.host = host;
    this.runs = runs;
    this.replaying = replaying;
    this.shelf = shelf;
    this.list = new FutureList(host.lab.state.plan);
  }

  /** The lab at hand was read again: so are its futures. */
  readAgain(): void {
    this.list = new FutureList(this.host.lab.state.plan);
    this.restored = null;
  }

  async answer(request: TimeRequest): Promise<TimeAnswer> {
    this.restored ??= this.restore();
    await this.restored;
    return this.answerTo(request);
  }

  private async restore(): Promise<void> {
    const bytes = (await this.shelf?.load()) ?? null;
    if (bytes === null) return;
    const found = this.list.restore(bytes);
    this.problems = found?.problems ?? [];
    this.untouchable = found?.untouchable ?? false;
    if (this.problems.length > 0) this.changed = true;
  }

  private async save(): Promise<void> {
    if (this.shelf === null || this.host.isSandbox) return;
    this.changed = false;
    if (this.untouchable) return;
    if (!(await this.shelf.save(this.list.encode()))) this.list.kept = new Set();
  }

  private async answerTo(request: TimeRequest): Promise<TimeAnswer> {
    switch (request.do) {
      case 'seek':
        await this.seek(request.at);
        return { looked: { look: this.host.looks, at: this.host.looked.now } };
      case 'present':
        this.replaying.stop();
        if (this.host.past !== null) this.host.lookAt(null);
        return {};
      case 'stop':
        this.replaying.stop();
        return {};
      case 'continue':
        await this.goOn();
        return { futures: await this.listed() };
      case 'forecast':
        return { forecast: this.forecast(request.at) };
      case 'futures':
        return { futures: await this.listed(), ...this.report() };
      case 'open':
        await this.open(request.future);
        return { futures: await this.listed() };
      case 'share': {
        const { run } = this.futureNamed('share', request.future);
        return { shared: { link: this.runs.link(run), file: this.runs.file(run) } };
      }
      case 'compare':
        return { comparison: await this.compare(request.future) };
    }
  }

  private async seek(at: number): Promise<void> {
    const { host } = this;
    const run = runUpTo(runOf(host.lab), this.microsOf('seek', at));
    // Whatever is on its way there: from now on nothing runs.
    if (host.past === null) host.lookAt(host.lab);
    const whole = host.lab.clock.now - host.lab.epoch;
    if (run.end >= whole) {
      this.replaying.stop();
      return host.lookAt(host.lab);
    }
    host.lookAt(await this.replaying.to('seek', run, () => this.nearest(run)));
  }

  /** The past that is looked at may be nearer than any checkpoint: then it goes on itself. */
  private nearest(run: Run): Lab {
    const { checkpoints, past, lab } = this.host;
    const checkpoint = checkpoints.before(run);
    const goesOn =
      past !== null &&
      past !== lab &&
      past.clock.now - past.epoch <= run.end &&
      past.clock.now - past.epoch >= (checkpoint?.at ?? 0) &&
      isOnTheWay(past, run);
    return goesOn ? past : checkpoints.nearest(run);
  }

  private forecast(at: number): readonly LaneForecast[] {
    const { lab } = this.host;
    const micros = lab.epoch + this.microsOf('forecast', at);
    return lab.lanes.map((lane) => forecastAt(lane, micros));
  }

  private microsOf(what: string, at: number): number {
    if (!Number.isFinite(at) || at < 0)
      throw new Refusal(`${what}: ${String(at)} is no instant of the run; give its milliseconds`);
    return Math.min(Math.round(at * 1000), this.host.lab.clock.now - this.host.lab.epoch);
  }

  private async goOn(): Promise<void> {
    const { host } = this;
    const { past } = host;
    if (past === null) throw new Refusal('continue: this is now; go back to an instant first');
    if (past === host.lab) return host.lookAt(null);
    this.leave();
    this.list.rename();
    await host.replaceLab(past, 'same');
    await host.committed();
  }

  private async open(name: string): Promise<void> {
    const { host } = this;
    const future = this.futureNamed('open', name);
    const lab = await this.endOf('open', future);
    this.leave();
    this.list.take(future);
    await host.replaceLab(lab, 'same');
    await host.committed();
  }

  private async compare(name: string): Promise<FutureComparison> {
    const { lab } = this.host;
    const future = this.futureNamed('compare', name);
    const other = await this.endOf('compare', future);
    const { partAt, first, lanes } = compareFutures(lab, other);
    return {
      partAt: partAt / 1000,
      here: this.present(),
      there: this.viewOf(future),
      first,
      lanes,
    };
  }

  private endOf(what: string, { run, end }: Future): Promise<Lab> {
    const { checkpoints } = this.host;
    return end === null
      ? this.replaying.to(what, run, () => checkpoints.nearest(run))
      : Promise.resolve(labAt(end, new WeakMap()));
  }

  /** The future at hand is kept, to come back to. */
  private leave(): void {
    this.adopt();
    const { lab } = this.host;
    const end = canBeCopied(lab) ? takeCheckpoint(lab, new WeakMap()) : null;
    this.list.leave(runOf(lab), end);
    this.changed = true;
  }

  /** What was undone, when something else was done since, is a future that was left. */
  private adopt(): void {
    this.followLab();
    const { plan } = this.host.lab.state;
    for (const run of this.runs.takeLeft()) {
      if (run.plan !== plan) continue;
      this.list.leave(run, null);
      this.list.rename();
      this.changed = true;
    }
  }

  /** A new lab has no futures; one that is looked at has some of its own, and those of the own one wait. */
  private followLab(): void {
    const { host, list } = this;
    const { plan } = host.lab.state;
    if (this.own !== null && !host.isSandbox) {
      if (list.plan === plan) this.changed = true;
      else if (this.own.plan === plan) this.list = this.own;
      this.own = null;
    }
    if (this.list.plan === plan) return;
    if (host.isSandbox) this.own ??= list;
    else this.changed = true;
    this.list = new FutureList(plan);
  }

  private futureNamed(what: string, name: string): Future {
    this.adopt();
    const found = this.list.futures.find((future) => future.name === name);
    if (found !== undefined) return found;
    const names = this.list.futures.map((future) => future.name).join(', ');
    throw new Refusal(
      `${what}: there is no other future ${name}${names === '' ? '' : `; there are ${names}`}`,
    );
  }

  /** All of them, as they are kept from now on. */
  private async listed(): Promise<readonly FutureView[]> {
    this.adopt();
    if (this.changed) await this.save();
    const views = [...this.list.futures.map((future) => this.viewOf(future)), this.present()];
    return views.sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  private report(): Pick<TimeAnswer, 'report'> {
    const { problems } = this;
    this.problems = [];
    return problems.length === 0 ? {} : { report: problems.join(' ') };
  }

  private present(): FutureView {
    const run = runOf(this.host.lab);
    return { ...viewOfRun(this.list.name, run), here: true, kept: true };
  }

  private viewOf(future: Future): FutureView {
    return { ...viewOfRun(future.name, future.run), kept: this.list.kept.has(future) };
  }
}

function viewOfRun(name: string, { plan, actions, end }: Run): Omit<FutureView, 'kept'> {
  const crash = actions.findLast(({ action }) => action.kind === 'kill' || action.kind === 'power');
  return {
    name,
    here: false,
    at: end / 1000,
    actions: actions.length,
    last: actionLine(actions[actions.length - 1], plan),
    crash:
      crash === undefined ? null : crash.action.kind === 'kill' ? 'process-killed' : 'power-lost',
  };
}

/** Whether the run comes by where that lab stands. */
function isOnTheWay({ state, clock, epoch }: Lab, { actions }: Run): boolean {
  const done = state.actions.length;
  if (done > actions.length) return false;
  if (done > 0 && state.actions[done - 1] !== actions[done - 1]) return false;
  const next = actions[done];
  return next === undefined || next.at >= clock.now - epoch;
}
