/**
 * A lab: one to five machines on one virtual clock under one seeded workload. Seed, configuration and actions decide
 * every byte; nothing here reads a clock or throws dice of its own.
 */
import { ascii, bytesOf, type ByteString } from '../base/bytes.ts';
import type { Micros, Millis } from '../base/time.ts';
import { Clock, type ClockEvent } from '../machine/clock.ts';
import type { KernelEvent } from '../machine/kernel-state.ts';
import { parseFault, type FaultRequest } from '../machine/fault-plan.ts';
import type { LabControl } from './action.ts';
import { absolute, CONFIG_PATH, DATA_PATH } from './boot.ts';
import { cutIn, lossesOf } from './crash.ts';
import { newLabState, reopenedState, type LabState, type Reopened } from './lab-state.ts';
import type { LabClockEvent, LaneEvent } from './lane-state.ts';
import { WORKLOAD_PART, WORKLOAD_TOKEN } from './lane-clients.ts';
import type { LabGuests } from './guests.ts';
import { noteAccidents } from './accidents.ts';
import { startMeter, stopMeter } from './measure.ts';
import { signalChildren } from './lane-children.ts';
import { Lane } from './lane.ts';
import type { LaneSurroundings } from './surroundings.ts';
import { falling, noteRisk, sampleRisk } from './lane-risk.ts';
import { checkSpeed, configText, type LabPlan } from './setup.ts';
import type { CrashKind, Fault, Tail, Workload } from './view.ts';
import { nextCommands, planWorkload, type WorkloadPlan } from './workload.ts';

/** How far a step may go before it gives up: nothing of that kind is due. */
const LONGEST_STEP: Micros = 60_000_000;
const TICK: Micros = 100_000;
/** What an event counts for in which a script goes on: some milliseconds of work. */
const EVENTS_OF_A_SCRIPT = 400;
const LONGEST_START: Micros = 600_000_000;
export type StepKind = 'command' | 'tick' | 'fsync';

export class Lab implements LaneSurroundings {
  readonly state: LabState;
  readonly clock: Clock<LabClockEvent>;
  readonly lanes: readonly Lane[];
  private running = false;
  /** The processes of the shell, if any were ever started. */
  guests: LabGuests | null = null;

  constructor(state: LabState) {
    this.state = state;
    this.clock = new Clock(state.clock);
    this.lanes = state.lanes.map((lane) => new Lane(lane, this));
  }

  /** A new lab: machines with their files, servers running, unless they do not start. */
  static create(plan: LabPlan): Lab {
    const lab = Lab.begin(plan);
    lab.runUntilUp();
    if (plan.workload !== null) lab.setWorkload(plan.workload);
    return lab;
  }

  /** The same at its first instant: the servers are starting. */
  static begin(plan: LabPlan): Lab {
    const lab = new Lab(newLabState(plan, plan.createdAt, new Map()));
    for (const [i, lane] of lab.lanes.entries()) {
      lane.kernel.makeDirectory(DATA_PATH);
      lane.kernel.writeFile(CONFIG_PATH, bytesOf(ascii(configText(plan.lanes[i]!))));
      // The plan's files come last: redis.conf may be among them.
      for (const [path, bytes] of plan.files) lane.kernel.writeFile(absolute(path), bytes);
      lane.boot();
    }
    return lab;
  }

  /** The machines of an earlier visit, from what their platters held: closing the tab cut their power. */
  static reopen(plan: LabPlan, reopened: Reopened): Lab {
    const lab = new Lab(reopenedState(plan, reopened));
    for (const lane of lab.lanes) lane.boot();
    lab.runUntilUp();
    return lab;
  }

  get epoch(): Micros {
    return this.state.plan.createdAt;
  }

  get now(): Millis {
    return (this.clock.now - this.epoch) / 1000;
  }

  pace(): 'timed' | 'free' {
    return this.state.paused && !this.running ? 'free' : 'timed';
  }

  lane(id: string | undefined): Lane | undefined {
    return id === undefined ? this.lanes[0] : this.lanes.find(({ state }) => state.id === id);
  }

  // --- time ---

  /**
   * Runs events up to `target`, some `budget` of them: it stops between two instants only, so that what is done next
   * is done when everything due by then has happened, whatever the budget was.
   */
  runUntil(target: Micros, budget: number): 'more' | 'done' {
    this.running = true;
    for (let left = budget; ; left--) {
      const due = this.clock.next();
      if (due === undefined || due > target) {
        if (target > this.clock.now) this.clock.advanceTo(target);
        this.running = false;
        return 'done';
      }
      if (left <= 0 && due > this.clock.now) break;
      this.dispatchNext();
      if (this.runsScript()) left -= EVENTS_OF_A_SCRIPT;
    }
    this.running = false;
    return 'more';
  }

  /** While time passes: the rest of what is due at this instant. */
  private endInstant(): void {
    this.running = true;
    this.settleNow();
    this.running = false;
  }

  private runsScript(): boolean {
    return this.lanes.some((lane) => lane.runsScript());
  }

  /** Lets the servers start, however the clock is set: a lab begins with running machines. */
  runUntilUp(): void {
    this.stepUntilUp(this.latestStart(), Infinity);
  }

  /** How long a start that begins now may take. */
  latestStart(): Micros {
    return this.clock.now + LONGEST_START;
  }

  /** A piece of runUntilUp, of some `budget` events; nothing else may happen to the lab between two pieces. */
  stepUntilUp(latest: Micros, budget: number): 'more' | 'done' {
    this.running = true;
    for (let left = budget; this.lanes.some(({ state }) => state.status === 'loading'); left--) {
      const due = this.clock.next();
      if (due === undefined || due > latest) break;
      if (left <= 0) {
        this.running = false;
        return 'more';
      }
      this.dispatchNext();
    }
    this.endInstant();
    return 'done';
  }

  /** With the clock standing still: everything that is due at this instant. */
  settleNow(): void {
    for (
      let due = this.clock.next();
      due !== undefined && due <= this.clock.now;
      due = this.clock.next()
    )
      this.dispatchNext();
    for (const lane of this.lanes) noteAccidents(lane);
  }

  /** Runs to just after the next command, cron tick or end of an fsync. False: none came within a minute. */
  step(kind: StepKind): boolean {
    const start = this.clock.now;
    const limit = start + (kind === 'tick' ? TICK : LONGEST_STEP);
    if (kind === 'tick') return this.runUntil(limit, Infinity) === 'done';
    const count = (): number =>
      this.lanes.reduce(
        (sum, { state }) =>
          sum + (kind === 'command' ? state.records.count : state.fsyncSamples.length),
        0,
      );
    const before = count();
    this.running = true;
    while (count() <= before) {
      const due = this.clock.next();
      if (due === undefined || due > limit) break;
      // A script may never end: a step is a tick of it.
      if (this.runsScript() && due > start + TICK) break;
      this.dispatchNext();
    }
    const came = count() > before;
    this.endInstant();
    return came;
  }

  private dispatchNext(): void {
    const event = this.clock.pop();
    switch (event.kind) {
      case 'kernel':
        return this.dispatchKernel(event);
      case 'lane':
        return this.dispatchLane(event);
      case 'guest': {
        const lane = this.lane(event.payload.lane);
        if (lane === undefined) return;
        this.guests?.dispatch(lane, event.payload.timer);
        noteAccidents(lane);
        return;
      }
      case 'workload':
        if (event.payload.round === this.state.workloadRound) this.tick();
    }
  }

  private dispatchLane(event: ClockEvent<LaneEvent>): void {
    const lane = this.lane(event.payload.lane);
    if (lane === undefined) return;
    lane.dispatch(event);
    // A command that arrives, and a call that begins, change nothing that an accident could take.
    if (event.payload.type !== 'arrive' && event.payload.type !== 'call') noteAccidents(lane);
  }

  /** What a kernel does by itself may make writes safe. */
  private dispatchKernel(event: ClockEvent<KernelEvent>): void {
    const lane = this.lane(event.payload.owner);
    if (lane === undefined) return;
    falling(lane, () => lane.kernel.dispatch(event));
    noteAccidents(lane);
  }

  setClock(clock: { readonly paused?: boolean; readonly speed?: number }): string | undefined {
    if (clock.speed !== undefined) {
      const wrong = checkSpeed(clock.speed);
      if (wrong !== undefined) return `setClock: ${wrong}`;
      this.state.speed = clock.speed;
    }
    if (clock.paused !== undefined) this.state.paused = clock.paused;
    return undefined;
  }

  // --- workload ---

  setWorkload(workload: Workload | null): string | undefined {
    const plan = workload === null ? null : planWorkload(workload);
    if (typeof plan === 'string') return plan;
    const { state } = this;
    state.workload = workload;
    state.workloadPlan = plan;
    state.workloadRound++;
    for (const lane of this.lanes) {
      const { meter } = lane.state;
      lane.state.owed = 0;
      if (plan === null) stopMeter(meter, this.clock.now);
      else startMeter(meter, this.clock.now, Math.max(1, plan.transactions));
      const idle = Array.from({ length: plan?.clients ?? 0 }, (_, i) => `workload ${i}`);
      lane.state.idle.splice(
        0,
        lane.state.idle.length,
        ...idle.filter((name) => (lane.state.clients.get(name)?.waiting.length ?? 0) === 0),
      );
    }
    if (plan === null) return undefined;
    if (plan.loop === 'open') this.scheduleTick(plan);
    else for (const lane of this.lanes) this.sendAllIdle(lane, plan);
    return undefined;
  }

  private scheduleTick(plan: WorkloadPlan): void {
    const every = Math.max(1, Math.round(1_000_000 / plan.rate));
    this.clock.schedule(this.clock.now + every, {
      kind: 'workload',
      payload: { round: this.state.workloadRound },
    });
  }

  private tick(): void {
    const plan = this.state.workloadPlan;
    if (plan === null) return;
    for (const lane of this.lanes) {
      if (lane.state.server === null) continue;
      const client = lane.state.idle.shift();
      if (client === undefined) lane.state.owed++;
      else this.sendWork(lane, client, plan);
    }
    this.scheduleTick(plan);
  }

  private sendWork(lane: Lane, client: string, plan: WorkloadPlan): void {
    const commands = nextCommands(lane.state.stream, plan);
    for (const [i, argv] of commands.entries())
      lane.send(client, i === commands.length - 1 ? WORKLOAD_TOKEN : WORKLOAD_PART, argv);
  }

  private sendAllIdle(lane: Lane, plan: WorkloadPlan): void {
    if (lane.state.server === null) return;
    for (const client of lane.state.idle.splice(0)) this.sendWork(lane, client, plan);
  }

  idle(lane: Lane): void {
    const plan = this.state.workloadPlan;
    if (plan === null || lane.state.server === null) return;
    if (plan.loop === 'closed') return this.sendAllIdle(lane, plan);
    const client = lane.state.owed === 0 ? undefined : lane.state.idle.shift();
    if (client === undefined) return;
    lane.state.owed--;
    this.sendWork(lane, client, plan);
  }

  // --- controls ---

  send(
    argv: readonly ByteString[],
    client: string,
    laneId: string | undefined,
    token: number,
  ): string | undefined {
    const lane = this.lane(laneId);
    if (lane === undefined) return this.noLane(laneId);
    lane.send(client, token, argv);
    return undefined;
  }

  /** A client gives up waiting. */
  interrupt(client: string, laneId: string | undefined): string | undefined {
    const lane = this.lane(laneId);
    if (lane === undefined) return this.noLane(laneId);
    lane.interrupt(client);
    return undefined;
  }

  crash(kind: CrashKind, tail: Tail, laneId: string | undefined): string | undefined {
    const lanes = this.chosen(laneId);
    if (typeof lanes === 'string') return lanes;
    const dead = lanes.filter(({ state }) =>
      kind === 'power-lost' ? state.power === 'off' : state.server === null,
    );
    if (dead.length === lanes.length)
      return kind === 'power-lost'
        ? 'crash: the power is off already; boot first'
        : 'crash: no server is running; boot first';
    for (const lane of lanes) if (!dead.includes(lane)) this.crashLane(lane, kind, tail);
    return undefined;
  }

  private crashLane(lane: Lane, kind: CrashKind, tail: Tail): void {
    const { state, kernel } = lane;
    sampleRisk(lane);
    noteRisk(lane);
    const losses = lossesOf(lane, kind, tail);
    state.crash = losses;
    state.owed = 0;
    if (kind === 'process-killed') lane.killMain('SIGKILL');
    else {
      lane.powerOff();
      kernel.losePower(typeof tail === 'object' ? cutIn(state, tail.cutAt) : tail);
    }
    lane.crashed(kind, losses.lost);
    this.settleNow();
  }

  boot(laneId: string | undefined): string | undefined {
    const lanes = this.chosen(laneId);
    if (typeof lanes === 'string') return lanes;
    const down = lanes.filter(({ state }) => state.server === null);
    if (down.length === 0) return 'boot: the server is running already';
    for (const lane of down) {
      const problem = lane.boot();
      if (problem !== undefined) return problem;
    }
    if (this.state.paused) this.settleNow();
    const plan = this.state.workloadPlan;
    if (plan?.loop === 'closed') for (const lane of down) this.sendAllIdle(lane, plan);
    return undefined;
  }

  /** To the servers, or to the children that rewrite or save for them. */
  signal(name: string, laneId: string | undefined, to?: 'child'): string | undefined {
    const lanes = this.chosen(laneId);
    if (typeof lanes === 'string') return lanes;
    if (to === 'child') return signalChildren(lanes, name.replace(/^SIG/, ''));
    const up = lanes.filter(({ server }) => server !== null);
    for (const lane of up.length === 0 ? lanes : up) {
      const problem = lane.signal(name.replace(/^SIG/, ''));
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  /** What is wrong with a control, as far as it does not depend on the machines' state. */
  whyNot(action: LabControl): string | undefined {
    switch (action.kind) {
      case 'play':
      case 'speed': {
        const wrong = action.speed === undefined ? undefined : checkSpeed(action.speed);
        return wrong === undefined ? undefined : `setClock: ${wrong}`;
      }
      case 'workload': {
        const { workload } = action;
        const plan =
          workload === null ? null : planWorkload({ ...workload, rate: workload.rate ?? 0 });
        return typeof plan === 'string' ? plan : undefined;
      }
      case 'fault': {
        const planned = parseFault(this.faultRequest(action.fault), 0, this.clock.now);
        return planned.ok ? undefined : planned.error;
      }
      default:
        return undefined;
    }
  }

  /** Plans a fault in one lane or all; null heals everything. */
  plan(fault: Fault | null): string | undefined {
    if (fault === null) {
      for (const lane of this.lanes) lane.kernel.heal();
      return undefined;
    }
    const lanes = this.chosen(fault.lane);
    if (typeof lanes === 'string') return lanes;
    const request = this.faultRequest(fault);
    for (const lane of lanes) {
      const planned = lane.kernel.plan(request);
      if (!planned.ok) return planned.error;
    }
    return undefined;
  }

  /** Of the lab's times the clock's. */
  private faultRequest({ kind, path, at, until, value }: Fault): FaultRequest {
    const instant = (ms: number | undefined): Micros | undefined =>
      ms === undefined ? undefined : this.epoch + Math.round(ms * 1000);
    return { kind, path, at: instant(at), until: instant(until), value };
  }

  private chosen(id: string | undefined): readonly Lane[] | string {
    if (id === undefined) return this.lanes;
    const lane = this.lane(id);
    return lane === undefined ? this.noLane(id) : [lane];
  }

  noLane(id: string | undefined): string {
    return `no lane ${id ?? ''}; the lanes are ${this.lanes.map(({ state }) => state.id).join(', ')}`;
  }
}
