/** Plays the lines of a script in a lesson's lab, as a learner at the console would, with no wall clock behind it. */
import { printScriptLine, type ScriptLine } from '../cli/action-script.ts';
import { actionOf, DEFAULT_CLIENT, type Addressee } from '../lab/action-text.ts';
import { applyAction, isLabControl, type LabAction } from '../lab/action.ts';
import type { Lab } from '../lab/lab.ts';
import { Replay, runOf, startLab } from '../lab/replay.ts';
import { parseControlLine } from '../cli/control-line.ts';
import type { Accident } from './lesson.ts';
import { giveAnswer, type LessonRun } from './run.ts';

/** Where the next lines go; it changes with `!lane` and `!client`. */
export interface Stage {
  readonly lab: Lab;
  readonly run: LessonRun;
  to: Addressee;
  /** What may have changed is to be looked at, as a page does with each frame. */
  readonly look: () => void;
}

/** Between two looks while time passes, in µs. */
const GLANCE = 50_000;
/** How long a command may take in lab time. */
const LONGEST_COMMAND = 60_000_000;
const TOKEN = 1_000_000_007;

export function newStage(lab: Lab, run: LessonRun, look: () => void): Stage {
  return { lab, run, look, to: { lane: lab.lanes[0]!.state.id, client: DEFAULT_CLIENT } };
}

/** Does the line, at its time if it has one. Returns what is wrong with it. */
export function playLine(stage: Stage, line: ScriptLine): string | undefined {
  const { lab } = stage;
  if (line.at !== undefined) {
    const target = lab.epoch + Math.round(line.at * 1000);
    if (target < lab.clock.now) return `${printScriptLine(line)}: that instant has passed`;
    passTime(stage, target);
  }
  const problem = perform(stage, line);
  stage.look();
  return problem === undefined ? undefined : `${printScriptLine(line)}: ${problem}`;
}

function perform(stage: Stage, { action }: ScriptLine): string | undefined {
  const { lab } = stage;
  if (action.kind === 'control') {
    const { control } = action;
    switch (control.kind) {
      case 'lane':
        stage.to = { ...stage.to, lane: control.lane };
        return lab.lane(control.lane) === undefined ? lab.noLane(control.lane) : undefined;
      case 'client':
        stage.to = { ...stage.to, client: control.client };
        return undefined;
      case 'advance':
        passTime(stage, lab.clock.now + Math.round(control.duration * 1000));
        return undefined;
      case 'step':
        return lab.step(control.unit) ? undefined : `no ${control.unit} came`;
      case 'predict':
        return giveAnswer(stage.run, control.question, control.answer);
      default:
        break;
    }
  }
  const done = actionOf(action, stage.to);
  if (typeof done === 'string') return done;
  return done.kind === 'command' ? ask(stage, done) : applyAction(lab, done);
}

function passTime(stage: Stage, target: number): void {
  const { lab } = stage;
  while (lab.clock.now < target) {
    lab.runUntil(Math.min(target, lab.clock.now + GLANCE), Infinity);
    stage.look();
  }
}

/** Sends a command and waits for its reply; with the clock standing still it has to come at once. */
function ask(stage: Stage, action: LabAction & { kind: 'command' }): string | undefined {
  const { lab } = stage;
  const problem = applyAction(lab, action, TOKEN);
  if (problem !== undefined) return problem;
  const limit = lab.clock.now + LONGEST_COMMAND;
  while (!isAnswered(lab)) {
    if (lab.state.paused) return 'the clock is paused, and the reply needs time: !advance';
    if (lab.clock.now >= limit) return 'no reply came within a minute';
    lab.runUntil(lab.clock.now + GLANCE / 25, Infinity);
  }
  return undefined;
}

function isAnswered(lab: Lab): boolean {
  for (const { state } of lab.lanes) {
    const at = state.answers.findIndex(({ token }) => token === TOKEN);
    if (at < 0) continue;
    state.answers.splice(at, 1);
    return true;
  }
  return false;
}

/** A control that a lesson does for the learner. Returns what is wrong with it. */
export function doControl(lab: Lab, line: string): string | undefined {
  const parsed = parseControlLine(line);
  if (!parsed.ok) return parsed.error;
  if (!isLabControl(parsed.action)) return `${line} changes no lab`;
  return applyAction(lab, parsed.action);
}

/** The same run up to just before its last accident of that kind; undefined: there was none. A job. */
export function beforeAccident(lab: Lab, accident: Accident): Replay | undefined {
  const run = runOf(lab);
  const last = run.actions.findLastIndex(({ action }) => action.kind === accident);
  if (last < 0) return undefined;
  const to = { ...run, actions: run.actions.slice(0, last), end: run.actions[last]!.at };
  return new Replay(startLab(to), to);
}
