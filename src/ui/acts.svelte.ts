/**
 * What the learner can do to the machine, and why not just now. Buttons, keys and the dock all go through here,
 * so an act is refused for the same reason wherever it is asked for.
 */
import type {
  DiskPreset,
  Fault,
  LaneView,
  LessonRequest,
  Setup,
  Tail,
  Workload,
} from '../worker/protocol.ts';
import { addressOf, type RunAddress } from './bar/share-run.ts';
import type { Dictionary } from './i18n/en.ts';
import { locale } from './i18n/locale.svelte.ts';
import type { LabCalls } from '../worker/link.ts';
import type { ReadModel } from './read-model.svelte.ts';
import type { TimeTravel } from './time/time-travel.svelte.ts';

export type Act = 'power' | 'kill' | 'boot' | 'rewrite' | 'faults' | 'play' | 'step';
export type Reason = Exclude<keyof Dictionary['cannot'], 'because'>;
export type StepSize = 'command' | 'tick' | 'fsync';
export type Scope = 'lane' | 'all';
export type Policy = 'always' | 'everysec' | 'no';

export const speeds: readonly number[] = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100,
];

export class Acts {
  readonly #model: ReadModel;
  readonly #lab: LabCalls;
  readonly #scope: () => Scope;
  /** What the last act was refused with by the lab; shown until closed or until an act succeeds. */
  #refusal = $state<string | null>(null);
  /** Faults armed from this page in this run, for a lab that does not report its plan. */
  #armed = $state.raw<readonly Fault[]>([]);
  stepSize = $state<StepSize>('command');
  /** Going back in time, once the timeline is there. */
  travel: TimeTravel | null = null;

  /** `scope`: which machines an accident and a boot are for. */
  constructor(model: ReadModel, lab: LabCalls, scope: () => Scope) {
    this.#model = model;
    this.#lab = lab;
    this.#scope = scope;
  }

  get refusal(): string | null {
    return this.#refusal;
  }

  closeRefusal(): void {
    this.#refusal = null;
  }

  get faults(): readonly Fault[] {
    return this.#model.frame?.faults ?? this.#armed;
  }

  /** Why an act cannot be done now; null if it can, on one of the machines that it is for at least. */
  reason(act: Act): Reason | null {
    const { view, lanes } = this.#model;
    if (view === null) return 'starting';
    if (this.#model.storage?.state === 'read-only') return 'watching';
    if (this.#model.frame?.past !== undefined && act !== 'step') return 'past';
    if (this.#scope() === 'lane' || act === 'rewrite') return this.#reasonIn(act, view);
    const reasons = lanes.map((lane) => this.#reasonIn(act, lane.view));
    return reasons.includes(null) ? null : (reasons[0] ?? null);
  }

  #reasonIn(act: Act, view: LaneView): Reason | null {
    switch (act) {
      case 'power':
        return view.power === 'off' ? 'powerOff' : null;
      case 'kill':
        if (view.power === 'off') return 'powerOff';
        return view.state === 'running' || view.state === 'loading' ? null : 'notRunning';
      case 'boot':
        if (view.state === 'loading') return 'loading';
        return view.state === 'running' ? 'running' : null;
      case 'rewrite':
        if (view.power === 'off') return 'powerOff';
        if (view.state === 'loading') return 'loading';
        if (view.state !== 'running') return 'notRunning';
        if (view.appended === null) return 'noLog';
        return view.rewriting ? 'rewriting' : null;
      case 'play':
      case 'step':
        return view.power === 'off' ? 'powerOff' : null;
      case 'faults':
        return null;
    }
  }

  cutPower(): void {
    this.#act('power', (lane) => this.#lab.crash('power-lost', this.#places(lane)));
  }

  killProcess(): void {
    this.#act('kill', (lane) => this.#lab.crash('process-killed', this.#places(lane)));
  }

  boot(): void {
    this.#act('boot', (lane) => this.#lab.boot(this.#places(lane)));
  }

  #places(lane: string): { readonly lane?: string } {
    return this.#scope() === 'lane' ? { lane } : {};
  }

  rewrite(): void {
    this.#act('rewrite', (lane) => this.#command('BGREWRITEAOF', lane));
  }

  playOrPause(): void {
    const clock = this.#model.clock;
    if (clock === null) return;
    this.#act('play', () => this.#lab.setClock({ paused: !clock.paused }));
  }

  /** `make`: how the timeline goes back; its code comes with it. */
  travelBy(make: (model: ReadModel, lab: LabCalls) => TimeTravel): TimeTravel {
    return (this.travel ??= make(this.#model, this.#lab));
  }

  /** What is long on its way, to another instant or another run, is stopped. */
  stopTravel(): void {
    void this.#do(() => this.#lab.time({ do: 'stop' }));
  }

  stepBack(): void {
    void this.#stepInTime(-1);
  }

  async #stepInTime(by: -1 | 1): Promise<void> {
    const { TimeTravel } = await import('./time/time-travel.svelte.ts');
    this.travelBy((model, lab) => new TimeTravel(model, lab)).step(by, this.stepSize);
  }

  step(): void {
    if (this.#model.frame?.past !== undefined) return void this.#stepInTime(1);
    this.#act('step', async () => {
      if (this.#model.clock?.paused === false) await this.#lab.setClock({ paused: true });
      await this.#lab.step(this.stepSize);
    });
  }

  setSpeed(speed: number): void {
    void this.#do(() => this.#lab.setClock({ speed }));
  }

  /** One place along the slider, down or up. */
  changeSpeed(by: -1 | 1): void {
    const place = speedPlace(this.#model.clock?.speed ?? 1) + by;
    const speed = speeds[place];
    if (speed !== undefined) this.setSpeed(speed);
  }

  /** By CONFIG SET, as an operator would; `off` stops keeping a log at all. */
  setPolicy(policy: Policy | 'off'): void {
    const off = this.#model.view?.appended === null;
    this.#withLane(async (lane) => {
      if (policy === 'off') return this.#command('CONFIG SET appendonly no', lane);
      await this.#command(`CONFIG SET appendfsync ${policy}`, lane);
      if (off) await this.#command('CONFIG SET appendonly yes', lane);
    });
  }

  /** The same machines on other, empty disks. */
  setDisk(preset: DiskPreset): void {
    void this.#do(async () => {
      if (this.#model.lanes.length < 2) return this.#lab.reset({ disk: { preset } });
      const { currentSetup } = await import('./race/current-setup.ts');
      return this.#lab.reset({ ...(await currentSetup(this.#model, this.#lab)), disk: { preset } });
    });
  }

  /** Throws the machines away and builds these; resolves when they run. False: the lab refused. */
  async build(setup: Setup): Promise<boolean> {
    await this.#do(() => this.#lab.reset(setup));
    return this.#refusal === null;
  }

  startOver(): void {
    const disk = this.#model.frame?.disk.preset;
    void this.#do(() => this.#lab.reset(disk === undefined ? {} : { disk: { preset: disk } }));
    this.#armed = [];
  }

  setWorkload(rate: number | null): void {
    const workload: Workload | null = rate === null ? null : { rate };
    void this.#do(() => this.#lab.workload(workload));
  }

  arm(fault: Fault): void {
    this.#withLane(async (lane) => {
      await this.#lab.plan({ ...fault, lane });
      this.#armed = [...this.#armed.filter((other) => other.kind !== fault.kind), fault];
    });
  }

  /** Something else that is asked of the lab, for the machine in sight; what it refuses is told as ever. */
  ask(work: (lab: LabCalls, lane: string) => Promise<unknown>): void {
    this.#withLane((lane) => work(this.#lab, lane));
  }

  heal(): void {
    void this.#do(async () => {
      await this.#lab.plan(null);
      this.#armed = [];
    });
  }

  selectTail(tail: Tail): void {
    void this.#do(() => this.#lab.selectTail(tail));
  }

  takeOver(): void {
    void this.#do(() => this.#lab.takeOver());
  }

  undo(): void {
    void this.#do(() => this.#lab.undo());
  }

  redo(): void {
    void this.#do(() => this.#lab.redo());
  }

  /** Shows the run of a link, beside the lab at hand. */
  openRun(link: string): void {
    void this.#do(() => this.#lab.load(link));
  }

  /** What is done with a lesson; its lab stands beside the one at hand. */
  lesson(request: LessonRequest): void {
    void this.#do(() => this.#lab.lesson(request));
  }

  keepRun(): void {
    void this.#do(() => this.#lab.keep());
  }

  leaveRun(): void {
    void this.#do(() => this.#lab.leave());
  }

  /** The address of this page with the whole run in it; null: the lab refused. */
  async link(): Promise<RunAddress | null> {
    try {
      return addressOf(await this.#lab.link());
    } catch (error) {
      this.#refusal = messageOf(error);
      return null;
    }
  }

  async exportRun(): Promise<ReadonlyMap<string, Uint8Array> | null> {
    try {
      return await this.#lab.export('run', {});
    } catch (error) {
      this.#refusal = messageOf(error);
      return null;
    }
  }

  async #command(command: string, lane: string): Promise<void> {
    const { text, reply } = await this.#lab.send(command, { lane, client: 'page' });
    if (reply === null || reply.type === 'error') throw new Error(text);
  }

  #act(act: Act, work: (lane: string) => Promise<unknown>): void {
    if (this.reason(act) === null) this.#withLane(work);
  }

  #withLane(work: (lane: string) => Promise<unknown>): void {
    const lane = this.#model.view?.id;
    if (lane !== undefined) void this.#do(() => work(lane));
  }

  #do(work: () => Promise<unknown>): Promise<unknown> {
    return work().then(
      () => (this.#refusal = null),
      (error: unknown) => (this.#refusal = messageOf(error)),
    );
  }
}

/** The place on the speed slider that is nearest to a speed. */
export function speedPlace(speed: number): number {
  let nearest = 0;
  speeds.forEach((each, place) => {
    const better =
      Math.abs(Math.log(each / speed)) < Math.abs(Math.log((speeds[nearest] ?? 1) / speed));
    if (better) nearest = place;
  });
  return nearest;
}

/** 0.1 → `1/10`, 1 → `1`, 20 → `20`. */
export function speedText(speed: number): string {
  return speed < 1 ? `1/${Math.round(1 / speed)}` : `${speed}×`;
}

/** "Boot: it is running." */
export function whyNot(act: Act, reason: Reason): string {
  const text = locale.text;
  return text.cannot.because(text.acts[act], text.cannot[reason]);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
