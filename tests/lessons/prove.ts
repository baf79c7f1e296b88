/**
 * Plays lessons as learners do, right and wrong, and says what does not hold: the solution passes, the start fails,
 * every wrong way fails at the step that it names, and what the server leaves on the disk is loaded by a real one.
 */
import { parseScript } from '../../src/cli/action-script.ts';
import { Lab } from '../../src/lab/lab.ts';
import { planLab } from '../../src/lab/setup.ts';
import type { LabEvent } from '../../src/lab/view.ts';
import type { Lesson } from '../../src/lessons/lesson.ts';
import {
  beginLesson,
  observe,
  setupOf,
  stepBegun,
  stepOf,
  type LessonRun,
} from '../../src/lessons/run.ts';
import {
  beforeAccident,
  doControl,
  newStage,
  playLine,
  type Stage,
} from '../../src/lessons/script-player.ts';

export interface Played {
  readonly run: LessonRun;
  readonly lab: Lab;
  /** The line that could not be done, and why; null: all were. */
  readonly problem: string | null;
  readonly events: readonly string[];
}

/** Plays a script from the lesson's start to the script's end. */
export function play(lesson: Lesson, script: string, round: number): Played {
  const plan = planLab(setupOf(lesson, round), 0);
  if (typeof plan === 'string') throw new Error(`${lesson.id}: ${plan}`);
  const run = beginLesson(lesson, round);
  const events: string[] = [];
  let stage = stageOf(Lab.create(plan), run, events);
  prepare();
  const lines = parseScript(script);
  if (!lines.ok) return { run, lab: stage.lab, problem: lines.error, events };
  for (const line of lines.value) {
    const problem = playLine(stage, line);
    if (problem !== undefined) return { run, lab: stage.lab, problem, events };
    prepare();
  }
  return { run, lab: stage.lab, problem: null, events };

  /** Does what the step wants done first, as the worker does on the page. */
  function prepare(): void {
    while (run.waits) {
      const { rewind, do: controls } = stepOf(run)!.begin;
      if (rewind !== null) {
        const job = beforeAccident(stage.lab, rewind);
        if (job === undefined) throw new Error(`${lesson.id}: there is no ${rewind} to go back to`);
        for (let state = job.step(Infinity); state !== 'done'; state = job.step(Infinity))
          if (state !== 'more') throw new Error(state.problem);
        stage = { ...stageOf(job.lab, run, events), to: stage.to };
      }
      for (const control of controls) {
        const problem = doControl(stage.lab, control);
        if (problem !== undefined) throw new Error(`${lesson.id}: ${control}: ${problem}`);
      }
      stepBegun(run, stage.lab);
      stage.look();
    }
  }
}

function stageOf(lab: Lab, run: LessonRun, told: string[]): Stage {
  const stage: Stage = newStage(lab, run, () => {
    const events: LabEvent[] = lab.lanes.flatMap(({ state }) => state.events.splice(0));
    const lines = new Map(lab.lanes.map(({ state }) => [state.id, state.logLines.splice(0)]));
    for (const { kind, id } of observe(run, lab, events, lines)) told.push(`${kind} ${id}`);
  });
  return stage;
}

/** What does not hold of a lesson in that round, in sentences. */
export function violations(lesson: Lesson, round: number): readonly string[] {
  const found: string[] = [];
  const where = `${lesson.id}, round ${round}`;
  const solved = play(lesson, lesson.solution, round);
  if (solved.problem !== null)
    found.push(`${where}: the solution cannot be played: ${solved.problem}`);
  else if (stepOf(solved.run) !== undefined)
    found.push(`${where}: the solution stops at ${stuckAt(solved.run)}`);
  else if (!solved.events.includes(`complete ${lesson.id}`))
    found.push(`${where}: the solution ends without completing the lesson`);
  const idle = play(lesson, '!advance 2s\n', round);
  if (idle.run.step !== 0) found.push(`${where}: step ${lesson.steps[0]!.id} is done by nothing`);
  for (const { script, text, fails } of lesson.wrong) {
    const played = play(lesson, text, round);
    const step = stepOf(played.run)?.id;
    if (played.problem !== null)
      found.push(`${where}: ${script} cannot be played: ${played.problem}`);
    else if (step !== fails)
      found.push(`${where}: ${script} should fail at ${fails}, and is at ${step ?? 'the end'}`);
  }
  return found;
}

function stuckAt(run: LessonRun): string {
  const missing = run.findings
    .filter(({ met }) => !met)
    .map(
      ({ kind, about, lane, expected, actual }) =>
        `${kind} ${about}${lane === null ? '' : `@${lane}`}: ${String(actual)} instead of ${expected}`,
    );
  const asked = stepOf(run)!.ask.filter(({ key }) => !run.answers.has(key));
  return `${stepOf(run)!.id} (${[...missing, ...asked.map(({ key }) => `${key} is not answered`)].join('; ')})`;
}
