/** Going back in the run at hand, going on from there, and the futures that this makes. */
import { actionLines, addressee, DEFAULT_CLIENT } from '../lab/action-text.ts';
import { withoutLargeFiles } from '../lab/kept-actions.ts';
import type { TimedAction } from '../lab/action.ts';
import { forecastAt } from '../lab/accidents.ts';
import { canBeCopied, labAt, takeCheckpoint, type Checkpoint } from '../lab/checkpoint.ts';
import { compareFutures } from '../lab/futures.ts';
import type { Lab } from '../lab/lab.ts';
import { runOf, runUpTo, type Run } from '../lab/replay.ts';
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

/** A way in which the run went on, and its end if a lab could be kept of it. */
interface Future {
  readonly name: string;
  readonly run: Run;
  readonly end: Checkpoint | null;
}

/** More than anybody tells apart; the oldest goes. */
const MOST_FUTURES = 8;

export class TimeDesk {
  private readonly host: LabHost;
  private readonly runs: RunDesk;
  private readonly replaying: Replaying;
  private futures: Future[] = [];
  private name = 'A';
  private named = 1;

  constructor(host: LabHost, runs: RunDesk, replaying: Replaying) {
    this.host = host;
    this.runs = runs;
    this.replaying = replaying;
  }

  async answer(request: TimeRequest): Promise<TimeAnswer> {
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
        return { futures: this.list() };
      case 'forecast':
        return { forecast: this.forecast(request.at) };
      case 'futures':
        return { futures: this.list() };
      case 'open':
        await this.open(request.future);
        return { futures: this.list() };
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
    this.name = this.nextName();
    await host.replaceLab(past, 'same');
    await host.committed();
  }

  private async open(name: string): Promise<void> {
    const { host } = this;
    const future = this.futureNamed('open', name);
    const lab = await this.endOf('open', future);
    this.leave();
    this.futures = this.futures.filter((each) => each !== future);
    this.name = name;
    await host.replaceLab(lab, 'same');
    await host.committed();
  }

  private async compare(name: string): Promise<FutureComparison> {
    const { lab } = this.host;
    const future = this.futureNamed('compare', name);
    const other = await this.endOf('compare', future);
    const { partAt, ...compared } = compareFutures(lab, other);
    const firstOf = ({ actions }: Pick<Run, 'actions'>): string | null =>
      lineOf(actions, compared.first, lab);
    return {
      partAt: partAt / 1000,
      here: this.present(),
      there: this.viewOf(future),
      first: { here: firstOf(lab.state), there: firstOf(future.run) },
      lanes: compared.lanes,
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
    this.keep({ name: this.name, run: runOf(lab), end });
  }

  private keep(future: Future): void {
    this.futures = [...this.futures, future].slice(-MOST_FUTURES);
  }

  /** What was undone, when something else was done since, is a future that was left. */
  private adopt(): void {
    const { plan } = this.host.lab.state;
    if (this.futures.some(({ run }) => run.plan !== plan)) {
      this.futures = [];
      this.name = 'A';
      this.named = 1;
    }
    for (const run of this.runs.takeLeft()) {
      if (run.plan !== plan) continue;
      this.keep({ name: this.name, run, end: null });
      this.name = this.nextName();
    }
  }

  private nextName(): string {
    const number = this.named++;
    const letter = String.fromCharCode(65 + (number % 26));
    return number < 26 ? letter : `${letter}${Math.floor(number / 26)}`;
  }

  private futureNamed(what: string, name: string): Future {
    this.adopt();
    const found = this.futures.find((future) => future.name === name);
    if (found !== undefined) return found;
    const names = this.futures.map((future) => future.name).join(', ');
    throw new Refusal(
      `${what}: there is no other future ${name}${names === '' ? '' : `; there are ${names}`}`,
    );
  }

  private list(): readonly FutureView[] {
    this.adopt();
    const views = [...this.futures.map((future) => this.viewOf(future)), this.present()];
    return views.sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  private present(): FutureView {
    return { ...this.viewOf({ name: this.name, run: runOf(this.host.lab) }), here: true };
  }

  private viewOf({ name, run }: Pick<Future, 'name' | 'run'>): FutureView {
    const { actions, end } = run;
    const crash = actions.findLast(
      ({ action }) => action.kind === 'kill' || action.kind === 'power',
    );
    return {
      name,
      here: false,
      at: end / 1000,
      actions: actions.length,
      last: lineOf(actions, actions.length - 1, this.host.lab),
      crash:
        crash === undefined ? null : crash.action.kind === 'kill' ? 'process-killed' : 'power-lost',
    };
  }
}

/** Whether the run comes by where that lab stands. */
function isOnTheWay({ state, clock, epoch }: Lab, { actions }: Run): boolean {
  const done = state.actions.length;
  if (done > actions.length) return false;
  if (done > 0 && state.actions[done - 1] !== actions[done - 1]) return false;
  const next = actions[done];
  return next === undefined || next.at >= clock.now - epoch;
}

/** An action as its line in the action log; null: there is none of that number. */
function lineOf(actions: readonly TimedAction[], at: number, lab: Lab): string | null {
  const action = actions[at];
  if (action === undefined) return null;
  const first = { lane: lab.state.plan.lanes[0]!.id, client: DEFAULT_CLIENT };
  // Without the lines that only say to whom it goes.
  const lines = actionLines([withoutLargeFiles(action)], addressee([action], 1, first));
  return lines[lines.length - 1]?.action ?? null;
}
