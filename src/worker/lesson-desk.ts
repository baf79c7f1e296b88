/** The lesson that is open: its lab stands beside the learner's own one, which waits as it was. */
import { parseScript, printScriptLine, type ScriptLine } from '../cli/action-script.ts';
import { Lab } from '../lab/lab.ts';
import { copyLab } from '../lab/replay.ts';
import { planLab } from '../lab/setup.ts';
import type { LabEvent } from '../lab/view.ts';
import type { Lesson } from '../lessons/lesson.ts';
import {
  beginLesson,
  giveAnswer,
  observe,
  restartStep,
  setupOf,
  stepBegun,
  stepOf,
  type LessonRun,
} from '../lessons/run.ts';
import { beforeAccident, doControl, newStage, playLine } from '../lessons/script-player.ts';
import { lessonView, type LessonView } from '../lessons/view.ts';
import type { LabHost } from './lab-host.ts';
import type { Onlooker } from './onlooker.ts';
import { fetchLesson, lessonIds } from './lesson-shelf.ts';
import type { LessonRequest } from './protocol.ts';
import { Refusal } from './refusal.ts';

const EVENTS_A_SLICE = 4000;

interface Solution {
  readonly lines: readonly ScriptLine[];
  next: number;
}

export class LessonDesk implements Onlooker {
  private readonly host: LabHost;
  private run: LessonRun | null = null;
  private solution: Solution | null = null;
  /** The lab as it was when the step began. */
  private stepStart: Lab | null = null;
  private preparing: Promise<void> | null = null;

  constructor(host: LabHost) {
    this.host = host;
    host.onlooker = this;
  }

  async request(request: LessonRequest): Promise<null> {
    if (request.do === 'open') return this.open(request.id, request.round ?? 0);
    const { run } = this;
    if (run === null)
      throw new Refusal(`lesson: none is open; the lessons are ${lessonIds().join(', ')}`);
    await this.preparing;
    switch (request.do) {
      case 'answer': {
        const problem = giveAnswer(run, request.question, request.answer);
        if (problem !== undefined) throw new Refusal(`lesson: ${problem}`);
        return this.changed();
      }
      case 'again':
        return this.again(run);
      case 'solve':
        return this.solve(run);
      case 'close':
        this.forget();
        await this.host.leaveSandbox();
        return null;
    }
  }

  /** The lab at hand is another one: whatever is shown, it is no lesson any more. */
  forget(): void {
    this.run = null;
    this.solution = null;
    this.stepStart = null;
  }

  observe(events: readonly LabEvent[]): void {
    const { run, host } = this;
    if (run === null || run.waits) return;
    const { lab } = host;
    const lines = new Map(lab.lanes.map(({ state }) => [state.id, state.logLines]));
    const progress = observe(run, lab, events, lines);
    if (progress.length === 0) return;
    for (const { kind, id } of progress) host.tell({ event: kind, at: lab.now, what: id });
    if (run.waits) void this.prepare(run);
    else this.stepStart = copyLab(lab);
  }

  view(): LessonView | null {
    const { run, solution } = this;
    if (run === null) return null;
    const line = solution?.lines[solution.next];
    const next = line === undefined ? null : printScriptLine(line);
    return lessonView(run, solution === null ? null : { next });
  }

  private async open(id: string, round: number): Promise<null> {
    const lesson = await fetchLesson(id);
    if (lesson === undefined)
      throw new Refusal(`lesson: there is no ${id}; the lessons are ${lessonIds().join(', ')}`);
    this.solution = null;
    await this.begin(lesson, round);
    return null;
  }

  private async begin(lesson: Lesson, round: number): Promise<LessonRun> {
    const plan = planLab(setupOf(lesson, round), 0);
    if (typeof plan === 'string') throw new Refusal(`lesson ${lesson.id}: ${plan}`);
    const run = beginLesson(lesson, round);
    const lab = Lab.create(plan);
    this.run = null;
    this.stepStart = copyLab(lab);
    await this.host.replaceLab(lab, 'sandbox');
    this.run = run;
    if (run.waits) await this.prepare(run);
    await this.changed();
    return run;
  }

  /** Does what the step wants done before the learner has the lab: goes back in time, sets controls. */
  private async prepare(run: LessonRun): Promise<void> {
    this.preparing ??= this.prepareStep(run).finally(() => (this.preparing = null));
    await this.preparing;
  }

  private async prepareStep(run: LessonRun): Promise<void> {
    const { host } = this;
    const begin = stepOf(run)?.begin;
    if (begin === undefined) return;
    const job = begin.rewind === null ? undefined : beforeAccident(host.lab, begin.rewind);
    if (job !== undefined) {
      for (
        let state = job.step(EVENTS_A_SLICE);
        state !== 'done';
        state = job.step(EVENTS_A_SLICE)
      ) {
        if (state !== 'more') throw new Refusal(`lesson: ${state.problem}`);
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      if (this.run !== run) return;
      await host.replaceLab(job.lab, 'sandbox');
    }
    for (const control of begin.do) {
      const problem = doControl(host.lab, control);
      if (problem !== undefined) throw new Refusal(`lesson: ${control}: ${problem}`);
    }
    stepBegun(run, host.lab);
    this.stepStart = copyLab(host.lab);
    host.reanchor();
    host.changed();
  }

  /** The step from its beginning. */
  private async again(run: LessonRun): Promise<null> {
    const { stepStart } = this;
    if (stepStart === null || stepOf(run) === undefined)
      throw new Refusal('lesson: every step is done; open the lesson again to start over');
    const lab = copyLab(stepStart);
    restartStep(run, lab);
    await this.host.replaceLab(lab, 'sandbox');
    return this.changed();
  }

  /** First the way to the step at hand, then a line each time. The lesson is not done by it. */
  private async solve(run: LessonRun): Promise<null> {
    if (this.solution === null) {
      const script = parseScript(run.lesson.solution);
      if (!script.ok) throw new Refusal(`lesson: ${script.error}`);
      const target = run.step;
      const solution = { lines: script.value, next: 0 };
      const shown = await this.begin(run.lesson, run.round);
      shown.shown = true;
      this.solution = solution;
      while (shown.step < target && solution.next < solution.lines.length)
        await this.playNext(shown, solution);
    } else await this.playNext(run, this.solution);
    return this.changed();
  }

  private async playNext(run: LessonRun, solution: Solution): Promise<void> {
    const line = solution.lines[solution.next];
    if (line === undefined) return;
    solution.next++;
    const { host } = this;
    const { lab } = host;
    const problem = playLine(
      newStage(lab, run, () => host.look()),
      line,
    );
    if (problem !== undefined) throw new Refusal(`lesson: ${problem}`);
    await this.preparing;
  }

  private async changed(): Promise<null> {
    this.host.reanchor();
    this.host.changed();
    await this.host.committed();
    return null;
  }
}
